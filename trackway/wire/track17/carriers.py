"""The list of carriers that 17TRACK publishes, `apicarrier.all.json`."""

import re
from collections.abc import Iterable

import msgspec
from msgspec import Struct, field

from trackway.domain.carrier import Carrier
from trackway.domain.errors import ConfigError

_UNFIT = re.compile(r"[^a-z0-9]+")
_LAST_KEY = 1 << 31
_COUNTRY = re.compile(r"[A-Z]{2}")


class _Row(Struct):
    """One carrier as it is published."""

    key: int
    name: str | None = field(name="_name", default=None)
    name_zh_hans: str | None = field(name="_name_zh-cn", default=None)
    name_zh_hant: str | None = field(name="_name_zh-hk", default=None)
    country: str | None = field(name="_country_iso", default=None)
    home: str | None = field(name="_url", default=None)
    phone: str | None = field(name="_tel", default=None)


_ROWS = msgspec.json.Decoder(list[_Row])


def read_carriers(body: bytes) -> list[Carrier]:
    """The carriers of the list that have a key and a name. An id is the name in small letters and hyphens.

    Raises:
        ConfigError: it is no such list.
    """
    try:
        rows = _ROWS.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ConfigError(f"this is not 17TRACK's list of carriers: {error}") from None
    return list(_carriers(rows))


def _carriers(rows: Iterable[_Row]) -> Iterable[Carrier]:
    taken: set[str] = set()
    for row in rows:
        name = _line(row.name)
        if not name or not 0 < row.key < _LAST_KEY:
            continue
        own = _UNFIT.sub("-", name.lower()).strip("-") or "carrier"
        own = own if own not in taken else f"{own}-{row.key}"
        taken.add(own)
        country = _line(row.country).upper()
        yield Carrier(
            key=row.key,
            id=own,
            name_en=name,
            name_zh_hant=_line(row.name_zh_hant) or name,
            name_zh_hans=_line(row.name_zh_hans) or name,
            country=country if _COUNTRY.fullmatch(country) else "",
            home=_line(row.home),
            phone=_line(row.phone),
        )


def _line(text: str | None) -> str:
    """A text on one line, empty where there is none."""
    return " ".join((text or "").split())
