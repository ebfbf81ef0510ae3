"""Keep one poller running for each carrier account that is set up, also those set up while we run."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from trackway.service.asking.roster import Asker
from trackway.worker.loop import Loop, Sleep

_PAUSE = 1.0


class Pollers(Loop):
    """One round compares what is set up with what runs, and starts and stops the difference."""

    name = "pollers"

    def __init__(
        self,
        *,
        wanted: Callable[[], Awaitable[Mapping[str, Asker]]],
        make: Callable[[Asker], Loop],
        stop_limit: float,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(sleep=sleep)
        self._wanted = wanted
        self._make = make
        self._stop_limit = stop_limit
        self._running: dict[str, tuple[Asker, Loop]] = {}

    async def tick(self) -> float:
        """One round."""
        wanted = await self._wanted()
        for name, (asker, poller) in list(self._running.items()):
            if wanted.get(name) != asker:
                del self._running[name]
                await poller.stop(self._stop_limit)
        for name in wanted.keys() - self._running.keys():
            poller = self._make(wanted[name])
            poller.start()
            self._running[name] = wanted[name], poller
        return _PAUSE

    async def let_go(self, limit: float) -> None:
        """Stop all pollers at once."""
        await asyncio.gather(*(poller.stop(limit) for _, poller in self._running.values()))
