"""The `trackway` command."""

import typer

from trackway.cli import hkpost

main = typer.Typer(name="trackway", no_args_is_help=True, help="A parcel-tracking server that you run yourself.")


@main.callback()
def root() -> None:
    """Every command works while the server runs, and takes --data and --database."""


main.add_typer(hkpost.app, name="hkpost")
