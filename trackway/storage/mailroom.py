"""The operator's items with their scans, and the partners who ask for them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from trackway.domain.card import Card, card_of, item_on
from trackway.domain.mail import Country, Item, Partner, Scan
from trackway.storage.database import Database, Row, Transaction, to_ms
from trackway.storage.statement import Statement

Bare = Callable[[Item], Item]


_NOTHING = Item(number="")
_LENGTH = 13
_BEGINS = re.compile(r"[A-Z0-9]{0,13}").fullmatch
_BY_TIME = attrgetter("time")

_NEWEST = Statement("SELECT number, MAX(posted) FROM item WHERE number @any(numbers text) GROUP BY number")
_POST = Statement(
    "UPDATE item SET posted = given.posted FROM @rows(rows: number text, posted text) AS given "
    "WHERE item.number = given.number AND item.posted = ''"
)
_PUT = Statement(
    "INSERT INTO item (number, posted, body) SELECT number, posted, body "
    "FROM @rows(rows: number text, posted text, body text) AS given WHERE true "
    "ON CONFLICT (number, posted) DO NOTHING RETURNING number, posted"
)
_KNOWN = Statement(
    "SELECT number, posted, body FROM item WHERE number @any(numbers text) ORDER BY number, posted @locked"
)
_MEND = Statement(
    "INSERT INTO item (number, posted, body) SELECT number, posted, body "
    "FROM @rows(rows: number text, posted text, body text) AS given WHERE true "
    "ON CONFLICT (number, posted) DO UPDATE SET body = excluded.body"
)
_FIND = Statement("SELECT number, posted, body FROM item WHERE number @any(numbers text)")
_ALL = Statement("SELECT number, posted, body FROM item WHERE number = :number ORDER BY posted")
_POSTED_BEFORE = Statement(
    "SELECT number, posted FROM item WHERE posted > '' AND posted < :edge AND (number, posted) > (:number, :posted) "
    "ORDER BY number, posted LIMIT :most"
)
_DELETE = Statement(
    "DELETE FROM item WHERE (number, posted) IN "
    "(SELECT number, posted FROM @rows(rows: number text, posted text) AS given)"
)
_BEGINNING = Statement(
    "SELECT number, posted, body FROM item WHERE number BETWEEN :first AND :last AND (number, posted) > "
    "(:number, :posted) ORDER BY number, posted LIMIT :most"
)

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
    """Items by number and posting time: a number may be used again, and the newest item answers (H26).

    A row holds its item whole: reading thirty of them is one statement, whatever happened to them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, items: Sequence[Item], bare: Bare) -> None:
        """Keep the items and scans that are new and mend the texts of the others; the same again changes nothing.

        A scan is the same at the same time and place with the same code or message. Scans of one minute keep the
        order in which they were told. An item that is told without its posting time is the newest of its number.
        Texts that `bare` takes away are not kept, and are no difference between two scans.
        """

        async def work(tx: Transaction) -> None:
            for run in _runs(items):
                await _put(tx, run, bare)

        await self._database.write(work)

    async def find(self, numbers: Iterable[str]) -> dict[str, Card]:
        """The card of the newest item of each number that there is."""
        found: dict[str, Row] = {}
        for row in await self._database.read(_FIND, numbers=list(numbers)):
            if row[0] not in found or row[1] > found[row[0]][1]:  # cheaper than to have bodies sorted
                found[row[0]] = row
        return {number: Card(*row) for number, row in found.items()}

    async def history(self, number: str) -> list[Item]:
        """Every item that had the number, by its posting time."""
        return list(map(_item, await self._database.read(_ALL, number=number)))

    async def beginning(self, prefix: str, after: tuple[str, str], most: int) -> list[Item]:
        """Up to `most` items whose numbers begin so, by number and posting time, from beyond `after` on."""
        if not _BEGINS(prefix):
            return []
        number, posted = after
        values = {"first": prefix, "last": prefix.ljust(_LENGTH, "Z"), "number": number, "posted": posted, "most": most}
        return list(map(_item, await self._database.read(_BEGINNING, **values)))

    async def posted_before(self, edge: str, after: tuple[str, str], most: int) -> list[tuple[str, str]]:
        """Number and posting time of up to `most` items posted before then, from beyond `after` on."""
        number, posted = after
        rows = await self._database.scan(_POSTED_BEFORE, edge=edge, number=number, posted=posted, most=most)
        return [(number, posted) for number, posted in rows]

    async def delete(self, items: Sequence[tuple[str, str]]) -> None:
        """Forget items, known by number and posting time, with their scans."""
        await self._database.write(lambda tx: tx.fetch(_DELETE, rows=items))


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


async def _put(tx: Transaction, run: dict[str, Item], bare: Bare) -> None:
    """Rows go in by number, so that two loaders at once wait for each other in one order.

    What another loader puts in first is there when we look for what our own insert did not take.
    """
    newest = {number: posted for number, posted in await tx.fetch(_NEWEST, numbers=list(run))}  # noqa: C416  # no tuples
    posted = [(item.number, item.posted) for item in run.values() if item.posted and newest.get(item.number) == ""]
    if posted:
        await tx.fetch(_POST, rows=posted)
        newest |= dict(posted)
    told = {(number, item.posted or newest.get(number, "")): item for number, item in sorted(run.items())}
    fresh = [_row(key, _merged(_NOTHING, item, bare)) for key, item in told.items() if newest.get(key[0]) != key[1]]
    taken = {(number, posted) for number, posted in await tx.fetch(_PUT, rows=fresh)} if fresh else set()
    rest = [key for key in told if key not in taken]
    if rest:
        rows = await tx.fetch(_KNOWN, numbers=[number for number, _ in rest])
        kept = {(number, posted): _item((number, posted, body)) for number, posted, body in rows}
        merged = {key: _merged(kept.get(key, _NOTHING), told[key], bare) for key in rest}
        await tx.fetch(_MEND, rows=[_row(key, item) for key, item in merged.items() if item != kept.get(key)])


def _merged(kept: Item, told: Item, bare: Bare) -> Item:
    """The item with what is told of it now; a text that is not told stays."""
    scans = {_identity(scan): scan for scan in bare(kept).scans}
    for scan, plain in zip(told.scans, bare(told).scans, strict=True):
        old = scans.get(_identity(plain), scan)
        place = Country(plain.place.code, scan.place.name.filled(old.place.name))
        scans[_identity(plain)] = Scan(scan.time, place, scan.what, scan.message.filled(old.message))
    return bare(
        Item(
            number=told.number,
            posted=told.posted or kept.posted,
            drop_off=told.drop_off.filled(kept.drop_off),
            origin=_country(told.origin, kept.origin),
            destination=_country(told.destination, kept.destination),
            milestone=told.milestone,
            scans=tuple(sorted(scans.values(), key=_BY_TIME)),
        )
    )


def _identity(scan: Scan) -> tuple[str, str, str, str]:
    return scan.time, scan.place.code, scan.place.name.e, scan.what


def _country(told: Country, kept: Country) -> Country:
    same = told.code in {"", kept.code}
    return Country(kept.code, told.name.filled(kept.name)) if same else told


def _row(key: tuple[str, str], item: Item) -> tuple[str, str, str]:
    return (*key, card_of(item).text)


def _item(row: Row) -> Item:
    return item_on(Card(*row))


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
