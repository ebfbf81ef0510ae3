"""Why is it not updating? Each reason told as it is, and a carrier asked now where it may be, on both engines."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, Clock
from tests.house import Running, running
from trackway.app.workers import poller_of
from trackway.domain.asking.ledger import Pause
from trackway.domain.errors.trackings import AskRefused, NotRegistered
from trackway.domain.simulation import SIMULATED
from trackway.domain.tracking import QueryState
from trackway.service.asking.explanation import Explanation, LegStory, Obstacle
from trackway.storage.asking.askings import Askings
from trackway.storage.asking.pauses import Pauses
from trackway.storage.passing.allowance import Allowance
from trackway.storage.passing.shared import SharedMemory
from trackway.worker.poller import Poller

NORMAL, OUTAGE, STRANGE, POST = "SIMNORMAL9001", "SIMOUTAGE8001", "SIMSTRANGE1", "RT215770195HK"


class Shop(Running):
    poller: Poller

    async def explain(self, number: str) -> Explanation:
        (explanation,) = await self.house.asking.explanations.of(number, None, self.clock())
        return explanation

    async def obstacles(self, number: str) -> list[Obstacle]:
        return [hindrance.kind for hindrance in (await self.explain(number)).hindrances]

    async def leg(self, number: str) -> LegStory:
        return (await self.explain(number)).legs[0]

    async def poll(self, **later: float) -> datetime:
        self.clock.move(**later)
        while await self.poller.tick() == 0:
            pass
        return self.clock()

    async def hurry(self, number: str) -> None:
        account = await self.house.access.named("shop")
        await self.house.asking.explanations.ask_now(account.id, number, 0, self.clock())


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Shop]:
    async with running(database_url, tmp_path, clock) as opened:
        shop = Shop(opened.house, opened.url, opened.session, clock)
        await shop.shop()
        await shop.house.asking.connections.put("simulated", {}, clock())
        shop.poller = poller_of(shop.house, "simulated", {}, told=lambda: None)
        yield shop


async def test_from_registration_to_the_next_asking(shop: Shop) -> None:
    await shop.ask("register", {"number": NORMAL})
    leg = await shop.leg(NORMAL.lower())
    assert (leg.asked_at, leg.came_back, leg.connector) == (None, "it was not asked yet", "simulated")
    assert (leg.next_at, leg.next_why) == (NOW, "new: as soon as it is its turn")
    asked_at = await shop.poll(seconds=1)
    leg = await shop.leg(NORMAL)
    assert (leg.asked_at, leg.came_back) == (asked_at, "an answer")
    assert leg.next_why == "info received: every 3 h"
    assert leg.next_at is not None
    assert timedelta(hours=3) <= leg.next_at - asked_at <= timedelta(hours=3.3)
    assert (await shop.explain(NORMAL)).hindrances == []


async def test_a_fault_is_told_with_the_answer_that_stands(shop: Shop) -> None:
    await shop.ask("register", {"number": OUTAGE})
    await shop.poll()
    asked_at = await shop.poll(hours=12)
    leg = await shop.leg(OUTAGE)
    assert leg.state is QueryState.UNAVAILABLE
    assert leg.came_back.startswith("no answer: HTTP 503, as the number wants it; the answer of ")
    assert leg.next_why == "retry 1 after a fault: in 15 min"
    assert leg.next_at == asked_at + timedelta(minutes=15)


async def test_what_stands_in_the_way_is_told(shop: Shop) -> None:
    await shop.ask("register", {"number": NORMAL}, {"number": POST})
    pauses, later = Pauses(SharedMemory(shop.house.store.quick)), NOW + timedelta(hours=1)
    assert await shop.obstacles(POST) == [Obstacle.NOBODY_ASKS]
    await pauses.put("simulated", Pause(until=later, why="5 calls in a row failed", faults=5))
    assert await shop.obstacles(NORMAL) == [Obstacle.PAUSED]
    await pauses.end("simulated")
    shop.clock.move(minutes=6)
    assert await shop.obstacles(NORMAL) == [Obstacle.LATE]
    await shop.ask("stoptrack", {"number": NORMAL})
    assert await shop.obstacles(NORMAL) == [Obstacle.STOPPED]
    assert "its account asked for that" in (await shop.explain(NORMAL)).hindrances[0].text
    with pytest.raises(NotRegistered):
        await shop.explain("SIMNORMAL9002")


async def test_a_day_that_is_used_up_is_told(shop: Shop) -> None:
    settings = {"url": "http://127.0.0.1:9/api", "sys_id": "partner", "sys_secret": "x"}
    await shop.house.asking.connections.put("hongkong-post", settings, NOW)
    await shop.ask("register", {"number": POST})
    assert await shop.obstacles(POST) == []
    for _ in range(3):
        await Allowance(shop.house.store.quick).spend("carrier:hongkong-post", NOW.toordinal(), 100_000)
    balance = {one.connector: one for one in await shop.house.asking.budget.balances(2, shop.clock())}["hongkong-post"]
    assert (balance.left, len(balance.days), balance.renewed_at.hour) == (99_997, 2, 16)


async def test_a_carrier_that_is_likely_wrong_is_told(shop: Shop) -> None:
    await shop.ask("register", {"number": STRANGE, "carrier": 900000})
    await shop.poll()
    assert await shop.obstacles(STRANGE) == [Obstacle.WRONG_CARRIER]
    assert "no number of its looks so" in (await shop.leg(STRANGE)).came_back


async def test_a_person_may_have_it_asked_unless_it_was_asked_a_moment_ago(shop: Shop) -> None:
    await shop.ask("register", {"number": NORMAL}, {"number": POST})
    await shop.poll()
    with pytest.raises(AskRefused, match="was asked 0 s ago; it may be asked again at 2026-11-22 12:15:00 UTC"):
        await shop.hurry(NORMAL)
    shop.clock.move(minutes=15)
    await shop.hurry(NORMAL)
    assert (await shop.leg(NORMAL)).next_why == "a person asked for it"
    assert (await shop.leg(NORMAL)).next_at == shop.clock()
    await shop.poll()
    (today,) = [one.days[0] for one in await shop.house.asking.budget.balances(1, shop.clock())]
    assert {reason.value: count for reason, count in today.reasons.items() if count} == {"new": 1, "person": 1}
    with pytest.raises(AskRefused, match="no connector is set up for Hongkong Post"):
        await shop.hurry(POST)
    shop.clock.move(hours=1)
    await shop.ask("stoptrack", {"number": NORMAL})
    with pytest.raises(AskRefused, match="not asked for it any more"):
        await shop.hurry(NORMAL)
    with pytest.raises(NotRegistered):
        await shop.hurry("SIMNORMAL9002")


async def test_one_that_is_being_asked_is_not_asked_again_meanwhile(shop: Shop) -> None:
    """The answer on its way would be thrown away, and that of the next asking too."""
    await shop.ask("register", {"number": NORMAL})
    now = shop.clock()
    askings = Askings(shop.house.store.main)
    (due,) = await askings.claim(SIMULATED, now, now + timedelta(seconds=100), 10)
    shop.clock.move(seconds=5)
    with pytest.raises(AskRefused, match="was asked 5 s ago"):
        await shop.hurry(NORMAL)
    await askings.release([due], shop.clock())
    await shop.hurry(NORMAL)
    assert (await shop.leg(NORMAL)).asked_at is None, "what was given back was not asked"


async def test_nobody_sees_or_hurries_anothers_number(shop: Shop) -> None:
    await shop.ask("register", {"number": NORMAL})
    await shop.shop("other")
    other = await shop.house.access.named("other")
    with pytest.raises(NotRegistered):
        await shop.house.asking.explanations.of(NORMAL, other.id, shop.clock())
    with pytest.raises(NotRegistered):
        await shop.house.asking.explanations.ask_now(other.id, NORMAL, 0, shop.clock())
