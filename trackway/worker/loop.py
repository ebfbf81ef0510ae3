"""The one shape of everything that time drives: tick, pause, back off when the store is away, stop in time."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

import structlog

from trackway.domain.errors import StorageError

Sleep = Callable[[float], Awaitable[None]]

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0
_log = structlog.get_logger(__name__)


class Loop(ABC):
    """A worker's loop. `tick` does what there is to do now; a tick that fails is tried again after a rising pause."""

    name = "loop"

    def __init__(self, *, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep
        self._woken = asyncio.Event()
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failures = 0

    @abstractmethod
    async def tick(self) -> float:
        """Do what is due; the seconds until the next tick is worth while, 0 where there may be more to do."""

    async def let_go(self, limit: float) -> None:  # noqa: B027  # most loops hold nothing
        """End or hand back what is in hand within `limit` seconds; called once, after the last tick."""

    def start(self) -> None:
        """Begin to tick, in a task of the running event loop."""
        self._task = asyncio.create_task(self._run(), name=self.name)

    def wake(self) -> None:
        """End the present pause: there is something new to do."""
        self._woken.set()

    async def stop(self, limit: float) -> None:
        """Tick no more and let go of what is in hand; back after about `limit` seconds, whatever happens."""
        clock = asyncio.get_running_loop().time
        end = clock() + limit
        self._ended.set()
        self.wake()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=limit)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.let_go(max(end - clock(), 0))

    async def _run(self) -> None:
        while not self._ended.is_set():
            self._woken.clear()
            try:
                pause = await self.tick()
            except Exception as error:  # noqa: BLE001  # a loop outlives whatever one tick meets
                pause = self._failed(error)
            else:
                self._recovered()
            if pause > 0:
                await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        """Sleep, less when woken; while ticks fail only the end wakes us: news is no sign that the store is back."""
        event = self._ended if self._failures else self._woken
        waits = [asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(event.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _failed(self, error: Exception) -> float:
        """Tell of the first, second, fourth, eighth … failure in a row; the pause before the next tick."""
        self._failures += 1
        if self._failures.bit_count() == 1:
            unexpected = None if isinstance(error, StorageError) else error
            _log.warning("tick failed", loop=self.name, failures=self._failures, error=str(error), exc_info=unexpected)
        return min(_FIRST_PAUSE * 2.0 ** min(self._failures - 1, 16), _LONGEST_PAUSE)

    def _recovered(self) -> None:
        if self._failures:
            _log.info("tick works again", loop=self.name, failures=self._failures)
            self._failures = 0
