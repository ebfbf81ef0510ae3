"""The operator's texts as a CSV file, the way in which they come with Trackway."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from trackway.domain.errors.items import FieldInvalid
from trackway.domain.post.mail import Country, Words
from trackway.domain.post.phrasebook import Wording

_LANGUAGES = "ecs"
_WORDING = ("key", "code", *(f"{field}_{one}" for field in ("milestone", "message") for one in _LANGUAGES), "ours")
_COUNTRY = ("code", *(f"name_{one}" for one in _LANGUAGES))


def write_wordings(wordings: Iterable[Wording]) -> str:
    """One line each, below a line that names the columns."""
    return _written(
        _WORDING, ((one.key, one.code, *_flat(one.milestone), *_flat(one.message), one.ours) for one in wordings)
    )


def write_countries(countries: Iterable[Country]) -> str:
    """One line each, below a line that names the columns."""
    return _written(_COUNTRY, ((one.code, *_flat(one.name)) for one in countries))


def read_wordings(text: str) -> list[Wording]:
    """What `write_wordings` wrote.

    Raises:
        FieldInvalid: a column is missing.
    """
    return [
        Wording(key=row["key"], code=row["code"], milestone=_words(row, "milestone"), message=_words(row, "message"))
        for row in _rows(text, _WORDING[:-1])
    ]


def read_countries(text: str) -> list[Country]:
    """What `write_countries` wrote.

    Raises:
        FieldInvalid: a column is missing.
    """
    return [Country(row["code"], _words(row, "name")) for row in _rows(text, _COUNTRY)]


def _written(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _rows(text: str, columns: Iterable[str]) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")), restval="")
    for column in columns:
        if column not in (reader.fieldnames or ()):
            raise FieldInvalid("columns", column)
    return reader


def _words(row: dict[str, str], field: str) -> Words:
    return Words(*(row[f"{field}_{one}"] for one in _LANGUAGES))


def _flat(words: Words) -> tuple[str, str, str]:
    return words.e, words.c, words.s
