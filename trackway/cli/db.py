"""`trackway db`: the store itself."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from trackway.cli.base import Data, DatabaseUrl, fail, out
from trackway.config import load
from trackway.domain.errors import ConfigError, TrackwayError
from trackway.storage import revision

app = typer.Typer(no_args_is_help=True, help="The store: bring it up to date, back it up.")
_SQLITE = "sqlite:///"


@app.command()
def upgrade(data: Data = None, database: DatabaseUrl = None) -> None:
    """Bring the store's tables up to date (the embedded store does so by itself)."""
    from trackway.storage import migrate  # noqa: PLC0415  # Alembic takes half a second to import

    try:
        url = load(data=data, database=database).database_url()
        if url.startswith(_SQLITE):
            path = Path(url.removeprefix(_SQLITE))
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            migrate.upgrade_sqlite(path)
        else:
            asyncio.run(migrate.upgrade_postgres(url))
    except TrackwayError as error:
        fail(str(error), 2 if isinstance(error, ConfigError) else 1)
    out.print(f"the store is at version {revision.HEAD}")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes; it must not exist yet.")],
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Copy the embedded store while it is in use. Keep `master.key` with the copy: it cannot be read without."""
    try:
        url = load(data=data, database=database).database_url()
    except TrackwayError as error:
        fail(str(error), 2)
    if not url.startswith(_SQLITE):
        fail("this copies the embedded store; for PostgreSQL use pg_dump", 2)
    source = Path(url.removeprefix(_SQLITE))
    if file.exists():
        fail(f"{file} exists already", 2)
    if not source.exists():
        fail(f"there is no store at {source}", 2)
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as store,
            closing(sqlite3.connect(file)) as copy,
        ):
            store.backup(copy)
    except sqlite3.Error as error:
        fail(f"{file}: {error}")
    out.print(f"{file}: {file.stat().st_size:,} bytes", markup=False)
