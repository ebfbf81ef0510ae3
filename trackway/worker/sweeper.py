"""Delete what only served its time: who asked when, what carriers were asked and what they sent, leftovers of paces."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from trackway.storage.asking.ledger import Ledger
from trackway.storage.asking.pushed_events import PushedEvents
from trackway.storage.passing.leftovers import Leftovers
from trackway.storage.post.inquiries import Inquiries
from trackway.worker.loop import Loop, Sleep

_BATCH = 500
_PAUSE = 600.0


class Sweeper(Loop):
    """One round deletes a batch of each, so that nobody who asks waits for long."""

    name = "sweeper"

    def __init__(
        self,
        *,
        inquiries: Inquiries,
        ledger: Ledger,
        leftovers: Leftovers,
        pushed: PushedEvents,
        kept_for: timedelta,
        ledger_kept_for: timedelta,
        pushed_kept_for: timedelta,
        purge_items: Callable[[datetime], Awaitable[int]],
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(sleep=sleep)
        self._inquiries = inquiries
        self._ledger = ledger
        self._leftovers = leftovers
        self._kept_for = kept_for
        self._ledger_kept_for = ledger_kept_for
        self._pushed = pushed
        self._pushed_kept_for = pushed_kept_for
        self._clock = clock
        self._purge_items = purge_items

    async def tick(self) -> float:
        """One round; a short pause while there is a whole batch left."""
        now = self._clock()
        gone = await self._inquiries.purge(now - self._kept_for, _BATCH)
        calls = await self._ledger.purge(now - self._ledger_kept_for, _BATCH)
        pushed = await self._pushed.purge(now - self._pushed_kept_for, _BATCH)
        left = await self._leftovers.purge(now, _BATCH)
        if max(gone, calls, pushed, left) == _BATCH:
            return 0
        await self._purge_items(now)
        return _PAUSE
