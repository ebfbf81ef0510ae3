"""Count now and then where all trackings stand, so that no page has to."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from trackway.storage.tracking.statistics import Statistics
from trackway.worker.loop import Loop, Sleep

_PAUSE = timedelta(minutes=5)
_KEPT = timedelta(days=400)
_BATCH = 500
Turn = Callable[[str, datetime, datetime], Awaitable[bool]]


class Counter(Loop):
    """One round counts and forgets what is too old; of several processes one does it. `late` is what counts as stuck.

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

    async def tick(self) -> float:
        """One round."""
        now = self._clock()
        if await self._turn("census", now, now + _PAUSE - timedelta(seconds=1)):
            await self._statistics.take_census(now, now - self._late)
            await self._statistics.purge(now - _KEPT, _BATCH)
        return _PAUSE.total_seconds()
