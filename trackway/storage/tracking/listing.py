"""Lists of an account's trackings, however many it has."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from trackway.domain.following.listing import PAGE_SIZE, Filter, Listed, Page, Span
from trackway.domain.tracking import Milestone
from trackway.storage.database import Database, Row, from_ms, maybe_instant, to_ms
from trackway.storage.statement import Statement

# Counting stops this far behind the page asked for: whoever turns pages always learns that there are more.
COUNT_AHEAD = 10_000
_NEWEST = "ORDER BY registered_at DESC, id DESC"
_KEPT_PLACES = 10_000
_KEPT_FOR = timedelta(minutes=5)

_PUSHED = {0: "pushed_at IS NULL", 1: "push_status = 200", 2: "pushed_at IS NOT NULL AND push_status <> 200"}
COLUMNS = (
    "id, number, carrier, final_carrier, origin_country, destination_country, milestone, registered_at, tracked_at, "
    "pushed_at, push_status, stopped_at, stop_reason, retracked, carrier_changes, tag"
)


class Listing:
    """Pages of a list. Where a page ended is remembered, so that the next one is found without counting to it.

    It serves once and not for long, since what is registered meanwhile moves all places.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._places: dict[tuple[int, Filter, int], tuple[tuple[int, int], datetime]] = {}

    async def page(self, account: int, wanted: Filter, number: int, now: datetime) -> Page:
        """Page `number` (from 1), newest registered first; the total is exact up to COUNT_AHEAD behind the page."""
        place = self._end_of((account, wanted, number - 1), now)
        skipped = 0 if place or number == 1 else (number - 1) * PAGE_SIZE
        parts, values = parts_of(wanted, place)
        chosen = " UNION ALL ".join(
            f"SELECT * FROM (SELECT registered_at, id {part} {_NEWEST} LIMIT :reach) AS part" for part in parts
        )
        rows = await self._database.scan(
            Statement(
                f"SELECT {COLUMNS} FROM tracking WHERE id IN (SELECT id FROM ({chosen}) AS chosen {_NEWEST} "
                f"LIMIT :size OFFSET :skipped) {_NEWEST}"
            ),
            **values,
            account=account,
            reach=skipped + PAGE_SIZE,
            size=PAGE_SIZE,
            skipped=skipped,
        )
        if rows:
            self._remember((account, wanted, number), (rows[-1][7], rows[-1][0]), now)
        total = await self._count(account, wanted, number * PAGE_SIZE + COUNT_AHEAD)
        return Page(number=number, total=total, items=[listed(row) for row in rows])

    async def _count(self, account: int, wanted: Filter, most: int) -> int:
        parts, values = parts_of(wanted, None)
        order = _NEWEST if wanted.followed else ""  # what is followed is at that end
        counted = " UNION ALL ".join(f"SELECT * FROM (SELECT 1 {part} {order} LIMIT :most) AS part" for part in parts)
        statement = Statement(f"SELECT COUNT(*) FROM ({counted}) AS counted")
        ((total,),) = await self._database.scan(statement, **values, account=account, most=most)
        return int(total)

    def _end_of(self, page: tuple[int, Filter, int], now: datetime) -> tuple[int, int] | None:
        place, since = self._places.pop(page, (None, now))
        return place if now - since < _KEPT_FOR else None

    def _remember(self, page: tuple[int, Filter, int], last: tuple[int, int], now: datetime) -> None:
        self._places.pop(page, None)
        self._places[page] = last, now
        if len(self._places) > _KEPT_PLACES:
            del self._places[next(iter(self._places))]


def parts_of(
    wanted: Filter, place: tuple[int, int] | None, *, oldest_first: bool = False
) -> tuple[list[str], dict[str, Any]]:
    """The rows that a filter lets through, one part for each state so that each walks one index, and their values."""
    conditions = ["account_id = :account"]
    values: dict[str, Any] = {}
    for column, value in (("number", wanted.number), ("carrier", wanted.carrier)):
        if value is not None:
            conditions.append(f"{column} = :{column}")
            values[column] = value
    if wanted.push_state is not None:
        conditions.append(_PUSHED[wanted.push_state])
    if wanted.followed is not None:
        conditions.append("stopped_at IS NULL" if wanted.followed else "stopped_at IS NOT NULL")
    for column in ("registered", "tracked", "pushed", "stopped"):
        for condition, name, instant in _bounds(column, getattr(wanted, column)):
            conditions.append(condition)
            values[name] = instant
    if place is not None:
        conditions.append(f"(registered_at, id) {'>' if oldest_first else '<'} (:last_at, :last_id)")
        values |= {"last_at": place[0], "last_id": place[1]}
    base = f"FROM tracking WHERE {' AND '.join(conditions)}"
    stopped = wanted.followed is False or wanted.stopped != Span()
    if wanted.milestones is None and (wanted.carrier or wanted.number or stopped):
        return [base], values  # which have an index of their own
    milestones = tuple(Milestone) if wanted.milestones is None else wanted.milestones
    values |= {f"state{at}": milestone for at, milestone in enumerate(milestones)}
    return [f"{base} AND milestone = :state{at}" for at in range(len(milestones))], values


def _bounds(column: str, span: Span) -> Iterator[tuple[str, str, int]]:
    if span.start is not None:
        yield f"{column}_at >= :{column}_start", f"{column}_start", to_ms(span.start)
    if span.end is not None:
        yield f"{column}_at < :{column}_end", f"{column}_end", to_ms(span.end)


def listed(row: Row) -> Listed:
    """A tracking from a row of `COLUMNS`."""
    return Listed(
        id=row[0],
        number=row[1],
        carrier=row[2],
        final_carrier=row[3],
        origin_country=row[4],
        destination_country=row[5],
        milestone=Milestone(row[6]),
        registered_at=from_ms(row[7]),
        tracked_at=maybe_instant(row[8]),
        pushed_at=maybe_instant(row[9]),
        push_status=row[10],
        stopped_at=maybe_instant(row[11]),
        stop_reason=row[12],
        retracked=bool(row[13]),
        carrier_changes=row[14],
        tag=row[15],
    )
