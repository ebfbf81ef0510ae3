"""What one answer adds to what is counted."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from trackway.domain.counting.statistic import Count, Statistic, days_bucket, delay_bucket
from trackway.domain.following.timeline import leg_of
from trackway.domain.tracking import Event, Leg, Milestone, Position, Tracking

Instant = Callable[[int, Event], datetime | None]
_DAY = 86_400


class Reckoning(Struct, frozen=True):
    """What is to be counted, and when the newest event happened, where the answer brought it and that can be told."""

    counts: tuple[Count, ...] = ()
    happened_at: datetime | None = None


def reckon(before: Tracking, after: Tracking, position: Position, now: datetime, instant: Instant) -> Reckoning:
    """What came of an answer that was news.

    Of several new events only the newest counts, and only where it is the newest of all. What happened before the
    number was registered could not be heard of in time, and does not count.
    """
    old, new = leg_of(before, position), leg_of(after, position)
    happened_at = None
    counts = list(_trip(before, after))
    if new.events and _is_new(new.events[0], old.events):
        happened_at = instant(new.carrier, new.events[0])
        if happened_at is not None and not before.registered_at <= happened_at <= now:
            happened_at = None
        counts += _seen(after, old, happened_at, now)
    return Reckoning(tuple(counts), happened_at)


def route_of(tracking: Tracking) -> str:
    """`HK-GB`, with a question mark for what is not known."""
    return f"{tracking.origin_country or '?'}-{tracking.destination_country or '?'}"


def trip_days(events: Sequence[Event]) -> float | None:
    """Days from the first event to the delivery, by the clocks of their places; None without a delivery.

    `events` are newest first.
    """
    delivered = next((event for event in events if event.milestone is Milestone.DELIVERED), None)
    if delivered is None:
        return None
    took = datetime.fromisoformat(delivered.time) - datetime.fromisoformat(events[-1].time)
    return max(took.total_seconds() / _DAY, 0)


def _trip(before: Tracking, after: Tracking) -> Iterator[Count]:
    arrived = after.milestone is Milestone.DELIVERED and before.milestone is not Milestone.DELIVERED
    days = trip_days(after.events()) if arrived else None
    if days is not None:
        yield Count(
            account=after.account,
            carrier=after.carrier,
            kind=Statistic.TRANSIT,
            bucket=days_bucket(days),
            route=route_of(after),
        )


def _seen(tracking: Tracking, old: Leg, happened_at: datetime | None, now: datetime) -> Iterator[Count]:
    for kind, since in ((Statistic.SEEN, happened_at), (Statistic.UNSEEN, old.answered_at)):
        if since is not None:
            delay = delay_bucket((now - since).total_seconds())
            yield Count(account=tracking.account, carrier=tracking.carrier, kind=kind, bucket=delay)


def _is_new(event: Event, known: Sequence[Event]) -> bool:
    return all((event.time, event.text) != (other.time, other.text) for other in known)
