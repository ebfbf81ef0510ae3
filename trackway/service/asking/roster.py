"""Which carriers are asked, and through which connector."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

import structlog
from msgspec import Struct
from msgspec.structs import replace

from trackway.connectors import inbound
from trackway.connectors.base import Connector, Limits
from trackway.domain.carrier import Carrier
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
        senders: Callable[[], Awaitable[frozenset[int]]],
        make: Callable[[str, Settings], Connector],
        catalogue: Iterable[Carrier],
    ) -> None:
        self._connections = connections
        self._senders = senders
        self._make = make
        self._all = frozenset(carrier.key for carrier in catalogue)
        self._known: dict[str, tuple[Settings, Asker | None]] = {}

    async def askers(self) -> dict[str, Asker]:
        """Each carrier account that is set up, by its connector.

        A carrier that sends its events in is asked by nobody else, and one that several may ask goes to those that name
        it rather than to one that takes the rest.
        """
        sending = await self._senders()
        named: dict[str, Asker] = {}
        if sending:
            named[inbound.ID] = Asker(connector=inbound.ID, settings={}, carriers=sending, limits=inbound.LIMITS)
        rest = []
        for connector, settings in (await self._connections()).items():
            asker = await self._asker(connector, settings)
            if asker is not None and asker.carriers:
                named[connector] = replace(asker, carriers=asker.carriers - sending)
            elif asker is not None:
                rest.append(asker)
        left = self._all.difference(*(asker.carriers for asker in named.values()))
        return named | {asker.connector: replace(asker, carriers=left) for asker in rest}

    async def carriers(self) -> frozenset[int]:
        """Every carrier that somebody asks."""
        return frozenset(carrier for asker in (await self.askers()).values() for carrier in asker.carriers)

    async def of(self, carrier: int) -> Asker | None:
        """Who asks that carrier, None where nobody does (T37)."""
        return next((asker for asker in (await self.askers()).values() if carrier in asker.carriers), None)

    async def _asker(self, connector: str, settings: Settings) -> Asker | None:
        if self._known.get(connector, (None,))[0] != settings:
            self._known[connector] = settings, await self._look(connector, settings)
        return self._known[connector][1]

    async def _look(self, connector: str, settings: Settings) -> Asker | None:
        try:
            made = self._make(connector, settings)
        except ConfigError as why:
            _log.error("a connector cannot start", connector=connector, why=str(why))
            return None
        asker = Asker(connector=connector, settings=settings, carriers=made.carriers, limits=made.limits)
        await made.close()
        return asker
