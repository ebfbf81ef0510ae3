"""The catalogue of texts: what UPU event codes and known messages are called, and countries, in three languages."""

import csv
from collections.abc import Iterator
from importlib import resources
from io import StringIO
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from trackway.domain.mail import Country, Item, Scan, Words


class Wording(Struct, frozen=True):
    """How an event is told, and the milestone that it means: two vocabularies (H5)."""

    milestone: Words = Words()
    message: Words = Words()


_UNKNOWN = Wording()


class Catalogue:
    """Read once, here. A file of the same name in `folder` takes the place of the one that comes with Trackway."""

    def __init__(self, folder: Path) -> None:
        rows = _rows(folder, "countries.csv")
        self._countries = {row["code"]: Country(row["code"], _words(row, "name")) for row in rows}
        self._wordings: dict[str, Wording] = {}
        self._milestones: dict[str, Words] = {}
        for row in _rows(folder, "hkpost_texts.csv"):
            wording = Wording(_words(row, "milestone"), _words(row, "message"))
            for key in filter(None, (row["code"], _key(wording.message.e))):
                self._wordings.setdefault(key, wording)
            self._milestones.setdefault(_key(wording.milestone.e), wording.milestone)

    def filled(self, item: Item) -> Item:
        """The item with every text that it lacks and we know: names of countries, messages, the milestone's languages.

        A milestone that was not told stays empty; `milestone` finds it.
        """
        return replace(
            item,
            origin=self._named(item.origin),
            destination=self._named(item.destination),
            milestone=item.milestone.filled(self._milestones.get(_key(item.milestone.e), Words())),
            scans=tuple(map(self._filled, item.scans)),
        )

    def milestone(self, item: Item) -> Words:
        """The milestone as told, else that of the latest scan that we understand; empty if there is none."""
        return item.milestone or next(
            filter(None, (self._wording(scan).milestone for scan in reversed(item.scans))), Words()
        )

    def _filled(self, scan: Scan) -> Scan:
        message = scan.message.filled(self._wording(scan).message)
        return Scan(scan.time, self._named(scan.place), scan.what, message)

    def _wording(self, scan: Scan) -> Wording:
        """By the message if we know it, for a code may have several; else by the code."""
        known = self._wordings.get(_key(scan.message.e)) if scan.message.e else None
        return known or self._wordings.get(scan.what, _UNKNOWN)

    def _named(self, country: Country) -> Country:
        known = self._countries.get(country.code, country)
        return Country(country.code, country.name.filled(known.name)) if country.name else known


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    own = folder / name
    source = own if own.exists() else resources.files("trackway.data") / name
    return csv.DictReader(StringIO(source.read_text(encoding="utf-8")))


def _words(row: dict[str, str], field: str) -> Words:
    return Words(*(row[f"{field}_{language}"] for language in "ecs"))


def _key(text: str) -> str:
    """How a message is compared: without regard to case, outer blanks and a full stop."""
    return text.strip().rstrip(".").casefold()
