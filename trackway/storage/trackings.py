"""Trackings as accounts see them: registered, found, listed."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from trackway.domain.account import Usage
from trackway.domain.registration import Found
from trackway.domain.tracking import Origin, Position
from trackway.storage.accounts import day_of
from trackway.storage.database import Database, Transaction, to_ms
from trackway.storage.statement import Statement

_OPEN_DAY = Statement(
    "UPDATE account SET day_used = CASE WHEN day = :day THEN day_used ELSE 0 END, day = :day WHERE id = :account "
    "RETURNING used, day_used, quota, daily"
)
_COUNT = Statement("UPDATE account SET used = used + :new, day_used = day_used + :new WHERE id = :account")
_INSERT = Statement(
    "INSERT INTO tracking (account_id, number, carrier, final_carrier, origin, param, tag, origin_country, "
    "registered_at, awaiting_since, progressed_at, turns_at) "
    "SELECT CAST(:account AS BIGINT), number, carrier, final_carrier, origin, param, tag, origin_country, "
    "CAST(:now AS BIGINT), CAST(:now AS BIGINT), CAST(:now AS BIGINT), CAST(:turns_at AS BIGINT) "
    "FROM @rows(rows: number text, carrier integer, final_carrier integer, origin integer, param text, tag text, "
    "origin_country text) AS given WHERE NOT EXISTS (SELECT 1 FROM tracking AS known "
    "WHERE known.account_id = :account AND known.number = given.number AND known.carrier = given.carrier) "
    "ORDER BY ordinal LIMIT :most ON CONFLICT (account_id, number, carrier) DO NOTHING RETURNING id, number, carrier"
)
_INSERT_LEGS = Statement(
    "INSERT INTO leg (tracking_id, position, carrier, due_at) "
    "SELECT tracking_id, position, carrier, CAST(:due AS BIGINT) "
    "FROM @rows(legs: tracking_id bigint, position integer, carrier integer) AS given WHERE true"
)
_KNOWN = Statement("SELECT number, carrier FROM tracking WHERE account_id = :account AND number @any(numbers text)")
_TRACKS = Statement(
    "SELECT number, carrier, tag, body FROM tracking LEFT JOIN track ON track.tracking_id = tracking.id "
    "WHERE account_id = :account AND number @any(numbers text) ORDER BY tracking.id"
)
_NO_LIMIT = 1 << 30


class NewTracking(Struct, frozen=True, kw_only=True):
    """A tracking that is to be registered, its carrier settled."""

    number: str
    carrier: int
    final_carrier: int
    origin: Origin
    param: str
    tag: str | None
    origin_country: str


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

        The account's row is locked first, so that the limits are exact however many processes register at once.
        """

        async def work(transaction: Transaction) -> Registered:
            ((used, day_used, quota, daily),) = await transaction.fetch(_OPEN_DAY, account=account, day=day_of(now))
            usage = Usage(used=used, day_used=day_used, quota=quota, daily=daily)
            new = await transaction.fetch(
                _INSERT,
                account=account,
                rows=[_row(tracking) for tracking in wanted],
                now=to_ms(now),
                turns_at=to_ms(turns_at),
                most=_left(usage),
            )
            if new:
                finals = {(item.number, item.carrier): item.final_carrier for item in wanted}
                legs = [(identity, Position.FIRST, carrier) for identity, _, carrier in new]
                legs += [
                    (identity, Position.FINAL, finals[number, carrier])
                    for identity, number, carrier in new
                    if finals[number, carrier]
                ]
                await transaction.fetch(_INSERT_LEGS, legs=legs, due=to_ms(now))
                await transaction.fetch(_COUNT, account=account, new=len(new))
            pairs = frozenset((number, carrier) for _, number, carrier in new)
            known: frozenset[tuple[str, int]] = frozenset()
            if len(new) < len(wanted):
                numbers = [tracking.number for tracking in wanted]
                rows = await transaction.fetch(_KNOWN, account=account, numbers=numbers)
                known = frozenset((number, carrier) for number, carrier in rows) - pairs
            return Registered(new=pairs, known=known, usage=usage)

        return await self._database.write(work)

    async def tracks(self, account: int, numbers: Sequence[str]) -> list[tuple[str, int, Found | None]]:
        """Number, carrier and track of each tracking of these numbers, oldest first; no track before an answer."""
        rows = await self._database.read(_TRACKS, account=account, numbers=list(numbers))
        return [
            (number, carrier, Found(number=number, tag=tag or "", track=body) if body is not None else None)
            for number, carrier, tag, body in rows
        ]


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
