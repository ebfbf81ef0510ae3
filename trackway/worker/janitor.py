"""Stop what is over and delete what was kept long enough (T31, T32)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from trackway.storage.database import Announce
from trackway.storage.turns import Turns
from trackway.worker.loop import Loop, Sleep

_BATCH = 500
_PAUSE = 1.0


class Janitor(Loop):
    """One round stops a batch and deletes a batch; each stop and its message are one transaction."""

    name = "janitor"

    def __init__(
        self,
        *,
        turns: Turns,
        announce: Announce,
        kept_for: timedelta,
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(sleep=sleep)
        self._turns = turns
        self._announce = announce
        self._kept_for = kept_for
        self._clock = clock

    async def tick(self) -> float:
        """One round; no pause while there is a whole batch left."""
        now = self._clock()
        stopped = await self._turns.stop_over(now, self._kept_for, self._announce, _BATCH)
        deleted = await self._turns.delete_over(now, _BATCH)
        return 0 if max(stopped, deleted) == _BATCH else _PAUSE
