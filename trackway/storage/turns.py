"""The turns in a tracking's life that time brings: its stop, and its deletion."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from trackway.domain.tracking import StopReason
from trackway.domain.webhook import Kind, News
from trackway.storage.database import Announce, Database, Transaction, to_ms
from trackway.storage.statement import Statement

_OVER = Statement(
    "SELECT id, account_id, number, carrier FROM tracking WHERE turns_at <= :now AND stopped_at IS NULL "
    "ORDER BY turns_at LIMIT :most @skip_locked"
)
_STOP = Statement(
    "UPDATE tracking SET stopped_at = :now, stop_reason = :reason, turns_at = :turns_at WHERE id @any(ids bigint)"
)
_REST = Statement("UPDATE leg SET due_at = NULL WHERE tracking_id @any(ids bigint)")
_DELETE = Statement(
    "DELETE FROM tracking WHERE id IN (SELECT id FROM tracking WHERE turns_at <= :now AND stopped_at IS NOT NULL "
    "ORDER BY turns_at LIMIT :most @skip_locked) RETURNING id"
)


class Turns:
    """What is stopped and forgotten by its age (T31)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def stop_over(self, now: datetime, kept_for: timedelta, announce: Announce, most: int) -> int:
        """Stop up to `most` trackings whose time is over and announce it in the same transaction; how many."""

        async def work(transaction: Transaction) -> int:
            rows = await transaction.fetch(_OVER, now=to_ms(now), most=most)
            over = [
                News(tracking=row[0], account=row[1], number=row[2], carrier=row[3], kind=Kind.STOPPED) for row in rows
            ]
            await stop(transaction, over, StopReason.EXPIRED, now, kept_for)
            await announce(transaction, over, now)
            return len(over)

        return await self._database.write(work)

    async def delete_over(self, now: datetime, most: int) -> int:
        """Delete up to `most` stopped trackings that were kept long enough; how many."""
        return len(await self._database.write(lambda tx: tx.fetch(_DELETE, now=to_ms(now), most=most)))


async def stop(
    transaction: Transaction, over: Sequence[News], reason: StopReason, now: datetime, kept_for: timedelta
) -> None:
    """Mark trackings as stopped and ask their carriers no more."""
    ids = [news.tracking for news in over]
    await transaction.fetch(_STOP, ids=ids, now=to_ms(now), reason=reason, turns_at=to_ms(now + kept_for))
    await transaction.fetch(_REST, ids=ids)
