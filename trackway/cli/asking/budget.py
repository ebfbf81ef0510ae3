"""`trackway carriers budget`: what asking the carriers costs, and what is left of the day."""

from typing import Annotated

import typer
from rich.table import Table

from trackway.cli.base import AsJson, Data, DatabaseUrl, out, print_json, within
from trackway.domain.asking.ledger import Day
from trackway.service.asking.budget import Balance


def budget(
    days: Annotated[int, typer.Option(help="How many days, today the first.", min=1, max=400)] = 1,
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Print what each carrier account was asked, why, what came of it, and what is or was left of its day."""
    balances = within(lambda house: house.asking.budget.balances(days, house.clock()), data=data, database=database)
    if as_json:
        for balance in balances:
            print_json(balance)
        return
    if not balances:
        out.print("no connector is set up; see `trackway carrier list`")
        return
    out.print(_table(balances))
    for balance in balances:
        for day in balance.days:
            if day.calls:
                out.print(f"{balance.connector} {day.day}: {_why(day)}", markup=False)
        if balance.pause is not None:
            until = f"{balance.pause.until:%Y-%m-%d %H:%M:%S} UTC"
            out.print(f"{balance.connector} is paused until {until}: {balance.pause.why}", markup=False)


def _table(balances: list[Balance]) -> Table:
    numbers = ("calls", "left", "numbers", "answers", "faults", "limited", "ms")
    table = Table(box=None)
    for name in ("account", "day"):
        table.add_column(name, no_wrap=True)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    for balance in balances:
        for at, day in enumerate(balance.days):
            left = day.left if at else balance.left
            table.add_row(balance.connector, day.day.isoformat(), *_counts(day, "" if left is None else f"{left}"))
    return table


def _counts(day: Day, left: str) -> tuple[str, ...]:
    counts = (day.items, day.answers, day.faults, day.limited, day.took_ms // max(day.calls, 1))
    return str(day.calls), left, *map(str, counts)


def _why(day: Day) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in day.reasons.items() if count)
