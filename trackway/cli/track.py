"""`trackway track`: ask a carrier now and print what it says."""

from typing import Annotated

import typer
from rich.table import Table

from trackway import app as house_app
from trackway.app import House
from trackway.cli.base import Data, DatabaseUrl, fail, out, within
from trackway.connectors.base import Inquiry
from trackway.domain.carrier import Carrier
from trackway.domain.errors import CarrierFault, ConfigError, Refusal
from trackway.domain.number import validate
from trackway.domain.recognition import recognise
from trackway.domain.tracking import Report


def track(
    number: Annotated[str, typer.Argument(help="The tracking number.")],
    carrier: Annotated[int, typer.Option(help="The carrier's key, where the number does not tell it.")] = 0,
    param: Annotated[str, typer.Option(help="The extra parameter that some carriers need.")] = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Ask the carrier now, within its budget, and print the timeline; nothing is registered."""

    async def work(house: House) -> tuple[Carrier, Report | CarrierFault]:
        wanted, moved_by = _carrier(house, number, carrier)
        return moved_by, await _ask(house, Inquiry(number=wanted, param=param), moved_by)

    moved_by, answer = within(work, data=data, database=database)
    if isinstance(answer, CarrierFault):
        fail(f"{moved_by.name_en}: {answer}")
    _print(moved_by, answer)


def _carrier(house: House, number: str, key: int) -> tuple[str, Carrier]:
    """The number as carriers know it, and who moves it."""
    try:
        wanted = validate(number)
        if key:
            return wanted, house.carriers.by_key(key)
    except Refusal as why:
        raise ConfigError(str(why)) from None
    candidates = recognise(wanted, house.carriers)
    if not candidates:
        raise ConfigError(f"{wanted} does not tell its carrier; give --carrier KEY")
    return wanted, candidates[0].carrier


async def _ask(house: House, inquiry: Inquiry, carrier: Carrier) -> Report | CarrierFault:
    for name, settings in (await house.connections.all()).items():
        connector = house_app.connector_of(house, name, settings)
        try:
            if carrier.key in connector.carriers:
                return (await house.desk.ask(connector, [inquiry])).answers[inquiry.number]
        finally:
            await connector.close()
    raise ConfigError(f"no connector is set up for {carrier.name_en} ({carrier.key}); see `trackway carrier list`")


def _print(carrier: Carrier, report: Report) -> None:
    out.print(f"{report.number}  {carrier.name_en} ({carrier.key})", style="bold", markup=False)
    if not report.found:
        out.print("the carrier does not know this number")
        return
    table = Table("time there", "place", "event", "state", box=None)
    for event in report.events:
        table.add_row(event.time, event.place, event.text, event.milestone)
    out.print(table)
