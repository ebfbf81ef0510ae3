"""The keys with which others send in what happened: what the commands for both kinds share."""

from collections.abc import Callable
from typing import Annotated

import typer

from trackway.app.house import House
from trackway.cli.base import AsJson, Data, DatabaseUrl, out, print_json, within
from trackway.service.senders import Senders

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the key is called, at most 40 characters.")]
Of = Callable[[House], Senders]


def made(of: Of, name: str, carrier: int, *, as_json: bool, data: Data, database: DatabaseUrl) -> None:
    """Make a key and print it."""
    key = within(lambda house: of(house).create_key(name, house.clock(), carrier), data=data, database=database)
    if as_json:
        print_json({"name": name, "key": key})
    else:
        out.print(key, markup=False)


def add_list_and_drop(app: typer.Typer, of: Of) -> None:
    """The two commands that are the same for every kind of key."""

    @app.command("list")
    def list_keys(as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
        """Print the name of every key."""
        for name, carrier in within(lambda house: of(house).names(), data=data, database=database).items():
            if as_json:
                print_json({"name": name, "carrier": carrier} if carrier else {"name": name})
            else:
                out.print(f"{name}  {carrier}" if carrier else name, markup=False)

    @app.command()
    def drop(name: Name, data: Data = None, database: DatabaseUrl = None) -> None:
        """Forget a key: it opens nothing from now on."""
        within(lambda house: of(house).drop_key(name), data=data, database=database)
        out.print(f"{name}: dropped", markup=False)
