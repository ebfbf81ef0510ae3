"""Which trackings of an account want a person."""

from datetime import datetime

import msgspec
from msgspec import Struct

from trackway.domain.tracking import Event, Milestone
from trackway.storage.database import Database, Row, from_ms, to_ms
from trackway.storage.statement import Statement

_WANTED = (
    "SELECT id, number, carrier, tag, milestone, progressed_at, "
    "(SELECT events FROM answer WHERE tracking_id = tracking.id ORDER BY position DESC LIMIT 1) FROM tracking "
    "WHERE account_id = :account AND milestone = :milestone AND awaiting_since IS NULL AND stopped_at IS NULL "
)
_LATEST = Statement(f"{_WANTED} ORDER BY progressed_at DESC LIMIT :most")
_STILL = Statement(f"{_WANTED} AND progressed_at < :late ORDER BY progressed_at LIMIT :most")
_EVENTS = msgspec.json.Decoder(list[Event])


class Wanted(Struct, frozen=True, kw_only=True):
    """A tracking to look at: since when nothing new was heard of it, and what was heard last."""

    id: int
    number: str
    carrier: int
    tag: str
    milestone: Milestone
    since: datetime
    event: Event | None


class Attention:
    """Short lists, each read along one index, however many trackings there are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def at(self, account: int, milestone: Milestone, most: int) -> list[Wanted]:
        """Those at a milestone, the latest news first."""
        rows = await self._database.read(_LATEST, account=account, milestone=milestone, most=most)
        return [_wanted(row) for row in rows]

    async def still(self, account: int, milestone: Milestone, late: datetime, most: int) -> list[Wanted]:
        """Those at a milestone of which nothing was heard since `late`, the longest silence first."""
        values = {"account": account, "milestone": milestone, "late": to_ms(late), "most": most}
        return [_wanted(row) for row in await self._database.read(_STILL, **values)]


def _wanted(row: Row) -> Wanted:
    events = _EVENTS.decode(row[6]) if row[6] else []
    return Wanted(
        id=row[0],
        number=row[1],
        carrier=row[2],
        tag=row[3] or "",
        milestone=Milestone(row[4]),
        since=from_ms(row[5]),
        event=events[0] if events else None,
    )
