"""`trackway track`: ask a carrier now and print what it says."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from trackway.app.house import House, connector_of
from trackway.cli.base import Data, DatabaseUrl, fail, out, within
from trackway.connectors.base import Inquiry
from trackway.domain.carrier import Carrier
from trackway.domain.errors import CarrierFault, ConfigError, Refusal
from trackway.domain.number import validate
from trackway.domain.recognising.recognition import recognise
from trackway.domain.tracking import Report

Tried = tuple[Carrier, Report | CarrierFault]


def track(
    number: Annotated[str, typer.Argument(help="The tracking number.")],
    carrier: Annotated[int, typer.Option(help="The carrier's key, where the number does not tell it.")] = 0,
    param: Annotated[str, typer.Option(help="The extra parameter that some carriers need.")] = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Ask the carrier now, or each that it may be, within its budget, and print the timeline; nothing is registered."""

    async def work(house: House) -> list[Tried]:
        wanted, candidates = _candidates(house, number, carrier)
        return await _ask(house, wanted, param, candidates)

    tried = within(work, data=data, database=database)
    moved_by, answer = next((one for one in tried if _knows(one[1])), tried[0])
    for other, said in tried:
        if len(tried) > 1 and other is not moved_by:
            told = said if isinstance(said, CarrierFault) else "does not know this number"
            out.print(f"tried {other.name_en} ({other.key}): {told}", markup=False)
    if isinstance(answer, CarrierFault):
        fail(f"{moved_by.name_en}: {answer}")
    _print(moved_by, answer)


def _candidates(house: House, number: str, key: int) -> tuple[str, list[Carrier]]:
    """The number as carriers know it, and who may move it, the likeliest first."""
    try:
        wanted = validate(number)
        if key:
            return wanted, [house.carriers.by_key(key)]
    except Refusal as why:
        raise ConfigError(str(why)) from None
    candidates = recognise(wanted, house.carriers)
    if not candidates:
        raise ConfigError(f"{wanted} does not tell its carrier; give --carrier KEY")
    certain = [candidate.carrier for candidate in candidates if candidate.certain]
    return wanted, certain or [candidate.carrier for candidate in candidates]


async def _ask(house: House, number: str, param: str, candidates: Sequence[Carrier]) -> list[Tried]:
    """What each candidate says that somebody asks, up to the first that knows the number."""
    tried: list[Tried] = []
    for carrier in candidates:
        asker = await house.asking.roster.of(carrier.key)
        if asker is None:
            continue
        connector = connector_of(house, asker.connector, asker.settings, asker.carriers)
        inquiry = Inquiry(number=number, carrier=carrier.key, param=param)
        try:
            tried.append((carrier, (await house.asking.desk.ask(connector, [inquiry])).answers[number]))
        finally:
            await connector.close()
        if _knows(tried[-1][1]):
            break
    if not tried:
        first = candidates[0]
        raise ConfigError(f"no connector is set up for {first.name_en} ({first.key}); see `trackway carrier list`")
    return tried


def _knows(answer: Report | CarrierFault) -> bool:
    return isinstance(answer, Report) and answer.found


def _print(carrier: Carrier, report: Report) -> None:
    out.print(f"{report.number}  {carrier.name_en} ({carrier.key})", style="bold", markup=False)
    if not report.found:
        out.print("the carrier does not know this number")
        return
    table = Table("time there", "place", "event", "state", box=None)
    for event in report.events:
        table.add_row(event.time, event.place, event.text, event.milestone)
    out.print(table)
