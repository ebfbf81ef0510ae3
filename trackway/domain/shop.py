"""How an account's shop shows itself to those who wait for its parcels."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from msgspec import Struct

from trackway.domain.errors.shops import ColourMalformed, LogoUnfit, OriginMalformed, ShopNameMalformed

PLAIN = "#1d5c96"
LOGO_LIMIT = 64 * 1024
_LONGEST_NAME = 60
_MOST_ORIGINS = 20
_READABLE = 4.5
_COLOUR = re.compile(r"#[0-9a-f]{6}").fullmatch
_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?").fullmatch
_LOGOS = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/webp", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
)


class Shop(Struct, frozen=True, kw_only=True):
    """A shop's public face. `open` shows its pages at all, `search` lets people look parcels up.

    `origins` are the sites that may show its pages in a frame of theirs; `logo` says whether there is one.
    """

    account: int
    name: str
    colour: str = PLAIN
    open: bool = True
    search: bool = False
    origins: tuple[str, ...] = ()
    logo: bool = False


def shop_name(text: str) -> str:
    """The name, blanks folded.

    Raises:
        ShopNameMalformed: it is empty, longer than 60 characters, or not printable.
    """
    name = " ".join(text.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise ShopNameMalformed(text)
    return name


def colour(text: str) -> str:
    """`#rrggbb`.

    Raises:
        ColourMalformed: it is something else.
    """
    given = text.strip().lower()
    if not _COLOUR(given):
        raise ColourMalformed(text)
    return given


def origins(lines: Iterable[str]) -> tuple[str, ...]:
    """The origins, `https://shop.example`, each once; http only for this machine, where shops are tried out.

    Raises:
        OriginMalformed: one is no origin, or there are too many.
    """
    found = tuple(dict.fromkeys(_origin(line.strip().lower().rstrip("/")) for line in lines if line.strip()))
    if len(found) > _MOST_ORIGINS:
        raise OriginMalformed(found[_MOST_ORIGINS])
    return found


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise OriginMalformed(text) from None
    near = parts.hostname in {"localhost", "127.0.0.1"}
    if not (parts.scheme == "https" or (parts.scheme == "http" and near)) or not _HOST(parts.netloc):
        raise OriginMalformed(text)
    if text != f"{parts.scheme}://{parts.netloc}":
        raise OriginMalformed(text)
    return text


def logo_type(image: bytes) -> str:
    """The media type of a logo, by what it is and not by what it is called.

    Raises:
        LogoUnfit: it is too large, or neither PNG, JPEG nor WebP.
    """
    if len(image) > LOGO_LIMIT:
        raise LogoUnfit(len(image))
    kind = next((kind for kind, looks in _LOGOS if looks.match(image)), "")
    if not kind:
        raise LogoUnfit(len(image))
    return kind


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 counts it, from 1 to 21.

    >>> round(contrast("#ffffff", "#000000"), 1)
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(ground: str) -> str:
    """Black or white: what is read better on that ground."""
    return max("#ffffff", "#000000", key=lambda ink: contrast(ink, ground))


def readable(shade: str, ground: str) -> str:
    """The colour, or as near to it as can be read on that ground."""
    towards = _channels(ink_on(ground))
    own = _channels(shade)
    for step in range(21):
        mixed = [round(mine + (end - mine) * step / 20) for mine, end in zip(own, towards, strict=True)]
        found = "#" + "".join(f"{channel:02x}" for channel in mixed)
        if contrast(found, ground) >= _READABLE:
            return found
    return ink_on(ground)


def _channels(shade: str) -> list[int]:
    return [int(shade[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(shade: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(shade))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # WCAG's own
