"""Keep one poller running for each carrier account that is set up, also those set up while we run."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from trackway.domain.errors import ConfigError
from trackway.worker.loop import Loop, Sleep

_PAUSE = 1.0
_log = structlog.get_logger(__name__)
Settings = Mapping[str, str]


class _Idle(Loop):
    """Stands where a poller would, until the settings change."""

    async def tick(self) -> float:
        """Nothing."""
        return _PAUSE


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
        for name in wanted.keys() - self._running.keys():
            self._start(name, wanted[name])
        return _PAUSE

    def _start(self, name: str, settings: Settings) -> None:
        """Start one; settings that cannot work are told once, and harm no other connector."""
        try:
            poller = self._make(name, settings)
        except ConfigError as why:
            _log.error("a connector cannot start", connector=name, why=str(why))
            poller = _Idle()
        poller.start()
        self._running[name] = settings, poller

    async def let_go(self, limit: float) -> None:
        """Stop all pollers at once."""
        await asyncio.gather(*(poller.stop(limit) for _, poller in self._running.values()))
