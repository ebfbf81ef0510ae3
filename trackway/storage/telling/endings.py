"""Attempts that ended: noted many at once, with what each leads to."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from trackway.domain.counting.statistic import Count, Statistic, delay_bucket
from trackway.domain.webhook import Attempt, Outcome
from trackway.storage.database import Transaction, maybe_ms, to_ms
from trackway.storage.statement import Statement
from trackway.storage.telling.messages import SUPERSEDE, Claim
from trackway.storage.tracking.statistics import Statistics

# A tracking before its messages, in the order of ids, as everyone takes them: so no two wait for each other.
_HOLD = Statement("SELECT id FROM tracking WHERE id @any(ids bigint) ORDER BY id @locked")
_FINISH = Statement(
    "UPDATE message SET outcome = given.outcome, due_at = given.due_at, claimed = false, attempts = attempts + 1, "
    "first_failed_at = COALESCE(first_failed_at, given.failed_at) "
    "FROM @rows(rows: id bigint, until bigint, outcome text, due_at bigint, failed_at bigint) AS given "
    "WHERE message.id = given.id AND claimed AND message.due_at = given.until RETURNING message.id, "
    "EXISTS (SELECT 1 FROM attempt WHERE message_id = message.id AND status = 200)"
)
_NOTE = Statement(
    "INSERT INTO attempt (account_id, message_id, at, url, status, fault, took_ms, answer) "
    "SELECT account, message, at, url, status, fault, took_ms, answer FROM @rows(rows: account bigint, "
    "message bigint, at bigint, url text, status integer, fault text, took_ms integer, answer text) AS given WHERE true"
)
_TOLD = Statement(
    "UPDATE tracking SET pushed_at = given.at, push_status = given.status "
    "FROM @rows(rows: id bigint, account bigint, number text, at bigint, status integer) AS given "
    "WHERE tracking.id = given.id AND account_id = given.account AND tracking.number = given.number "
    "AND COALESCE(pushed_at, 0) <= given.at"
)


class Ended(Struct, frozen=True):
    """An attempt on a claim, and when the next one is due, None for never."""

    claim: Claim
    attempt: Attempt
    due_at: datetime | None
    now: datetime

    @property
    def outcome(self) -> Outcome:
        """Where the message stands now."""
        if self.attempt.delivered:
            return Outcome.DELIVERED
        return Outcome.GIVEN_UP if self.due_at is None else Outcome.WAITING


async def finished(transaction: Transaction, ended: Sequence[Ended]) -> dict[tuple[int, datetime], Outcome]:
    """The outcomes by message and claim, but for claims that ran out; of one message the last claim is the one."""
    mine = {one.claim.message.id: one for one in ended}
    trackings = {one.claim.message.tracking: one for one in ended}
    if not transaction.alone:
        await transaction.fetch(_HOLD, ids=sorted(trackings))
    await transaction.fetch(_TOLD, rows=[_told_row(one) for one in trackings.values()])
    done = await transaction.fetch(_FINISH, rows=[_finish_row(one) for one in mine.values()])
    kept = [mine[identity] for identity, _ in done]
    counts = [count for identity, repeated in done if not repeated for count in _delays(mine[identity])]
    await Statistics.add(transaction, counts, max(one.now for one in ended))
    await transaction.fetch(_NOTE, rows=[_note_row(one) for one in kept])
    outcomes = {(one.claim.message.id, one.claim.until): one.outcome for one in kept}
    again = {one.claim.message.tracking: one for one in kept if one.outcome is Outcome.WAITING}
    if again:
        now = max(one.now for one in again.values())
        gone = {identity for (identity,) in await transaction.fetch(SUPERSEDE, trackings=[*again], now=to_ms(now))}
        outcomes |= {known: Outcome.SUPERSEDED for known in outcomes if known[0] in gone}
    return outcomes


def _delays(ended: Ended) -> Iterator[Count]:
    """How long the receiver's first 200 took, from when we heard of the event and from when it happened."""
    message, attempt = ended.claim.message, ended.attempt
    if not attempt.delivered:
        return
    told_at = attempt.at + timedelta(milliseconds=attempt.took_ms)
    for kind, since in ((Statistic.TOLD, message.created_at), (Statistic.PUSHED, message.happened_at)):
        if since is not None:
            delay = delay_bucket((told_at - since).total_seconds())
            yield Count(account=message.account, carrier=message.carrier, kind=kind, bucket=delay)


def _finish_row(ended: Ended) -> tuple[Any, ...]:
    again = maybe_ms(ended.due_at) if ended.outcome is Outcome.WAITING else None
    failed_at = None if ended.attempt.delivered else to_ms(ended.now)
    return ended.claim.message.id, to_ms(ended.claim.until), ended.outcome, again, failed_at


def _told_row(ended: Ended) -> tuple[Any, ...]:
    message, attempt = ended.claim.message, ended.attempt
    return message.tracking, message.account, message.number, to_ms(attempt.at), attempt.status


def _note_row(ended: Ended) -> tuple[Any, ...]:
    message, attempt = ended.claim.message, ended.attempt
    told = (attempt.url, attempt.status, attempt.fault, attempt.took_ms, attempt.answer)
    return message.account, message.id, to_ms(attempt.at), *told
