"""`trackway carrier`: our accounts with carriers."""

from typing import Annotated

import typer

from trackway.app.house import House, connector_of
from trackway.cli.asking import carrier_key
from trackway.cli.base import AsJson, Data, DatabaseUrl, fail, out, print_json, within
from trackway.connectors.registry import kinds

app = typer.Typer(no_args_is_help=True, help="Our accounts with carriers.")
app.add_typer(carrier_key.app, name="key")
_FREE = {"allow_extra_args": True, "ignore_unknown_options": True}
Connector = Annotated[str, typer.Argument(metavar="CONNECTOR", help="The connector, such as hongkong-post.")]


@app.command(context_settings=_FREE)
def connect(context: typer.Context, connector: Connector, data: Data = None, database: DatabaseUrl = None) -> None:
    """Set a connector up anew, with its own options: `--url URL --sys-id ID --sys-secret SECRET`."""
    settings = _settings(context.args)

    async def work(house: House) -> None:
        await connector_of(house, connector, settings).close()
        await house.asking.connections.put(connector, settings, house.clock())

    within(work, data=data, database=database)
    out.print(f"{connector}: connected", markup=False)


@app.command()
def disconnect(connector: Connector, data: Data = None, database: DatabaseUrl = None) -> None:
    """Forget a connector's settings; its carriers are not asked any more."""
    if not within(lambda house: house.asking.connections.drop(connector), data=data, database=database):
        fail(f"{connector} is not connected")
    out.print(f"{connector}: disconnected", markup=False)


@app.command("list")
def list_connectors(as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print every connector, whether it is connected, and what it wants to know."""
    connected = within(lambda house: house.asking.connections.all(), data=data, database=database)
    for connector, kind in kinds().items():
        options = [f"--{setting.name.replace('_', '-')}" for setting in kind.settings]
        if as_json:
            print_json({"connector": connector, "connected": connector in connected, "options": options})
        else:
            state = "connected" if connector in connected else "not connected"
            out.print(f"{connector}  {state}  {' '.join(options)}", markup=False)


def _settings(words: list[str]) -> dict[str, str]:
    """`--sys-id ID` or `--sys-id=ID` as {"sys_id": "ID"}."""
    settings: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name, given, value = word.partition("=")
        if not name.startswith("--"):
            fail(f"{word}: give each setting as --name value", 2)
        if not given:
            value = next(rest, "")
        if not value:
            fail(f"{name} needs a value", 2)
        settings[name.removeprefix("--").replace("-", "_")] = value
    return settings
