"""Which carriers are asked, and through which connector."""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from msgspec import Struct

from trackway.connectors.base import Connector, Limits
from trackway.domain.errors import ConfigError

_log = structlog.get_logger(__name__)
Settings = Mapping[str, str]


class Asker(Struct, frozen=True, kw_only=True):
    """A carrier account that is set up, the carriers that it is asked for, and what it allows."""

    connector: str
    settings: Settings
    carriers: frozenset[int]
    limits: Limits


class Roster:
    """What is set up now, also what was set up while we run; settings that cannot work are left out."""

    def __init__(
        self,
        *,
        connections: Callable[[], Awaitable[Mapping[str, Settings]]],
        make: Callable[[str, Settings], Connector],
    ) -> None:
        self._connections = connections
        self._make = make
        self._known: dict[str, tuple[Settings, Asker | None]] = {}

    async def askers(self) -> dict[str, Asker]:
        """Each carrier account that is set up, by its connector."""
        found = {}
        for connector, settings in (await self._connections()).items():
            if self._known.get(connector, (None,))[0] != settings:
                self._known[connector] = settings, await self._look(connector, settings)
            _, asker = self._known[connector]
            if asker is not None:
                found[connector] = asker
        return found

    async def carriers(self) -> frozenset[int]:
        """Every carrier that somebody asks."""
        return frozenset(carrier for asker in (await self.askers()).values() for carrier in asker.carriers)

    async def of(self, carrier: int) -> Asker | None:
        """Who asks that carrier, None where nobody does (T37)."""
        return next((asker for asker in (await self.askers()).values() if carrier in asker.carriers), None)

    async def _look(self, connector: str, settings: Settings) -> Asker | None:
        try:
            made = self._make(connector, settings)
        except ConfigError as why:
            _log.error("a connector cannot start", connector=connector, why=str(why))
            return None
        asker = Asker(connector=connector, settings=settings, carriers=made.carriers, limits=made.limits)
        await made.close()
        return asker
