"""`trackway webhook`: what was sent to webhooks, and sending it again."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from trackway.app.house import House
from trackway.cli.base import AsJson, Data, DatabaseUrl, fail, out, print_json, told, within
from trackway.domain.errors.trackings import NothingPushed
from trackway.domain.webhook import Attempt, Outcome
from trackway.storage.telling.deliveries import Delivery, Sought

app = typer.Typer(no_args_is_help=True, help="What was sent to webhooks: look at it, send it again.")
Name = Annotated[str, typer.Argument(help="The account's name.")]
Number = Annotated[str | None, typer.Option(help="Only messages about this number.")]
WithOutcome = Annotated[Outcome | None, typer.Option(help="Only messages that ended so.")]
Since = Annotated[datetime | None, typer.Option(help="Only messages made at or after this time (UTC).")]
Until = Annotated[datetime | None, typer.Option(help="Only messages made before this time (UTC).")]
Most = Annotated[int, typer.Option(min=1, help="At most so many, the newest.")]


@app.command()
def log(
    name: Name,
    number: Number = None,
    outcome: WithOutcome = None,
    since: Since = None,
    until: Until = None,
    most: Most = 50,
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Print an account's messages, newest first."""
    sought = _sought(number, outcome, since, until)
    for delivery in within(
        lambda house: house.merchants.webhooks.find(name, sought, most), data=data, database=database
    ):
        if as_json:
            print_json(_row(delivery))
        else:
            out.print(_line(delivery), markup=False)


@app.command()
def show(
    name: Name,
    message: Annotated[int, typer.Argument(help="The message's number in the log.")],
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Print one message: what it said, and every attempt with the answer it got."""
    delivery = within(lambda house: house.merchants.webhooks.one(name, message), data=data, database=database)
    if as_json:
        print_json(_row(delivery) | {"data": delivery.body})
        return
    out.print(_line(delivery), markup=False)
    out.print(delivery.body or "(nothing was sent yet)", markup=False)
    for attempt in delivery.attempts:
        out.print(_attempt_line(attempt), markup=False)
        if attempt.answer:
            out.print(f"    {attempt.answer}", markup=False)


@app.command()
def replay(
    name: Name,
    messages: Annotated[list[int] | None, typer.Argument(help="Numbers in the log; or say which by options.")] = None,
    number: Number = None,
    outcome: WithOutcome = None,
    since: Since = None,
    until: Until = None,
    most: Most = 1000,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Send finished messages again: the same bytes, under the same webhook-id."""
    sought = _sought(number, outcome, since, until)
    if not messages and sought == Sought():
        fail("say which: message numbers, --number, --outcome, --since or --until", 2)

    async def work(house: House) -> list[int]:
        ids = messages or [delivery.message.id for delivery in await house.merchants.webhooks.find(name, sought, most)]
        return await house.merchants.webhooks.replay(name, ids, house.clock())

    replayed = within(work, data=data, database=database)
    if not replayed:
        fail(told(NothingPushed("none of these messages has ended")))
    out.print(f"{len(replayed)} to be sent again: {', '.join(map(str, replayed))}", markup=False)


def _sought(number: str | None, outcome: Outcome | None, since: datetime | None, until: datetime | None) -> Sought:
    return Sought(
        number=number.strip().upper() if number else None,
        outcome=outcome,
        since=None if since is None else _utc(since),
        until=None if until is None else _utc(until),
    )


def _utc(given: datetime) -> datetime:
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def _row(delivery: Delivery) -> dict[str, object]:
    message = delivery.message
    return {
        "id": message.id,
        "webhookId": message.name,
        "event": message.kind,
        "number": message.number,
        "carrier": message.carrier,
        "createdAt": message.created_at,
        "outcome": delivery.outcome,
        "dueAt": delivery.due_at,
        "attempts": delivery.attempts,
    }


def _line(delivery: Delivery) -> str:
    message, last = delivery.message, delivery.attempts[-1] if delivery.attempts else None
    told = f"{len(delivery.attempts)} attempts, last {_answered(last)}" if last else "no attempt yet"
    made = f"{message.created_at:%Y-%m-%d %H:%M:%S}"
    return f"{message.id}  {made}  {message.kind}  {message.number}  {delivery.outcome}  {told}"


def _attempt_line(attempt: Attempt) -> str:
    return f"  {attempt.at:%Y-%m-%d %H:%M:%S}  {attempt.url}  {_answered(attempt)}  {attempt.took_ms} ms"


def _answered(attempt: Attempt) -> str:
    return attempt.fault or f"HTTP {attempt.status}"
