"""Count now and then where all trackings stand, so that no page has to."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from trackway.storage.tracking.statistics import Statistics
from trackway.worker.loop import Loop, Sleep

_SOON, _PAUSE = timedelta(seconds=20), timedelta(minutes=5)
_KEPT = timedelta(days=400)
_BATCH = 500
Turn = Callable[[str, datetime, datetime], Awaitable[bool]]


class Counter(Loop):
    """One round counts and forgets what is too old; of several processes one does it. `late` is what counts as stuck.

    The second round comes soon after the first, which in a new store finds nothing.
    `turn` says whether it is this process's to do, and nobody else's until then.
    """

    name = "counter"

    def __init__(
        self,
        *,
        statistics: Statistics,
        turn: Turn,
        late: timedelta,
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(sleep=sleep)
        self._statistics = statistics
        self._turn = turn
        self._late = late
        self._clock = clock
        self._until_next = _SOON

    async def tick(self) -> float:
        """One round."""
        now, pause = self._clock(), self._until_next
        self._until_next = _PAUSE
        if await self._turn("census", now, now + pause - timedelta(seconds=1)):
            await self._statistics.take_census(now, now - self._late)
            await self._statistics.purge(now - _KEPT, _BATCH)
        return pause.total_seconds()
