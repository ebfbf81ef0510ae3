"""Merge what a carrier now says into what we know of a tracking.

The stored history is what the carrier now says, each event once. So the state after a report depends on that report
alone, and not on how many came before it or in which order.
"""

import zlib
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import (
    CarrierForgot,
    CarrierLimited,
    CarrierMisunderstood,
    CarrierRefused,
    CarrierUnreadable,
)
from trackway.domain.tracking import Event, Leg, Milestone, Position, QueryState, Report, Tracking

_STATE_OF_FAULT: tuple[tuple[type[CarrierFault], QueryState], ...] = (
    (CarrierForgot, QueryState.NOT_FOUND),
    (CarrierLimited, QueryState.LIMITED),
    (CarrierRefused, QueryState.REFUSED),
    (CarrierMisunderstood, QueryState.MISUNDERSTOOD),
    (CarrierUnreadable, QueryState.UNREADABLE),
)
Answer = Report | CarrierFault
_NOT_YET = {Milestone.NOT_FOUND, Milestone.INFO_RECEIVED}
_FURTHEST = {milestone: place for place, milestone in enumerate(Milestone)}


class Change(Struct, frozen=True):
    """A tracking as it now stands, and whether that is news for whoever follows it."""

    tracking: Tracking
    news: bool


def merge(tracking: Tracking, position: Position, report: Report, now: datetime, took_ms: int) -> Change:
    """The tracking after a carrier's answer; news only where an event came, went or changed (F21, T38)."""
    before = leg_of(tracking, position)
    events = _settled(before.events, report.events) if report.found or not before.events else before.events
    leg = replace(
        before,
        state=_answered(report),
        events=events,
        language=report.language or before.language,
        asked_at=now,
        answered_at=now,
        took_ms=took_ms,
    )
    legs = tuple(leg if known.position == position else known for known in tracking.legs)
    news = _facts(events) != _facts(before.events)
    changed = replace(
        tracking,
        legs=legs,
        tracked_at=now,
        progressed_at=now if news else tracking.progressed_at,
        origin_country=report.origin or tracking.origin_country,
        destination_country=report.destination or tracking.destination_country,
    )
    milestone = milestone_of(changed) if news else _unmoved(changed)
    return Change(tracking=replace(changed, milestone=milestone), news=news)


def _unmoved(tracking: Tracking) -> Milestone:
    """The state where nothing new was said: what was too long in transit stays so."""
    return tracking.milestone if tracking.milestone is Milestone.EXPIRED else milestone_of(tracking)


def fault(tracking: Tracking, position: Position, why: CarrierFault, now: datetime) -> Tracking:
    """The tracking after an asking that brought no answer: the last good answer stays."""
    leg = heard(leg_of(tracking, position), why, now)
    return replace(
        tracking,
        legs=tuple(leg if known.position == position else known for known in tracking.legs),
        tracked_at=now,
    )


def heard(leg: Leg, answer: Answer, now: datetime) -> Leg:
    """The leg with how its asking went; what its carrier said before stays."""
    if not isinstance(answer, CarrierFault):
        return replace(leg, state=_answered(answer), asked_at=now, answered_at=now)
    state = next((state for kind, state in _STATE_OF_FAULT if isinstance(answer, kind)), QueryState.UNAVAILABLE)
    return replace(leg, state=state, asked_at=now)


def leg_of(tracking: Tracking, position: Position) -> Leg:
    """The leg at that position.

    Raises:
        KeyError: the tracking has none there.
    """
    for leg in tracking.legs:
        if leg.position == position:
            return leg
    raise KeyError(position)


def milestone_of(tracking: Tracking) -> Milestone:
    """The state that the events give, that of the newest, within two rules of T23.

    Delivered is left only for a return, and what was known once is never unknown again.
    """
    state, returned = Milestone.NOT_FOUND, False
    for event in reversed(tracking.events()):
        if state is Milestone.DELIVERED and event.milestone is Milestone.EXCEPTION:
            returned = True
        elif state is Milestone.DELIVERED or (event.milestone in _NOT_YET and state not in _NOT_YET):
            continue
        state = event.milestone
    known = tracking.milestone
    lost = known is not Milestone.NOT_FOUND and state in _NOT_YET
    taken_back = known is Milestone.DELIVERED and state is not Milestone.EXCEPTION and not returned
    return known if lost or taken_back else state


def fingerprint(tracking: Tracking) -> int:
    """A signed 32-bit hash of the newest event, 0 where there is none (T20)."""
    newest = next(iter(tracking.events()), None)
    if newest is None:
        return 0
    digest = zlib.crc32(f"{newest.time}\n{newest.place}\n{newest.detail}\n{newest.text}".encode())
    return digest - (1 << 32) if digest >= 1 << 31 else digest


def _answered(report: Report) -> QueryState:
    if report.invalid:
        return QueryState.UNASKED
    return QueryState.ANSWERED if report.found else QueryState.NOT_FOUND


def _settled(before: tuple[Event, ...], said: Iterable[Event]) -> tuple[Event, ...]:
    """What the carrier says, newest first, each event once; at one time those that are known stay in their order."""
    events = _in_known_order(_once([_tidy(event) for event in said]), before)
    return tuple(sorted(events, key=lambda event: event.time, reverse=True))


def _in_known_order(events: list[Event], before: tuple[Event, ...]) -> list[Event]:
    """The known events stay in their order among themselves, so a carrier that shuffles them moves nothing."""
    places = {_look(event): place for place, event in enumerate(before)}
    known = [event for event in events if _look(event) in places]
    in_order = iter(sorted(known, key=lambda event: places[_look(event)]))
    return [next(in_order) if _look(event) in places else event for event in events]


def _once(events: list[Event]) -> list[Event]:
    """Drop repeats, and a scan whose place is still empty beside the same scan with its place filled in.

    Of two that look the same the one that says more stays, whichever comes first.
    """
    placed = {(event.time, event.text) for event in events if event.place or event.detail}
    kept: dict[tuple[str, str, str, str], Event] = {}
    for event in events:
        if event.place or event.detail or (event.time, event.text) not in placed:
            kept[_look(event)] = max(kept.get(_look(event), event), event, key=_saying)
    return list(kept.values())


def _look(event: Event) -> tuple[str, str, str, str]:
    """What a follower sees of an event."""
    return event.time, event.text, event.place, event.detail


def _saying(event: Event) -> tuple[int, str, list[tuple[str, str]]]:
    return _FURTHEST[event.milestone], event.code, sorted(event.translations.items())


def _tidy(event: Event) -> Event:
    """Blanks folded and control characters dropped, so that spelling alone is never a change."""
    return replace(event, text=_plain(event.text), place=_plain(event.place), detail=_plain(event.detail))


def _plain(text: str) -> str:
    folded = " ".join(text.split())
    return folded if folded.isprintable() else "".join(sign for sign in folded if _fit(sign))


def _fit(sign: str) -> bool:
    return sign.isprintable() or sign in "\u200b\u200c\u200d\u2028\u2029"


def _facts(events: tuple[Event, ...]) -> list[tuple[str, ...]]:
    """What a follower can see of the events, in an order that says nothing."""
    return sorted((*_look(event), event.milestone) for event in events)
