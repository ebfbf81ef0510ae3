"""Find trackings as people do: page by page, by what a number or tag begins with, one with all that is known of it."""

from collections.abc import AsyncIterator
from datetime import datetime

from msgspec import Struct

from trackway.domain.counting.reckoning import route_of
from trackway.domain.counting.statistic import Histogram
from trackway.domain.errors.trackings import NotRegistered
from trackway.domain.following.listing import Filter, Listed
from trackway.domain.tracking import Milestone
from trackway.service.asking.explanation import Explanation, Explanations
from trackway.service.merchants.overview import Overview
from trackway.storage.telling.deliveries import Deliveries, Delivery, Sought
from trackway.storage.tracking.browsing import MOST_COUNTED, Browsing, Leaf, Place, Whole

PAGE = 50
_MOST_PUSHES = 20
__all__ = ["MOST_COUNTED", "PAGE", "Browse", "Dossier", "Leaf", "Place"]


class Dossier(Struct, frozen=True, kw_only=True):
    """All that is known of one tracking: what its carriers say, what was pushed, why now, how long others took."""

    whole: Whole
    pushes: list[Delivery]
    why: Explanation | None
    usual: Histogram


class Browse:
    """The desk for lists and for single trackings; every question names its account."""

    def __init__(
        self, *, browsing: Browsing, deliveries: Deliveries, explanations: Explanations, overview: Overview
    ) -> None:
        self._browsing = browsing
        self._deliveries = deliveries
        self._explanations = explanations
        self._overview = overview

    async def leaf(self, account: int, wanted: Filter, place: Place | None, *, oldest_first: bool = False) -> Leaf:
        """Fifty trackings that the filter lets through, behind a place."""
        return await self._browsing.leaf(account, wanted, place, PAGE, oldest_first=oldest_first)

    def every(self, account: int, wanted: Filter) -> AsyncIterator[list[Listed]]:
        """All that the filter lets through, newest registered first."""
        return self._browsing.every(account, wanted)

    async def counts(self, account: int) -> dict[Milestone, int]:
        """How many stand where, up to MOST_COUNTED of each."""
        return await self._browsing.counts(account)

    async def beginning(self, account: int, text: str) -> list[Listed]:
        """Those whose number begins so, then those whose tag does; up to fifty of each."""
        return await self._browsing.beginning(account, text, PAGE)

    async def one(self, account: int, identity: int) -> Whole:
        """One tracking.

        Raises:
            NotRegistered: the account has none with that id.
        """
        whole = await self._browsing.one(account, identity)
        if whole is None:
            raise NotRegistered(str(identity))
        return whole

    async def dossier(self, account: int, identity: int, now: datetime) -> Dossier:
        """One tracking with all that is known of it.

        Raises:
            NotRegistered: the account has none with that id.
        """
        whole = await self.one(account, identity)
        tracking = whole.tracking
        explained = await self._explanations.of(tracking.number, account, now)
        return Dossier(
            whole=whole,
            pushes=await self._deliveries.find(account, Sought(tracking=identity), _MOST_PUSHES),
            why=next((one for one in explained if one.carrier == tracking.carrier), None),
            usual=await self._overview.usual(account, tracking.carrier, route_of(tracking), now),
        )
