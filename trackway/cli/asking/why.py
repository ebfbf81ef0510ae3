"""`trackway why` and `trackway ask`: why a registered number is, or is not, updating."""

from collections.abc import Sequence
from typing import Annotated

import typer

from trackway.app.house import House
from trackway.cli.base import AsJson, Data, DatabaseUrl, out, print_json, within
from trackway.domain.asking.planning import words
from trackway.domain.tracking import Position
from trackway.service.asking.explanation import Explanation, LegStory

_ROLES = {Position.FIRST: "carrier", Position.FINAL: "final carrier"}
Number = Annotated[str, typer.Argument(help="The tracking number.")]


def why(
    number: Number,
    account: Annotated[str | None, typer.Option(help="Only of this account.")] = None,
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Say when a registered number was last asked for, what came back, when it will be asked for next, and why then."""

    async def work(house: House) -> Sequence[Explanation]:
        of = None if account is None else (await house.access.named(account)).id
        return await house.asking.explanations.of(number, of, house.clock())

    _tell(within(work, data=data, database=database), as_json=as_json)


def ask(
    account: Annotated[str, typer.Argument(help="The account's name.")],
    number: Number,
    carrier: Annotated[int, typer.Option(help="Only with this carrier, by its key.")] = 0,
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Have the carriers of a registered number asked next, unless they were asked a moment ago."""

    async def work(house: House) -> Sequence[Explanation]:
        of = (await house.access.named(account)).id
        return await house.asking.explanations.ask_now(of, number, carrier, house.clock())

    _tell(within(work, data=data, database=database), as_json=as_json)


def _tell(explanations: Sequence[Explanation], *, as_json: bool) -> None:
    for explanation in explanations:
        if as_json:
            print_json(explanation)
            continue
        out.print(f"{explanation.number}  {explanation.carrier_name}", style="bold", markup=False)
        since = f"{explanation.registered_at:%Y-%m-%d %H:%M:%S} UTC"
        out.print(f"  {words(explanation.milestone)}, registered by {explanation.account} at {since}", markup=False)
        for leg in explanation.legs:
            for line in _lines(leg):
                out.print(f"  {line}", markup=False)
        for hindrance in explanation.hindrances:
            out.print(f"  ! {hindrance.text}", style="yellow", markup=False)


def _lines(leg: LegStory) -> list[str]:
    lines = [
        f"{_ROLES.get(leg.position, 'candidate')} {leg.carrier_name}"
        + (f", asked by {leg.connector}" if leg.connector else "")
    ]
    if leg.asked_at is None:
        lines.append("  not asked yet")
    else:
        lines.append(f"  last asked {leg.asked_at:%Y-%m-%d %H:%M:%S} UTC: {leg.came_back}")
    if leg.next_at is not None:
        lines.append(f"  next asked {leg.next_at:%Y-%m-%d %H:%M:%S} UTC: {leg.next_why}")
    return lines
