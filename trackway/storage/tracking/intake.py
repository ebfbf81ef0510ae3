"""New trackings let in: what many requests want at the same time is one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from msgspec import Struct

from trackway.domain.account import Usage
from trackway.domain.tracking import CANDIDATES, Origin, Position
from trackway.storage.database import Database, Transaction, to_ms
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
    "INTO tracking (account_id, number, carrier, final_carrier, origin, param, tag, origin_country, "
    "registered_at, awaiting_since, progressed_at, turns_at) "
    "SELECT CAST(:account AS BIGINT), number, carrier, final_carrier, origin, param, tag, origin_country, "
    "CAST(:now AS BIGINT), CAST(:now AS BIGINT), CAST(:now AS BIGINT), CAST(:turns_at AS BIGINT) "
    "FROM @few(rows: number text, carrier integer, final_carrier integer, origin integer, param text, tag text, "
    "origin_country text) AS given"
)
_FIRST_LEGS = (
    "INSERT INTO leg (tracking_id, position, carrier, due_at) SELECT id, 1, carrier, CAST(:now AS BIGINT) FROM "
)
# Where others write too, one statement tells what is new and gives it legs; SQLite can do that only in steps.
_INSERT_ALL = Statement(
    f"WITH new AS (INSERT {_NEW} ON CONFLICT DO NOTHING RETURNING id, number, carrier), legs AS ({_FIRST_LEGS} new) "
    "SELECT id, number, carrier FROM new"
)
_LAST = Statement("SELECT COALESCE(MAX(id), 0) FROM tracking")
_INSERT = Statement(f"INSERT OR IGNORE {_NEW}")  # a tenth cheaper there than ON CONFLICT
_INSERT_FIRST_LEGS = Statement(_FIRST_LEGS + "tracking WHERE id > :last")
_HOW_MANY = Statement("SELECT COUNT(*) FROM tracking WHERE id > :last")
_SINCE = Statement("SELECT id, number, carrier FROM tracking WHERE id > :last")
_INSERT_LEGS = Statement(
    "INSERT INTO leg (tracking_id, position, carrier, due_at, reason) SELECT tracking_id, position, carrier, "
    "CAST(:now AS BIGINT), CASE WHEN position > 2 THEN 'candidate' ELSE 'new' END "
    "FROM @rows(legs: tracking_id bigint, position integer, carrier integer) AS given WHERE true"
)
_KEPT = Statement(
    "SELECT number, carrier, guess FROM tracking WHERE account_id = :account AND number @any(numbers text)"
)
_NO_LIMIT = 1 << 30
_FEW = 40
_GUESSED = Origin.GUESSED

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


class Admitted(Struct, frozen=True, kw_only=True):
    """What became of a request: the new pairs of number and carrier, those known before, the account's use."""

    new: AbstractSet[Pair]
    known: AbstractSet[Pair]
    usage: Usage


class _Wish(Struct, frozen=True, kw_only=True):
    """What one request wants to register, by number and carrier."""

    account: int
    items: Mapping[Pair, NewTracking]
    now: datetime
    turns_at: datetime


class _Kept(Struct, frozen=True, kw_only=True):
    """The account's pairs of number and carrier, and those in which the carrier is a first guess that was wrong."""

    pairs: frozenset[Pair]
    guesses: frozenset[Pair]


class Intake:
    """Where new trackings come in. What is asked for while a batch is being written is the next batch."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._together = Together(self._admit)

    async def register(
        self, account: int, wanted: Mapping[Pair, NewTracking], now: datetime, turns_at: datetime
    ) -> Admitted:
        """Register what is new, as far as the account's quota and day allow, due to be asked at once (T30).

        The account's row comes first and stays locked, so that the limits are exact however many processes register at
        once: all that is wanted is taken from them, and what did not come to be is given back.
        """
        return await self._together.one(_Wish(account=account, items=wanted, now=now, turns_at=turns_at))

    async def _admit(self, wishes: Sequence[_Wish]) -> Sequence[Admitted]:
        return await self._database.write(lambda transaction: _admit(transaction, wishes))


async def _admit(transaction: Transaction, wishes: Sequence[_Wish]) -> list[Admitted]:
    """Account after account, in the order in which everyone locks them: so no two wait for each other."""
    together: dict[int, list[_Wish]] = {}
    for wish in wishes:
        together.setdefault(wish.account, []).append(wish)
    outcomes: dict[int, Iterator[Admitted]] = {}
    for account in sorted(together):
        outcomes[account] = await _admit_to(transaction, account, together[account])
    return [next(outcomes[wish.account]) for wish in wishes]


async def _admit_to(transaction: Transaction, account: int, wishes: Sequence[_Wish]) -> Iterator[Admitted]:
    """What became of each request of one account."""
    now, turns_at = max(wish.now for wish in wishes), max(wish.turns_at for wish in wishes)
    wanted = [item for wish in wishes for item in wish.items.values()]
    usage = await _take(transaction, account, len(wanted), now)
    allowed = await _allowed(transaction, account, wanted, usage)
    new = await _insert(transaction, account, allowed, to_ms(now), to_ms(turns_at))
    if len(new) == len(wanted):
        return _all_new(wishes, usage)
    await transaction.fetch(_GIVE_BACK, account=account, over=len(wanted) - len(new))
    kept = await _kept(transaction, account, wanted)
    return _shared_out(wishes, {(item.number, item.carrier) for item in new}, kept, usage)


def _all_new(wishes: Sequence[_Wish], usage: Usage) -> Iterator[Admitted]:
    """To each request all that it wanted."""
    for wish in wishes:
        yield Admitted(new=wish.items.keys(), known=frozenset(), usage=usage)
        usage = _after(usage, len(wish.items))


def _shared_out(wishes: Sequence[_Wish], new: set[Pair], kept: _Kept, usage: Usage) -> Iterator[Admitted]:
    """To each request what is its own: what two wanted is new to the first, and the use of one counts for the next."""
    for wish in wishes:
        again = {pair for pair, item in wish.items.items() if item.origin is _GUESSED and pair in kept.guesses}
        mine = new.intersection(wish.items) - again
        known = kept.pairs.intersection(wish.items) | again
        yield Admitted(new=mine, known=known - mine, usage=usage)
        new -= mine
        usage = _after(usage, len(mine))


def _after(usage: Usage, new: int) -> Usage:
    """The use once so many are registered."""
    return Usage(used=usage.used + new, day_used=usage.day_used + new, quota=usage.quota, daily=usage.daily)


async def _take(transaction: Transaction, account: int, wanted: int, now: datetime) -> Usage:
    """What the account had used before as many as are wanted were taken from its limits."""
    ((used, day_used, quota, daily),) = await transaction.fetch(_TAKE, account=account, day=day_of(now), wanted=wanted)
    return Usage(used=used, day_used=day_used, quota=quota, daily=daily)


async def _allowed(
    transaction: Transaction, account: int, wanted: Sequence[NewTracking], usage: Usage
) -> Sequence[NewTracking]:
    """All, where the limits have room for all and no carrier is a guess; else the first that are not known yet.

    A guess is known too where it was the first guess at a number that turned out to be another carrier's.
    """
    left = _left(usage)
    if left >= len(wanted) and not [item for item in wanted if item.origin is _GUESSED]:
        return wanted
    kept = await _kept(transaction, account, wanted)
    unknown: dict[Pair, NewTracking] = {}
    for item in wanted:
        pair = item.number, item.carrier
        if pair not in kept.pairs and not (item.origin is _GUESSED and pair in kept.guesses):
            unknown.setdefault(pair, item)
    return list(unknown.values())[:left]


async def _insert(
    transaction: Transaction, account: int, wanted: Sequence[NewTracking], now: int, turns_at: int
) -> Sequence[NewTracking]:
    """Keep what is not known yet, with its legs; what is new. What two want is as the first wants it."""
    further = [item for item in wanted if item.final_carrier or item.candidates]
    rows = [_row(item) for item in wanted]
    if not transaction.alone:
        new = await transaction.fetch(_INSERT_ALL, account=account, rows=rows, now=now, turns_at=turns_at)
    else:
        last = await _insert_in_steps(transaction, account, rows, now, turns_at)
        if not further and await transaction.fetch(_HOW_MANY, last=last) == [(len(rows),)]:
            return wanted
        new = await transaction.fetch(_SINCE, last=last)
    first = {(item.number, item.carrier): item for item in reversed(wanted)}
    kept = [(identity, first[number, carrier]) for identity, number, carrier in new]
    if further and (legs := list(_further_legs(kept))):
        await transaction.fetch(_INSERT_LEGS, legs=legs, now=now)
    return [item for _, item in kept]


async def _insert_in_steps(
    transaction: Transaction, account: int, rows: Sequence[tuple[object, ...]], now: int, turns_at: int
) -> int:
    """The last id before those of the rows that were not there and now are, with their first legs."""
    ((last,),) = await transaction.fetch(_LAST)
    for at in range(0, len(rows), _FEW):
        few = rows[at : at + _FEW]
        await transaction.fetch(_INSERT, account=account, rows=few, now=now, turns_at=turns_at)
    await transaction.fetch(_INSERT_FIRST_LEGS, last=last, now=now)
    return int(last)


def _further_legs(kept: Sequence[tuple[int, NewTracking]]) -> Iterator[tuple[int, Position, int]]:
    """The legs behind the first: final carriers, candidates."""
    for identity, item in kept:
        if item.final_carrier:
            yield identity, Position.FINAL, item.final_carrier
        yield from ((identity, at, other) for at, other in zip(CANDIDATES, item.candidates, strict=False))


async def _kept(transaction: Transaction, account: int, wanted: Sequence[NewTracking]) -> _Kept:
    """What the account has of these numbers."""
    rows = await transaction.fetch(_KEPT, account=account, numbers=[item.number for item in wanted])
    return _Kept(
        pairs=frozenset((number, carrier) for number, carrier, _ in rows),
        guesses=frozenset((number, guess) for number, _, guess in rows if guess),
    )


def _left(usage: Usage) -> int:
    """How many more the account may register now."""
    total = _NO_LIMIT if usage.quota is None else usage.quota - usage.used
    today = _NO_LIMIT if usage.daily is None else usage.daily - usage.day_used
    return max(min(total, today), 0)


def _row(item: NewTracking) -> tuple[object, ...]:
    return (
        item.number,
        item.carrier,
        item.final_carrier,
        int(item.origin),
        item.param,
        item.tag,
        item.origin_country,
    )
