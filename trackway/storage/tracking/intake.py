"""New trackings let in: what many requests want at the same time is one transaction, and one statement for all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from trackway.domain.account import Usage
from trackway.domain.tracking import CANDIDATES, Origin, Position
from trackway.storage.database import Database, Row, Transaction, to_ms
from trackway.storage.people.accounts import day_of
from trackway.storage.statement import Statement
from trackway.storage.together import Together

_TAKE = Statement(
    "UPDATE account SET used = used + :wanted, day = :day, "
    "day_used = CASE WHEN day = :day THEN day_used ELSE 0 END + :wanted WHERE id = :account "
    "RETURNING used - :wanted, day_used - :wanted, quota, daily"
)
_GIVE_BACK = Statement("UPDATE account SET used = used - :over, day_used = day_used - :over WHERE id = :account")
_NEW = (
    "INSERT INTO tracking (account_id, number, carrier, final_carrier, origin, param, tag, origin_country, "
    "registered_at, awaiting_since, progressed_at, turns_at) "
    "SELECT account, number, carrier, final_carrier, origin, param, tag, origin_country, "
    "CAST(:now AS BIGINT), CAST(:now AS BIGINT), CAST(:now AS BIGINT), CAST(:turns_at AS BIGINT) "
    "FROM @rows(rows: account bigint, number text, carrier integer, final_carrier integer, origin integer, param text, "
    "tag text, origin_country text) AS given WHERE given.origin <> 3 OR NOT EXISTS (SELECT 1 FROM tracking AS known "
    "WHERE known.account_id = given.account AND known.number = given.number AND known.guess = given.carrier) "
    "ON CONFLICT (account_id, number, carrier) DO NOTHING"
)
_FIRST_LEGS = (
    "INSERT INTO leg (tracking_id, position, carrier, due_at) SELECT id, 1, carrier, CAST(:now AS BIGINT) FROM "
)
# Where others write too, one statement tells what is new and gives it legs; SQLite can do that only in steps.
_INSERT_ALL = Statement(
    f"WITH new AS ({_NEW} RETURNING id, account_id, number, carrier), legs AS ({_FIRST_LEGS} new) "
    "SELECT id, account_id, number, carrier FROM new"
)
_LAST = Statement("SELECT COALESCE(MAX(id), 0) FROM tracking")
_INSERT = Statement(_NEW)
_INSERT_FIRST_LEGS = Statement(_FIRST_LEGS + "tracking WHERE id > :last")
_SINCE = Statement("SELECT id, account_id, number, carrier FROM tracking WHERE id > :last")
_INSERT_LEGS = Statement(
    "INSERT INTO leg (tracking_id, position, carrier, due_at, reason) SELECT tracking_id, position, carrier, "
    "CAST(:now AS BIGINT), CASE WHEN position > 2 THEN 'candidate' ELSE 'new' END "
    "FROM @rows(legs: tracking_id bigint, position integer, carrier integer) AS given WHERE true"
)
_KNOWN = Statement(
    "SELECT number, carrier, guess FROM tracking WHERE account_id = :account AND number @any(numbers text)"
)
_NO_LIMIT = 1 << 30

Pair = tuple[str, int]


class NewTracking(Struct, frozen=True, kw_only=True):
    """A tracking that is to be registered; `candidates` are other carriers whose it may be, the likeliest first."""

    number: str
    carrier: int
    final_carrier: int
    origin: Origin
    param: str
    tag: str | None
    origin_country: str
    candidates: tuple[int, ...] = ()


class Registered(Struct, frozen=True, kw_only=True):
    """What became of a request: the new pairs of number and carrier, those known before, the account's use."""

    new: frozenset[Pair]
    known: frozenset[Pair]
    usage: Usage


class _Wish(Struct, frozen=True, kw_only=True):
    """What one request wants to register."""

    account: int
    items: Sequence[NewTracking]
    now: datetime
    turns_at: datetime


class Intake:
    """Where new trackings come in. What is asked for while a batch is being written is the next batch."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._together = Together(self._admit)

    async def register(
        self, account: int, wanted: Sequence[NewTracking], now: datetime, turns_at: datetime
    ) -> Registered:
        """Register what is new, as far as the account's quota and day allow, due to be asked at once (T30).

        The account's row comes first and stays locked, so that the limits are exact however many processes register at
        once: all that is wanted is taken from them, and what did not come to be is given back.
        """
        return await self._together.one(_Wish(account=account, items=wanted, now=now, turns_at=turns_at))

    async def _admit(self, wishes: Sequence[_Wish]) -> Sequence[Registered]:
        return await self._database.write(lambda transaction: _admit(transaction, wishes))


async def _admit(transaction: Transaction, wishes: Sequence[_Wish]) -> list[Registered]:
    now, turns_at = max(wish.now for wish in wishes), max(wish.turns_at for wish in wishes)
    wanted: dict[int, list[NewTracking]] = {}
    for wish in wishes:
        wanted.setdefault(wish.account, []).extend(wish.items)
    usage: dict[int, Usage] = {}
    allowed: list[tuple[int, NewTracking]] = []
    for account in sorted(wanted):  # as everyone locks accounts: so no two wait for each other
        usage[account] = await _take(transaction, account, len(wanted[account]), now)
        items = await _allowed(transaction, account, wanted[account], usage[account])
        allowed += [(account, item) for item in items]
    new = await _insert(transaction, allowed, to_ms(now), to_ms(turns_at))
    known: dict[int, frozenset[Pair]] = {}
    for account, items in wanted.items():
        if over := len(items) - len(new.get(account, ())):
            await transaction.fetch(_GIVE_BACK, account=account, over=over)
            known[account] = await _known(transaction, account, items)
    return _shared_out(wishes, new, known, usage)


def _shared_out(
    wishes: Sequence[_Wish],
    new: Mapping[int, set[Pair]],
    known: Mapping[int, frozenset[Pair]],
    usage: dict[int, Usage],
) -> list[Registered]:
    """To each request what is its own: what two wanted is new to the first, and the use of one counts for the next."""
    shares = []
    for wish in wishes:
        fresh, before = new.get(wish.account, set()), usage[wish.account]
        mine = frozenset(pair for item in wish.items if (pair := (item.number, item.carrier)) in fresh)
        fresh -= mine
        shares.append(Registered(new=mine, known=known.get(wish.account, frozenset()) - mine, usage=before))
        usage[wish.account] = Usage(
            used=before.used + len(mine),
            day_used=before.day_used + len(mine),
            quota=before.quota,
            daily=before.daily,
        )
    return shares


async def _take(transaction: Transaction, account: int, wanted: int, now: datetime) -> Usage:
    """What the account had used before as many as are wanted were taken from its limits."""
    ((used, day_used, quota, daily),) = await transaction.fetch(_TAKE, account=account, day=day_of(now), wanted=wanted)
    return Usage(used=used, day_used=day_used, quota=quota, daily=daily)


async def _allowed(
    transaction: Transaction, account: int, wanted: Sequence[NewTracking], usage: Usage
) -> Sequence[NewTracking]:
    """All, where the limits have room for all; else the first that are not known yet, as many as there is room for."""
    if (left := _left(usage)) >= len(wanted):
        return wanted
    known = await _known(transaction, account, wanted)
    unknown: dict[Pair, NewTracking] = {}
    for item in wanted:
        if (pair := (item.number, item.carrier)) not in known:
            unknown.setdefault(pair, item)
    return list(unknown.values())[:left]


async def _insert(
    transaction: Transaction, wanted: Sequence[tuple[int, NewTracking]], now: int, turns_at: int
) -> dict[int, set[Pair]]:
    """Keep what is not known yet, with its legs; the pairs of number and carrier that are new, by account."""
    rows = await _insert_rows(transaction, [_row(account, item) for account, item in wanted], now, turns_at)
    legs = list(_more_legs(wanted, rows))
    if legs:
        await transaction.fetch(_INSERT_LEGS, legs=legs, now=now)
    new: dict[int, set[Pair]] = {}
    for _, account, number, carrier in rows:
        new.setdefault(account, set()).add((number, carrier))
    return new


async def _insert_rows(
    transaction: Transaction, rows: Sequence[tuple[object, ...]], now: int, turns_at: int
) -> list[Row]:
    """Id, account, number and carrier of each row that was not there before and now is, with its first leg."""
    if not transaction.alone:
        return await transaction.fetch(_INSERT_ALL, rows=rows, now=now, turns_at=turns_at)
    ((last,),) = await transaction.fetch(_LAST)
    await transaction.fetch(_INSERT, rows=rows, now=now, turns_at=turns_at)
    await transaction.fetch(_INSERT_FIRST_LEGS, last=last, now=now)
    return await transaction.fetch(_SINCE, last=last)


def _more_legs(wanted: Sequence[tuple[int, NewTracking]], rows: Sequence[Row]) -> Iterable[tuple[int, Position, int]]:
    """The legs behind the first: final carriers, and candidates; most trackings have neither."""
    some = {
        (account, item.number, item.carrier): item for account, item in wanted if item.final_carrier or item.candidates
    }
    for identity, *key in rows if some else ():
        item = some.get((key[0], key[1], key[2]))
        if item is None:
            continue
        if item.final_carrier:
            yield identity, Position.FINAL, item.final_carrier
        yield from ((identity, at, carrier) for at, carrier in zip(CANDIDATES, item.candidates, strict=False))


async def _known(transaction: Transaction, account: int, wanted: Sequence[NewTracking]) -> frozenset[Pair]:
    """The pairs of number and carrier, of these numbers, that the account has."""
    rows = await transaction.fetch(_KNOWN, account=account, numbers=[tracking.number for tracking in wanted])
    return frozenset((number, known) for number, carrier, guess in rows for known in (carrier, guess) if known)


def _left(usage: Usage) -> int:
    """How many more the account may register now."""
    total = _NO_LIMIT if usage.quota is None else usage.quota - usage.used
    today = _NO_LIMIT if usage.daily is None else usage.daily - usage.day_used
    return max(min(total, today), 0)


def _row(account: int, tracking: NewTracking) -> tuple[object, ...]:
    return (
        account,
        tracking.number,
        tracking.carrier,
        tracking.final_carrier,
        tracking.origin,
        tracking.param,
        tracking.tag,
        tracking.origin_country,
    )
