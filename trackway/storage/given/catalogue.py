"""The texts that come with Trackway, or with the operator's own files in their place."""

import csv
from collections.abc import Iterator
from importlib import resources
from io import StringIO
from pathlib import Path

from trackway.domain.post.mail import Country, Words
from trackway.domain.post.phrasebook import Wording, folded

WORDINGS, COUNTRIES = "hkpost_texts.csv", "countries.csv"


def seeded_wordings(folder: Path) -> list[Wording]:
    """Every wording, in the order in which they count. A file in `folder` takes the place of ours.

    The first line of a code is known by the code, every other line by its English message.
    """
    codes: set[str] = set()
    wordings = []
    for row in _rows(folder, WORDINGS):
        code, message = row["code"], _words(row, "message")
        first = code and code not in codes
        codes.add(code)
        key = code if first else folded(message.e)
        wordings.append(
            Wording(key=key, code=code, milestone=_words(row, "milestone"), message=message, ours=row["ours"])
        )
    return wordings


def seeded_countries(folder: Path) -> list[Country]:
    """Every country. A file in `folder` takes the place of ours."""
    return [Country(row["code"], _words(row, "name")) for row in _rows(folder, COUNTRIES)]


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    own = folder / name
    source = own if own.exists() else resources.files("trackway.data") / name
    return csv.DictReader(StringIO(source.read_text(encoding="utf-8-sig")))


def _words(row: dict[str, str], field: str) -> Words:
    return Words(*(row[f"{field}_{language}"] for language in "ecs"))
