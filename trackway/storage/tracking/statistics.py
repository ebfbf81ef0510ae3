"""What is counted of each account's trackings, a histogram a day; and the census of where they stand."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from trackway.domain.counting.statistic import Count, Statistic
from trackway.domain.tracking import Milestone
from trackway.storage.database import Database, Transaction, from_ms, to_ms
from trackway.storage.people.accounts import day_of
from trackway.storage.statement import Statement

# In one order everywhere, so that no two transactions wait for each other.
_ADD = Statement(
    "INSERT INTO statistic (account_id, kind, day, carrier, route, bucket, count) "
    "SELECT account, kind, CAST(:day AS BIGINT), carrier, route, bucket, count FROM @rows(rows: account bigint, "
    "kind text, carrier integer, route text, bucket integer, count bigint) AS given WHERE true "
    "ORDER BY account, kind, carrier, route, bucket ON CONFLICT (account_id, kind, day, carrier, route, bucket) "
    "DO UPDATE SET count = statistic.count + excluded.count"
)
_SUM = Statement(
    "SELECT carrier, route, bucket, CAST(SUM(count) AS BIGINT) FROM statistic WHERE account_id = :account "
    "AND kind = :kind AND day >= :since GROUP BY carrier, route, bucket"
)
_DAILY = Statement(
    "SELECT day, bucket, CAST(SUM(count) AS BIGINT) FROM statistic WHERE account_id = :account AND kind = :kind "
    "AND day >= :since GROUP BY day, bucket"
)
_ROUTE = Statement(
    "SELECT bucket, CAST(SUM(count) AS BIGINT) FROM statistic WHERE account_id = :account AND kind = 'transit' "
    "AND day >= :since AND carrier = :carrier AND route = :route GROUP BY bucket"
)
_PURGE = Statement(
    "DELETE FROM statistic WHERE (account_id, kind, day, carrier, route, bucket) IN (SELECT account_id, kind, day, "
    "carrier, route, bucket FROM statistic WHERE day < :before LIMIT :most)"
)
# One walk over the index by progress alone; what was never answered is not in it.
_TAKE = Statement(
    "SELECT account_id, milestone, COUNT(*), CAST(SUM(CASE WHEN progressed_at < :late AND stopped_at IS NULL "
    "THEN 1 ELSE 0 END) AS BIGINT) FROM tracking WHERE awaiting_since IS NULL GROUP BY account_id, milestone"
)
_REPLACE = Statement("DELETE FROM census WHERE day = :day")
_KEEP = Statement(
    "INSERT INTO census (account_id, day, milestone, count, stuck, counted_at) SELECT account, CAST(:day AS BIGINT), "
    "milestone, count, stuck, CAST(:now AS BIGINT) FROM @rows(rows: account bigint, milestone text, count bigint, "
    "stuck bigint) AS given WHERE true"
)
_FORGET = Statement("DELETE FROM census WHERE day < :before")
_CENSUS = Statement(
    "SELECT day, milestone, count, stuck, counted_at FROM census WHERE account_id = :account AND day >= :since "
    "ORDER BY day, milestone"
)


class Counted(Struct, frozen=True, kw_only=True):
    """How many of a kind, carrier and route are in one bucket."""

    carrier: int
    route: str
    bucket: int
    count: int


class Headcount(Struct, frozen=True, kw_only=True):
    """How many trackings of an account stood at a milestone when they were last counted that day.

    `stuck` are those of them, still followed, of which nothing was heard for long.
    """

    day: int
    milestone: Milestone
    count: int
    stuck: int
    counted_at: datetime


class Statistics:
    """The histograms and the census of all accounts; every question names its account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    async def add(transaction: Transaction, counts: Sequence[Count], now: datetime) -> None:
        """Count in the transaction that makes it so."""
        if counts:
            met = Counter((one.account, one.kind, one.carrier, one.route, one.bucket) for one in counts)
            await transaction.fetch(_ADD, rows=[(*what, count) for what, count in met.items()], day=day_of(now))

    async def sums(self, account: int, kind: Statistic, since: datetime) -> list[Counted]:
        """All days since then together."""
        rows = await self._database.scan(_SUM, account=account, kind=kind, since=day_of(since))
        return [Counted(carrier=row[0], route=row[1], bucket=row[2], count=row[3]) for row in rows]

    async def daily(self, account: int, kind: Statistic, since: datetime) -> dict[int, dict[int, int]]:
        """Each day since then, all carriers together: its histogram."""
        days: dict[int, dict[int, int]] = {}
        for day, bucket, count in await self._database.scan(_DAILY, account=account, kind=kind, since=day_of(since)):
            days.setdefault(day, {})[bucket] = count
        return days

    async def route(self, account: int, carrier: int, route: str, since: datetime) -> dict[int, int]:
        """The trips of one carrier on one route since then."""
        wanted = {"account": account, "carrier": carrier, "route": route}
        rows = await self._database.scan(_ROUTE, since=day_of(since), **wanted)
        return {bucket: count for bucket, count in rows}  # noqa: C416  # rows are of either driver

    async def take_census(self, now: datetime, late: datetime) -> int:
        """Count where all trackings stand, `stuck` being without news since `late`; for how many accounts."""
        rows = await self._database.scan(_TAKE, late=to_ms(late))

        async def work(transaction: Transaction) -> None:
            await transaction.fetch(_REPLACE, day=day_of(now))
            await transaction.fetch(_KEEP, rows=[tuple(row) for row in rows], day=day_of(now), now=to_ms(now))

        await self._database.write(work)
        return len({row[0] for row in rows})

    async def census(self, account: int, since: datetime) -> list[Headcount]:
        """What the last census of each day since then found, oldest first."""
        rows = await self._database.read(_CENSUS, account=account, since=day_of(since))
        return [
            Headcount(day=day, milestone=Milestone(milestone), count=count, stuck=stuck, counted_at=from_ms(counted_at))
            for day, milestone, count, stuck, counted_at in rows
        ]

    async def purge(self, before: datetime, most: int) -> None:
        """Forget what was counted before then, up to `most` rows at a time."""

        async def work(transaction: Transaction) -> None:
            await transaction.fetch(_PURGE, before=day_of(before), most=most)
            await transaction.fetch(_FORGET, before=day_of(before))

        await self._database.write(work)
