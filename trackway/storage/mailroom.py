"""The operator's items with their scans, and the partners who ask for them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count, groupby
from operator import itemgetter
from typing import Any

from trackway.domain.mail import Country, Item, Partner, Scan, Words
from trackway.storage.database import Database, Row, Transaction, to_ms
from trackway.storage.statement import Statement


def _columns(*fields: str) -> str:
    """`field_e, field_c, field_s, …`."""
    return ", ".join(f"{field}_{language}" for field in fields for language in "ecs")


def _typed(columns: str) -> str:
    return ", ".join(f"{column} text" for column in columns.split(", "))


def _kept(table: str, columns: str) -> str:
    """What an update sets: the new text, unless it is empty."""
    return ", ".join(
        f"{column} = COALESCE(NULLIF(excluded.{column}, ''), {table}.{column})" for column in columns.split(", ")
    )


_MILESTONE = _columns("milestone")
_ITEM = f"{_columns('drop_off')}, origin, {_columns('origin')}, destination, {_columns('destination')}"
_SCAN = f"time, place, {_columns('place')}, what, {_columns('message')}"

_NEWEST = Statement("SELECT number, MAX(posted) FROM item WHERE number @any(numbers text) GROUP BY number")
_POST = Statement(
    "UPDATE item SET posted = given.posted FROM @rows(rows: number text, posted text) AS given "
    "WHERE item.number = given.number AND item.posted = ''"
)
_PUT_ITEMS = Statement(
    f"INSERT INTO item (number, posted, {_ITEM}, {_MILESTONE}) SELECT number, posted, {_ITEM}, {_MILESTONE} "
    f"FROM @rows(rows: {_typed(f'number, posted, {_ITEM}, {_MILESTONE}')}) AS given WHERE true "
    f"ON CONFLICT (number, posted) DO UPDATE SET {_kept('item', _ITEM)}, "
    "milestone_e = excluded.milestone_e, milestone_c = excluded.milestone_c, milestone_s = excluded.milestone_s "
    "RETURNING number, id"
)
_PUT_SCANS = Statement(
    f"INSERT INTO scan (item_id, told, {_SCAN}) SELECT item_id, told, {_SCAN} "
    f"FROM @rows(rows: item_id bigint, told bigint, {_typed(_SCAN)}) AS given WHERE true "
    "ON CONFLICT (item_id, time, place, place_e, what) DO UPDATE SET "
    f"{_kept('scan', 'place_c, place_s, ' + _columns('message'))}"
)
_FIND = Statement(
    f"SELECT id, number, posted, {_ITEM}, {_MILESTONE} FROM item WHERE number @any(numbers text) ORDER BY posted"
)
_ALL = Statement(f"SELECT id, number, posted, {_ITEM}, {_MILESTONE} FROM item WHERE number = :number ORDER BY posted")
_SCANS = Statement(f"SELECT item_id, told, {_SCAN} FROM scan WHERE item_id @any(ids bigint) ORDER BY item_id")
_OLDEST_FIRST = itemgetter(2, 1)  # time, then told: sorting a few here is cheaper than sorting all there

_PARTNER = "sys_id, lookup, disabled, interval_ms, daily, zone, prefixes"
_CREATE = Statement(
    f"INSERT INTO partner ({_PARTNER}, created_at) VALUES (:sys_id, :lookup, :disabled, :interval_ms, :daily, :zone, "
    ":prefixes, :now) ON CONFLICT DO NOTHING RETURNING 1"
)
_PARTNERS = Statement(f"SELECT {_PARTNER} FROM partner ORDER BY sys_id")
_BY_ID = Statement(f"SELECT {_PARTNER} FROM partner WHERE sys_id = :sys_id")
_SET_DISABLED = Statement("UPDATE partner SET disabled = :disabled WHERE sys_id = :sys_id RETURNING 1")
_SET_LOOKUP = Statement("UPDATE partner SET lookup = :lookup WHERE sys_id = :sys_id RETURNING 1")


class Items:
    """Items by number and posting time: a number may be used again, and the newest item answers (H26)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, items: Sequence[Item], now: datetime) -> None:
        """Keep the items and scans that are new and mend the texts of the others; the same again changes nothing.

        A scan is the same at the same time and place with the same code or message. Scans of one minute keep the
        order in which they were told. An item that is told without its posting time is the newest of its number.
        """
        ordinals = count(to_ms(now) * 1000)

        async def work(tx: Transaction) -> None:
            for run in _runs(items):
                await _put(tx, run, ordinals)

        await self._database.write(work)

    async def find(self, numbers: Iterable[str]) -> dict[str, Item]:
        """The newest item of each number that there is, with all its scans, oldest first (H23)."""
        newest = {row[1]: row for row in await self._database.read(_FIND, numbers=list(numbers))}
        scans = await self._scans([row[0] for row in newest.values()])
        return {number: _item(row, scans.get(row[0], ())) for number, row in newest.items()}

    async def history(self, number: str) -> list[Item]:
        """Every item that had the number, by its posting time."""
        rows = await self._database.read(_ALL, number=number)
        scans = await self._scans([row[0] for row in rows])
        return [_item(row, scans.get(row[0], ())) for row in rows]

    async def _scans(self, ids: list[int]) -> dict[int, tuple[Scan, ...]]:
        rows = await self._database.read(_SCANS, ids=ids) if ids else []
        return {
            item: tuple(map(_scan, sorted(group, key=_OLDEST_FIRST))) for item, group in groupby(rows, itemgetter(0))
        }


class Partners:
    """API users. Their secrets come in as digests only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, partner: Partner, now: datetime) -> bool:
        """Whether the partner is new; nothing is changed where the name is taken."""
        return await self._done(
            _CREATE,
            sys_id=partner.sys_id,
            lookup=partner.lookup,
            disabled=partner.disabled,
            interval_ms=partner.interval_ms,
            daily=partner.daily,
            zone=partner.zone,
            prefixes=" ".join(partner.prefixes),
            now=to_ms(now),
        )

    async def all(self) -> list[Partner]:
        """Every partner, by name."""
        return [_partner(row) for row in await self._database.read(_PARTNERS)]

    async def find(self, sys_id: str) -> Partner | None:
        """The partner of that name."""
        rows = await self._database.read(_BY_ID, sys_id=sys_id)
        return _partner(rows[0]) if rows else None

    async def set_disabled(self, sys_id: str, *, disabled: bool) -> bool:
        """Shut a partner out, or let it in again; false if there is none of that name."""
        return await self._done(_SET_DISABLED, sys_id=sys_id, disabled=disabled)

    async def set_lookup(self, sys_id: str, lookup: str) -> bool:
        """Give a partner another secret; false if there is none of that name."""
        return await self._done(_SET_LOOKUP, sys_id=sys_id, lookup=lookup)

    async def _done(self, statement: Statement, **values: Any) -> bool:
        return bool(await self._database.write(lambda tx: tx.fetch(statement, **values)))


def _runs(items: Sequence[Item]) -> Iterator[dict[str, Item]]:
    """The items in their order, cut where a number comes again: one statement may touch a row only once."""
    run: dict[str, Item] = {}
    for item in items:
        if item.number in run:
            yield run
            run = {}
        run[item.number] = item
    yield run


async def _put(tx: Transaction, run: dict[str, Item], ordinals: Iterator[int]) -> None:
    """Rows go in by number, so that two loaders at once wait for each other in one order."""
    newest = await _pairs(tx, _NEWEST, numbers=list(run))
    posted = [(item.number, item.posted) for item in run.values() if item.posted and newest.get(item.number) == ""]
    if posted:
        await tx.fetch(_POST, rows=posted)
    rows = [(number, item.posted or newest.get(number, ""), *_item_row(item)) for number, item in sorted(run.items())]
    ids = await _pairs(tx, _PUT_ITEMS, rows=rows)
    scans = {
        (ids[number], *row[:3], row[5]): (ids[number], next(ordinals), *row)
        for number, item in sorted(run.items())
        for row in map(_scan_row, item.scans)
    }
    if scans:
        await tx.fetch(_PUT_SCANS, rows=list(scans.values()))


async def _pairs(tx: Transaction, statement: Statement, **values: Any) -> dict[str, Any]:
    return {name: value for name, value in await tx.fetch(statement, **values)}  # noqa: C416  # rows are no tuples


def _item_row(item: Item) -> tuple[str, ...]:
    return (
        *_flat(item.drop_off),
        item.origin.code,
        *_flat(item.origin.name),
        item.destination.code,
        *_flat(item.destination.name),
        *_flat(item.milestone),
    )


def _scan_row(scan: Scan) -> tuple[str, ...]:
    return (scan.time, scan.place.code, *_flat(scan.place.name), scan.what, *_flat(scan.message))


def _flat(words: Words) -> tuple[str, str, str]:
    return words.e, words.c, words.s


def _item(row: Row, scans: tuple[Scan, ...]) -> Item:
    return Item(
        number=row[1],
        posted=row[2],
        drop_off=Words(*row[3:6]),
        origin=Country(row[6], Words(*row[7:10])),
        destination=Country(row[10], Words(*row[11:14])),
        milestone=Words(*row[14:17]),
        scans=scans,
    )


def _scan(row: Row) -> Scan:
    _, _, time, place, place_e, place_c, place_s, what, *message = row
    return Scan(time, Country(place, Words(place_e, place_c, place_s)), what, Words(*message))


def _partner(row: Row) -> Partner:
    sys_id, lookup, disabled, interval_ms, daily, zone, prefixes = row
    return Partner(
        sys_id=sys_id,
        lookup=lookup,
        disabled=bool(disabled),
        interval_ms=interval_ms,
        daily=daily,
        zone=zone,
        prefixes=tuple(prefixes.split()),
    )
