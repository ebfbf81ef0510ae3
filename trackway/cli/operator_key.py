"""`trackway hkpost operator-key`: who may send scans in over HTTP."""

from typing import Annotated

import typer

from trackway.cli.base import AsJson, Data, DatabaseUrl, out, print_json, within

app = typer.Typer(no_args_is_help=True, help="Operator keys: for systems that send scans in over HTTP.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the key is called, at most 40 characters.")]


@app.command()
def create(name: Name, as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Make a key and print it: it is shown this once."""
    key = within(lambda house: house.operators.create_key(name, house.clock()), data=data, database=database)
    if as_json:
        print_json({"name": name, "key": key})
    else:
        out.print(key, markup=False)


@app.command("list")
def list_keys(as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print the name of every key."""
    for name in within(lambda house: house.operators.names(), data=data, database=database):
        if as_json:
            print_json({"name": name})
        else:
            out.print(name, markup=False)


@app.command()
def drop(name: Name, data: Data = None, database: DatabaseUrl = None) -> None:
    """Forget a key: it opens nothing from now on."""
    within(lambda house: house.operators.drop_key(name), data=data, database=database)
    out.print(f"{name}: dropped", markup=False)
