"""The turns in a tracking's life that time brings: too long in transit, stopped, deleted."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from trackway.domain.following.lifecycle import why_over
from trackway.domain.tracking import StopReason, Tracking
from trackway.domain.webhook import Kind, News
from trackway.storage.database import Announce, Database, Transaction, to_ms
from trackway.storage.statement import Statement
from trackway.storage.tracking.loading import load

_DUE = Statement(
    "SELECT id FROM tracking WHERE turns_at <= :now AND stopped_at IS NULL ORDER BY turns_at LIMIT :most @skip_locked"
)
_TURN = Statement(
    "UPDATE tracking SET milestone = given.milestone, turns_at = given.turns_at "
    "FROM @rows(rows: id bigint, milestone text, turns_at bigint) AS given WHERE tracking.id = given.id"
)
_WRITE = Statement(
    "UPDATE track SET body = given.body FROM @rows(rows: id bigint, body text) AS given WHERE tracking_id = given.id"
)
_STOP = Statement(
    "UPDATE tracking SET stopped_at = :now, stop_reason = :reason, turns_at = :turns_at WHERE id @any(ids bigint)"
)
_REST = Statement("UPDATE leg SET due_at = NULL WHERE tracking_id @any(ids bigint)")
_OVER = Statement(
    "SELECT id FROM tracking WHERE turns_at <= :now AND stopped_at IS NOT NULL ORDER BY turns_at "
    "LIMIT :most @skip_locked"
)
_DELETE = Statement("DELETE FROM tracking WHERE id @any(ids bigint)")
_DELETE_LEGS = Statement("DELETE FROM leg WHERE tracking_id @any(ids bigint)")


class Turn(Struct, frozen=True, kw_only=True):
    """A tracking after its turn, how its track is written now, and when the next turn comes."""

    tracking: Tracking
    track: str
    turns_at: datetime


class Turns:
    """What changes by age alone (T23, T31)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(
        self, now: datetime, most: int, turn: Callable[[Tracking], Turn], kept_for: timedelta, announce: Announce
    ) -> int:
        """Turn up to `most` trackings that are due, and announce the stops among them; how many were due."""

        async def work(transaction: Transaction) -> int:
            ids = [identity for (identity,) in await transaction.fetch(_DUE, now=to_ms(now), most=most)]
            if not ids:
                return 0
            trackings, _ = await load(transaction, sorted(ids))
            turns = [turn(tracking) for tracking in trackings.values()]
            await _save(transaction, turns)
            over = [done.tracking for done in turns if done.tracking.stopped_at is not None]
            for reason in StopReason:
                ended = [_farewell(tracking) for tracking in over if why_over(tracking) is reason]
                await stop(transaction, ended, reason, now, kept_for)
            await announce(transaction, list(map(_farewell, over)), now)
            return len(ids)

        return await self._database.write(work)

    async def delete(self, now: datetime, most: int) -> int:
        """Delete up to `most` stopped trackings that were kept long enough; how many."""

        async def work(transaction: Transaction) -> int:
            ids = [identity for (identity,) in await transaction.fetch(_OVER, now=to_ms(now), most=most)]
            await delete(transaction, ids)
            return len(ids)

        return await self._database.write(work)


async def stop(
    transaction: Transaction, over: Sequence[News], reason: StopReason, now: datetime, kept_for: timedelta
) -> None:
    """Mark trackings as stopped and ask their carriers no more."""
    if over:
        ids = [news.tracking for news in over]
        await transaction.fetch(_STOP, ids=ids, now=to_ms(now), reason=reason, turns_at=to_ms(now + kept_for))
        await transaction.fetch(_REST, ids=ids)


async def delete(transaction: Transaction, ids: Sequence[int]) -> None:
    """Delete trackings with all that is theirs. Legs refer to them without a constraint, which each would pay for."""
    if ids:
        await transaction.fetch(_DELETE, ids=ids)
        await transaction.fetch(_DELETE_LEGS, ids=ids)


async def _save(transaction: Transaction, turns: Sequence[Turn]) -> None:
    rows = [(turn.tracking.id, turn.tracking.milestone, to_ms(turn.turns_at)) for turn in turns]
    await transaction.fetch(_TURN, rows=rows)
    await transaction.fetch(_WRITE, rows=[(turn.tracking.id, turn.track) for turn in turns])


def _farewell(tracking: Tracking) -> News:
    return News(
        account=tracking.account,
        tracking=tracking.id,
        number=tracking.number,
        carrier=tracking.carrier,
        kind=Kind.STOPPED,
    )
