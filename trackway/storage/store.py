"""Open the store that a URL names."""

from dataclasses import dataclass
from pathlib import Path

from trackway.domain.errors import ConfigError, StorageError
from trackway.storage import revision
from trackway.storage.database import Database
from trackway.storage.postgres import PostgresDatabase
from trackway.storage.sqlite import QuickSqliteDatabase, SqliteDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Two doors to one store: `main` is durable at every commit, `quick` may forget its last moments in a power cut."""

    main: Database
    quick: Database

    async def close(self) -> None:
        """Let go of both."""
        await self.main.close()
        await self.quick.close()


async def open_store(url: str) -> Store:
    """The store behind `sqlite:///PATH` (made and brought up to date here) or `postgresql://…` (which must be so).

    Raises:
        ConfigError: the URL is of neither kind.
        StorageError: the store cannot be opened, or wants `trackway db upgrade` first.
    """
    if url.startswith("sqlite:///"):
        return _open_sqlite(Path(url.removeprefix("sqlite:///")))
    if url.startswith(("postgresql://", "postgres://")):
        return await _open_postgres(url)
    raise ConfigError("database: give sqlite:///PATH or postgresql://USER@HOST/NAME")


def _open_sqlite(path: Path) -> Store:
    """The two files; the quick one, which a power cut may damage, is made anew then: nothing in it must be kept."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    quick = path.with_name(path.stem + "-quick" + path.suffix)
    if revision.is_damaged(quick):
        for part in quick.parent.glob(quick.name + "*"):
            part.unlink(missing_ok=True)
    for file in (path, quick):
        if revision.of_sqlite(file) != revision.HEAD:
            from trackway.storage import migrate  # noqa: PLC0415  # Alembic takes half a second to import

            migrate.upgrade_sqlite(file)
    return Store(main=SqliteDatabase(path), quick=QuickSqliteDatabase(quick))


async def _open_postgres(url: str) -> Store:
    if await revision.of_postgres(url) != revision.HEAD:
        raise StorageError("the database's tables are not this version's: run `trackway db upgrade` first")
    main = await PostgresDatabase.open(url)
    return Store(main=main, quick=await PostgresDatabase.open(url, durable=False, connections=4))
