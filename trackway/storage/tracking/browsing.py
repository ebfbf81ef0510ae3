"""An account's trackings as people browse them: from place to place, by the beginning of a number or tag, one whole."""

from collections.abc import AsyncIterator, Mapping

from msgspec import Struct

from trackway.domain.following.listing import Filter, Listed
from trackway.domain.tracking import Milestone, Position, Tracking
from trackway.storage.database import Database, Row
from trackway.storage.statement import Statement
from trackway.storage.tracking.listing import COLUMNS, listed, parts_of
from trackway.storage.tracking.loading import look

MOST_COUNTED = 10_000
_LONGEST = 50
_BATCH = 1000
Place = tuple[int, int]

_COUNTS = Statement(
    " UNION ALL ".join(
        f"SELECT '{milestone}', COUNT(*) FROM (SELECT 1 FROM tracking WHERE account_id = :account "
        f"AND milestone = '{milestone}' LIMIT :most) AS found"
        for milestone in Milestone
    )
)
# A number is letters and digits, so what begins with a text lies between it and itself filled up with Z.
_NUMBERS = Statement(
    f"SELECT {COLUMNS} FROM tracking WHERE account_id = :account AND number BETWEEN :begin AND :end "
    "ORDER BY number, carrier LIMIT :most"
)
_TAGS = Statement(
    f"SELECT {COLUMNS} FROM tracking WHERE account_id = :account AND tag IS NOT NULL AND @prefix(tag begin) LIMIT :most"
)
_ONE = Statement(f"SELECT {COLUMNS} FROM tracking WHERE account_id = :account AND id = :id")
_RAW = Statement("SELECT position, raw FROM answer WHERE tracking_id = :id")


class Leaf(Struct, frozen=True, kw_only=True):
    """Some trackings in order of their registration, and where the list goes on, None at its end."""

    items: list[Listed]
    further: Place | None


class Whole(Struct, frozen=True, kw_only=True):
    """One tracking: as lists show it, with its legs and events, and what each carrier answered word for word."""

    listed: Listed
    tracking: Tracking
    raw: Mapping[Position, str]


class Browsing:
    """Every question names its account and walks one index, however many trackings there are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def leaf(
        self, account: int, wanted: Filter, place: Place | None, most: int, *, oldest_first: bool = False
    ) -> Leaf:
        """Up to `most` trackings that the filter lets through, behind a place."""
        parts, values = parts_of(wanted, place, oldest_first=oldest_first)
        order = "ORDER BY registered_at, id" if oldest_first else "ORDER BY registered_at DESC, id DESC"
        chosen = " UNION ALL ".join(
            f"SELECT * FROM (SELECT registered_at, id {part} {order} LIMIT :most) AS part" for part in parts
        )
        statement = Statement(
            f"SELECT {COLUMNS} FROM tracking WHERE id IN (SELECT id FROM ({chosen}) AS chosen {order} LIMIT :most) "
            f"{order}"
        )
        rows = await self._database.scan(statement, account=account, most=most, **values)
        return Leaf(items=[listed(row) for row in rows], further=_place(rows[-1]) if len(rows) == most else None)

    async def every(self, account: int, wanted: Filter) -> AsyncIterator[list[Listed]]:
        """All that the filter lets through, a thousand at a time."""
        place: Place | None = None
        while True:
            leaf = await self.leaf(account, wanted, place, _BATCH)
            yield leaf.items
            place = leaf.further
            if place is None:
                return

    async def counts(self, account: int) -> dict[Milestone, int]:
        """How many trackings stand where, up to MOST_COUNTED of each."""
        rows = await self._database.scan(_COUNTS, account=account, most=MOST_COUNTED)
        return {Milestone(milestone): count for milestone, count in rows}

    async def beginning(self, account: int, text: str, most: int) -> list[Listed]:
        """Up to `most` trackings whose number begins so, then as many whose tag does."""
        number, rows = text.strip().upper(), []
        if number.isascii() and number.isalnum() and len(number) <= _LONGEST:
            end = number.ljust(_LONGEST, "Z")
            rows = await self._database.scan(_NUMBERS, account=account, begin=number, end=end, most=most)
        tagged = await self._database.scan(_TAGS, account=account, begin=text.strip(), most=most)
        met = {row[0] for row in rows}
        return [listed(row) for row in [*rows, *(row for row in tagged if row[0] not in met)]]

    async def one(self, account: int, identity: int) -> Whole | None:
        """One tracking of the account."""
        rows = await self._database.read(_ONE, account=account, id=identity)
        whole = (await look(self._database, [identity])).get(identity) if rows else None
        if whole is None:
            return None
        answers = await self._database.read(_RAW, id=identity)
        return Whole(
            listed=listed(rows[0]), tracking=whole, raw={Position(position): said for position, said in answers}
        )


def _place(row: Row) -> Place:
    return row[7], row[0]
