"""Which legs are due to be asked for, and what their carriers said."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from trackway.domain.errors import CarrierFault
from trackway.domain.tracking import Event, Leg, Milestone, Position, QueryState, Report, Tracking
from trackway.domain.webhook import Kind, News
from trackway.storage.database import Announce, Database, Row, Transaction, from_ms, maybe_instant, maybe_ms, to_ms
from trackway.storage.statement import Statement

_CLAIM = Statement(
    "UPDATE leg SET due_at = :lease, attempts = attempts + 1 WHERE (tracking_id, position) IN "
    "(SELECT tracking_id, position FROM leg WHERE carrier = :carrier AND due_at <= :now ORDER BY due_at LIMIT :most "
    "@skip_locked) RETURNING tracking_id, position"
)
_CLAIMED = Statement("SELECT id, number, param FROM tracking WHERE id @any(ids bigint)")
_RELEASE = Statement(
    "UPDATE leg SET due_at = :now, attempts = attempts - 1 WHERE due_at = :lease AND (tracking_id, position) IN "
    "(SELECT tracking_id, position FROM @rows(legs: tracking_id bigint, position integer) AS given)"
)
_NEXT_DUE = Statement("SELECT MIN(due_at) FROM leg WHERE carrier = :carrier AND due_at IS NOT NULL")
_TRACKINGS = Statement(
    "SELECT id, account_id, number, carrier, final_carrier, origin_country, destination_country, milestone, tag, "
    "param, registered_at, tracked_at, progressed_at, stopped_at FROM tracking WHERE id @any(ids bigint) "
    "ORDER BY id @locked"
)
_LEGS = Statement(
    "SELECT tracking_id, position, carrier, state, language, asked_at, answered_at, took_ms, due_at, attempts "
    "FROM leg WHERE tracking_id @any(ids bigint) ORDER BY tracking_id, position @locked"
)
_ANSWERS = Statement("SELECT tracking_id, position, events FROM answer WHERE tracking_id @any(ids bigint)")
_SAVE_LEGS = Statement(
    "UPDATE leg SET state = given.state, language = given.language, asked_at = given.asked_at, "
    "answered_at = given.answered_at, took_ms = given.took_ms, due_at = given.due_at, attempts = given.attempts, "
    "fault = given.fault FROM @rows(rows: tracking_id bigint, position integer, state text, language text, "
    "asked_at bigint, answered_at bigint, took_ms integer, due_at bigint, attempts integer, fault text) AS given "
    "WHERE leg.tracking_id = given.tracking_id AND leg.position = given.position"
)
_SAVE_ANSWERS = Statement(
    "INSERT INTO answer (tracking_id, position, events, raw) SELECT tracking_id, position, events, raw "
    "FROM @rows(rows: tracking_id bigint, position integer, events text, raw text) AS given WHERE true "
    "ON CONFLICT (tracking_id, position) DO UPDATE SET events = excluded.events, raw = excluded.raw"
)
_SAVE_TRACKINGS = Statement(
    "UPDATE tracking SET milestone = given.milestone, origin_country = given.origin_country, "
    "destination_country = given.destination_country, tracked_at = given.tracked_at, "
    "progressed_at = given.progressed_at, turns_at = given.turns_at, "
    "awaiting_since = CASE WHEN given.answered THEN NULL ELSE awaiting_since END "
    "FROM @rows(rows: id bigint, milestone text, origin_country text, destination_country text, tracked_at bigint, "
    "progressed_at bigint, turns_at bigint, answered boolean) AS given WHERE tracking.id = given.id"
)
_SAVE_TRACKS = Statement(
    "INSERT INTO track (tracking_id, body) SELECT tracking_id, body FROM @rows(rows: tracking_id bigint, body text) "
    "AS given WHERE true ON CONFLICT (tracking_id) DO UPDATE SET body = excluded.body"
)
_EVENTS = msgspec.json.Decoder(tuple[Event, ...])


class Due(Struct, frozen=True, kw_only=True):
    """A leg that this process may ask for until `lease`, which is also the proof of it."""

    tracking: int
    position: Position
    number: str
    param: str
    lease: datetime


class Answered(Struct, frozen=True, kw_only=True):
    """What came of asking for one leg."""

    due: Due
    outcome: Report | CarrierFault
    took_ms: int


class Verdict(Struct, frozen=True, kw_only=True):
    """What an answer makes of a tracking: how it stands, its track if it has one, when to ask again, and if it is news.

    `attempts` counts the askings since the last that went well.
    """

    tracking: Tracking
    attempts: int
    track: str | None
    next_asking: datetime
    turns_at: datetime
    news: bool


Judge = Callable[[Tracking, Answered, int], Verdict]


class Askings:
    """The legs of all accounts by the time they are due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, carrier: int, now: datetime, lease: datetime, most: int) -> list[Due]:
        """Up to `most` legs of a carrier that are due, ours until `lease`; whoever finds them due again has them."""

        async def work(transaction: Transaction) -> list[Due]:
            claimed = await transaction.fetch(_CLAIM, carrier=carrier, now=to_ms(now), lease=to_ms(lease), most=most)
            if not claimed:
                return []
            rows = await transaction.fetch(_CLAIMED, ids=[identity for identity, _ in claimed])
            facts = {identity: (number, param) for identity, number, param in rows}
            held = from_ms(to_ms(lease))
            return [
                Due(tracking=identity, position=Position(position), number=number, param=param, lease=held)
                for identity, position in claimed
                for number, param in (facts[identity],)
            ]

        return await self._database.write(work)

    async def release(self, dues: Sequence[Due], now: datetime) -> None:
        """Give back what was claimed and not asked, so that nobody waits for the lease to end."""
        if dues:
            legs = [(due.tracking, due.position) for due in dues]
            lease = to_ms(dues[0].lease)
            await self._database.write(lambda tx: tx.fetch(_RELEASE, now=to_ms(now), lease=lease, legs=legs))

    async def next_due(self, carrier: int) -> datetime | None:
        """When the next leg of a carrier is due."""
        ((due_at,),) = await self._database.read(_NEXT_DUE, carrier=carrier)
        return maybe_instant(due_at)

    async def settle(
        self, answers: Sequence[Answered], judge: Judge, announce: Announce, now: datetime
    ) -> list[Verdict]:
        """Judge each answer against the tracking as it stands, and keep all that follows in one transaction.

        An answer whose lease somebody else has taken over, or whose tracking was changed meanwhile, is dropped.
        """

        async def work(transaction: Transaction) -> list[Verdict]:
            trackings, held = await _load(transaction, sorted({answer.due.tracking for answer in answers}))
            verdicts: list[tuple[Answered, Verdict]] = []
            for answer in answers:
                place = (answer.due.tracking, answer.due.position)
                due_at, attempts = held.get(place, (None, 0))
                if due_at == to_ms(answer.due.lease):
                    verdict = judge(trackings[answer.due.tracking], answer, attempts)
                    trackings[answer.due.tracking] = verdict.tracking
                    verdicts.append((answer, verdict))
            await _save(transaction, verdicts)
            await announce(transaction, [_news(verdict.tracking) for _, verdict in verdicts if verdict.news], now)
            return [verdict for _, verdict in verdicts]

        return await self._database.write(work)


async def _load(
    transaction: Transaction, ids: list[int]
) -> tuple[dict[int, Tracking], dict[tuple[int, int], tuple[int | None, int]]]:
    """The trackings with their legs and events, and who holds each leg: its due time and attempts."""
    rows = await transaction.fetch(_TRACKINGS, ids=ids)
    legs = await transaction.fetch(_LEGS, ids=ids)
    events = {(identity, position): text for identity, position, text in await transaction.fetch(_ANSWERS, ids=ids)}
    by_tracking: dict[int, list[Leg]] = {}
    for row in legs:
        by_tracking.setdefault(row[0], []).append(_leg(row, events.get((row[0], row[1]), "[]")))
    held = {(row[0], row[1]): (row[8], row[9]) for row in legs}
    return {row[0]: _tracking(row, by_tracking.get(row[0], ())) for row in rows}, held


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


async def _save(transaction: Transaction, verdicts: Sequence[tuple[Answered, Verdict]]) -> None:
    if not verdicts:
        return
    await transaction.fetch(_SAVE_LEGS, rows=[_leg_row(*pair) for pair in verdicts])
    answers = [_answer_row(*pair) for pair in verdicts if isinstance(pair[0].outcome, Report)]
    await transaction.fetch(_SAVE_ANSWERS, rows=answers)
    last = {verdict.tracking.id: (answer, verdict) for answer, verdict in verdicts}
    await transaction.fetch(_SAVE_TRACKINGS, rows=[_tracking_row(*pair) for pair in last.values()])
    tracks = [(identity, verdict.track) for identity, (_, verdict) in last.items() if verdict.track is not None]
    await transaction.fetch(_SAVE_TRACKS, rows=tracks)


def _leg_row(answer: Answered, verdict: Verdict) -> tuple[object, ...]:
    leg = next(leg for leg in verdict.tracking.legs if leg.position == answer.due.position)
    failed = isinstance(answer.outcome, CarrierFault)
    return (
        verdict.tracking.id,
        leg.position,
        leg.state,
        leg.language,
        maybe_ms(leg.asked_at),
        maybe_ms(leg.answered_at),
        leg.took_ms,
        to_ms(verdict.next_asking),
        verdict.attempts,
        str(answer.outcome)[:500] if failed else "",
    )


def _answer_row(answer: Answered, verdict: Verdict) -> tuple[object, ...]:
    leg = next(leg for leg in verdict.tracking.legs if leg.position == answer.due.position)
    raw = answer.outcome.raw if isinstance(answer.outcome, Report) else ""
    return verdict.tracking.id, leg.position, msgspec.json.encode(leg.events).decode(), raw


def _news(tracking: Tracking) -> News:
    return News(
        account=tracking.account,
        tracking=tracking.id,
        number=tracking.number,
        carrier=tracking.carrier,
        kind=Kind.UPDATED,
    )


def _tracking_row(answer: Answered, verdict: Verdict) -> tuple[object, ...]:
    tracking = verdict.tracking
    return (
        tracking.id,
        tracking.milestone,
        tracking.origin_country,
        tracking.destination_country,
        maybe_ms(tracking.tracked_at),
        maybe_ms(tracking.progressed_at),
        to_ms(verdict.turns_at),
        isinstance(answer.outcome, Report),
    )
