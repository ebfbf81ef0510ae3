"""The operator's own words: wordings and countries that differ from those that come with Trackway."""

from collections.abc import Iterable

from msgspec import json

from trackway.domain.post.mail import Country
from trackway.domain.post.phrasebook import Wording
from trackway.storage.database import Database, Transaction
from trackway.storage.statement import Statement

Entry = Wording | Country
_WORDING, _COUNTRY = "wording", "country"
_ALL = Statement("SELECT kind, name, body FROM phrase ORDER BY kind, name")
_PUT = Statement(
    "INSERT INTO phrase (kind, name, body) SELECT kind, name, body "
    "FROM @rows(rows: kind text, name text, body text) AS given WHERE true "
    "ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body"
)
_DROP = Statement(
    "DELETE FROM phrase WHERE (kind, name) IN (SELECT kind, name FROM @rows(rows: kind text, name text) AS given)"
)


class Phrases:
    """Each under its key: a wording's own, a country's code."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[list[Wording], list[Country]]:
        """Every wording and every country that is kept, by key."""
        rows = await self._database.read(_ALL)
        return (
            [json.decode(body, type=Wording) for kind, _, body in rows if kind == _WORDING],
            [json.decode(body, type=Country) for kind, _, body in rows if kind == _COUNTRY],
        )

    async def change(self, put: Iterable[Entry], drop: Iterable[Entry] = ()) -> None:
        """Keep entries in place of what their keys had, and forget others; all of it or nothing."""
        rows = [(*_place(entry), json.encode(entry).decode()) for entry in put]
        gone = list(map(_place, drop))

        async def work(tx: Transaction) -> None:
            await tx.fetch(_PUT, rows=rows)
            await tx.fetch(_DROP, rows=gone)

        await self._database.write(work)


def _place(entry: Entry) -> tuple[str, str]:
    return (_WORDING, entry.key) if isinstance(entry, Wording) else (_COUNTRY, entry.code)
