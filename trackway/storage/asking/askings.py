"""Which legs are due to be asked for, and what their carriers said."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from trackway.domain.asking.planning import Planned, Reason
from trackway.domain.counting.reckoning import Reckoning
from trackway.domain.errors import CarrierFault
from trackway.domain.following.timeline import leg_of
from trackway.domain.tracking import Position, Report, Tracking
from trackway.domain.webhook import Kind, News
from trackway.storage.database import Announce, Database, Transaction, from_ms, maybe_instant, maybe_ms, to_ms
from trackway.storage.statement import Statement
from trackway.storage.tracking import tracks
from trackway.storage.tracking.loading import Held, load
from trackway.storage.tracking.statistics import Statistics

_CLAIM = Statement(
    "UPDATE leg SET due_at = :lease, asked_at = :now, attempts = attempts + 1, why = '' "
    "WHERE (tracking_id, position) IN "
    "(SELECT tracking_id, position FROM leg WHERE carrier = :carrier AND due_at <= :now ORDER BY due_at LIMIT :most "
    "@skip_locked) RETURNING tracking_id, position, reason"
)
_CLAIMED = Statement("SELECT id, number, param FROM tracking WHERE id @any(ids bigint)")
_RELEASE = Statement(
    "UPDATE leg SET due_at = :now, asked_at = answered_at, attempts = attempts - 1 "
    "WHERE due_at = :lease AND (tracking_id, position) IN "
    "(SELECT tracking_id, position FROM @rows(legs: tracking_id bigint, position integer) AS given)"
)
# One look into the index for each carrier, however many legs are due.
_NEXT_DUE = Statement(
    "SELECT MIN(due_at) FROM (SELECT (SELECT MIN(due_at) FROM leg WHERE carrier = given.carrier "
    "AND due_at IS NOT NULL) AS due_at FROM @rows(carriers: carrier integer) AS given) AS dues"
)
_DUE_CARRIERS = Statement(
    "SELECT carrier FROM @rows(carriers: carrier integer) AS given "
    "WHERE EXISTS (SELECT 1 FROM leg WHERE leg.carrier = given.carrier AND due_at <= :now) ORDER BY carrier"
)
_SAVE_LEGS = Statement(
    "UPDATE leg SET state = given.state, language = given.language, asked_at = given.asked_at, "
    "answered_at = given.answered_at, took_ms = given.took_ms, due_at = given.due_at, attempts = given.attempts, "
    "fault = given.fault, reason = given.reason, why = given.why "
    "FROM @rows(rows: tracking_id bigint, position integer, state text, language text, "
    "asked_at bigint, answered_at bigint, took_ms integer, due_at bigint, attempts integer, fault text, "
    "reason text, why text) AS given "
    "WHERE leg.tracking_id = given.tracking_id AND leg.position = given.position"
)
_TAKEN = Statement(
    "SELECT given.id FROM @rows(rows: id bigint, account bigint, number text, carrier integer) AS given "
    "JOIN tracking ON account_id = given.account AND tracking.number = given.number "
    "AND tracking.carrier = given.carrier"
)
_GIVE_TRACKINGS = Statement(
    "UPDATE tracking SET guess = tracking.carrier, carrier = given.carrier "
    "FROM @rows(rows: id bigint, carrier integer) AS given WHERE tracking.id = given.id"
)
_GIVE_LEGS = Statement(
    "UPDATE leg SET carrier = given.carrier "
    "FROM @rows(rows: tracking_id bigint, position integer, carrier integer) AS given "
    "WHERE leg.tracking_id = given.tracking_id AND leg.position = given.position"
)
_BEATEN_LEGS = Statement(
    "UPDATE leg SET carrier = given.carrier, state = given.state, asked_at = given.asked_at, "
    "answered_at = given.answered_at, fault = '' FROM @rows(rows: tracking_id bigint, position integer, "
    "carrier integer, state text, asked_at bigint, answered_at bigint) AS given "
    "WHERE leg.tracking_id = given.tracking_id AND leg.position = given.position"
)
_REST_CANDIDATES = Statement(
    "UPDATE leg SET due_at = NULL, why = '' WHERE tracking_id @any(ids bigint) AND position > 2"
)
_ADD_LEGS = Statement(
    "INSERT INTO leg (tracking_id, position, carrier, due_at, found) "
    "SELECT tracking_id, position, carrier, CAST(:now AS BIGINT), true "
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


class Due(Struct, frozen=True, kw_only=True):
    """A leg that this process may ask for until `lease`, which is also the proof of it."""

    tracking: int
    position: Position
    number: str
    param: str
    reason: Reason
    lease: datetime


class Answered(Struct, frozen=True, kw_only=True):
    """What came of asking for one leg; `taken` says that the account has the number with this carrier already."""

    due: Due
    outcome: Report | CarrierFault
    took_ms: int
    taken: bool = False


class Verdict(Struct, frozen=True, kw_only=True):
    """What an answer makes of a tracking: how it stands, its track if it has one, when to ask again, and if it is news.

    `position` is the leg that it now is the answer of, and `next_asking` None where that is not asked any more.
    `attempts` counts the askings since the last that went well; `final_found` says that the answer told a final
    carrier, which is to be asked from now on. `decided` says that the carrier is certain now, so that no other
    candidate is asked any more, and `given_from` is the candidate whose leg became the first. The verdict on a
    candidate that stays one is `aside`: nothing but its leg is kept. `reckoning` is what of it is
    counted.
    """

    tracking: Tracking
    position: Position
    attempts: int
    next_asking: Planned | None
    turns_at: datetime
    track: str | None = None
    news: bool = False
    final_found: bool = False
    decided: bool = False
    given_from: Position | None = None
    aside: bool = False
    reckoning: Reckoning = Reckoning()


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

    async def due_carriers(self, carriers: Collection[int], now: datetime) -> list[int]:
        """Those of the carriers that have a leg due."""
        rows = await self._database.read(_DUE_CARRIERS, carriers=[(carrier,) for carrier in carriers], now=to_ms(now))
        return [carrier for (carrier,) in rows]

    async def next_due(self, carriers: Collection[int]) -> datetime | None:
        """When the next leg of any of the carriers is due."""
        ((due_at,),) = await self._database.read(_NEXT_DUE, carriers=[(carrier,) for carrier in carriers])
        return maybe_instant(due_at)

    async def settle(
        self, answers: Sequence[Answered], judge: Judge, announce: Announce, now: datetime
    ) -> list[Verdict]:
        """Judge each answer against the tracking as it stands, and keep all that follows in one transaction.

        An answer whose lease somebody else has taken over, or whose tracking was changed meanwhile, is dropped.
        """

        async def work(transaction: Transaction) -> list[Verdict]:
            trackings, held = await load(transaction, sorted({answer.due.tracking for answer in answers}))
            ours = [answer for answer in answers if _due_at(held, answer.due) == to_ms(answer.due.lease)]
            verdicts: list[tuple[Answered, Verdict]] = []
            for answer in await _marked(transaction, ours, trackings):
                _, attempts = held[answer.due.tracking, answer.due.position]
                verdict = judge(trackings[answer.due.tracking], answer, attempts)
                trackings[answer.due.tracking] = verdict.tracking
                verdicts.append((answer, verdict))
            await _save(transaction, verdicts, now)
            await announce(transaction, [_news(verdict) for _, verdict in verdicts if verdict.news], now)
            counts = [count for _, verdict in verdicts for count in verdict.reckoning.counts]
            await Statistics.add(transaction, counts, now)
            return [verdict for _, verdict in verdicts]

        return await self._database.write(work)


def _due_at(held: Held, due: Due) -> int | None:
    return held.get((due.tracking, due.position), (None, 0))[0]


async def _marked(
    transaction: Transaction, answers: Sequence[Answered], trackings: Mapping[int, Tracking]
) -> list[Answered]:
    """The answers, those of candidates marked that the account has the number with them already."""
    rows = []
    for due in (answer.due for answer in answers if answer.due.position.is_candidate):
        tracking = trackings[due.tracking]
        rows.append((tracking.id, tracking.account, tracking.number, leg_of(tracking, due.position).carrier))
    taken = {identity for (identity,) in await transaction.fetch(_TAKEN, rows=rows)} if rows else ()
    return [
        replace(answer, taken=True) if answer.due.position.is_candidate and answer.due.tracking in taken else answer
        for answer in answers
    ]


async def _save(transaction: Transaction, verdicts: Sequence[tuple[Answered, Verdict]], now: datetime) -> None:
    if not verdicts:
        return
    await _give(transaction, [verdict for _, verdict in verdicts if verdict.given_from])
    await transaction.fetch(_SAVE_LEGS, rows=[_leg_row(*pair) for pair in verdicts])
    decided = [verdict.tracking.id for _, verdict in verdicts if verdict.decided]
    if decided:
        await transaction.fetch(_REST_CANDIDATES, ids=decided)
    whole = [pair for pair in verdicts if not pair[1].aside]
    answers = [_answer_row(*pair) for pair in whole if isinstance(pair[0].outcome, Report)]
    await transaction.fetch(_SAVE_ANSWERS, rows=answers)
    last = {verdict.tracking.id: (answer, verdict) for answer, verdict in whole}
    await transaction.fetch(_SAVE_TRACKINGS, rows=[_tracking_row(*pair) for pair in last.values()])
    written = [(verdict.tracking, verdict.track) for _, verdict in last.values() if verdict.track is not None]
    await tracks.save(transaction, written)
    found = [
        (identity, Position.FINAL, verdict.tracking.final_carrier)
        for identity, (_, verdict) in last.items()
        if verdict.final_found
    ]
    if found:
        await transaction.fetch(_ADD_LEGS, legs=found, now=to_ms(now))


async def _give(transaction: Transaction, verdicts: Sequence[Verdict]) -> None:
    """Let trackings and their legs change carriers with the candidate that knows the number."""
    if not verdicts:
        return
    legs = [
        (verdict.tracking.id, leg.position, leg.carrier, leg.state, maybe_ms(leg.asked_at), maybe_ms(leg.answered_at))
        for verdict in verdicts
        for leg in verdict.tracking.legs
        if leg.position == verdict.given_from
    ]
    given = [(verdict.tracking.id, verdict.tracking.carrier) for verdict in verdicts]
    await transaction.fetch(_GIVE_TRACKINGS, rows=given)
    await transaction.fetch(_GIVE_LEGS, rows=[(identity, Position.FIRST, carrier) for identity, carrier in given])
    await transaction.fetch(_BEATEN_LEGS, rows=legs)


def _leg_row(answer: Answered, verdict: Verdict) -> tuple[object, ...]:
    leg = leg_of(verdict.tracking, verdict.position)
    failed, planned = isinstance(answer.outcome, CarrierFault), verdict.next_asking
    return (
        verdict.tracking.id,
        leg.position,
        leg.state,
        leg.language,
        maybe_ms(leg.asked_at),
        maybe_ms(leg.answered_at),
        leg.took_ms,
        to_ms(planned.at) if planned else None,
        verdict.attempts,
        str(answer.outcome)[:500] if failed else "",
        planned.reason if planned else answer.due.reason,
        planned.why if planned else "",
    )


def _answer_row(answer: Answered, verdict: Verdict) -> tuple[object, ...]:
    leg = leg_of(verdict.tracking, verdict.position)
    raw = answer.outcome.raw if isinstance(answer.outcome, Report) else ""
    return verdict.tracking.id, leg.position, msgspec.json.encode(leg.events).decode(), raw


def _news(verdict: Verdict) -> News:
    tracking = verdict.tracking
    return News(
        account=tracking.account,
        tracking=tracking.id,
        number=tracking.number,
        carrier=tracking.carrier,
        kind=Kind.UPDATED,
        happened_at=verdict.reckoning.happened_at,
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
