"""`trackway carrier key`: couriers that send their events in over HTTP."""

from typing import Annotated

import typer

from trackway.app.house import House
from trackway.cli.base import AsJson, Data, DatabaseUrl, fail, within
from trackway.cli.sender_key import Name, add_list_and_drop, made
from trackway.domain.errors.items import CarrierUnknown
from trackway.service.senders import Senders

app = typer.Typer(no_args_is_help=True, help="Carrier keys: for couriers that send their events in over HTTP.")


def _senders(house: House) -> Senders:
    return house.asking.couriers


@app.command()
def create(
    name: Name,
    carrier: Annotated[int, typer.Argument(metavar="CARRIER", help="The key of its carrier, such as 190271.")],
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Make a key and print it: it is shown this once. Its carrier is not asked from now on: it sends."""

    async def known(house: House) -> None:
        house.carriers.by_key(carrier)

    try:
        within(known, data=data, database=database)
    except CarrierUnknown as why:
        fail(str(why), 2)
    made(_senders, name, carrier, as_json=as_json, data=data, database=database)


add_list_and_drop(app, _senders)
