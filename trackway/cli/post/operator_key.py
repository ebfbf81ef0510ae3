"""`trackway hkpost operator-key`: who may send scans in over HTTP."""

import typer

from trackway.app.house import House
from trackway.cli.base import AsJson, Data, DatabaseUrl
from trackway.cli.sender_key import Name, add_list_and_drop, made
from trackway.service.senders import Senders

app = typer.Typer(no_args_is_help=True, help="Operator keys: for systems that send scans in over HTTP.")


def _operators(house: House) -> Senders:
    return house.post.operators


@app.command()
def create(name: Name, as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Make a key and print it: it is shown this once."""
    made(_operators, name, 0, as_json=as_json, data=data, database=database)


add_list_and_drop(app, _operators)
