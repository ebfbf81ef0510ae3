"""Bring about what time alone changes: too long in transit, stopped, deleted (T23, T31, T32)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from trackway.service.asking.judgement import Judgement
from trackway.storage.asking.turns import Turns
from trackway.storage.telling.outbox import Outbox
from trackway.worker.loop import Loop, Sleep

_BATCH = 500
_PAUSE = 1.0


class Janitor(Loop):
    """One round turns a batch and deletes a batch; each stop and its message are one transaction."""

    name = "janitor"

    def __init__(
        self,
        *,
        turns: Turns,
        judgement: Judgement,
        outbox: Outbox,
        kept_for: timedelta,
        log_kept_for: timedelta,
        clock: Callable[[], datetime],
        told: Callable[[], None],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(sleep=sleep)
        self._turns = turns
        self._judgement = judgement
        self._outbox = outbox
        self._kept_for = kept_for
        self._log_kept_for = log_kept_for
        self._clock = clock
        self._told = told

    async def tick(self) -> float:
        """One round; no pause while there is a whole batch left."""
        now = self._clock()
        turned = await self._turns.take(
            now, _BATCH, lambda tracking: self._judgement.turn(tracking, now), self._kept_for, self._outbox.put
        )
        if turned:
            self._told()
        deleted = await self._turns.delete(now, _BATCH)
        purged = await self._outbox.purge(now - self._log_kept_for, _BATCH)
        return 0 if max(turned, deleted, purged) == _BATCH else _PAUSE
