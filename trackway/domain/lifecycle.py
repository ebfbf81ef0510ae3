"""When a tracking stops being followed, and when it is forgotten (T31)."""

from datetime import datetime, timedelta

from msgspec import Struct

from trackway.domain.tracking import Milestone, Tracking


class Lifetimes(Struct, frozen=True, kw_only=True):
    """How long things last: without a new event, after delivery, and after stopping."""

    idle: timedelta = timedelta(days=30)
    delivered: timedelta = timedelta(days=15)
    stopped: timedelta = timedelta(days=90)


def turns_at(tracking: Tracking, lifetimes: Lifetimes) -> datetime:
    """The instant of the next turn in its life: deletion of a stopped tracking, the stop of any other."""
    if tracking.stopped_at is not None:
        return tracking.stopped_at + lifetimes.stopped
    since = tracking.progressed_at or tracking.registered_at
    return since + (lifetimes.delivered if tracking.milestone is Milestone.DELIVERED else lifetimes.idle)
