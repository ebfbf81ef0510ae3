"""The budget ledger: a row for each call to a carrier."""

from collections.abc import Sequence
from datetime import date, datetime

from trackway.domain.asking.ledger import Call, Day
from trackway.domain.asking.planning import Reason
from trackway.storage.database import Database, to_ms
from trackway.storage.statement import Statement

_REASONS = tuple(Reason)
_COUNTS = ("items", "answers", "faults", "limited", "failed", "took_ms", *(f"because_{reason}" for reason in _REASONS))
_NOTE = Statement(
    f"INSERT INTO call (connector, at, left_today, {', '.join(_COUNTS)}) "
    f"VALUES (:connector, :at, :left, {', '.join(f':{name}' for name in _COUNTS)})"
)
_SUM = Statement(
    f"SELECT COUNT(*), {', '.join(f'CAST(COALESCE(SUM({name}), 0) AS BIGINT)' for name in _COUNTS)} "
    "FROM call WHERE connector = :connector AND at >= :since AND at < :until"
)
_LEFT = Statement(
    "SELECT left_today FROM call WHERE connector = :connector AND at >= :since AND at < :until "
    "ORDER BY at DESC, id DESC LIMIT 1"
)
_LAST = Statement(
    "SELECT failed FROM call WHERE connector = :connector AND limited = 0 ORDER BY at DESC, id DESC LIMIT :most"
)
# Ids follow time, so the oldest rows by id are looked at and no others, however many there are.
_PURGE = Statement(
    "DELETE FROM call WHERE id IN (SELECT id FROM (SELECT id, at FROM call ORDER BY id LIMIT :most) AS oldest "
    "WHERE at < :before) RETURNING 1"
)


class Ledger:
    """On the quick store: a call costs one short row, however many numbers it asks for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, call: Call) -> None:
        """Keep one call."""
        values = {
            "connector": call.connector,
            "at": to_ms(call.at),
            "left": call.left,
            "items": call.items,
            "answers": call.answers,
            "faults": call.faults,
            "limited": int(call.limited),
            "failed": int(call.failed),
            "took_ms": call.took_ms,
            **{f"because_{reason}": call.reasons.get(reason, 0) for reason in _REASONS},
        }
        await self._database.write(lambda tx: tx.fetch(_NOTE, **values))

    async def day(self, connector: str, day: date, since: datetime, until: datetime) -> Day:
        """What a carrier account did on a day, which is from `since` to `until`."""
        times = {"since": to_ms(since), "until": to_ms(until)}
        ((calls, *counts),) = await self._database.scan(_SUM, connector=connector, **times)
        last = await self._database.read(_LEFT, connector=connector, **times)
        told = dict(zip(_COUNTS, counts, strict=True))
        reasons = {reason: told.pop(f"because_{reason}") for reason in _REASONS}
        return Day(
            connector=connector, day=day, calls=calls, left=last[0][0] if last else None, reasons=reasons, **told
        )

    async def failures(self, connector: str, most: int) -> int:
        """How many of the account's last calls failed one after the other, counted up to `most`."""
        rows: Sequence[Sequence[int]] = await self._database.read(_LAST, connector=connector, most=most)
        return next((count for count, (failed,) in enumerate(rows) if not failed), len(rows))

    async def purge(self, before: datetime, most: int) -> int:
        """Delete up to `most` calls of before then; how many."""
        return len(await self._database.write(lambda tx: tx.fetch(_PURGE, before=to_ms(before), most=most)))
