"""The operator's items with their scans, and the partners who ask for them."""

import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from trackway.domain.post.card import Card, item_on
from trackway.domain.post.mail import Item, Partner
from trackway.domain.post.scribe import Scribe
from trackway.storage.database import Database, Row, Transaction, to_ms
from trackway.storage.statement import Statement

_LENGTH = 13
_BEGINS = re.compile(r"[A-Z0-9]{0,13}").fullmatch

_PUT = Statement(
    "INSERT INTO item (id, number, posted, body) SELECT id, number, posted, body "
    "FROM @rows(rows: id bigint, number text, posted text, body text) AS given WHERE true "
    "ON CONFLICT DO NOTHING RETURNING number"
)
_KNOWN = Statement(
    "SELECT id, number, posted, body FROM item WHERE number @any(numbers text) ORDER BY number, posted @locked"
)
_MEND = Statement(
    "UPDATE item SET posted = given.posted, body = given.body FROM @rows(rows: id bigint, posted text, body text) "
    "AS given WHERE item.id = given.id"
)
_MOVE = Statement(
    "UPDATE item SET id = given.away FROM @rows(rows: id bigint, away bigint) AS given WHERE item.id = given.id"
)
_AT_HOME = Statement("SELECT number, posted, @bytes(body) FROM item WHERE id @any(homes bigint)")
_FIND = Statement("SELECT number, posted, @bytes(body) FROM item WHERE number @any(numbers text)")
_ALL = Statement("SELECT number, posted, @bytes(body) FROM item WHERE number = :number ORDER BY posted")
_POSTED_BEFORE = Statement(
    "SELECT number, posted FROM item WHERE posted > '' AND posted < :edge AND (number, posted) > (:number, :posted) "
    "ORDER BY number, posted LIMIT :most"
)
_DELETE = Statement(
    "DELETE FROM item WHERE (number, posted) IN "
    "(SELECT number, posted FROM @rows(rows: number text, posted text) AS given)"
)
_BEGINNING = Statement(
    "SELECT number, posted, @bytes(body) FROM item WHERE number BETWEEN :first AND :last AND (number, posted) > "
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

    A row holds its item whole: reading thirty of them is one statement, whatever happened to them. Its id is the home
    that its number gives it, where it is found without the index, as long as it is the only item of its number and no
    other number's item lives there. All others are away.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, items: Sequence[Item], scribe: Scribe) -> None:
        """Keep the items and scans that are new and mend the texts of the others; the same again changes nothing.

        An item that is told without its posting time is the newest of its number.
        """

        async def work(tx: Transaction) -> None:
            for run in _runs(items):
                await _put(tx, run, scribe)

        await self._database.write(work)

    async def find(self, numbers: AbstractSet[str]) -> dict[str, Card]:
        """The card of the newest item of each number that there is."""
        rows = await self._database.read(_AT_HOME, homes=list(map(_home, numbers)))
        found = {number: Card(number, posted, text) for number, posted, text in rows}
        if away := numbers - found.keys():
            for number, posted, text in await self._database.read(_FIND, numbers=list(away)):
                if number not in found or posted > found[number].posted:  # cheaper than to have bodies sorted
                    found[number] = Card(number, posted, text)
        return found

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


def _runs(items: Sequence[Item]) -> list[dict[str, Item]]:
    """The items by how often their number came before: one statement may touch a row only once.

    The first run has every number, so that two loaders at once that come to the same ones do so in one order.
    """
    runs: list[dict[str, Item]] = []
    came: Counter[str] = Counter()
    for item in items:
        if (turn := came[item.number]) == len(runs):
            runs.append({})
        runs[turn][item.number] = item
        came[item.number] += 1
    return runs


def _home(number: str) -> int:
    """The id of a number's only item; numbers that differ in the last letter alone have the same, and one gets it."""
    return int(number[:12], 36)


def _away() -> int:
    """An id that is nobody's home."""
    return ~secrets.randbits(62)


async def _put(tx: Transaction, run: Mapping[str, Item], scribe: Scribe, *, homeless: bool = False) -> None:
    """Rows go in by number, so that two loaders at once wait for each other in one order.

    What another loader puts in first is there when we look again for what our own insert did not take. Where nothing
    is, another number's item is at home.
    """
    kept: dict[str, dict[str, Row]] = {number: {} for number in sorted(run)}
    for row in await tx.fetch(_KNOWN, numbers=list(kept)):
        kept[row[1]][row[2]] = row
    fresh, mended, moved = [], [], []
    for number, rows in kept.items():
        item = run[number]
        if own := _row_of(item, rows):
            identity, _, *before = own
            after = [item.posted or before[0], scribe.text(before[1], item)]
            mended += [(identity, *after)] if after != before else []
        else:
            identity = _away() if rows or homeless else _home(number)
            fresh.append((identity, number, item.posted, scribe.text("", item)))
            moved += [(row[0], _away()) for row in rows.values() if row[0] >= 0]
    if mended:
        await tx.fetch(_MEND, rows=mended)
    if moved:
        await tx.fetch(_MOVE, rows=moved)
    taken = {number for (number,) in await tx.fetch(_PUT, rows=fresh)} if fresh else set()
    if len(taken) < len(fresh):
        left = {number: run[number] for _, number, *_ in fresh if number not in taken}
        await _put(tx, left, scribe, homeless=True)


def _row_of(item: Item, rows: Mapping[str, Row]) -> Row | None:
    """The row of the item among those of its number, which stand by posting time; none for an item that is new."""
    newest = rows[max(rows)] if rows else None
    if newest is None or not item.posted or not newest[2]:
        return newest
    return rows.get(item.posted)


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
