"""How an account's parcels are doing, at a glance: counts, trips, freshness, and what wants a person."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from trackway.domain.counting.statistic import Histogram, Statistic, summed
from trackway.domain.tracking import Milestone
from trackway.storage.tracking.attention import Attention, Wanted
from trackway.storage.tracking.statistics import Headcount, Statistics

STUCK_AFTER = timedelta(days=7)
SPAN = timedelta(days=30)
_MOVING = (Milestone.INFO_RECEIVED, Milestone.IN_TRANSIT, Milestone.OUT_FOR_DELIVERY, Milestone.AVAILABLE_FOR_PICKUP)
_STILL = (*_MOVING, Milestone.EXPIRED)
_FAILED = (Milestone.DELIVERY_FAILURE, Milestone.EXCEPTION)
_MOST = 8
_MOST_ROUTES = 12


class Counts(Struct, frozen=True, kw_only=True):
    """How many trackings stood where, when they were last counted.

    `stuck` are still followed, and had no news for a week or too long; they are part of `moving`, or expired.
    """

    day: int
    moving: int
    delivered: int
    stuck: int
    failed: int
    counted_at: datetime


class Route(Struct, frozen=True, kw_only=True):
    """The trips of one carrier from one country to another."""

    carrier: int
    route: str
    trips: Histogram


class Freshness(Struct, frozen=True, kw_only=True):
    """How soon news of one carrier was heard and told; see `Statistic` for the four."""

    carrier: int
    seen: Histogram
    unseen: Histogram
    told: Histogram
    pushed: Histogram


class Picture(Struct, frozen=True, kw_only=True):
    """The last thirty days. `days` is oldest first, `routes` the most used first; `told` is by day."""

    now: Counts | None
    days: Sequence[Counts]
    routes: Sequence[Route]
    freshness: Sequence[Freshness]
    told: Sequence[tuple[int, Histogram]]
    failed: Sequence[Wanted]
    stuck: Sequence[Wanted]


class Overview:
    """Reads what was counted when it happened: no page looks at all trackings."""

    def __init__(self, *, statistics: Statistics, attention: Attention) -> None:
        self._statistics = statistics
        self._attention = attention

    async def picture(self, account: int, now: datetime) -> Picture:
        """How the account's parcels are doing."""
        since = now - SPAN
        days = _by_day(await self._statistics.census(account, since))
        told = await self._statistics.daily(account, Statistic.TOLD, since)
        return Picture(
            now=days[-1] if days else None,
            days=days,
            routes=await self._routes(account, since),
            freshness=await self.freshness(account, now),
            told=[(day, Histogram(Statistic.TOLD, counts)) for day, counts in sorted(told.items())],
            failed=await self._failed(account),
            stuck=await self._stuck(account, now),
        )

    async def freshness(self, account: int, now: datetime) -> list[Freshness]:
        """How soon the news of each carrier was heard and told in the last thirty days."""
        kinds = (Statistic.SEEN, Statistic.UNSEEN, Statistic.TOLD, Statistic.PUSHED)
        found: dict[int, dict[Statistic, dict[int, int]]] = {}
        for kind in kinds:
            for one in await self._statistics.sums(account, kind, now - SPAN):
                met = found.setdefault(one.carrier, {}).setdefault(kind, {})
                met[one.bucket] = met.get(one.bucket, 0) + one.count
        return [
            Freshness(carrier=carrier, **{kind.value: Histogram(kind, met.get(kind, {})) for kind in kinds})
            for carrier, met in sorted(found.items())
        ]

    async def usual(self, account: int, carrier: int, route: str, now: datetime) -> Histogram:
        """What trips of a carrier on a route took in the last ninety days."""
        return Histogram(
            Statistic.TRANSIT, await self._statistics.route(account, carrier, route, now - timedelta(days=90))
        )

    async def _routes(self, account: int, since: datetime) -> list[Route]:
        found: dict[tuple[int, str], dict[int, int]] = {}
        for one in await self._statistics.sums(account, Statistic.TRANSIT, since):
            place = (one.carrier, one.route)
            found[place] = summed(found.get(place, {}), {one.bucket: one.count})
        routes = [
            Route(carrier=carrier, route=route, trips=Histogram(Statistic.TRANSIT, counts))
            for (carrier, route), counts in found.items()
        ]
        return sorted(routes, key=lambda one: (-one.trips.total, one.carrier, one.route))[:_MOST_ROUTES]

    async def _failed(self, account: int) -> list[Wanted]:
        found = [one for at in _FAILED for one in await self._attention.at(account, at, _MOST)]
        return sorted(found, key=lambda one: one.since, reverse=True)[:_MOST]

    async def _stuck(self, account: int, now: datetime) -> list[Wanted]:
        late = now - STUCK_AFTER
        found = [one for at in _STILL for one in await self._attention.still(account, at, late, _MOST)]
        return sorted(found, key=lambda one: one.since)[:_MOST]


def _by_day(census: Iterable[Headcount]) -> list[Counts]:
    days: dict[int, list[Headcount]] = {}
    for one in census:
        days.setdefault(one.day, []).append(one)
    return [_counts(day, found) for day, found in sorted(days.items())]


def _counts(day: int, found: Sequence[Headcount]) -> Counts:
    by_state = {one.milestone: one.count for one in found}
    return Counts(
        day=day,
        moving=sum(by_state.get(state, 0) for state in _MOVING),
        delivered=by_state.get(Milestone.DELIVERED, 0),
        stuck=sum(one.stuck for one in found if one.milestone in _STILL),
        failed=sum(by_state.get(state, 0) for state in _FAILED),
        counted_at=found[0].counted_at,
    )
