"""The carriers and countries that come with the program, from `trackway/data`."""

import csv
from collections.abc import Iterator
from importlib import resources

from trackway.domain.carrier import Carrier, Catalogue, Need


def load_carriers() -> Catalogue:
    """The catalogue; keys are those that 17TRACK publishes."""
    carriers = [_carrier(row) for row in _rows("carriers.csv")]
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
