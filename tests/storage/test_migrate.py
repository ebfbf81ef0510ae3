"""The migrations make exactly the tables that the schema says."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from trackway.domain.errors import StorageError
from trackway.storage import migrate, revision
from trackway.storage.schema import metadata
from trackway.storage.store import Store, open_store


def _differences(connection: Connection) -> list[Any]:
    # Alembic misreads an empty text as SQLite's default; PostgreSQL's defaults come from the same steps.
    options = {"compare_type": True, "compare_server_default": connection.dialect.name != "sqlite"}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _partial_indexes(connection: Connection) -> dict[str, str]:
    """What compare_metadata does not look at: the conditions of indexes."""
    dialect = connection.dialect.name
    return {
        str(index["name"]): str(where).strip("()")
        for table in metadata.tables
        for index in inspect(connection).get_indexes(table)
        if (where := index.get("dialect_options", {}).get(f"{dialect}_where")) is not None
    }


def _declared_partial_indexes() -> dict[str, str]:
    return {
        str(index.name): str(where)
        for table in metadata.tables.values()
        for index in table.indexes
        if (where := index.dialect_options["postgresql"]["where"]) is not None
    }


async def test_migrated_tables_are_the_schemas(store: Store, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        engine = create_engine(database_url, poolclass=NullPool)
        with engine.connect() as connection:
            differences, partial = _differences(connection), _partial_indexes(connection)
    else:
        async_engine = create_async_engine(
            "postgresql+asyncpg://" + database_url.split("://", 1)[1], poolclass=NullPool
        )
        async with async_engine.connect() as async_connection:
            differences = await async_connection.run_sync(_differences)
            partial = await async_connection.run_sync(_partial_indexes)
    assert differences == []
    assert partial == _declared_partial_indexes()


def test_the_newest_step_is_the_revision_that_stores_are_checked_for() -> None:
    assert migrate.head() == revision.HEAD


def test_two_processes_may_make_the_tables_at_once(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate.upgrade_sqlite, [path] * 4))
    assert revision.of_sqlite(path) == revision.HEAD


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE tracking (id)")
    with pytest.raises(StorageError):
        migrate.upgrade_sqlite(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("tracking",)]


def test_bringing_a_store_up_to_date_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    migrate.upgrade_sqlite(path)
    migrate.upgrade_sqlite(path)
    with create_engine(f"sqlite:///{path}", poolclass=NullPool).connect() as connection:
        assert _differences(connection) == []


def test_a_store_of_a_newer_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    migrate.upgrade_sqlite(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="newer"):
        migrate.upgrade_sqlite(path)


async def test_a_damaged_quick_store_is_made_anew(tmp_path: Path) -> None:
    path, quick = tmp_path / "store.sqlite3", tmp_path / "store-quick.sqlite3"
    quick.write_bytes(b"no store at all " * 1000)
    store = await open_store(f"sqlite:///{path}")
    await store.close()
    assert revision.of_sqlite(quick) == revision.HEAD
