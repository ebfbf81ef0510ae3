"""Bring a store's tables to today's schema."""

import sqlite3
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from trackway.domain.errors import StorageError


def _alembic(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(_alembic(connection), "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _revision_sqlite(path: Path) -> str | None:
    """The revision that the file has, read without Alembic: most starts have nothing to mend."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.Error):
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
    return None


@cache
def head() -> str | None:
    """The revision that this program's tables have."""
    return ScriptDirectory.from_config(_alembic()).get_current_head()


def upgrade_sqlite(path: Path) -> None:
    """Make or mend the tables of the embedded store.

    Raises:
        StorageError: the file cannot be written or is no store of ours.
    """
    if _revision_sqlite(path) == head():
        return
    try:
        engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
        with engine.begin() as connection:
            _upgrade(connection)
    except SQLAlchemyError as error:
        raise StorageError(f"{path}: {error}") from error


async def upgrade_postgres(url: str) -> None:
    """Make or mend the tables of a PostgreSQL store, `trackway db upgrade`.

    Raises:
        StorageError: the server cannot be reached, or refuses.
    """
    try:
        engine = create_async_engine(_async_url(url), poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    except (SQLAlchemyError, OSError) as error:
        raise StorageError(str(error)) from error


async def revision_postgres(url: str) -> str | None:
    """The revision that a PostgreSQL store has, None for an empty one.

    Raises:
        StorageError: the server cannot be reached, or refuses.
    """
    try:
        engine = create_async_engine(_async_url(url), poolclass=NullPool)
        async with engine.connect() as connection:
            return await connection.run_sync(_revision)
    except (SQLAlchemyError, OSError) as error:
        raise StorageError(str(error)) from error


def _async_url(url: str) -> str:
    return "postgresql+asyncpg://" + url.split("://", 1)[1]
