"""The overview, as parcels move: counted when it happens, told to nobody else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.stage import Stage, staged
from trackway.app.workers import worker_wing
from trackway.domain.counting.statistic import Statistic, delay_bucket
from trackway.domain.tracking import Milestone
from trackway.worker.counter import Counter

NUMBER = "RT215770195HK"


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    clock.now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # an hour after the first scan
    async with staged(Stage, database_url, tmp_path, clock) as opened:
        yield opened


def _counter(stage: Stage) -> Counter:
    return next(loop for loop in worker_wing(stage.shop.house) if isinstance(loop, Counter))


async def _ask(stage: Stage) -> None:
    await stage.poll()
    await stage.deliver()


async def test_an_accounts_parcels_at_a_glance(stage: Stage, clock: Clock) -> None:
    house, counter = stage.shop.house, _counter(stage)
    assert (await house.merchants.overview.picture(1, clock())).now is None
    await stage.scan(1)
    await stage.shop.ask("register", {"number": NUMBER})
    await _ask(stage)
    for now, scans in ((datetime(2026, 11, 21, 12, 30, tzinfo=UTC), 2), (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), 4)):
        clock.now = now
        await stage.scan(scans)
        await _ask(stage)
    await counter.tick()
    picture = await house.merchants.overview.picture(1, clock())
    assert picture.now is not None
    assert (picture.now.delivered, picture.now.moving, picture.now.failed) == (1, 0, 0)
    (route,) = picture.routes
    assert (route.route, route.carrier, route.trips.counts) == ("HK-GB", 8011, {2: 1})
    (fresh,) = picture.freshness
    # 18:30 in Hong Kong was heard of at 20:30, and 09:45 in London at 12:00; the first scan was before we were asked.
    assert fresh.seen.counts == {delay_bucket(2.1 * 3600): 2}
    assert fresh.pushed.counts == fresh.seen.counts
    assert (fresh.told.total, fresh.unseen.total) == (3, 2)
    usual = await house.merchants.overview.usual(1, 8011, "HK-GB", clock())
    assert usual.quantile(0.5) == 2


async def test_what_wants_a_person(stage: Stage, clock: Clock) -> None:
    house, counter = stage.shop.house, _counter(stage)
    await stage.scan(2)
    await stage.shop.ask("register", {"number": NUMBER})
    await _ask(stage)
    await counter.tick()
    assert (await house.merchants.overview.picture(1, clock())).stuck == []
    clock.move(days=8)
    await counter.tick()
    picture = await house.merchants.overview.picture(1, clock())
    assert picture.now is not None
    assert (picture.now.moving, picture.now.stuck) == (1, 1)
    (wanted,) = picture.stuck
    assert (wanted.number, wanted.milestone) == (NUMBER, Milestone.IN_TRANSIT)
    assert wanted.event is not None
    assert "Left" in wanted.event.text


async def test_a_new_store_is_counted_again_soon(stage: Stage, clock: Clock) -> None:
    house, counter = stage.shop.house, _counter(stage)
    soon = await counter.tick()
    await stage.scan(1)
    await stage.shop.ask("register", {"number": NUMBER})
    await _ask(stage)
    clock.move(seconds=soon)
    assert await counter.tick() > soon
    picture = await house.merchants.overview.picture(1, clock())
    assert picture.now is not None
    assert picture.now.moving == 1


async def test_another_account_sees_nothing_of_it(stage: Stage, clock: Clock) -> None:
    await stage.shop.shop("other")
    stage.shop.key = stage.inbox.key
    await stage.scan(4)
    await stage.shop.ask("register", {"number": NUMBER})
    await _ask(stage)
    await _counter(stage).tick()
    mine, other = [await stage.shop.house.merchants.overview.picture(account, clock()) for account in (1, 2)]
    assert mine.now is not None
    assert mine.routes
    assert (other.now, other.routes, other.freshness, other.told) == (None, [], [], [])


async def test_a_replayed_message_does_not_count_again(stage: Stage, clock: Clock) -> None:
    house = stage.shop.house
    await stage.scan(1)
    await stage.shop.ask("register", {"number": NUMBER})
    await _ask(stage)
    clock.move(days=2)
    await house.merchants.webhooks.replay("shop", [1], clock())
    await _ask(stage)
    assert len(stage.inbox.pushes) == 2
    (fresh,) = await house.merchants.overview.freshness(1, clock())
    assert fresh.told.kind is Statistic.TOLD
    assert fresh.told.total == 1
