"""An item's card: the lines of text in which it is kept. What was said it shares with many other items."""

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct, json

from trackway.domain.post.mail import Country, Item, Scan, Words

_UNTOLD_AT_END = ',["","",""]]'  # a quotation mark inside a text is never bare, so this is in none
REMEMBERED = 4096
"""How many lines are remembered for each thing that is done with them."""


class Card(Struct, frozen=True):
    """An item as it is kept. The first line of `text` is about the item; then each scan, oldest first (H23), has two.

    Those are its time as it is answered, and what was said. The first line and what was said are JSON: no end of a line
    in it. Lines are bytes, since an answer only passes times on and looks up the others.
    """

    number: str
    posted: str
    text: bytes


class About(Struct, frozen=True, array_like=True):
    """What a card's first line tells."""

    drop_off: Words = Words()
    origin: Country = Country()
    destination: Country = Country()
    milestone: Words = Words()


class Said(Struct, frozen=True, array_like=True):
    """What the second line of a scan tells: the scan without its time."""

    place: Country
    what: str
    message: Words = Words()


_ABOUT, _SAID, _ENCODER = json.Decoder(About), json.Decoder(Said), json.Encoder()


def item_on(card: Card) -> Item:
    """The item whose card it is."""
    first, *scans = card.text.decode().split("\n")
    about = read_about(first)
    return Item(
        number=card.number,
        posted=card.posted,
        drop_off=about.drop_off,
        origin=about.origin,
        destination=about.destination,
        milestone=about.milestone,
        scans=tuple(_scans(scans)),
    )


def day_first(time: str) -> str:
    """`YYYY-MM-DD HH:MM` as it is answered, `DD-MM-YYYY HH:MM`, and nothing for nothing (H22).

    >>> day_first("2017-02-27 16:00")
    '27-02-2017 16:00'
    """
    return f"{time[8:10]}-{time[5:7]}-{time[:4]}{time[10:]}" if time else ""


def year_first(time: str) -> str:
    """`DD-MM-YYYY HH:MM` as it sorts, `YYYY-MM-DD HH:MM`.

    >>> year_first("27-02-2017 16:00")
    '2017-02-27 16:00'
    """
    return f"{time[6:10]}-{time[3:5]}-{time[:2]}{time[10:]}"


@lru_cache(REMEMBERED)
def read_about(line: str) -> About:
    """What a card's first line tells."""
    return _ABOUT.decode(line)


@lru_cache(REMEMBERED)
def read_said(line: str) -> Said:
    """What the second line of a scan tells."""
    return _SAID.decode(line)


def _scans(lines: list[str]) -> Iterator[Scan]:
    for time, line in zip(lines[::2], lines[1::2], strict=True):
        said = read_said(line)
        yield Scan(year_first(time), said.place, said.what, said.message)


@lru_cache(REMEMBERED)
def line_of(*parts: Country | str | Words) -> str:
    """The parts as JSON; words that are not told are left out at an array's end, where they are most of it."""
    return _ENCODER.encode(parts).decode().replace(_UNTOLD_AT_END, "]")
