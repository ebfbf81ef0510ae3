"""A month of a shop's past, as the counters would have left it."""

import random
from datetime import timedelta

from tests.house import Running
from trackway.domain.counting.statistic import Count, Statistic, days_bucket, delay_bucket
from trackway.storage.database import Transaction, to_ms
from trackway.storage.statement import Statement
from trackway.storage.tracking.statistics import Statistics

_ROUTES = (
    ("HK-GB", 8011, 6.5),
    ("HK-US", 8011, 9.0),
    ("CN-DE", 3011, 12.0),
    ("HK-AU", 8011, 7.5),
    ("US-US", 21051, 3.0),
)
_CENSUS = Statement(
    "INSERT INTO census (account_id, day, milestone, count, stuck, counted_at) VALUES "
    "(:account, :day, 'InTransit', :moving, :stuck, :at), (:account, :day, 'Delivered', :delivered, 0, :at), "
    "(:account, :day, 'Exception', :failed, 0, :at) ON CONFLICT DO NOTHING"
)


async def remember(house: Running, account: int = 1) -> None:
    """Thirty days of trips, delays and counts; the same each time."""
    source, store = random.Random(11), house.house.store.main
    for back in range(29, -1, -1):
        day = house.clock() - timedelta(days=back)
        counts = [*_trips(source, account), *_delays(source, account)]

        async def work(tx: Transaction, counts: list[Count] = counts, day: object = day) -> None:
            await Statistics.add(tx, counts, day)  # type: ignore[arg-type]

        await store.write(work)
        values = {"moving": 410 + source.randint(-40, 60), "delivered": 900 + 22 * (29 - back), "at": to_ms(day)}
        values |= {"failed": source.randint(6, 30), "stuck": source.randint(3, 12), "day": to_ms(day) // 86_400_000}
        if back:
            await store.write(lambda tx, values=values: tx.fetch(_CENSUS, account=account, **values))  # type: ignore[misc]


def _trips(source: random.Random, account: int) -> list[Count]:
    return [
        Count(
            account=account,
            carrier=carrier,
            kind=Statistic.TRANSIT,
            bucket=days_bucket(max(source.gauss(days, days / 4), 1)),
            route=route,
        )
        for route, carrier, days in _ROUTES
        for _ in range(source.randint(2, 14))
    ]


def _delays(source: random.Random, account: int) -> list[Count]:
    typical = {Statistic.UNSEEN: 5400, Statistic.SEEN: 2700, Statistic.TOLD: 2, Statistic.PUSHED: 2800}
    return [
        Count(account=account, carrier=carrier, kind=kind, bucket=delay_bucket(source.lognormvariate(0, 0.8) * seconds))
        for kind, seconds in typical.items()
        for carrier in (8011, 3011, 21051)
        for _ in range(source.randint(5, 20))
    ]
