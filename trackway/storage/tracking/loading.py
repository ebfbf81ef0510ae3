"""Read trackings whole, with their legs and events."""

from collections.abc import Iterable

import msgspec

from trackway.domain.tracking import Event, Leg, Milestone, Position, QueryState, Tracking
from trackway.storage.database import Database, Row, Transaction, from_ms, maybe_instant
from trackway.storage.statement import Statement

_SELECT_TRACKINGS = (
    "SELECT id, account_id, number, carrier, final_carrier, origin_country, destination_country, milestone, tag, "
    "param, registered_at, tracked_at, progressed_at, stopped_at FROM tracking WHERE id @any(ids bigint) "
    "ORDER BY id"
)
_SELECT_LEGS = (
    "SELECT tracking_id, position, carrier, state, language, asked_at, answered_at, took_ms, due_at, attempts "
    "FROM leg WHERE tracking_id @any(ids bigint) ORDER BY tracking_id, position"
)
_TRACKINGS, _HELD_TRACKINGS = Statement(_SELECT_TRACKINGS), Statement(f"{_SELECT_TRACKINGS} @locked")
_LEGS, _HELD_LEGS = Statement(_SELECT_LEGS), Statement(f"{_SELECT_LEGS} @locked")
_ANSWERS = Statement("SELECT tracking_id, position, events FROM answer WHERE tracking_id @any(ids bigint)")
_EVENTS = msgspec.json.Decoder(tuple[Event, ...])

Held = dict[tuple[int, int], tuple[int | None, int]]


async def load(transaction: Transaction, ids: list[int]) -> tuple[dict[int, Tracking], Held]:
    """The trackings under a lock, with their legs and events, and who holds each leg: its due time and attempts."""
    rows = await transaction.fetch(_HELD_TRACKINGS, ids=ids)
    legs = await transaction.fetch(_HELD_LEGS, ids=ids)
    answers = await transaction.fetch(_ANSWERS, ids=ids)
    held = {(row[0], row[1]): (row[8], row[9]) for row in legs}
    return _whole(rows, legs, answers), held


async def look(database: Database, ids: list[int]) -> dict[int, Tracking]:
    """The trackings with their legs and events as they are now, whoever changes them meanwhile."""
    rows = await database.read(_TRACKINGS, ids=ids)
    return _whole(rows, await database.read(_LEGS, ids=ids), await database.read(_ANSWERS, ids=ids))


def _whole(rows: list[Row], legs: list[Row], answers: list[Row]) -> dict[int, Tracking]:
    events = {(identity, position): text for identity, position, text in answers}
    by_tracking: dict[int, list[Leg]] = {}
    for row in legs:
        by_tracking.setdefault(row[0], []).append(_leg(row, events.get((row[0], row[1]), "[]")))
    return {row[0]: _tracking(row, by_tracking.get(row[0], ())) for row in rows}


def _tracking(row: Row, legs: Iterable[Leg]) -> Tracking:
    return Tracking(
        id=row[0],
        account=row[1],
        number=row[2],
        carrier=row[3],
        final_carrier=row[4],
        origin_country=row[5],
        destination_country=row[6],
        milestone=Milestone(row[7]),
        tag=row[8],
        param=row[9],
        registered_at=from_ms(row[10]),
        tracked_at=maybe_instant(row[11]),
        progressed_at=from_ms(row[12]),
        stopped_at=maybe_instant(row[13]),
        legs=tuple(legs),
    )


def _leg(row: Row, events: str) -> Leg:
    return Leg(
        position=Position(row[1]),
        carrier=row[2],
        state=QueryState(row[3]),
        language=row[4],
        asked_at=maybe_instant(row[5]),
        answered_at=maybe_instant(row[6]),
        took_ms=row[7],
        events=_EVENTS.decode(events),
    )
