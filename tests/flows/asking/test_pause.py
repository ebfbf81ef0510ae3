"""A carrier that is down is paused: nobody's last answer is lost, and one call finds out when it is back."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Clock
from tests.stage import NUMBER, Stage, staged
from trackway.app.workers import poller_of
from trackway.connectors.base import Answers, Inquiry, Limits
from trackway.domain.errors.carriers import CarrierLimited


class PausedStage(Stage):
    settings: dict[str, str]

    async def connect(self, url: str) -> None:
        await self.poller.stop(1)
        self.settings = {"url": url, "sys_id": "partner", "sys_secret": await self.secret()}
        self.poller = poller_of(self.shop.house, "hongkong-post", self.settings, told=self.courier.wake)

    async def secret(self) -> str:
        return await self.shop.house.post.mailroom.rotate("partner")

    async def track(self, number: str) -> Any:
        accepted, _ = await self.shop.ask("gettrackinfo", {"number": number})
        return accepted[0]["track"]


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[PausedStage]:
    settings = {"carrier_pause_after_faults": 2, "carrier_pause": 60, "poll_min_interval": 10}
    async with staged(PausedStage, database_url, tmp_path, clock, **settings) as opened:
        yield opened


class Full:
    """A service for two carriers that wants to be left alone for an hour."""

    id, carriers, limits = "full", frozenset({100001, 7041}), Limits(batch=1)

    def __init__(self, until: datetime) -> None:
        self.until, self.calls = until, 0

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        self.calls += len(inquiries)
        raise CarrierLimited("too many calls", self.until)

    async def close(self) -> None: ...


async def test_a_pause_that_begins_with_one_carrier_costs_the_next_one_nothing(stage: PausedStage) -> None:
    numbers = {"JD014600006281230704": 100001, "JD014600006281230705": 7041}
    for number, carrier in numbers.items():
        await stage.shop.ask("register", {"number": number, "carrier": carrier})
    full = Full(stage.clock() + timedelta(hours=1))
    poller = stage.poller_for(full)
    while await poller.tick() == 0:
        pass
    assert full.calls == 1
    explanations = stage.shop.house.asking.explanations
    told = [await explanations.of(number, None, stage.clock()) for number in numbers]
    assert sorted(one.legs[0].asked_at is None for (one,) in told) == [False, True]


async def test_a_carrier_that_is_down_is_paused_and_found_again(stage: PausedStage) -> None:
    await stage.scan(1)
    await stage.shop.ask("register", {"number": NUMBER})
    await stage.poll()
    before = await stage.track(NUMBER)
    await stage.connect("http://127.0.0.1:9/gone")
    await stage.poll(hours=3)
    assert (await stage.track(NUMBER))["is1"] == 20
    await stage.poll(minutes=1)
    assert await stage.shop.house.asking.desk.pause("hongkong-post") is not None
    await stage.shop.ask("register", {"number": "EA999580311HK"})
    await stage.poll(seconds=30)
    assert await stage.shop.code("gettrackinfo", {"number": "EA999580311HK"}) == -18019909
    (explanation,) = await stage.shop.house.asking.explanations.of("EA999580311HK", None, stage.clock())
    assert explanation.legs[0].asked_at is None, "nothing is asked in a pause, and no try is counted"
    after = await stage.track(NUMBER)
    assert {**after, "is1": 1, "ylt1": ""} == {**before, "is1": 1, "ylt1": ""}
    await stage.connect(stage.shop.url + stage.shop.house.config.hkpost_base_path)
    await stage.scan(2)
    await stage.poll(seconds=31)
    await stage.poll(minutes=10)
    assert await stage.shop.house.asking.desk.pause("hongkong-post") is None
    track = await stage.track(NUMBER)
    assert (track["is1"], len(track["z1"])) == (1, 2)
    assert (await stage.track("EA999580311HK"))["is1"] == 2
