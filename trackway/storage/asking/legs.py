"""How the legs of a number stand: what was asked when, what came back, and what is planned."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from trackway.domain.asking.planning import Reason
from trackway.domain.tracking import Milestone, Origin, Position, QueryState, StopReason
from trackway.storage.database import Database, Row, Transaction, from_ms, maybe_instant, to_ms
from trackway.storage.statement import Statement

_ANYBODY = 0
# CROSS JOIN holds SQLite to the accounts first: so the index by account and number finds it with each of them.
_OF_NUMBER = Statement(
    "SELECT tracking.id, account.id, account.name, number, carrier, origin, milestone, registered_at, stopped_at, "
    "stop_reason, guess FROM account CROSS JOIN tracking "
    "WHERE tracking.account_id = account.id AND number = :number "
    "AND (:account = 0 OR account.id = :account) ORDER BY tracking.id"
)
_SELECT = (
    "SELECT tracking_id, position, carrier, state, asked_at, answered_at, took_ms, due_at, attempts, fault, reason, "
    "why FROM leg WHERE tracking_id @any(ids bigint) ORDER BY tracking_id, position"
)
_LEGS, _HELD = Statement(_SELECT), Statement(f"{_SELECT} @locked")
_HURRY = Statement(
    "UPDATE leg SET due_at = :now, reason = 'person', why = 'a person asked for it' "
    "WHERE (tracking_id, position) IN "
    "(SELECT tracking_id, position FROM @rows(legs: tracking_id bigint, position integer) AS given)"
)


class LegStatus(Struct, frozen=True, kw_only=True):
    """One leg: how its last asking went, and when and why the next one comes; `due_at` is None where none does."""

    tracking: int
    position: Position
    carrier: int
    state: QueryState
    asked_at: datetime | None
    answered_at: datetime | None
    took_ms: int
    due_at: datetime | None
    attempts: int
    fault: str
    reason: Reason
    why: str


class Followed(Struct, frozen=True, kw_only=True):
    """A registered number with its legs, as somebody who looks into it wants to see it."""

    id: int
    account: int
    account_name: str
    number: str
    carrier: int
    guess: int
    origin: Origin
    milestone: Milestone
    registered_at: datetime
    stopped_at: datetime | None
    stop_reason: StopReason | None
    legs: Sequence[LegStatus]


class Legs:
    """The legs of all accounts, by number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, number: str, account: int | None) -> list[Followed]:
        """Every registration of the number by the account, or by anybody, oldest first."""
        rows = await self._database.scan(_OF_NUMBER, number=number, account=account or _ANYBODY)
        legs: dict[int, list[LegStatus]] = {row[0]: [] for row in rows}
        for row in await self._database.read(_LEGS, ids=list(legs)) if rows else ():
            legs[row[0]].append(_status(row))
        return [_followed(row, legs[row[0]]) for row in rows]

    async def hurry(
        self, ids: Sequence[int], meant: Callable[[Sequence[LegStatus]], Sequence[LegStatus]], now: datetime
    ) -> None:
        """Make legs due now because a person wants it: those that `meant` picks, or raises for, under a lock."""

        async def work(transaction: Transaction) -> None:
            legs = meant([_status(row) for row in await transaction.fetch(_HELD, ids=list(ids))])
            rows = [(leg.tracking, leg.position) for leg in legs]
            await transaction.fetch(_HURRY, legs=rows, now=to_ms(now))

        await self._database.write(work)


def _status(row: Row) -> LegStatus:
    return LegStatus(
        tracking=row[0],
        position=Position(row[1]),
        carrier=row[2],
        state=QueryState(row[3]),
        asked_at=maybe_instant(row[4]),
        answered_at=maybe_instant(row[5]),
        took_ms=row[6],
        due_at=maybe_instant(row[7]),
        attempts=row[8],
        fault=row[9],
        reason=Reason(row[10]),
        why=row[11],
    )


def _followed(row: Row, legs: Sequence[LegStatus]) -> Followed:
    return Followed(
        id=row[0],
        account=row[1],
        account_name=row[2],
        number=row[3],
        carrier=row[4],
        guess=row[10],
        origin=Origin(row[5]),
        milestone=Milestone(row[6]),
        registered_at=from_ms(row[7]),
        stopped_at=maybe_instant(row[8]),
        stop_reason=None if row[9] is None else StopReason(row[9]),
        legs=legs,
    )
