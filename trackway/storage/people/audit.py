"""What was done in the console: each deed is kept in the very transaction that does it, and never changed again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct

from trackway.domain.person import Deed
from trackway.storage.database import Database, Row, Transaction, Work, from_ms, to_ms
from trackway.storage.statement import Statement

T = TypeVar("T")
_NOTE = Statement(
    "INSERT INTO audit (at, account_id, person, address, action, target, detail) "
    "VALUES (:at, :account, :person, :address, :action, :target, :detail)"
)
_COLUMNS = "id, at, account_id, person, address, action, target, detail"
_OF_ACCOUNT = Statement(
    f"SELECT {_COLUMNS} FROM audit WHERE account_id = :account AND id < :before ORDER BY id DESC LIMIT :most"
)
_ALL = Statement(f"SELECT {_COLUMNS} FROM audit WHERE id < :before ORDER BY id DESC LIMIT :most")
_END = (1 << 62) - 1


class Noted(Struct, frozen=True, kw_only=True):
    """A deed with its place in the log, and when it was done."""

    id: int
    at: datetime
    deed: Deed


class AuditedDatabase:
    """A store that keeps, with the first write of a piece of work, the deed that the work is.

    `done` says from what the write came to whether anything was changed at all: what was refused is no deed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: ContextVar[list[tuple[Deed, datetime, Callable[[Any], bool]]] | None] = ContextVar(
            "deed", default=None
        )

    @contextmanager
    def doing(self, deed: Deed, now: datetime, done: Callable[[Any], bool] = lambda _: True) -> Iterator[None]:
        """What is written first in here is this deed."""
        token = self._waiting.set([(deed, now, done)])
        try:
            yield
        finally:
            self._waiting.reset(token)

    async def read(self, statement: Statement, **values: Any) -> list[Row]:
        """As the store does."""
        return await self._database.read(statement, **values)

    async def scan(self, statement: Statement, **values: Any) -> list[Row]:
        """As the store does."""
        return await self._database.scan(statement, **values)

    async def write(self, work: Work[T]) -> T:
        """As the store does, with the deed that waits for a write."""
        waiting = self._waiting.get()
        if not waiting:
            return await self._database.write(work)
        deed, now, done = waiting.pop()

        async def both(transaction: Transaction) -> T:
            value = await work(transaction)
            if done(value):
                await _note(transaction, deed, now)
            return value

        return await self._database.write(both)

    async def close(self) -> None:
        """As the store does."""
        await self._database.close()


class Audit:
    """The log of deeds, newest first. Nothing here changes or deletes any."""

    def __init__(self, database: AuditedDatabase) -> None:
        self._database = database
        self.doing = database.doing

    async def note(self, deed: Deed, now: datetime) -> None:
        """Keep a deed that writes nothing else."""
        await self._database.write(lambda tx: _note(tx, deed, now))

    async def page(self, account: int | None, before: int | None, most: int) -> list[Noted]:
        """Up to `most` deeds before one, of an account, or of all for None."""
        values: dict[str, Any] = {"before": _END if before is None else before, "most": most}
        if account is None:
            return [_noted(row) for row in await self._database.read(_ALL, **values)]
        return [_noted(row) for row in await self._database.read(_OF_ACCOUNT, account=account, **values)]


async def _note(transaction: Transaction, deed: Deed, now: datetime) -> None:
    values = {name: getattr(deed, name) for name in deed.__struct_fields__}
    await transaction.fetch(_NOTE, at=to_ms(now), **values)


def _noted(row: Row) -> Noted:
    identity, at, account, person, address, action, target, detail = row
    deed = Deed(person=person, action=action, account=account, address=address, target=target, detail=detail)
    return Noted(id=identity, at=from_ms(at), deed=deed)
