"""The connectors that are installed, found by the entry point group `trackway.connectors`."""

from collections.abc import Mapping
from importlib.metadata import entry_points

from trackway.connectors.base import Connector, Kind, Kit
from trackway.domain.errors import ConfigError

_GROUP = "trackway.connectors"


def kinds() -> dict[str, Kind]:
    """Every installed kind of connector by its id."""
    found: list[Kind] = [point.load() for point in entry_points(group=_GROUP)]
    return {kind.id: kind for kind in sorted(found, key=lambda kind: kind.id)}


def kind_of(connector: str) -> Kind:
    """The kind with that id.

    Raises:
        ConfigError: none is installed.
    """
    known = kinds()
    if connector not in known:
        raise ConfigError(f"there is no connector {connector!r}, only {', '.join(known) or 'none'}")
    return known[connector]


def make(connector: str, settings: Mapping[str, str], kit: Kit) -> Connector:
    """A connector with its settings; what was not given has its default.

    Raises:
        ConfigError: a setting is missing, is none of this connector's, or cannot work.
    """
    kind = kind_of(connector)
    names = {setting.name for setting in kind.settings}
    if strange := sorted(settings.keys() - names):
        raise ConfigError(f"{connector} has no setting {strange[0]!r}")
    whole = {setting.name: settings.get(setting.name) or setting.default for setting in kind.settings}
    if missing := [name for name, value in whole.items() if value is None]:
        raise ConfigError(f"{connector} needs {missing[0]}")
    return kind.make({name: str(value) for name, value in whole.items()}, kit)
