"""Keep one poller running for each carrier account that is set up, also those set up while we run."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from trackway.worker.loop import Loop, Sleep

_PAUSE = 1.0
Settings = Mapping[str, str]


class Pollers(Loop):
    """One round compares what is set up with what runs, and starts and stops the difference."""

    name = "pollers"

    def __init__(
        self,
        *,
        wanted: Callable[[], Awaitable[Mapping[str, Settings]]],
        make: Callable[[str, Settings], Loop],
        stop_limit: float,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(sleep=sleep)
        self._wanted = wanted
        self._make = make
        self._stop_limit = stop_limit
        self._running: dict[str, tuple[Settings, Loop]] = {}

    async def tick(self) -> float:
        """One round."""
        wanted = await self._wanted()
        for name, (settings, poller) in list(self._running.items()):
            if wanted.get(name) != settings:
                del self._running[name]
                await poller.stop(self._stop_limit)
        for name, settings in wanted.items():
            if name not in self._running:
                poller = self._make(name, settings)
                poller.start()
                self._running[name] = settings, poller
        return _PAUSE

    async def let_go(self, limit: float) -> None:
        """Stop all pollers at once."""
        await asyncio.gather(*(poller.stop(limit) for _, poller in self._running.values()))
