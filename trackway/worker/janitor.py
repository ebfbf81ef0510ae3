"""Stop what is over, and delete what was kept long enough (T31, T32)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from trackway.storage.outbox import Outbox
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
        outbox: Outbox,
        kept_for: timedelta,
        log_kept_for: timedelta,
        clock: Callable[[], datetime],
        told: Callable[[], None],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(sleep=sleep)
        self._turns = turns
        self._outbox = outbox
        self._kept_for = kept_for
        self._log_kept_for = log_kept_for
        self._clock = clock
        self._told = told

    async def tick(self) -> float:
        """One round; no pause while there is a whole batch left."""
        now = self._clock()
        stopped = await self._turns.stop_over(now, self._kept_for, self._outbox.put, _BATCH)
        if stopped:
            self._told()
        deleted = await self._turns.delete_over(now, _BATCH)
        purged = await self._outbox.purge(now - self._log_kept_for, _BATCH)
        return 0 if max(stopped, deleted, purged) == _BATCH else _PAUSE
