"""Which legs are due to be asked for, and what their carriers said."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from trackway.domain.errors import CarrierFault
from trackway.domain.planning import Planned, Reason
from trackway.domain.tracking import Position, Report, Tracking
from trackway.domain.webhook import Kind, News
from trackway.storage.database import Announce, Database, Transaction, from_ms, maybe_instant, maybe_ms, to_ms
from trackway.storage.loading import load
from trackway.storage.statement import Statement

_CLAIM = Statement(
    "UPDATE leg SET due_at = :lease, attempts = attempts + 1, why = '' WHERE (tracking_id, position) IN "
    "(SELECT tracking_id, position FROM leg WHERE carrier = :carrier AND due_at <= :now ORDER BY due_at LIMIT :most "
    "@skip_locked) RETURNING tracking_id, position, reason"
)
_CLAIMED = Statement("SELECT id, number, param FROM tracking WHERE id @any(ids bigint)")
_RELEASE = Statement(
    "UPDATE leg SET due_at = :now, attempts = attempts - 1 WHERE due_at = :lease AND (tracking_id, position) IN "
    "(SELECT tracking_id, position FROM @rows(legs: tracking_id bigint, position integer) AS given)"
)
_NEXT_DUE = Statement("SELECT MIN(due_at) FROM leg WHERE carrier = :carrier AND due_at IS NOT NULL")
_SAVE_LEGS = Statement(
    "UPDATE leg SET state = given.state, language = given.language, asked_at = given.asked_at, "
    "answered_at = given.answered_at, took_ms = given.took_ms, due_at = given.due_at, attempts = given.attempts, "
    "fault = given.fault, reason = given.reason, why = given.why "
    "FROM @rows(rows: tracking_id bigint, position integer, state text, language text, "
    "asked_at bigint, answered_at bigint, took_ms integer, due_at bigint, attempts integer, fault text, "
    "reason text, why text) AS given "
    "WHERE leg.tracking_id = given.tracking_id AND leg.position = given.position"
)
_ADD_LEGS = Statement(
    "INSERT INTO leg (tracking_id, position, carrier, due_at) "
    "SELECT tracking_id, position, carrier, CAST(:now AS BIGINT) "
    "FROM @rows(legs: tracking_id bigint, position integer, carrier integer) AS given WHERE true "
    "ON CONFLICT (tracking_id, position) DO NOTHING"
)
_SAVE_ANSWERS = Statement(
    "INSERT INTO answer (tracking_id, position, events, raw) SELECT tracking_id, position, events, raw "
    "FROM @rows(rows: tracking_id bigint, position integer, events text, raw text) AS given WHERE true "
    "ON CONFLICT (tracking_id, position) DO UPDATE SET events = excluded.events, raw = excluded.raw"
)
_SAVE_TRACKINGS = Statement(
    "UPDATE tracking SET milestone = given.milestone, final_carrier = given.final_carrier, "
    "origin_country = given.origin_country, destination_country = given.destination_country, "
    "tracked_at = given.tracked_at, progressed_at = given.progressed_at, turns_at = given.turns_at, "
    "awaiting_since = CASE WHEN given.answered THEN NULL ELSE awaiting_since END "
    "FROM @rows(rows: id bigint, milestone text, final_carrier integer, origin_country text, "
    "destination_country text, tracked_at bigint, progressed_at bigint, turns_at bigint, answered boolean) AS given "
    "WHERE tracking.id = given.id"
)
_SAVE_TRACKS = Statement(
    "INSERT INTO track (tracking_id, body) SELECT tracking_id, body FROM @rows(rows: tracking_id bigint, body text) "
    "AS given WHERE true ON CONFLICT (tracking_id) DO UPDATE SET body = excluded.body"
)


class Due(Struct, frozen=True, kw_only=True):
    """A leg that this process may ask for until `lease`, which is also the proof of it."""

    tracking: int
    position: Position
    number: str
    param: str
    reason: Reason
    lease: datetime


class Answered(Struct, frozen=True, kw_only=True):
    """What came of asking for one leg."""

    due: Due
    outcome: Report | CarrierFault
    took_ms: int


class Verdict(Struct, frozen=True, kw_only=True):
    """What an answer makes of a tracking: how it stands, its track if it has one, when to ask again, and if it is news.

    `attempts` counts the askings since the last that went well; `final_found` says that the answer told a final
    carrier, which is to be asked from now on.
    """

    tracking: Tracking
    attempts: int
    track: str | None
    next_asking: Planned
    turns_at: datetime
    news: bool
    final_found: bool = False


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
            rows = await transaction.fetch(_CLAIMED, ids=[identity for identity, _, _ in claimed])
            facts = {identity: (number, param) for identity, number, param in rows}
            held = from_ms(to_ms(lease))
            return [
                Due(
                    tracking=identity,
                    position=Position(position),
                    number=number,
                    param=param,
                    reason=Reason(reason),
                    lease=held,
                )
                for identity, position, reason in claimed
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
            trackings, held = await load(transaction, sorted({answer.due.tracking for answer in answers}))
            verdicts: list[tuple[Answered, Verdict]] = []
            for answer in answers:
                place = (answer.due.tracking, answer.due.position)
                due_at, attempts = held.get(place, (None, 0))
                if due_at == to_ms(answer.due.lease):
                    verdict = judge(trackings[answer.due.tracking], answer, attempts)
                    trackings[answer.due.tracking] = verdict.tracking
                    verdicts.append((answer, verdict))
            await _save(transaction, verdicts, now)
            await announce(transaction, [_news(verdict.tracking) for _, verdict in verdicts if verdict.news], now)
            return [verdict for _, verdict in verdicts]

        return await self._database.write(work)


async def _save(transaction: Transaction, verdicts: Sequence[tuple[Answered, Verdict]], now: datetime) -> None:
    if not verdicts:
        return
    await transaction.fetch(_SAVE_LEGS, rows=[_leg_row(*pair) for pair in verdicts])
    answers = [_answer_row(*pair) for pair in verdicts if isinstance(pair[0].outcome, Report)]
    await transaction.fetch(_SAVE_ANSWERS, rows=answers)
    last = {verdict.tracking.id: (answer, verdict) for answer, verdict in verdicts}
    await transaction.fetch(_SAVE_TRACKINGS, rows=[_tracking_row(*pair) for pair in last.values()])
    tracks = [(identity, verdict.track) for identity, (_, verdict) in last.items() if verdict.track is not None]
    await transaction.fetch(_SAVE_TRACKS, rows=tracks)
    found = [
        (identity, Position.FINAL, verdict.tracking.final_carrier)
        for identity, (_, verdict) in last.items()
        if verdict.final_found
    ]
    if found:
        await transaction.fetch(_ADD_LEGS, legs=found, now=to_ms(now))


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
        to_ms(verdict.next_asking.at),
        verdict.attempts,
        str(answer.outcome)[:500] if failed else "",
        verdict.next_asking.reason,
        verdict.next_asking.why,
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
        tracking.final_carrier,
        tracking.origin_country,
        tracking.destination_country,
        maybe_ms(tracking.tracked_at),
        maybe_ms(tracking.progressed_at),
        to_ms(verdict.turns_at),
        isinstance(answer.outcome, Report),
    )
