"""`trackway carriers`: the catalogue of those who move items."""

from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from trackway.cli.base import AsJson, Data, DatabaseUrl, fail, out, print_json
from trackway.config import Config, load
from trackway.domain.carrier import Carrier
from trackway.domain.errors import ConfigError
from trackway.storage.given.catalogue_carriers import load_carriers, save_carriers
from trackway.wire.track17.carriers import read_carriers


class _OrList(TyperGroup):
    """What begins with none of its commands is for `list`: `trackway carriers hong kong`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        first = args[0] if args else ""
        return super().parse_args(ctx, args if first in {*self.commands, "--help"} else ["list", *args])


app = typer.Typer(cls=_OrList, help="The catalogue of carriers: search it, add to it.")


@app.command("list")
def list_carriers(
    words: Annotated[list[str] | None, typer.Argument(help="All of these: key, id, name or country.")] = None,
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Print the carriers that have all the words, or every carrier."""
    config = _config(data, database)
    try:
        catalogue = load_carriers(config.data)
    except ConfigError as error:
        fail(str(error), 2)
    wanted = [word.casefold() for word in words or ()]
    for carrier in sorted(catalogue, key=lambda carrier: carrier.key):
        if not all(word in _searched(carrier) for word in wanted):
            continue
        if as_json:
            print_json(carrier)
        else:
            names = dict.fromkeys((carrier.name_en, carrier.name_zh_hant, carrier.name_zh_hans))
            out.print(f"{carrier.key:6}  {carrier.id}  {' / '.join(names)}  {carrier.country}".rstrip(), markup=False)


@app.command("import")
def import_carriers(
    file: Annotated[Path, typer.Argument(help="17TRACK's apicarrier.all.json.")],
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Add the carriers of 17TRACK's published list to the catalogue; a server sees them when it starts again."""
    config = _config(data, database)
    try:
        read = read_carriers(file.read_bytes())
        new = save_carriers(config.data, read)
    except OSError as error:
        fail(f"{file}: {error.strerror}", 2)
    except ConfigError as error:
        fail(f"{file}: {error}", 2)
    out.print(f"{len(read)} carriers read, {new} of them new", markup=False)


def _config(data: Path | None, database: str | None) -> Config:
    try:
        return load(data=data, database=database)
    except ConfigError as error:
        fail(str(error), 2)


def _searched(carrier: Carrier) -> str:
    names = (carrier.name_en, carrier.name_zh_hant, carrier.name_zh_hans)
    return " ".join((str(carrier.key), carrier.id, *names, carrier.country)).casefold()
