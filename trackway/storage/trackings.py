"""Trackings as accounts see them: registered, found, listed."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

from msgspec import Struct

from trackway.domain.account import Usage
from trackway.domain.registration import Found, Registration
from trackway.domain.tracking import CANDIDATES, Origin, Position
from trackway.storage.accounts import day_of
from trackway.storage.database import Database, Transaction, to_ms
from trackway.storage.statement import Statement

_TAKE = Statement(
    "UPDATE account SET used = used + :wanted, day = :day, "
    "day_used = CASE WHEN day = :day THEN day_used ELSE 0 END + :wanted WHERE id = :account "
    "RETURNING used - :wanted, day_used - :wanted, quota, daily"
)
_GIVE_BACK = Statement("UPDATE account SET used = used - :over, day_used = day_used - :over WHERE id = :account")
_INSERT = Statement(
    "INSERT INTO tracking (account_id, number, carrier, final_carrier, origin, param, tag, origin_country, "
    "registered_at, awaiting_since, progressed_at, turns_at) "
    "SELECT CAST(:account AS BIGINT), number, carrier, final_carrier, origin, param, tag, origin_country, "
    "CAST(:now AS BIGINT), CAST(:now AS BIGINT), CAST(:now AS BIGINT), CAST(:turns_at AS BIGINT) "
    "FROM @rows(rows: number text, carrier integer, final_carrier integer, origin integer, param text, tag text, "
    "origin_country text) AS given WHERE given.origin <> 3 OR NOT EXISTS (SELECT 1 FROM tracking AS known "
    "WHERE known.account_id = :account AND known.number = given.number AND known.guess = given.carrier) "
    "ON CONFLICT (account_id, number, carrier) DO NOTHING RETURNING id, number, carrier"
)
_INSERT_LEGS = Statement(
    "INSERT INTO leg (tracking_id, position, carrier, due_at, reason) SELECT tracking_id, position, carrier, "
    "CAST(:due AS BIGINT), CASE WHEN position > 2 THEN 'candidate' ELSE 'new' END "
    "FROM @rows(legs: tracking_id bigint, position integer, carrier integer) AS given WHERE true"
)
_KNOWN = Statement(
    "SELECT number, carrier, guess FROM tracking WHERE account_id = :account AND number @any(numbers text)"
)
# No ORDER BY: the store would sort the bodies along with the rows.
_TRACKS = Statement(
    "SELECT id, number, carrier, guess, tag, body FROM tracking LEFT JOIN track ON tracking_id = id "
    "WHERE account_id = :account AND number @any(numbers text)"
)
_NO_LIMIT = 1 << 30
_ID = itemgetter(0)


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
    """What became of a batch: the new pairs of number and carrier, those known before, the account's use."""

    new: frozenset[tuple[str, int]]
    known: frozenset[tuple[str, int]]
    usage: Usage


class Trackings:
    """The trackings of all accounts; every question names its account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(
        self, account: int, wanted: Sequence[NewTracking], now: datetime, turns_at: datetime
    ) -> Registered:
        """Register what is new, as far as the account's quota and day allow, due to be asked at once (T30).

        The account's row comes first and stays locked, so that the limits are exact however many processes register at
        once: all that is wanted is taken from them, and what did not come to be is given back.
        """

        async def work(transaction: Transaction) -> Registered:
            ((used, day_used, quota, daily),) = await transaction.fetch(
                _TAKE, account=account, day=day_of(now), wanted=len(wanted)
            )
            usage = Usage(used=used, day_used=day_used, quota=quota, daily=daily)
            known: frozenset[tuple[str, int]] = frozenset()
            allowed = wanted
            if _left(usage) < len(wanted):
                known = await _known(transaction, account, wanted)
                allowed = [item for item in wanted if (item.number, item.carrier) not in known][: _left(usage)]
            new = await _insert(transaction, account, allowed, now, turns_at)
            if over := len(wanted) - len(new):
                await transaction.fetch(_GIVE_BACK, account=account, over=over)
                known = await _known(transaction, account, wanted) - new
            return Registered(new=new, known=known, usage=usage)

        return await self._database.write(work)

    async def tracks(self, account: int, numbers: Sequence[str]) -> dict[str, list[Registration]]:
        """The registrations of each number, oldest first, each with its track where it has one."""
        known: dict[str, list[Registration]] = {}
        rows = await self._database.read(_TRACKS, account=account, numbers=list(numbers))
        for _, number, carrier, guess, tag, body in sorted(rows, key=_ID):
            found = None if body is None else Found(number=number, tag=tag or "", track=body)
            known.setdefault(number, []).append(Registration(carrier=carrier, guess=guess, found=found))
        return known


async def _insert(
    transaction: Transaction, account: int, wanted: Sequence[NewTracking], now: datetime, turns_at: datetime
) -> frozenset[tuple[str, int]]:
    """Keep what is not known yet, with its legs; the pairs of number and carrier that are new."""
    rows = [_row(tracking) for tracking in wanted]
    times = {"now": to_ms(now), "turns_at": to_ms(turns_at)}
    new = await transaction.fetch(_INSERT, account=account, rows=rows, **times)
    legs = [(identity, Position.FIRST, carrier) for identity, _, carrier in new]
    finals = {(item.number, item.carrier): item.final_carrier for item in wanted if item.final_carrier}
    if finals:
        legs += [
            (identity, Position.FINAL, finals[number, carrier])
            for identity, number, carrier in new
            if (number, carrier) in finals
        ]
    others = {(item.number, item.carrier): item.candidates for item in wanted if item.candidates}
    if others:
        legs += [
            (identity, position, candidate)
            for identity, number, carrier in new
            for position, candidate in zip(CANDIDATES, others.get((number, carrier), ()), strict=False)
        ]
    if legs:
        await transaction.fetch(_INSERT_LEGS, legs=legs, due=to_ms(now))
    return frozenset((number, carrier) for _, number, carrier in new)


async def _known(transaction: Transaction, account: int, wanted: Sequence[NewTracking]) -> frozenset[tuple[str, int]]:
    """The pairs of number and carrier, of these numbers, that the account has."""
    rows = await transaction.fetch(_KNOWN, account=account, numbers=[tracking.number for tracking in wanted])
    return frozenset((number, known) for number, carrier, guess in rows for known in (carrier, guess) if known)


def _left(usage: Usage) -> int:
    """How many more the account may register now."""
    total = _NO_LIMIT if usage.quota is None else usage.quota - usage.used
    today = _NO_LIMIT if usage.daily is None else usage.daily - usage.day_used
    return max(min(total, today), 0)


def _row(tracking: NewTracking) -> tuple[object, ...]:
    return (
        tracking.number,
        tracking.carrier,
        tracking.final_carrier,
        tracking.origin,
        tracking.param,
        tracking.tag,
        tracking.origin_country,
    )
