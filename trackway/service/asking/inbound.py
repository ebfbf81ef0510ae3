"""Take in what couriers send of their own parcels."""

from collections.abc import Sequence
from datetime import datetime

from trackway.domain.asking.pushed import Pushed
from trackway.service.senders import Senders
from trackway.storage.asking.pushed_events import PushedEvents


class Inbound:
    """The desk where couriers hand in events; who follows one of their numbers is told by the next asking, at once."""

    def __init__(self, *, senders: Senders, events: PushedEvents) -> None:
        self._senders = senders
        self._events = events

    async def carrier_of(self, key: str) -> int:
        """The carrier whose key it is.

        Raises:
            KeyMissing: there is none.
            KeyUnknown: it is not one of ours, or not any more.
        """
        return await self._senders.check(key)

    async def take(self, carrier: int, events: Sequence[Pushed], now: datetime) -> list[Pushed]:
        """Keep a carrier's events; those for which there is no room come back."""
        return await self._events.put(carrier, events, now) if events else []
