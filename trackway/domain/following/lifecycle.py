"""When a tracking is too long on its way, when it stops being followed, and when it is forgotten (T23, T31)."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from trackway.domain.carrier import is_postal
from trackway.domain.tracking import Milestone, Position, QueryState, StopReason, Tracking


class Lifetimes(Struct, frozen=True, kw_only=True):
    """How long things last.

    `idle` and `delivered` are until the stop of a tracking without a new event, `stopped` until its deletion,
    `moving` and `moving_by_post` until one that is in transit has been so for too long.
    """

    idle: timedelta = timedelta(days=30)
    delivered: timedelta = timedelta(days=15)
    stopped: timedelta = timedelta(days=90)
    moving: timedelta = timedelta(days=30)
    moving_by_post: timedelta = timedelta(days=60)


def turns_at(tracking: Tracking, lifetimes: Lifetimes) -> datetime:
    """The instant of the next turn in its life: too long in transit, stopped, deleted."""
    if tracking.stopped_at is not None:
        return tracking.stopped_at + lifetimes.stopped
    stop = _since(tracking) + _patience(tracking, lifetimes)
    if tracking.milestone is Milestone.IN_TRANSIT:
        return min(stop, _since(tracking) + _limit(tracking, lifetimes))
    return stop


def turned(tracking: Tracking, now: datetime, lifetimes: Lifetimes) -> Tracking:
    """The tracking after the turns that are due by `now`, but for its deletion."""
    idle = now - _since(tracking)
    too_long = tracking.milestone is Milestone.IN_TRANSIT and idle >= _limit(tracking, lifetimes)
    return replace(
        tracking,
        milestone=Milestone.EXPIRED if too_long else tracking.milestone,
        stopped_at=now if idle >= _patience(tracking, lifetimes) else None,
    )


def why_over(tracking: Tracking) -> StopReason:
    """Why age ends it (T31): it expired, or its carrier says that no number of its can look so, and never said more."""
    first = next((leg for leg in tracking.legs if leg.position is Position.FIRST), None)
    disowned = first is not None and first.state is QueryState.UNASKED and first.answered_at is not None
    return StopReason.CARRIER_INVALID if disowned and not tracking.events() else StopReason.EXPIRED


def _since(tracking: Tracking) -> datetime:
    return tracking.progressed_at or tracking.registered_at


def _patience(tracking: Tracking, lifetimes: Lifetimes) -> timedelta:
    return lifetimes.delivered if tracking.milestone is Milestone.DELIVERED else lifetimes.idle


def _limit(tracking: Tracking, lifetimes: Lifetimes) -> timedelta:
    return lifetimes.moving_by_post if is_postal(tracking.carrier) else lifetimes.moving
