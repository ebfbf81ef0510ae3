"""How often and how much a caller may call, counted once for all processes (H20, H21, T13)."""

from datetime import datetime

from trackway.domain.errors.access import DayLimitReached, TooFast
from trackway.storage.database import Database, Transaction, to_ms
from trackway.storage.statement import Statement

# Marks are instants of thirteen digits, newest first, so text alone is enough to compare, put in front and cut off.
# A mark is never older than the one before it. A caller may have waited for the store since it looked at its clock, so
# marks may lie ahead of it; one that lies more than a minute ahead is of a clock that was set back, and does not count.
_MARK = 13
_AHEAD_MS = 60_000
_MOVE = Statement(
    "INSERT INTO pace (subject, marks) VALUES (:subject, :mark) ON CONFLICT (subject) DO UPDATE SET marks = substr("
    "CASE WHEN pace.marks BETWEEN excluded.marks AND :until THEN substr(pace.marks, 1, 13) ELSE excluded.marks END "
    "|| pace.marks, 1, :kept) WHERE substr(pace.marks, :oldest, 13) NOT BETWEEN :since AND :until RETURNING 1"
)
_OLDEST = Statement("SELECT substr(marks, :oldest, 13) FROM pace WHERE subject = :subject")
_COUNT = Statement(
    "INSERT INTO tally (subject, day, calls) VALUES (:subject, :day, 1) "
    "ON CONFLICT (subject, day) DO UPDATE SET calls = tally.calls + 1 WHERE tally.calls < :limit RETURNING calls"
)
_MADE = Statement("SELECT calls FROM tally WHERE subject = :subject AND day = :day")


class Allowance:
    """Paces and day counts in the quick store. A limit of 0 is none, and costs nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pace(self, subject: str, now: datetime, window_ms: int, most: int) -> float:
        """0 for a call that may go on, else the seconds until the next one may.

        At most `most` calls go on in any `window_ms`; one that may not leaves no mark.
        """
        if not (window_ms and most):
            return 0
        return await self._database.write(lambda tx: _pace(tx, subject, to_ms(now), window_ms, most))

    async def count(self, subject: str, day: int, limit: int) -> bool:
        """Whether the call is one of the first `limit` of its day, which then has one less."""
        return not limit or await self._database.write(lambda tx: _count(tx, subject, day, limit))

    async def spend(self, subject: str, day: int, limit: int) -> int:
        """How many of the day's `limit` calls are left after this one, -1 where it is one too many."""
        made = await self._database.write(lambda tx: tx.fetch(_COUNT, subject=subject, day=day, limit=limit))
        return limit - made[0][0] if made else -1

    async def made(self, subject: str, day: int) -> int:
        """How many calls of the day were counted."""
        rows = await self._database.read(_MADE, subject=subject, day=day)
        return int(rows[0][0]) if rows else 0

    async def admit(self, subject: str, now: datetime, *, window_ms: int, most: int, day: int, limit: int) -> None:
        """Both at once: a call that either of them refuses leaves no trace in the other (H20).

        Raises:
            TooFast: above the pace.
            DayLimitReached: the day is used up.
        """

        async def work(tx: Transaction) -> None:
            if window_ms and most and (wait := await _pace(tx, subject, to_ms(now), window_ms, most)):
                raise TooFast(wait)
            if limit and not await _count(tx, subject, day, limit):
                raise DayLimitReached

        if limit or (window_ms and most):
            await self._database.write(work)


async def _pace(tx: Transaction, subject: str, now: int, window_ms: int, most: int) -> float:
    oldest = _MARK * (most - 1) + 1
    marks = {"mark": _text(now), "since": _text(now - window_ms + 1), "until": _text(now + _AHEAD_MS)}
    if await tx.fetch(_MOVE, subject=subject, oldest=oldest, kept=_MARK * most, **marks):
        return 0
    ((mark,),) = await tx.fetch(_OLDEST, subject=subject, oldest=oldest)
    return (int(mark) + window_ms - now) / 1000


async def _count(tx: Transaction, subject: str, day: int, limit: int) -> bool:
    return bool(await tx.fetch(_COUNT, subject=subject, day=day, limit=limit))


def _text(instant: int) -> str:
    return f"{max(instant, 0):0{_MARK}}"
