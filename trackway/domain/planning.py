"""When to ask a carrier next.

The first rule of thumb: a wait for each milestone, as rivals' tables have it, held between the two intervals that are
set, and spread by a hash of the tracking so that what was registered together is not asked for together for ever.
"""

import zlib
from datetime import datetime, timedelta

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
_SPREAD = 0.1


class Intervals(Struct, frozen=True, kw_only=True):
    """The shortest and the longest time between two askings for one number."""

    shortest: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(hours=24)

    def held(self, wait: timedelta) -> timedelta:
        """The wait, within the two."""
        return max(self.shortest, min(wait, self.longest))


def next_asking(tracking: int, milestone: Milestone, now: datetime, intervals: Intervals) -> datetime:
    """The instant at which to ask again after an answer."""
    wait = timedelta(hours=_HOURS[milestone]) * (1 + _SPREAD * _share(tracking))
    return now + intervals.held(wait)


def next_try(attempts: int, now: datetime, intervals: Intervals, retry_at: datetime | None = None) -> datetime:
    """The instant at which to ask again after a fault: later with each, but never later than the longest interval.

    `retry_at` is when the carrier said that asking makes sense again, if it did.
    """
    wait = intervals.held(_FIRST_RETRY * 2 ** min(attempts, 16))
    later = now + min(wait, intervals.longest)
    return later if retry_at is None else min(max(later, retry_at), now + intervals.longest)


def _share(tracking: int) -> float:
    """A number from 0 to 1 that a tracking always has."""
    return (zlib.crc32(tracking.to_bytes(8)) & 0xFFFF) / 0xFFFF
