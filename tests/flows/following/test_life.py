"""Each term in a tracking's life, a second before it and at it, on both engines (T23, T29 to T32)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Clock
from tests.flows.following.test_two_legs import FEDEX, TwoPosts
from tests.house import receiver, running
from tests.stage import NUMBER, staged
from trackway.app.workers import poller_of

COURIERS, POSTS = "ABC12345", "RR473124829CN"
DAY = 86_400


class Life(TwoPosts):
    """A merchant's numbers, whose days pass one after the other."""

    async def wait(self, days: float, short_by: float = 0) -> None:
        """That many days later but for some seconds, when the janitor has been and all news has arrived."""
        await self.turn(seconds=days * DAY - short_by)

    async def turn(self, **later: float) -> None:
        self.clock.move(**later)
        for _ in range(2):
            await self.janitor.tick()
            await self.deliver()

    async def listed(self, number: str) -> Any:
        """What the list says of a number: state, whether it is followed, why not; None where it is not there."""
        _, answer = await self.shop.call("gettracklist", {"number": number})
        return next(((item["e"], item["ts"], item["sr"]) for item in answer["data"]["accepted"]), None)

    @property
    def stops(self) -> list[str]:
        return [push["data"]["number"] for push in self.inbox.pushes if push["event"] == "TRACKING_STOPPED"]


@pytest.fixture
async def life(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Life]:
    async with staged(Life, database_url, tmp_path, clock) as opened:
        yield opened


async def test_thirty_days_without_an_event_and_then_ninety(life: Life) -> None:
    await life.shop.ask("register", {"number": COURIERS, "carrier": FEDEX})
    await life.wait(30, short_by=1)
    assert await life.listed(COURIERS) == (0, True, None)
    await life.turn(seconds=1)
    assert await life.listed(COURIERS) == (0, False, 1)
    await life.wait(90, short_by=1)
    assert await life.listed(COURIERS) == (0, False, 1)
    await life.turn(seconds=1)
    assert await life.listed(COURIERS) is None
    assert life.stops == [COURIERS]


async def test_each_event_begins_the_thirty_days_anew_and_a_delivery_fifteen(life: Life) -> None:
    await life.shop.ask("register", {"number": NUMBER})
    await life.scan(1)
    await life.poll()
    await life.wait(29)
    await life.poll()  # the same answer again is no event
    await life.scan(2)
    await life.poll(days=1, seconds=-1)
    await life.wait(30, short_by=1)
    assert await life.listed(NUMBER) == (10, True, None)
    await life.scan(4)
    await life.poll()
    await life.wait(15, short_by=1)
    await life.poll()
    assert await life.listed(NUMBER) == (40, True, None)
    await life.turn(seconds=1)
    assert await life.listed(NUMBER) == (40, False, 1)
    assert life.stops == [NUMBER]


async def test_the_same_answer_keeps_nobody_alive(life: Life) -> None:
    await life.scan(1)
    await life.shop.ask("register", {"number": NUMBER})
    await life.poll()
    for _ in range(29):
        await life.poll(days=1)
    await life.wait(1, short_by=1)
    assert await life.listed(NUMBER) == (10, True, None)
    await life.turn(seconds=1)
    assert await life.listed(NUMBER) == (10, False, 1)


async def test_following_again_gives_a_second_life_and_no_third(life: Life) -> None:
    await life.shop.ask("register", {"number": COURIERS, "carrier": FEDEX})
    await life.wait(29)
    await life.shop.ask("stoptrack", {"number": COURIERS})
    assert await life.listed(COURIERS) == (0, False, 2)
    await life.wait(90, short_by=1)
    assert len((await life.shop.ask("retrack", {"number": COURIERS}))[0]) == 1
    await life.wait(30, short_by=1)
    assert await life.listed(COURIERS) == (0, True, None)
    await life.turn(seconds=1)
    assert await life.listed(COURIERS) == (0, False, 1)
    assert await life.shop.code("retrack", {"number": COURIERS}) == -18019905
    assert life.stops == [COURIERS, COURIERS]


async def test_the_second_life_counts_from_its_own_beginning(life: Life) -> None:
    """Also where the carrier goes on saying what it said in the first."""
    await life.scan(1)
    await life.shop.ask("register", {"number": NUMBER})
    await life.poll()
    await life.wait(29)
    await life.shop.ask("stoptrack", {"number": NUMBER})
    await life.wait(10)
    await life.shop.ask("retrack", {"number": NUMBER})
    await life.poll()
    await life.wait(30, short_by=1)
    assert await life.listed(NUMBER) == (10, True, None)
    await life.turn(seconds=1)
    assert await life.listed(NUMBER) == (10, False, 1)
    assert life.stops == [NUMBER, NUMBER]


@pytest.mark.parametrize(("number", "days"), [(COURIERS, 30), (POSTS, 60)])
async def test_in_transit_for_too_long(database_url: str, tmp_path: Path, clock: Clock, number: str, days: int) -> None:
    """T23: 30 days for couriers, 60 for posts."""
    async with running(database_url, tmp_path, clock, stop_after_days=100) as shop, receiver() as inbox:
        life = Life(shop, inbox)
        await life.open()
        await shop.ask("register", {"number": number, "carrier": FEDEX})
        await life.poll_origin()
        await life.wait(days, short_by=1)
        assert await life.listed(number) == (10, True, None)
        await life.turn(seconds=1)
        assert await life.listed(number) == (20, True, None)
        await life.poller.stop(1)


async def test_a_number_that_is_none_of_its_carriers_stops_for_that(life: Life) -> None:
    """T31: reason 4; one that the carrier does not know yet may still come, and expires."""
    await life.shop.house.asking.connections.put("simulated", {}, life.clock())
    unknown = "SIMNORMAL9T2099010100001"
    await life.shop.ask("register", {"number": COURIERS, "carrier": 900_000}, {"number": unknown})
    simulated = poller_of(life.shop.house, "simulated", {}, told=lambda: None)
    while await simulated.tick() == 0:
        pass
    await life.wait(30, short_by=1)
    assert await life.listed(COURIERS) == (0, True, None)
    await life.turn(seconds=1)
    assert await life.listed(COURIERS) == (0, False, 4)
    assert await life.listed(unknown) == (0, False, 1)
    assert sorted(life.stops) == [COURIERS, unknown]


async def test_another_carrier_waits_a_day_for_an_answer(life: Life) -> None:
    """T29."""
    await life.shop.ask("register", {"number": COURIERS, "carrier": FEDEX})
    change = {"number": COURIERS, "carrier_new": 100002}
    life.clock.move(seconds=DAY - 1)
    assert await life.shop.code("changecarrier", change) == -18019808
    life.clock.move(seconds=1)
    assert (await life.shop.ask("changecarrier", change))[0] == [{"number": COURIERS, "carrier": 100002}]


async def test_the_daily_limit_begins_anew_at_midnight_utc(life: Life) -> None:
    """T30."""
    await life.shop.shop("limited", daily=1)
    one, two = ({"number": f"ABC1234{at}", "carrier": FEDEX} for at in (6, 7))
    assert len((await life.shop.ask("register", one))[0]) == 1
    life.clock.move(hours=12, seconds=-1)
    assert await life.shop.code("register", two) == -18019907
    life.clock.move(seconds=1)
    assert len((await life.shop.ask("register", two))[0]) == 1
