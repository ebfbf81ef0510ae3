"""The carriers and countries that come with the program, from `trackway/data`, and more from the data folder."""

import csv
import os
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from msgspec import structs

from trackway.domain.carrier import Carrier, Catalogue, Need
from trackway.domain.errors import ConfigError

_MORE = "carriers.csv"
_COLUMNS = ("key", "id", "name_en", "name_zh_hant", "name_zh_hans", "country", "needs", "home", "phone")


def load_carriers(data: Path | None = None) -> Catalogue:
    """The catalogue; keys are those that 17TRACK publishes. A data folder's `carriers.csv` adds to it.

    Raises:
        ConfigError: that file cannot be read.
    """
    carriers = [_carrier(row) for row in _rows("carriers.csv")]
    if data is not None and (data / _MORE).exists():
        carriers += _new(_read(data / _MORE), carriers)
    return Catalogue(carriers, {row["country"]: int(row["key"]) for row in _rows("country_keys.csv")})


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (resources.files("trackway") / "data" / name).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _carrier(row: dict[str, str]) -> Carrier:
    """A carrier; an empty Chinese name is the English one, and `?` marks a parameter that may be left out."""
    return Carrier(
        key=int(row["key"]),
        id=row["id"],
        name_en=row["name_en"],
        name_zh_hant=row["name_zh_hant"] or row["name_en"],
        name_zh_hans=row["name_zh_hans"] or row["name_en"],
        country=row["country"],
        needs=Need(row["needs"].rstrip("?")),
        optional=row["needs"].endswith("?"),
        home=row["home"],
        phone=row["phone"],
    )


def save_carriers(data: Path, carriers: Iterable[Carrier]) -> int:
    """Write the carriers that do not come with the program into the data folder; how many they are.

    An id that another carrier has gets the key behind it. What the folder's file held before is gone.

    Raises:
        ConfigError: it cannot be written.
    """
    packaged = [_carrier(row) for row in _rows("carriers.csv")]
    new = list(_new(carriers, packaged))
    half = data / f"{_MORE}.{os.getpid()}"
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with half.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(map(_row, new))
        half.replace(data / _MORE)
    except OSError as error:
        raise ConfigError(f"{data / _MORE}: {error.strerror}") from None
    return len(new)


def _new(carriers: Iterable[Carrier], known: Iterable[Carrier]) -> Iterator[Carrier]:
    """Those whose key nobody has yet, each with an id of its own."""
    keys, ids = {carrier.key for carrier in known}, {carrier.id for carrier in known}
    for carrier in carriers:
        if carrier.key in keys:
            continue
        own = carrier.id if carrier.id not in ids else f"{carrier.id}-{carrier.key}"
        keys.add(carrier.key)
        ids.add(own)
        yield carrier if own == carrier.id else structs.replace(carrier, id=own)


def _read(path: Path) -> list[Carrier]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [_carrier(row) for row in csv.DictReader(file, restval="")]
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise ConfigError(f"{path}: {error}") from None


def _row(carrier: Carrier) -> dict[str, object]:
    row = {name: getattr(carrier, name) for name in _COLUMNS if name != "needs"}
    return row | {"needs": f"{carrier.needs}{'?' * carrier.optional}"}
