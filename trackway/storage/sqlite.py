"""The embedded store: reads in the event loop, writes on one thread that commits many callers' work at once."""

import asyncio
import sqlite3
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar, cast

from trackway.domain.errors import StorageError
from trackway.storage.database import Row, Work
from trackway.storage.statement import Statement

T = TypeVar("T")
_Outcome = tuple[Any, Exception | None]
_BATCH = 64
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
)
_LOG = 64 << 20  # bytes: many numbers fall on one page of the index before it is written back
_MAPPED = "PRAGMA mmap_size=1099511627776"  # as much as SQLite was built to allow
# What is not synced is written back soon: a log that is small stays in the processor's memory.
_SHORT_LOG = 2 << 20
# The writer looks for every page among those that it keeps, so they have to stay near the processor. What a batch of
# requests changes fits in; any other page is a copy away in the mapped file.
_SMALL = "PRAGMA cache_size=-4096"


def connect(path: Path, *, durable: bool) -> sqlite3.Connection:
    """An autocommit connection; a durable one has every commit on disk before it returns."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=15)
        for pragma in (*_PRAGMAS, f"PRAGMA synchronous={'FULL' if durable else 'OFF'}"):
            connection.execute(pragma)
        ((page,),) = connection.execute("PRAGMA page_size")
        connection.execute(f"PRAGMA wal_autocheckpoint={(_LOG if durable else _SHORT_LOG) // page}")
    except sqlite3.Error as error:
        raise StorageError(f"{path}: {error}") from error
    return connection


class SqliteTransaction:
    """Statements on the writer's connection. `fetch` never waits, so a coroutine over it runs in one step."""

    alone = True

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def fetch(self, statement: Statement, **values: Any) -> list[Row]:
        """The rows that the statement gives."""
        return self._connection.execute(*statement.for_sqlite(values)).fetchall()

    async def each(self, statement: Statement, values: Sequence[Mapping[str, Any]]) -> None:
        """Do it once for each of the values."""
        self._connection.executemany(statement.sqlite, values)


def _run(work: Work[T], transaction: SqliteTransaction) -> T:
    """Run work to its end on this thread."""
    steps = cast("Coroutine[Any, Any, T]", work(transaction))
    try:
        steps.send(None)
    except StopIteration as end:
        return cast("T", end.value)
    steps.close()
    raise RuntimeError("work inside a transaction awaited something else than its transaction")


def _rows(connection: sqlite3.Connection, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
    try:
        return connection.execute(*statement.for_sqlite(values)).fetchall()
    except sqlite3.Error as error:
        raise StorageError(str(error)) from error


def _told(error: Exception) -> Exception:
    return StorageError(str(error)) if isinstance(error, sqlite3.Error) else error


class _Scanner:
    """A connection for long reads: on a thread of their own, one at a time."""

    def __init__(self, path: Path, *, durable: bool) -> None:
        self.connection = connect(path, durable=durable)
        self._lock = asyncio.Lock()

    async def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
        async with self._lock:
            return await asyncio.to_thread(_rows, self.connection, statement, values)


class SqliteDatabase:
    """One SQLite file with group commit: what waits when a commit begins shares that commit."""

    def __init__(self, path: Path) -> None:
        self._reader, self._scanner = connect(path, durable=True), _Scanner(path, durable=True)
        self._writer = connect(path, durable=True)
        self._writer.execute(_SMALL)
        for one in (self._reader, self._scanner.connection, self._writer):
            one.execute(_MAPPED)
        self._queue: SimpleQueue[tuple[Work[Any], Future[Any]] | None] = SimpleQueue()
        self._thread = Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def read(self, statement: Statement, **values: Any) -> list[Row]:
        """The rows of one statement that changes nothing."""
        return _rows(self._reader, statement, values)

    async def scan(self, statement: Statement, **values: Any) -> list[Row]:
        """The same on a thread of its own, one at a time."""
        return await self._scanner.rows(statement, values)

    async def write(self, work: Work[T]) -> T:
        """What `work` returns, once it is on disk."""
        outcome: Future[T] = Future()
        self._queue.put((work, outcome))
        return await asyncio.wrap_future(outcome)

    async def close(self) -> None:
        """Commit what is queued, then close the file."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        for connection in (self._reader, self._scanner.connection, self._writer):
            connection.close()

    def _serve(self) -> None:
        while (first := self._queue.get()) is not None:
            jobs = [first]
            closing = False
            while len(jobs) < _BATCH and not closing:
                try:
                    job = self._queue.get_nowait()
                except Empty:
                    break
                if job is None:
                    closing = True
                else:
                    jobs.append(job)
            self._commit(jobs)
            if closing:
                return

    def _commit(self, jobs: list[tuple[Work[Any], Future[Any]]]) -> None:
        """Do all jobs in one transaction; tell them only after the commit."""
        attempt = self._attempt if len(jobs) > 1 else self._attempt_alone
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            outcomes = [attempt(work) for work, _ in jobs]
            self._writer.execute("COMMIT")
        except sqlite3.Error as error:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            outcomes = [(None, StorageError(str(error)))] * len(jobs)
        for (_, future), (value, failure) in zip(jobs, outcomes, strict=True):
            if not future.set_running_or_notify_cancel():
                continue
            if failure is None:
                future.set_result(value)
            else:
                future.set_exception(failure)

    def _attempt_alone(self, work: Work[Any]) -> _Outcome:
        """The same for an only job, without the savepoint, which costs a copy of every page that is changed."""
        try:
            return _run(work, SqliteTransaction(self._writer)), None
        except Exception as error:  # noqa: BLE001  # whatever it is belongs to the one who asked
            self._writer.execute("ROLLBACK")
            self._writer.execute("BEGIN")
            return None, _told(error)

    def _attempt(self, work: Work[Any]) -> _Outcome:
        """What one of several jobs returned or raised, behind a savepoint: its failure undoes nothing of the others."""
        self._writer.execute("SAVEPOINT job")
        try:
            value = _run(work, SqliteTransaction(self._writer))
        except Exception as error:  # noqa: BLE001  # whatever it is belongs to the one who asked
            self._writer.execute("ROLLBACK TO job")
            self._writer.execute("RELEASE job")
            return None, _told(error)
        self._writer.execute("RELEASE job")
        return value, None


class QuickSqliteDatabase:
    """A SQLite file for what may be forgotten in a power cut (paces, counts of calls): writes in the event loop.

    It survives a killed process, since the operating system holds what was written.
    """

    def __init__(self, path: Path) -> None:
        self._connection, self._scanner = connect(path, durable=False), _Scanner(path, durable=False)

    async def read(self, statement: Statement, **values: Any) -> list[Row]:
        """The rows of one statement that changes nothing."""
        return _rows(self._connection, statement, values)

    async def scan(self, statement: Statement, **values: Any) -> list[Row]:
        """The same on a thread of its own, one at a time: partners' calls are logged here for months."""
        return await self._scanner.rows(statement, values)

    async def write(self, work: Work[T]) -> T:
        """What `work` returns, at once."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            value = _run(work, SqliteTransaction(self._connection))
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise StorageError(str(error)) from error
            raise
        return value

    async def close(self) -> None:
        """Close the file."""
        for connection in (self._connection, self._scanner.connection):
            connection.close()
