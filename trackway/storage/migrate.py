"""Bring a store's tables to today's schema."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from trackway.domain.errors import StorageError

_NEWER = "the store's tables are of a newer Trackway than this one"
# A change rewrites a page here and a page there, whichever their size: small ones are cheaper to write.
_NEW_FILE = "PRAGMA page_size=1024; PRAGMA journal_mode=WAL"
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(20261122)")


def alembic_config(connection: Connection | None = None) -> Config:
    """How Alembic finds the steps; on the given connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "head")


def head() -> str | None:
    """The newest revision that there are steps to; `revision.HEAD` says the same."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def upgrade_sqlite(path: Path) -> None:
    """Make or mend the tables of the embedded store, all or nothing, one process at a time.

    Raises:
        StorageError: the file cannot be written or is no store of ours.
    """
    try:
        with _alone(path):
            engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"isolation_level": None})
            event.listen(engine, "connect", lambda driver, _: driver.executescript(_NEW_FILE))
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
            with engine.begin() as connection:
                _upgrade(connection)
    except SQLAlchemyError as error:
        raise StorageError(f"{path}: {error}") from error
    except CommandError as error:
        raise StorageError(f"{path}: {_NEWER}") from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time: a file cannot be put into WAL mode while another opens it."""
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


async def upgrade_postgres(url: str) -> None:
    """Make or mend the tables of a PostgreSQL store, all or nothing, one process at a time.

    Raises:
        StorageError: the server cannot be reached, or refuses.
    """
    try:
        engine = create_async_engine(_async_url(url), poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.execute(_ONE_AT_A_TIME)
            await connection.run_sync(_upgrade)
    except (SQLAlchemyError, OSError) as error:
        raise StorageError(str(error)) from error
    except CommandError as error:
        raise StorageError(_NEWER) from error


def _async_url(url: str) -> str:
    return "postgresql+asyncpg://" + url.split("://", 1)[1]
