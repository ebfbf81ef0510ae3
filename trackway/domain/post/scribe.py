"""Brings the cards of items up to date with what is told of them."""

from functools import lru_cache
from operator import itemgetter

from trackway.domain.post.card import REMEMBERED, Said, day_first, line_of, read_about, read_said, year_first
from trackway.domain.post.mail import Country, Item, Words
from trackway.domain.post.phrasebook import Phrasebook

_TIME = itemgetter(0)


class Scribe:
    """Writes with one book: texts that the book says anyway are left out, so that they follow it.

    It works on lines, since what most of them hold was told of many items before.
    """

    def __init__(self, book: Phrasebook) -> None:
        self.book = book
        self._about = lru_cache(REMEMBERED)(self._new_about)
        self._plain = lru_cache(REMEMBERED)(self._new_plain)
        self._again = lru_cache(REMEMBERED)(self._new_again)

    def text(self, kept: str, told: Item) -> str:
        """The text of the item's card, which was `kept`, and empty for an item that is new. What is not told stays.

        A scan is the same at the same time and place with the same code or message. Scans of one minute keep the order
        in which they were told.
        """
        first, *lines = kept.split("\n")
        scans = {}
        for time, line in zip(lines[::2], lines[1::2], strict=True):
            plain, who = self._plain(line)
            scans[year_first(time), who] = plain
        for scan in told.scans:
            line = line_of(scan.place, scan.what, scan.message)
            plain, who = self._plain(line)
            key = (scan.time, who)
            scans[key] = self._again(line, scans[key]) if key in scans else plain
        about = self._about(first, told.drop_off, told.origin, told.destination, told.milestone)
        in_turn = sorted(scans, key=_TIME)
        return "\n".join([about, *(part for key in in_turn for part in (day_first(key[0]), scans[key]))])

    def _new_about(self, kept: str, drop_off: Words, origin: Country, destination: Country, milestone: Words) -> str:
        """A card's first line. Only the milestone is always as told now."""
        old = read_about(kept or "[]")
        return line_of(
            drop_off.filled(old.drop_off),
            self.book.bare(_country(origin, old.origin)),
            self.book.bare(_country(destination, old.destination)),
            milestone,
        )

    def _new_plain(self, line: str) -> tuple[str, tuple[str, str, str]]:
        """What was said, without the texts of the book, and what makes it the same of two scans at one time."""
        said = self.book.bare_said(read_said(line))
        return line_of(said.place, said.what, said.message), (said.place.code, said.place.name.e, said.what)

    def _new_again(self, told: str, kept: str) -> str:
        """What was said, when it was kept and is told once more."""
        new, old = read_said(told), read_said(kept)
        place = Country(old.place.code, new.place.name.filled(old.place.name))
        said = self.book.bare_said(Said(place, new.what, new.message.filled(old.message)))
        return line_of(said.place, said.what, said.message)


def _country(told: Country, kept: Country) -> Country:
    same = told.code in {"", kept.code}
    return Country(kept.code, told.name.filled(kept.name)) if same else told
