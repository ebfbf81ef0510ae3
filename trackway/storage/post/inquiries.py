"""Who asked how often and when: the day counts of partners, and a log of what each call was told."""

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from trackway.storage.database import Database, from_ms, to_ms
from trackway.storage.statement import Statement

_PREFIX = "hkpost:"
_NOTE = Statement("INSERT INTO inquiry (sys_id, asked_at, told) VALUES (:sys_id, :asked_at, :told)")
_OF_NUMBER = Statement("SELECT sys_id, asked_at, told FROM inquiry WHERE told LIKE :like ORDER BY asked_at, id")
_USAGE = Statement("SELECT subject, day, calls FROM tally WHERE subject LIKE 'hkpost:%' ORDER BY subject, day")
_PURGE = Statement(
    "DELETE FROM inquiry WHERE id IN (SELECT id FROM (SELECT id, asked_at FROM inquiry ORDER BY id LIMIT :most) AS "
    "oldest WHERE asked_at < :before) RETURNING 1"
)


def subject_of(sys_id: str) -> str:
    """Under which a partner's calls are counted."""
    return _PREFIX + sys_id


class Asked(Struct, frozen=True):
    """One asking for one item, and the status that it was told."""

    sys_id: str
    at: datetime
    status: int


class Usage(Struct, frozen=True):
    """The calls of one partner that were let in on one of its days."""

    sys_id: str
    day: date
    calls: int


class Inquiries:
    """On the quick store: a call costs one short row, whatever it asks for; finding a number looks at every row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, sys_id: str, told: Iterable[tuple[str, int]], now: datetime) -> None:
        """Keep what one call was told: each number with its status."""
        text = " ".join([f"{number}:{status}" for number, status in told])
        if text:
            await self._database.write(lambda tx: tx.fetch(_NOTE, sys_id=sys_id, asked_at=to_ms(now), told=text))

    async def of(self, number: str) -> list[Asked]:
        """Every asking for the number that is still kept, oldest first; a call that asked twice is there twice."""
        rows = await self._database.scan(_OF_NUMBER, like=f"%{number}:%")
        return [
            Asked(sys_id, from_ms(asked_at), int(status))
            for sys_id, asked_at, told in rows
            for asked, _, status in (entry.partition(":") for entry in told.split())
            if asked == number
        ]

    async def usage(self) -> list[Usage]:
        """The days of every partner on which a call was let in, as far as they are kept."""
        rows = await self._database.scan(_USAGE)
        return [Usage(subject.removeprefix(_PREFIX), date.fromordinal(day), calls) for subject, day, calls in rows]

    async def purge(self, before: datetime, most: int) -> int:
        """Delete those of the `most` calls noted first that are of before then; how many."""
        return len(await self._database.write(lambda tx: tx.fetch(_PURGE, before=to_ms(before), most=most)))
