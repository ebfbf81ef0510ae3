"""The store for more than one machine: asyncpg, one statement a round trip."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import asyncpg

from trackway.domain.errors import StorageError
from trackway.storage.database import Row, Work
from trackway.storage.statement import Statement

T = TypeVar("T")
# A statement is planned for the tables as they are then: one planned while they were empty reads them whole ever after.
_PLAN_SECONDS = 30
_AGAIN = 2
# They waited for each other in a circle, or both put in what there may be once.
_IN_THE_WAY = (asyncpg.DeadlockDetectedError, asyncpg.UniqueViolationError)


class PostgresTransaction:
    """Statements on one connection with an open transaction."""

    alone = False

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, statement: Statement, **values: Any) -> list[Row]:
        """The rows that the statement gives."""
        rows: list[Row] = await self._connection.fetch(statement.postgres, *statement.for_postgres(values))
        return rows

    async def each(self, statement: Statement, values: Sequence[Mapping[str, Any]]) -> None:
        """Do it once for each of the values, in one round trip."""
        await self._connection.executemany(statement.postgres, [statement.for_postgres(one) for one in values])


class PostgresDatabase:
    """A pool of connections to one PostgreSQL database.

    With `durable` false a commit does not wait for the disk: a crash of the server may forget the last moments.
    """

    def __init__(self, pool: Any, *, durable: bool = True) -> None:
        self._pool = pool
        self._durable = durable

    @classmethod
    async def open(cls, url: str, *, durable: bool = True, connections: int = 8) -> "PostgresDatabase":
        """A pool on `postgresql://…`.

        Raises:
            StorageError: the server cannot be reached or refuses us.
        """
        settings = {"synchronous_commit": "on" if durable else "off", "application_name": "trackway"}
        async with _told():
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=connections,
                server_settings=settings,
                command_timeout=60,
                max_cached_statement_lifetime=_PLAN_SECONDS,
                reset=_leave_as_is,
            )
        return cls(pool, durable=durable)

    async def read(self, statement: Statement, **values: Any) -> list[Row]:
        """The rows of one statement that changes nothing."""
        async with _told():
            rows: list[Row] = await self._pool.fetch(statement.postgres, *statement.for_postgres(values))
        return rows

    async def scan(self, statement: Statement, **values: Any) -> list[Row]:
        """The same: here nothing waits for another's read."""
        return await self.read(statement, **values)

    async def write(self, work: Work[T]) -> T:
        """What `work` returns, once committed. Where others were in its way at the same moment, it is done anew."""
        async with _told(), self._pool.acquire() as connection:
            for _ in range(_AGAIN):
                with suppress(*_IN_THE_WAY):
                    return await _once(connection, work)
            return await _once(connection, work)

    async def close(self) -> None:
        """Give the connections back."""
        await self._pool.close()


async def _once(connection: Any, work: Work[T]) -> T:
    async with connection.transaction():
        return await work(PostgresTransaction(connection))


async def _leave_as_is(_: Any) -> None:
    """Spare a round trip for each use of a connection: we set nothing in a session that would have to be reset."""


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    """Turn what the driver raises into StorageError."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise StorageError(f"{type(error).__name__}: {error}") from error
