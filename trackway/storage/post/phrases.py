"""The operator's own words: wordings and countries that differ from those that come with Trackway."""

from collections.abc import Iterable
from hashlib import sha256

from msgspec import Struct, json

from trackway.domain.post.mail import Country
from trackway.domain.post.phrasebook import Wording
from trackway.storage.database import Database, Transaction
from trackway.storage.statement import Statement

Entry = Wording | Country
_WORDING, _COUNTRY, _FORMER = "wording", "country", "former"
_ALL = Statement("SELECT kind, name, body FROM phrase ORDER BY kind, name")
_PUT = Statement(
    "INSERT INTO phrase (kind, name, body) SELECT kind, name, body "
    "FROM @rows(rows: kind text, name text, body text) AS given WHERE true "
    "ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body"
)
_CALLED = Statement("SELECT name, body FROM phrase WHERE kind = 'country' AND name @any(codes text) @locked")
_DROP = Statement(
    "DELETE FROM phrase WHERE (kind, name) IN (SELECT kind, name FROM @rows(rows: kind text, name text) AS given)"
)


class Own(Struct, frozen=True):
    """What the operator put in the place of our texts, or beside them; `former` are countries as it called them before.

    Feeds go on with those names.
    """

    wordings: list[Wording] = []
    countries: list[Country] = []
    former: list[Country] = []


class Phrases:
    """Each under its key: a wording's own, a country's code."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Own:
        """Every wording and every country that is kept, by key."""
        bodies: dict[str, list[str]] = {_WORDING: [], _COUNTRY: [], _FORMER: []}
        for kind, _, body in await self._database.read(_ALL):
            bodies[kind].append(body)
        return Own(
            wordings=[json.decode(body, type=Wording) for body in bodies[_WORDING]],
            countries=[json.decode(body, type=Country) for body in bodies[_COUNTRY]],
            former=[json.decode(body, type=Country) for body in bodies[_FORMER]],
        )

    async def change(self, put: Iterable[Entry], drop: Iterable[Entry] = ()) -> None:
        """Keep entries in place of what their keys had, and forget others; all of it or nothing.

        What a country was called is remembered.
        """
        rows = [(*_place(entry), json.encode(entry).decode()) for entry in put]
        gone = list(map(_place, drop))

        async def work(tx: Transaction) -> None:
            called = await tx.fetch(_CALLED, codes=[name for kind, name, *_ in [*rows, *gone] if kind == _COUNTRY])
            await tx.fetch(_PUT, rows=[*rows, *(_former(code, body) for code, body in called)])
            await tx.fetch(_DROP, rows=gone)

        await self._database.write(work)


def _former(code: str, body: str) -> tuple[str, str, str]:
    return _FORMER, f"{code} {sha256(body.encode()).hexdigest()}", body


def _place(entry: Entry) -> tuple[str, str]:
    return (_WORDING, entry.key) if isinstance(entry, Wording) else (_COUNTRY, entry.code)
