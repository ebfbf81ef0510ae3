"""A merchant, its Trackway, the Trackway that this one asks, and a carrier: every step over real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Clock, copied
from tests.house import Receiver, Running, receiver, running
from trackway.app.workers import poller_of, worker_wing
from trackway.worker.courier import Courier
from trackway.worker.poller import Poller

NUMBER, POST = "SIMNORMAL9001", "RR473124829GB"


class Chain:
    """The merchant's house `near` asks the house `far`, which asks the simulated carrier."""

    def __init__(self, near: Running, far: Running, inbox: Receiver) -> None:
        self.near, self.far, self.inbox, self.clock = near, far, inbox, near.clock
        self.courier = next(loop for loop in worker_wing(near.house) if isinstance(loop, Courier))
        self.pollers: list[Poller] = []

    async def open(self) -> None:
        self.inbox.key = await self.near.shop()
        await self.near.house.merchants.webhooks.set_url("shop", self.inbox.url)
        key = await self.far.shop("near")
        settings = {"url": f"{self.far.url}/track/v1", "key": key}
        await self.near.house.asking.connections.put("track17", settings, self.clock())
        await self.far.house.asking.connections.put("simulated", {}, self.clock())
        for house in (self.near.house, self.far.house):
            self.pollers += [
                poller_of(house, asker.connector, asker.settings, told=lambda: None, carriers=asker.carriers)
                for asker in (await house.asking.roster.askers()).values()
            ]

    async def round(self, **later: float) -> None:
        """Both houses ask for what is due, the near one first, and deliver."""
        self.clock.move(**later)
        for poller in self.pollers:
            while await poller.tick() == 0:
                pass
        while await self.courier.tick() == 0:
            await self.courier.landed()

    async def code(self, number: str) -> int:
        return await self.near.code("gettrackinfo", {"number": number})


@pytest.fixture
def far_url(tmp_path: Path, sqlite_template: Path) -> str:
    return copied(sqlite_template, tmp_path / "far.sqlite3")


@pytest.fixture
async def chain(database_url: str, far_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Chain]:
    async with (
        running(database_url, tmp_path / "near", clock) as near,
        running(far_url, tmp_path / "far", clock) as far,
        receiver() as inbox,
    ):
        chain = Chain(near, far, inbox)
        await chain.open()
        yield chain
        for poller in chain.pollers:
            await poller.stop(1)


async def test_news_travels_through_two_houses(chain: Chain) -> None:
    accepted, _ = await chain.near.ask("register", {"number": NUMBER})
    assert accepted == [{"origin": 1, "number": NUMBER, "carrier": 900000}]
    await chain.round()
    assert await chain.code(NUMBER) == -18019909, "the far house has no answer at its registration"
    _, far = await chain.far.call("gettracklist", {})
    assert [(item["number"], item["w1"]) for item in far["data"]["accepted"]] == [(NUMBER, 900000)]
    tracks: list[Any] = []
    for _ in range(10):
        await chain.round(hours=26)
        tracks = [push["data"]["track"] for push in chain.inbox.pushes]
    assert [track["e"] for track in tracks] == sorted(track["e"] for track in tracks)
    assert (tracks[0]["e"], tracks[-1]["e"], tracks[-1]["w1"]) == (0, 40, 900000)
    assert tracks[-1]["z1"][0]["z"] == "Delivered"
    accepted, _ = await chain.near.ask("gettrackinfo", {"number": NUMBER})
    assert accepted[0]["track"]["z1"] == tracks[-1]["z1"]
    _, far_answer = await chain.far.call("gettrackinfo", [{"number": NUMBER}])
    assert far_answer["data"]["accepted"][0]["track"]["z1"] == tracks[-1]["z1"]


async def test_what_the_service_costs_and_why_is_told(chain: Chain) -> None:
    await chain.near.ask("register", {"number": NUMBER}, {"number": POST})
    await chain.round()
    (explanation,) = await chain.near.house.asking.explanations.of(NUMBER, None, chain.clock())
    assert explanation.legs[0].connector == "track17"
    assert "no answer yet" in explanation.legs[0].came_back
    (balance,) = await chain.near.house.asking.budget.balances(1, chain.clock())
    (day,) = balance.days
    assert (balance.connector, day.calls, day.items, day.faults) == ("track17", 2, 2, 2)
    (far,) = await chain.far.house.asking.explanations.of(POST, None, chain.clock())
    assert [leg.carrier for leg in far.legs] == [11031]


async def test_a_carrier_of_our_own_is_not_asked_of_the_service(chain: Chain) -> None:
    settings = {"url": "http://127.0.0.1:9/api", "sys_id": "partner", "sys_secret": "x"}
    await chain.near.house.asking.connections.put("hongkong-post", settings, chain.clock())
    await chain.near.house.asking.couriers.create_key("depot", chain.clock(), 100005)
    askers = await chain.near.house.asking.roster.askers()
    assert {8011, 100005}.isdisjoint(askers["track17"].carriers)
    assert {3011, 900000} <= askers["track17"].carriers
    assert askers["inbound"].carriers == {100005}
    assert chain.near.house.followed == frozenset(), "a post is no final carrier because a service would ask it"


async def test_a_key_that_the_service_does_not_accept_is_an_alarm(
    chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    await chain.far.house.access.set_disabled("near", disabled=True)
    await chain.near.ask("register", {"number": NUMBER})
    await chain.round()
    (explanation,) = await chain.near.house.asking.explanations.of(NUMBER, None, chain.clock())
    assert "-18010004" in explanation.legs[0].came_back
    await chain.far.house.access.set_disabled("near", disabled=False)
    await chain.round(hours=1)
    assert len((await chain.far.call("gettracklist", {}))[1]["data"]["accepted"]) == 1
