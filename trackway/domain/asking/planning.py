"""When to ask a carrier next, and why then.

The first rule of thumb: a wait for each milestone, as rivals' tables have it, held between the two intervals that are
set, and spread by a hash of the tracking so that what was registered together is not asked for together for ever.
"""

import re
import zlib
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from trackway.domain.tracking import Milestone

_HOURS = {
    Milestone.NOT_FOUND: 3.0,
    Milestone.INFO_RECEIVED: 3.0,
    Milestone.IN_TRANSIT: 2.0,
    Milestone.AVAILABLE_FOR_PICKUP: 6.0,
    Milestone.OUT_FOR_DELIVERY: 0.5,
    Milestone.DELIVERY_FAILURE: 2.0,
    Milestone.EXCEPTION: 2.0,
    Milestone.EXPIRED: 24.0,
    Milestone.DELIVERED: 24.0,
}
_FIRST_RETRY = timedelta(minutes=1)
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_SPREAD = 0.1


class Intervals(Struct, frozen=True, kw_only=True):
    """The shortest and the longest time between two askings for one number."""

    shortest: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(hours=24)

    def held(self, wait: timedelta) -> timedelta:
        """The wait, within the two."""
        return max(self.shortest, min(wait, self.longest))


class Reason(StrEnum):
    """Why a carrier is asked for a number now."""

    NEW = "new"
    PLAN = "plan"
    RETRY = "retry"
    PERSON = "person"
    CANDIDATE = "candidate"
    TOLD = "told"


class Planned(Struct, frozen=True, kw_only=True):
    """When a leg is asked for next, and why then: in a word, and in words for people."""

    at: datetime
    reason: Reason
    why: str


def next_asking(tracking: int, milestone: Milestone, now: datetime, intervals: Intervals) -> Planned:
    """When to ask again after an answer."""
    wait = intervals.held(timedelta(hours=_HOURS[milestone]))
    at = now + intervals.held(wait * (1 + _SPREAD * _share(tracking)))
    return Planned(at=at, reason=Reason.PLAN, why=f"{words(milestone)}: every {span(wait)}")


def next_try(attempts: int, now: datetime, intervals: Intervals, retry_at: datetime | None = None) -> Planned:
    """When to ask again after a fault: later with each, but never later than the longest interval.

    `retry_at` is when the carrier said that asking makes sense again, if it did.
    """
    wait = min(intervals.held(_FIRST_RETRY * 2 ** min(attempts, 16)), intervals.longest)
    why = f"retry {attempts + 1} after a fault"
    if retry_at is None or retry_at <= now + wait:
        return Planned(at=now + wait, reason=Reason.RETRY, why=f"{why}: in {span(wait)}")
    at = min(retry_at, now + intervals.longest)
    return Planned(at=at, reason=Reason.RETRY, why=f"{why}: not before the carrier allows it")


def words(name: str) -> str:
    """A state's name as people write it.

    >>> words("OutForDelivery")
    'out for delivery'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


def span(time: timedelta) -> str:
    """A stretch of time in its largest unit.

    >>> span(timedelta(minutes=90)), span(timedelta(minutes=30)), span(timedelta(seconds=2))
    ('1.5 h', '30 min', '2 s')
    """
    for unit, name in ((_HOUR, "h"), (_MINUTE, "min")):
        if time >= unit:
            return f"{time / unit:.3g} {name}"
    return f"{time.total_seconds():.3g} s"


def _share(tracking: int) -> float:
    """A number from 0 to 1 that a tracking always has."""
    return (zlib.crc32(tracking.to_bytes(8)) & 0xFFFF) / 0xFFFF
