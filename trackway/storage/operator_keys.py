"""The keys with which the operator's own systems send scans in: names and digests, never a key."""

from datetime import datetime

from trackway.storage.database import Database, to_ms
from trackway.storage.statement import Statement

_CREATE = Statement(
    "INSERT INTO operator_key (name, lookup, created_at) VALUES (:name, :lookup, :now) "
    "ON CONFLICT DO NOTHING RETURNING 1"
)
_NAMES = Statement("SELECT name FROM operator_key ORDER BY name")
_FIND = Statement("SELECT 1 FROM operator_key WHERE lookup = :lookup")
_DROP = Statement("DELETE FROM operator_key WHERE name = :name RETURNING 1")


class OperatorKeys:
    """Keys by name, found by their digests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, name: str, lookup: str, now: datetime) -> bool:
        """Whether the key is new; nothing is changed where the name is taken."""
        values = {"name": name, "lookup": lookup, "now": to_ms(now)}
        return bool(await self._database.write(lambda tx: tx.fetch(_CREATE, **values)))

    async def names(self) -> list[str]:
        """The name of every key."""
        return [str(row[0]) for row in await self._database.read(_NAMES)]

    async def known(self, lookup: str) -> bool:
        """Whether there is a key with that digest."""
        return bool(await self._database.read(_FIND, lookup=lookup))

    async def drop(self, name: str) -> bool:
        """Whether there was a key of that name; there is none now."""
        return bool(await self._database.write(lambda tx: tx.fetch(_DROP, name=name)))
