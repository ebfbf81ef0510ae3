"""What was sent to webhooks: read, and send again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from trackway.domain.webhook import Attempt, Message, Outcome
from trackway.storage.database import Database, Row, from_ms, maybe_instant, to_ms
from trackway.storage.messages import MESSAGE, WIDTH, message_of
from trackway.storage.statement import Statement

_MESSAGE = f"{MESSAGE}, outcome, due_at"
_ONE = Statement(f"SELECT {_MESSAGE}, body FROM message WHERE account_id = :account AND id = :id")
_ATTEMPTS = Statement(
    "SELECT message_id, at, url, status, fault, took_ms, answer FROM attempt WHERE account_id = :account "
    "AND message_id @any(ids bigint) ORDER BY id"
)
_REPLAY = Statement(
    "UPDATE message SET outcome = 'waiting', due_at = :now, attempts = 0, first_failed_at = NULL "
    "WHERE account_id = :account AND id @any(ids bigint) AND due_at IS NULL AND body IS NOT NULL RETURNING id"
)


class Sought(Struct, frozen=True, kw_only=True):
    """Which messages are asked for; what is None does not matter. `since` is part of it, `until` is not."""

    number: str | None = None
    tracking: int | None = None
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None


class Delivery(Struct, frozen=True, kw_only=True):
    """A message, where it stands, when it is due if it is, what it said, and each attempt, oldest first."""

    message: Message
    outcome: Outcome
    due_at: datetime | None
    body: str | None = None
    attempts: tuple[Attempt, ...] = ()


class Deliveries:
    """The messages of all accounts as their owners look at them; every question names its account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, account: int, sought: Sought, most: int) -> list[Delivery]:
        """Up to `most` messages, newest first, with their attempts."""
        where, values = _where(sought)
        statement = Statement(
            f"SELECT {_MESSAGE}, NULL FROM message WHERE account_id = :account{where} ORDER BY id DESC LIMIT :most"
        )
        return await self._with_attempts(
            account, await self._database.read(statement, account=account, most=most, **values)
        )

    async def one(self, account: int, identity: int) -> Delivery | None:
        """One message, with the data that it said."""
        found = await self._with_attempts(account, await self._database.read(_ONE, account=account, id=identity))
        return found[0] if found else None

    async def replay(self, account: int, ids: Sequence[int], now: datetime) -> list[int]:
        """Make finished messages due again, the same bytes under the same id; those that were so."""
        rows = await self._database.write(lambda tx: tx.fetch(_REPLAY, account=account, ids=list(ids), now=to_ms(now)))
        return sorted(identity for (identity,) in rows)

    async def _with_attempts(self, account: int, rows: list[Row]) -> list[Delivery]:
        attempts: dict[int, list[Attempt]] = {}
        for message, *attempt in await self._database.read(_ATTEMPTS, account=account, ids=[row[0] for row in rows]):
            attempts.setdefault(message, []).append(_attempt(attempt))
        return [_delivery(row, tuple(attempts.get(row[0], ()))) for row in rows]


def _where(sought: Sought) -> tuple[str, dict[str, Any]]:
    conditions = {
        " AND number = :number": sought.number,
        " AND tracking_id = :tracking": sought.tracking,
        " AND outcome = :outcome": sought.outcome,
        " AND created_at >= :since": None if sought.since is None else to_ms(sought.since),
        " AND created_at < :until": None if sought.until is None else to_ms(sought.until),
    }
    given = {condition: value for condition, value in conditions.items() if value is not None}
    return "".join(given), {condition.rpartition(":")[2]: value for condition, value in given.items()}


def _attempt(row: Sequence[Any]) -> Attempt:
    at, url, status, fault, took_ms, answer = row
    return Attempt(at=from_ms(at), url=url, status=status, fault=fault, took_ms=took_ms, answer=answer)


def _delivery(row: Row, attempts: tuple[Attempt, ...]) -> Delivery:
    outcome, due_at, body = row[WIDTH:]
    return Delivery(
        message=message_of(row),
        outcome=Outcome(outcome),
        due_at=maybe_instant(due_at),
        body=body,
        attempts=attempts,
    )
