"""What was sent to webhooks: read, count, and send again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from trackway.domain.webhook import Attempt, Message, Outcome
from trackway.storage.database import Database, Row, from_ms, may_be_id, maybe_instant, to_ms
from trackway.storage.statement import Statement
from trackway.storage.telling.messages import MESSAGE, WIDTH, message_of

COUNTED = 10_000
"""Messages are counted so far and no further."""

_MESSAGE = f"{MESSAGE}, outcome, due_at"
_NEWEST_FIRST = "ORDER BY created_at DESC, id DESC LIMIT :most"
# `+ 0` keeps the engines from reading all of an account in place of one tracking.
_FEW = {
    "number": "account_id = :account AND number = :number",
    "tracking": "account_id + 0 = :account AND tracking_id = :tracking",
}
_ONE = Statement(
    f"SELECT {_MESSAGE}, said, body FROM message LEFT JOIN saying ON message_id = message.id "
    "WHERE account_id = :account AND message.id = :id"
)
_ATTEMPTS = Statement(
    "SELECT message_id, at, url, status, fault, took_ms, answer FROM attempt WHERE account_id = :account "
    "AND message_id @any(ids bigint) ORDER BY id"
)
_REPLAY = Statement(
    "UPDATE message SET outcome = 'waiting', due_at = :now, attempts = 0, first_failed_at = NULL "
    "WHERE account_id = :account AND id @any(ids bigint) AND due_at IS NULL AND said RETURNING id"
)
_COUNT = Statement(
    " UNION ALL ".join(
        f"SELECT '{outcome}', COUNT(*) FROM (SELECT 1 FROM message WHERE account_id = :account "
        f"AND outcome = '{outcome}' AND created_at >= :since LIMIT {COUNTED}) AS counted"
        for outcome in Outcome
    )
)


class Sought(Struct, frozen=True, kw_only=True):
    """Which messages are asked for; what is None does not matter. `since` is part of it, `until` is not.

    `before` is the time and the id of a message: only those behind it in the list.
    """

    number: str | None = None
    tracking: int | None = None
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, int] | None = None


class Delivery(Struct, frozen=True, kw_only=True):
    """A message, where it stands, when it is due if it is, what it said, and each attempt, oldest first."""

    message: Message
    outcome: Outcome
    due_at: datetime | None
    body: str | None = None
    attempts: tuple[Attempt, ...] = ()
    said: bool = False
    """Whether it was put into words: only then it can be sent again."""

    @property
    def may_again(self) -> bool:
        """Whether it is finished and can be sent again."""
        return self.due_at is None and self.said


class Deliveries:
    """The messages of all accounts as their owners look at them; every question names its account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, account: int, sought: Sought, most: int) -> list[Delivery]:
        """Up to `most` messages, newest first, with their attempts."""
        return await self._with_attempts(account, await self._found(account, sought, most, f"{_MESSAGE}, said, NULL"))

    async def ids(self, account: int, sought: Sought, most: int) -> list[int]:
        """The ids of up to `most` messages, newest first."""
        return [row[0] for row in await self._found(account, sought, most, "id")]

    async def one(self, account: int, identity: int) -> Delivery | None:
        """One message, with the data that it said."""
        if not may_be_id(identity):
            return None
        found = await self._with_attempts(account, await self._database.read(_ONE, account=account, id=identity))
        return found[0] if found else None

    async def counts(self, account: int, since: datetime) -> dict[Outcome, int]:
        """How many messages made at or after then stand where; each counted to COUNTED at most."""
        rows = await self._database.read(_COUNT, account=account, since=to_ms(since))
        return {Outcome(outcome): count for outcome, count in rows}

    async def replay(self, account: int, ids: Sequence[int], now: datetime) -> list[int]:
        """Make finished messages due again, the same bytes under the same id; those that were so."""
        able = [identity for identity in ids if may_be_id(identity)]
        rows = await self._database.write(lambda tx: tx.fetch(_REPLAY, account=account, ids=able, now=to_ms(now)))
        return sorted(identity for (identity,) in rows)

    async def _found(self, account: int, sought: Sought, most: int, columns: str) -> list[Row]:
        statement, values = statement_for(sought, columns)
        return await self._database.read(statement, account=account, most=most, **values)

    async def _with_attempts(self, account: int, rows: list[Row]) -> list[Delivery]:
        attempts: dict[int, list[Attempt]] = {}
        for message, *attempt in await self._database.read(_ATTEMPTS, account=account, ids=[row[0] for row in rows]):
            attempts.setdefault(message, []).append(_attempt(attempt))
        return [_delivery(row, tuple(attempts.get(row[0], ()))) for row in rows]


def statement_for(sought: Sought, columns: str) -> tuple[Statement, Mapping[str, Any]]:
    """The statement, and its values. Whatever is asked for, an index gives it in order, and no more than is shown.

    A number has few messages: all are read. Else each outcome is read by itself, and the newest of all are taken.
    """
    span, values = _span(sought)
    few = {"number": sought.number, "tracking": sought.tracking}
    given = {name: value for name, value in few.items() if value is not None}
    if given:
        where = " AND ".join(_FEW[name] for name in given)
        only = f" AND outcome = '{sought.outcome}'" if sought.outcome else ""
        mine = f"WITH mine AS MATERIALIZED (SELECT id, created_at, outcome FROM message WHERE {where}) "
        newest = f"SELECT id FROM mine WHERE true{only}{span} {_NEWEST_FIRST}"
    else:
        outcomes = [sought.outcome] if sought.outcome else list(Outcome)
        parts = (
            f"SELECT * FROM (SELECT id, created_at FROM message WHERE account_id = :account AND outcome = '{outcome}'"
            f"{span} {_NEWEST_FIRST}) AS {outcome}"
            for outcome in outcomes
        )
        mine, newest = "", f"SELECT id FROM ({' UNION ALL '.join(parts)}) AS parts {_NEWEST_FIRST}"
    return Statement(f"{mine}SELECT {columns} FROM message WHERE id IN ({newest}) {_NEWEST_FIRST}"), values | given


def _span(sought: Sought) -> tuple[str, dict[str, Any]]:
    """The part of the list by time, as conditions with their values."""
    text, values = "", dict[str, Any]()
    if sought.since is not None:
        text, values["since"] = text + " AND created_at >= :since", to_ms(sought.since)
    if sought.until is not None:
        text, values["until"] = text + " AND created_at < :until", to_ms(sought.until)
    if sought.before is not None:
        text += " AND (created_at, id) < (:at, :before)"
        values["at"], values["before"] = to_ms(sought.before[0]), sought.before[1]
    return text, values


def _attempt(row: Sequence[Any]) -> Attempt:
    at, url, status, fault, took_ms, answer = row
    return Attempt(at=from_ms(at), url=url, status=status, fault=fault, took_ms=took_ms, answer=answer)


def _delivery(row: Row, attempts: tuple[Attempt, ...]) -> Delivery:
    outcome, due_at, said, body = row[WIDTH:]
    return Delivery(
        message=message_of(row),
        outcome=Outcome(outcome),
        due_at=maybe_instant(due_at),
        body=body,
        attempts=attempts,
        said=bool(said),
    )
