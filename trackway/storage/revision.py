"""Which version of the tables a store has, found without Alembic: most starts have nothing to mend."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import asyncpg

from trackway.domain.errors import StorageError

HEAD = "0022"
_REVISION = "SELECT version_num FROM alembic_version"


def of_sqlite(path: Path) -> str | None:
    """The revision of an embedded store, None for an empty one."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.Error):
        row = connection.execute(_REVISION).fetchone()
        return str(row[0]) if row else None
    return None


def is_damaged(path: Path) -> bool:
    """Whether a file is there and cannot be read as a store at all."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT COUNT(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True
    return False


async def of_postgres(url: str) -> str | None:
    """The revision of a PostgreSQL store, None for an empty one.

    Raises:
        StorageError: the server cannot be reached, or refuses.
    """
    try:
        connection = await asyncpg.connect(url, timeout=30)
        try:
            row = await connection.fetchval(_REVISION)
        finally:
            await connection.close()
    except asyncpg.UndefinedTableError:
        return None
    except (asyncpg.PostgresError, OSError, TimeoutError, ValueError) as error:
        raise StorageError(f"PostgreSQL: {error}") from error
    return None if row is None else str(row)
