"""The time zones of the world's countries, as the package tzdata has them."""

from collections.abc import Mapping
from importlib import resources
from zoneinfo import ZoneInfo

from trackway.domain.following.zones import Zones


def load_zones(countries: Mapping[str, str]) -> Zones:
    """The zones of each country, found by its code and by its name; `countries` are names by ISO 3166 alpha-2 code."""
    by_code: dict[str, list[ZoneInfo]] = {}
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    for line in table.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, _, zone, *_ = line.split("\t")
            by_code.setdefault(code, []).append(ZoneInfo(zone))
    return Zones(by_code | {countries[code].upper(): zones for code, zones in by_code.items() if code in countries})
