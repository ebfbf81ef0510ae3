"""The keys with which others send in what happened: names and digests, never a key.

An operator's own systems have keys of no carrier; a courier's key is its carrier's.
"""

from datetime import datetime

from trackway.storage.database import Database, to_ms
from trackway.storage.statement import Statement

OPERATOR = 0
_CREATE = Statement(
    "INSERT INTO sender_key (name, carrier, lookup, created_at) VALUES (:name, :carrier, :lookup, :now) "
    "ON CONFLICT DO NOTHING RETURNING 1"
)
_ALL = Statement("SELECT name, carrier FROM sender_key ORDER BY name")
_FIND = Statement("SELECT carrier FROM sender_key WHERE lookup = :lookup")
_DROP = Statement("DELETE FROM sender_key WHERE name = :name RETURNING 1")


class SenderKeys:
    """Keys by name, found by their digests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, name: str, carrier: int, lookup: str, now: datetime) -> bool:
        """Whether the key is new; nothing is changed where the name is taken."""
        values = {"name": name, "carrier": carrier, "lookup": lookup, "now": to_ms(now)}
        return bool(await self._database.write(lambda tx: tx.fetch(_CREATE, **values)))

    async def all(self) -> dict[str, int]:
        """The name of every key, with its carrier."""
        return {str(name): int(carrier) for name, carrier in await self._database.read(_ALL)}

    async def carriers(self) -> frozenset[int]:
        """The carriers that have keys."""
        return frozenset((await self.all()).values()) - {OPERATOR}

    async def carrier_of(self, lookup: str) -> int | None:
        """The carrier of the key with that digest, None where there is no such key."""
        rows = await self._database.read(_FIND, lookup=lookup)
        return int(rows[0][0]) if rows else None

    async def drop(self, name: str) -> bool:
        """Whether there was a key of that name; there is none now."""
        return bool(await self._database.write(lambda tx: tx.fetch(_DROP, name=name)))
