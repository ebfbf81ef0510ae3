"""What is counted of trackings: how long trips took, and how soon news was seen and told.

Each is kept as a histogram of one day, so that a year of millions of trips is a few thousand rows. Trips are counted in
whole days; delays in steps of the square root of two, so what is read from them is at most two fifths too much.
"""

import math
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

_STEPS = 2
_LONGEST = 400


class Statistic(StrEnum):
    """What is counted.

    `transit` is days from the first event to the delivery. `seen` is from an event's own time to when we heard of it,
    `unseen` from the asking before to the one that brought the event, which bounds `seen` from above where no zone is
    known. `told` is from hearing to the webhook's 200, and `pushed` the whole way from the event.
    """

    TRANSIT = "transit"
    SEEN = "seen"
    UNSEEN = "unseen"
    TOLD = "told"
    PUSHED = "pushed"


class Count(Struct, frozen=True, kw_only=True):
    """One thing to count, for an account and a carrier; `route` is `HK-GB` for trips, else empty."""

    account: int
    carrier: int
    kind: Statistic
    bucket: int
    route: str = ""


class Histogram(Struct, frozen=True):
    """How often each bucket was met."""

    kind: Statistic
    counts: Mapping[int, int]

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(self.counts.values())

    def quantile(self, share: float) -> float | None:
        """What `share` of all is at most, in days for trips and in seconds for delays; None where there is nothing.

        >>> Histogram(Statistic.TRANSIT, {3: 5, 9: 4, 40: 1}).quantile(0.5)
        3.0
        """
        wanted, met = share * self.total, 0
        for bucket in sorted(self.counts):
            met += self.counts[bucket]
            if met >= wanted:
                return edge(self.kind, bucket)
        return None


def days_bucket(days: float) -> int:
    """The bucket of a trip that took so many days."""
    return min(max(int(days), 0), _LONGEST)


def delay_bucket(seconds: float) -> int:
    """The bucket of a delay; all that is below a second is in the first.

    >>> [delay_bucket(s) for s in (-5, 1, 2, 60, 3600)]
    [0, 0, 2, 12, 24]
    """
    return math.ceil(_STEPS * math.log2(max(seconds, 1)))


def edge(kind: Statistic, bucket: int) -> float:
    """The most that is in a bucket: days for trips, seconds for delays."""
    return float(bucket) if kind is Statistic.TRANSIT else 2 ** (bucket / _STEPS)


def summed(parts: Mapping[int, int], more: Mapping[int, int]) -> dict[int, int]:
    """The counts of both."""
    return {bucket: parts.get(bucket, 0) + more.get(bucket, 0) for bucket in {*parts, *more}}
