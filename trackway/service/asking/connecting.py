"""Our accounts with carriers: which there could be, which there are, and with what they are set up."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from trackway.connectors import registry
from trackway.connectors.base import Connector, Setting
from trackway.domain.errors import ConfigError
from trackway.storage.asking.connections import Connections

Settings = Mapping[str, str]


class Offer(Struct, frozen=True, kw_only=True):
    """A connector that is installed. `known` are its settings that may be shown; a secret never is."""

    connector: str
    settings: Sequence[Setting]
    connected: bool
    known: Settings


class Connecting:
    """`make` builds a connector from its settings, or says why they cannot work."""

    def __init__(self, *, kept: Connections, make: Callable[[str, Settings], Connector]) -> None:
        self._kept = kept
        self._make = make

    async def offers(self) -> list[Offer]:
        """Every installed connector, by its name."""
        kept = await self._kept.all()
        return [
            Offer(
                connector=name,
                settings=kind.settings,
                connected=name in kept,
                known={one.name: kept.get(name, {}).get(one.name, "") for one in kind.settings if not one.secret},
            )
            for name, kind in registry.kinds().items()
        ]

    async def connect(self, connector: str, given: Settings, now: datetime) -> None:
        """Set a connector up anew; a secret that is not given stays as it was.

        Raises:
            ConfigError: there is no such connector, or the settings cannot work.
        """
        before = (await self._kept.all()).get(connector, {})
        settings = {}
        for setting in registry.kind_of(connector).settings:
            value = given.get(setting.name, "").strip() or (before.get(setting.name, "") if setting.secret else "")
            if value:
                settings[setting.name] = value
        await self._make(connector, settings).close()
        await self._kept.put(connector, settings, now)

    async def disconnect(self, connector: str) -> None:
        """Forget a connector's settings; its carriers are not asked any more.

        Raises:
            ConfigError: it was not set up.
        """
        if not await self._kept.drop(connector):
            raise ConfigError(f"{connector} is not connected")
