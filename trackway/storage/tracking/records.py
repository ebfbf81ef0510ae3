"""Change trackings: read an account's records under a lock, let the rules plan, do the plan, all in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from trackway.domain.following.record import Move, Plan, Record
from trackway.domain.tracking import Position, StopReason
from trackway.domain.webhook import Kind, News
from trackway.storage.asking.turns import delete, stop
from trackway.storage.database import Announce, Database, Row, Transaction, maybe_instant, to_ms
from trackway.storage.statement import Statement

T = TypeVar("T")
_RECORDS = Statement(
    "SELECT id, number, carrier, guess, final_carrier, param, tag, stopped_at, retracked, carrier_changes, "
    "awaiting_since, "
    "EXISTS (SELECT 1 FROM track WHERE track.tracking_id = tracking.id), "
    "EXISTS (SELECT 1 FROM leg WHERE leg.tracking_id = tracking.id AND position = 2 AND found) FROM tracking "
    "WHERE account_id = :account AND number @any(numbers text) ORDER BY id @locked"
)
_RESTART = Statement(
    "UPDATE tracking SET stopped_at = NULL, stop_reason = NULL, retracked = true, progressed_at = :now, "
    "turns_at = :turns_at WHERE id @any(ids bigint)"
)
# Candidates are asked again only while nobody knows the number.
_RESUME = Statement(
    "UPDATE leg SET due_at = :now, attempts = 0, reason = 'new', why = '' WHERE tracking_id @any(ids bigint) "
    "AND (position <= 2 OR EXISTS (SELECT 1 FROM tracking WHERE id = tracking_id AND milestone = 'NotFound'))"
)
_NOTE = Statement(
    "UPDATE tracking SET tag = given.tag, param = given.param FROM @rows(rows: id bigint, tag text, param text) "
    "AS given WHERE tracking.id = given.id"
)
_NOTE_TRACKS = Statement(
    "UPDATE track SET tag = given.tag FROM @rows(rows: id bigint, tag text) AS given WHERE tracking_id = given.id"
)
# One may go to a carrier that another leaves: so first all leave theirs, and no two ever have the same.
_LEAVE = Statement("UPDATE tracking SET carrier = -carrier WHERE id @any(ids bigint)")
_MOVE = Statement(
    "UPDATE tracking SET carrier = given.carrier, guess = 0, final_carrier = given.final_carrier, "
    "carrier_changes = carrier_changes + 1, awaiting_since = :now, progressed_at = :now, turns_at = :turns_at, "
    "milestone = 'NotFound', origin_country = given.origin_country, destination_country = '', param = given.param "
    "FROM @rows(rows: id bigint, carrier integer, final_carrier integer, origin_country text, param text) AS given "
    "WHERE tracking.id = given.id"
)
_FORGET_TRACKS = Statement("DELETE FROM track WHERE tracking_id @any(ids bigint)")
_FORGET_ANSWERS = Statement(
    "DELETE FROM answer WHERE (tracking_id, position) IN "
    "(SELECT tracking_id, position FROM @rows(legs: tracking_id bigint, position integer) AS given)"
)
_DROP_LEGS = Statement(
    "DELETE FROM leg WHERE (tracking_id, position) IN "
    "(SELECT tracking_id, position FROM @rows(legs: tracking_id bigint, position integer) AS given)"
)
_NEW_LEGS = Statement(
    "INSERT INTO leg (tracking_id, position, carrier, due_at) "
    "SELECT tracking_id, position, carrier, CAST(:now AS BIGINT) "
    "FROM @rows(legs: tracking_id bigint, position integer, carrier integer) AS given WHERE true"
)


class Records:
    """The records of all accounts; every change names its account. `told` is called when there may be news."""

    def __init__(self, database: Database, announce: Announce, told: Callable[[], None]) -> None:
        self._database = database
        self._announce = announce
        self._told = told

    async def change(
        self,
        account: int,
        numbers: Sequence[str],
        rules: Callable[[Sequence[Record]], Plan[T]],
        *,
        now: datetime,
        idle: timedelta,
        kept_for: timedelta,
        reason: StopReason = StopReason.REQUESTED,
    ) -> Sequence[T]:
        """The outcomes of the plan that `rules` make of the account's records of these numbers, once it is done."""

        async def work(transaction: Transaction) -> Sequence[T]:
            rows = await transaction.fetch(_RECORDS, account=account, numbers=list(numbers))
            plan = rules([_record(row) for row in rows])
            stopped = [_news(account, record, Kind.STOPPED) for record in plan.stopped]
            await stop(transaction, stopped, reason, now, kept_for)
            pushed = [_news(account, record, Kind.UPDATED, manual=True) for record in plan.pushed]
            await self._announce(transaction, [*stopped, *pushed], now)
            await _restart(transaction, plan.restarted, now, idle)
            await _note(transaction, plan.noted)
            await _move(transaction, plan.moved, now, idle)
            await delete(transaction, [record.id for record in plan.deleted])
            return plan.outcomes

        outcomes = await self._database.write(work)
        self._told()
        return outcomes


async def _restart(transaction: Transaction, records: Sequence[Record], now: datetime, idle: timedelta) -> None:
    if records:
        ids = [record.id for record in records]
        await transaction.fetch(_RESTART, ids=ids, now=to_ms(now), turns_at=to_ms(now + idle))
        await transaction.fetch(_RESUME, ids=ids, now=to_ms(now))


async def _note(transaction: Transaction, records: Sequence[Record]) -> None:
    if records:
        await transaction.fetch(_NOTE, rows=[(record.id, record.tag, record.param) for record in records])
        await transaction.fetch(_NOTE_TRACKS, rows=[(record.id, record.tag) for record in records])


async def _move(transaction: Transaction, moves: Sequence[Move], now: datetime, idle: timedelta) -> None:
    """Forget what the wrong carriers said, and ask the right ones at once; the other leg is asked anew with them."""
    if not moves:
        return
    ids = [move.id for move in moves]
    legs = [(identity, position) for identity in ids for position in Position]
    new = [(move.id, Position.FIRST, move.carrier) for move in moves]
    new += [(move.id, Position.FINAL, move.final_carrier) for move in moves if move.final_carrier]
    rows = [(move.id, move.carrier, move.final_carrier, move.origin_country, move.param) for move in moves]
    await transaction.fetch(_LEAVE, ids=ids)
    await transaction.fetch(_MOVE, rows=rows, now=to_ms(now), turns_at=to_ms(now + idle))
    await transaction.fetch(_FORGET_TRACKS, ids=ids)
    await transaction.fetch(_FORGET_ANSWERS, legs=legs)
    await transaction.fetch(_DROP_LEGS, legs=legs)
    await transaction.fetch(_NEW_LEGS, legs=new, now=to_ms(now))


def _news(account: int, record: Record, kind: Kind, *, manual: bool = False) -> News:
    return News(
        account=account, tracking=record.id, number=record.number, carrier=record.carrier, kind=kind, manual=manual
    )


def _record(row: Row) -> Record:
    return Record(
        id=row[0],
        number=row[1],
        carrier=row[2],
        guess=row[3],
        final_carrier=row[4],
        param=row[5],
        tag=row[6],
        stopped_at=maybe_instant(row[7]),
        retracked=bool(row[8]),
        carrier_changes=row[9],
        awaiting_since=maybe_instant(row[10]),
        answered=bool(row[11]),
        final_found=bool(row[12]),
    )
