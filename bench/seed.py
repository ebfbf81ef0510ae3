"""Fill a store of Trackway and one of the usual way with the same trackings, fast, and keep both for the next run."""

import asyncio
import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from bench import usual
from bench.numbers import number
from bench.tracks import NOW, encoded_tracks
from trackway.app.house import open_house
from trackway.config import load
from trackway.storage import migrate
from trackway.storage.database import to_ms
from trackway.storage.tracking.tracks import home

T = TypeVar("T")
_PLENTY = 10**12
_CHUNK = 5000
_USUAL_KEY = "0123456789ABCDEF0123456789ABCDEF"
_TRACKING = ("account_id", "number", "carrier", "origin", "milestone", "registered_at", "tracked_at", "progressed_at")
_LEG = ("tracking_id", "position", "carrier", "state", "answered_at", "due_at")
_TRACK = ("id", "tracking_id", "account_id", "number", "carrier", "body")
_USUAL = (
    *("account_id", "number", "carrier", "final_carrier", "origin", "param", "state"),
    *("registered_at", "next_check_at", "track"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """Two filled stores: where they are and with which key each is called."""

    size: int
    data: Path
    url: str
    key: str
    usual_url: str
    usual_key: str = _USUAL_KEY


def seed(folder: Path, size: int, server: str | None) -> Seeded:
    """Both stores with `size` trackings each: files in `folder`, or databases of the PostgreSQL at `server`."""
    data = folder / f"{'postgres' if server else 'sqlite'}-{size}"
    data.mkdir(parents=True, exist_ok=True)
    if server:
        url, usual_url = database_of(server, f"trackway_{size}"), database_of(server, f"usual_{size}")
    else:
        url, usual_url = f"sqlite:///{data / 'trackway.sqlite3'}", f"sqlite:///{data / 'usual.sqlite3'}"
    kept = data / "key.txt"
    if not kept.exists():
        kept.write_text(asyncio.run(_fill(data, url, usual_url, size, server)), encoding="ascii")
    elif server:
        asyncio.run(migrate.upgrade_postgres(url))
    return Seeded(size=size, data=data, url=url, usual_url=usual_url, key=kept.read_text(encoding="ascii"))


def forget(seeded: Seeded) -> None:
    """Delete what was registered since, so that each round meets the same store."""
    if seeded.url.startswith("sqlite"):
        for url, tables in _registered(seeded):
            with closing(_file(url)) as connection:
                connection.execute("PRAGMA foreign_keys=ON")
                for table, key in tables:
                    connection.execute(f"DELETE FROM {table} WHERE {key} > ?", (seeded.size,))
                connection.execute("PRAGMA wal_checkpoint(RESTART)")
    else:
        asyncio.run(_forget_postgres(seeded))


def _registered(seeded: Seeded) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Each store with its tables that registering writes to, and the column by which what was filled in is told."""
    yield seeded.url, (("tracking", "id"), ("leg", "tracking_id"))
    yield seeded.usual_url, (("trackings", "id"),)


def warm(folder: Path) -> None:
    """Read every file once: no round shall wait for the disk for what the machine took out of memory since the last."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 22):
                    pass


async def _forget_postgres(seeded: Seeded) -> None:
    for url, tables in _registered(seeded):
        connection = await asyncpg.connect(url)
        for table, key in tables:
            await connection.execute(f"DELETE FROM {table} WHERE {key} > {seeded.size}")
            await connection.execute(f"VACUUM {table}")
        await connection.close()


def warm_postgres(seeded: Seeded) -> None:
    """Read both databases into the server's own memory, as they are in that of a server that ran for a while."""
    asyncio.run(_warm_postgres(seeded))


async def _warm_postgres(seeded: Seeded) -> None:
    for url in (seeded.url, seeded.usual_url):
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        await connection.execute(
            "SELECT pg_prewarm(oid) FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
        )
        await connection.close()


def database_of(server: str, name: str) -> str:
    """The URL of another database of the same server."""
    head, _, query = server.partition("?")
    return head.rsplit("/", 1)[0] + "/" + name + ("?" + query if query else "")


def for_orm(url: str) -> str:
    """The URL as SQLAlchemy takes it."""
    return url.replace("postgresql://", "postgresql+asyncpg://")


async def _account(data: Path, url: str) -> str:
    """The key of a new account, the first and so the one that all trackings are of."""
    async with open_house(load(data=data, database=url, log_level="warning")) as house:
        return (await house.access.create("bench", _PLENTY, _PLENTY, house.clock())).key


async def _fill(data: Path, url: str, usual_url: str, size: int, server: str | None) -> str:
    """Make and fill both stores; the key of the one of Trackway."""
    if server is None:
        _clear(data)
        return await _fill_sqlite(data, url, usual_url, size)
    return await _fill_postgres(data, server, url, usual_url, size)


def _clear(data: Path) -> None:
    """Take away what a fill that did not end has left."""
    for left in data.glob("*.sqlite3*"):
        left.unlink()


def _trackings(size: int) -> Iterator[tuple[Any, ...]]:
    at = to_ms(NOW)
    for text, carrier in map(number, range(size)):
        yield 1, text, carrier, 1, "InTransit", at, at, at


def _legs(size: int) -> Iterator[tuple[Any, ...]]:
    at, due = to_ms(NOW), to_ms(NOW + timedelta(days=365))
    for identity, (_, carrier) in enumerate(map(number, range(size)), 1):
        yield identity, 1, carrier, "Answered", at, due + identity


def _tracks(size: int) -> Iterator[tuple[int, int, int, str, int, str]]:
    bodies, source = encoded_tracks(500), random.Random(5)
    for identity, (text, carrier) in enumerate(map(number, range(size)), 1):
        yield home(1, text, carrier), identity, 1, text, carrier, source.choice(bodies)


def _usual_trackings(size: int) -> Iterator[tuple[Any, ...]]:
    at = NOW.replace(tzinfo=None)
    for _, _, account, text, carrier, track in _tracks(size):
        yield account, text, carrier, 0, 1, "", 10, at, at + timedelta(days=365), track


def _file(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "cache_size=-1000000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


async def _fill_sqlite(data: Path, url: str, usual_url: str, size: int) -> str:
    key = await _account(data, url)
    with closing(_file(url)) as connection:
        _insert(connection, "tracking", _TRACKING, _trackings(size))
        _insert(connection, "leg", _LEG, _legs(size))
        _insert(connection, "track", _TRACK, _tracks(size))
        connection.execute("ANALYZE")
    engine = create_engine(usual_url)
    usual.Base.metadata.create_all(engine)
    engine.dispose()
    with closing(_file(usual_url)) as connection:
        connection.execute(
            "INSERT INTO accounts (id, name, disabled, quota, daily, used, day_used) VALUES (1, ?, 0, ?, ?, 0, 0)",
            ("bench", _PLENTY, _PLENTY),
        )
        connection.execute("INSERT INTO api_keys (account_id, digest) VALUES (1, ?)", (usual.digest(_USUAL_KEY),))
        _insert(connection, "trackings", _USUAL, _dated(_usual_trackings(size)))
        connection.execute("ANALYZE")
    return key


def _dated(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Datetimes as SQLAlchemy writes them on SQLite."""
    for *head, registered, due, track in rows:
        yield *head, f"{registered:%Y-%m-%d %H:%M:%S.%f}", f"{due:%Y-%m-%d %H:%M:%S.%f}", track


def _insert(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]
) -> None:
    places = ", ".join("?" * len(columns))
    for chunk in _chunks(rows):
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", chunk)
        connection.execute("COMMIT")


def _chunks(rows: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


async def _fill_postgres(data: Path, server: str, url: str, usual_url: str, size: int) -> str:
    maintenance = await asyncpg.connect(server)
    for name in (f"trackway_{size}", f"usual_{size}"):
        await maintenance.execute(f"DROP DATABASE IF EXISTS {name}")
        await maintenance.execute(f"CREATE DATABASE {name}")
    await maintenance.close()
    await migrate.upgrade_postgres(url)
    key = await _account(data, url)
    connection = await asyncpg.connect(url)
    await _copy(connection, "tracking", _TRACKING, _trackings(size))
    await _copy(connection, "leg", _LEG, _legs(size))
    await _copy(connection, "track", _TRACK, _tracks(size))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    engine = create_async_engine(for_orm(usual_url))
    async with engine.begin() as made:
        await made.run_sync(usual.Base.metadata.create_all)
    await engine.dispose()
    connection = await asyncpg.connect(usual_url)
    await connection.execute(
        "INSERT INTO accounts (name, disabled, quota, daily, used, day_used) VALUES ('bench', false, $1, $1, 0, 0)",
        _PLENTY,
    )
    await connection.execute("INSERT INTO api_keys (account_id, digest) VALUES (1, $1)", usual.digest(_USUAL_KEY))
    await _copy(connection, "trackings", _USUAL, _usual_trackings(size))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return key


async def _copy(connection: Any, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    await connection.copy_records_to_table(table, columns=columns, records=rows)
