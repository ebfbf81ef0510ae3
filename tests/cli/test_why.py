"""`trackway why`, `trackway ask` and `trackway carriers budget`, typed on a real store."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from trackway.app.house import House, open_house
from trackway.app.workers import poller_of
from trackway.cli import main
from trackway.config import load
from trackway.domain.asking.ledger import Pause, call_of
from trackway.domain.asking.planning import Reason
from trackway.domain.following.registration import Application
from trackway.storage.asking.ledger import Ledger
from trackway.storage.asking.pauses import Pauses
from trackway.storage.passing.shared import SharedMemory

NUMBER = "SIMNORMAL9001"


def _run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--data", str(data)])


async def _prepare(house: House) -> None:
    now = house.clock()
    await house.access.create("shop", None, None, now)
    account = await house.access.named("shop")
    await house.asking.connections.put("simulated", {}, now)
    await house.merchants.registration.register(account.id, [Application(number=NUMBER)], now)
    await poller_of(house, "simulated", {}, told=lambda: None).tick()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    async def whole() -> None:
        async with open_house(load(data=tmp_path)) as house:
            await _prepare(house)

    asyncio.run(whole())
    return tmp_path


def test_why_says_what_was_asked_and_what_comes_next(data: Path) -> None:
    told = _run(data, "why", NUMBER).output
    assert f"{NUMBER}  Simulated" in told
    assert "info received, registered by shop at" in told
    assert "asked by simulated" in told
    assert "an answer" in told
    assert "info received: every 3 h" in told
    (line,) = _run(data, "why", NUMBER, "--account", "shop", "--json").output.splitlines()
    assert json.loads(line)["legs"][0]["came_back"] == "an answer"


def test_a_number_that_nobody_registered_is_told(data: Path) -> None:
    refused = _run(data, "why", "SIMNORMAL9002")
    assert refused.exit_code == 2
    assert "-18019902" in refused.stderr


def test_asking_again_at_once_is_refused_in_words(data: Path) -> None:
    refused = _run(data, "ask", "shop", NUMBER)
    assert refused.exit_code == 1
    assert "it may be asked again at" in refused.stderr


def test_the_budget_is_a_table_or_json(data: Path) -> None:
    told = _run(data, "carriers", "budget", "--days", "2").output.splitlines()
    assert [line.split()[0] for line in told] == ["account", "simulated", "simulated", "simulated"]
    assert told[1].split()[1].count("-") == 2, "a day is never cut short"
    assert told[3].endswith(": new 1")
    (line,) = _run(data, "carriers", "budget", "--json").output.splitlines()
    (day,) = json.loads(line)["days"]
    assert (day["calls"], day["items"], day["answers"], day["faults"]) == (1, 1, 1, 0)


def test_the_budget_says_what_was_left_of_a_day_that_is_over(data: Path) -> None:
    async def whole() -> None:
        async with open_house(load(data=data)) as house:
            yesterday = house.clock() - timedelta(days=1)
            call = call_of("simulated", yesterday, {}, took_ms=9, left=7, reasons={Reason.PLAN: 1})
            await Ledger(house.store.quick).note(call)

    asyncio.run(whole())
    _, today, yesterday, *_ = _run(data, "carriers", "budget", "--days", "2").output.splitlines()
    assert today.split()[2:4] == ["1", "1"], "no limit, so nothing is left of one"
    assert yesterday.split()[2:4] == ["1", "7"]


def test_a_pause_is_told_with_the_budget_and_why(data: Path) -> None:
    async def whole() -> None:
        async with open_house(load(data=data)) as house:
            until = house.clock() + timedelta(hours=1)
            await Pauses(SharedMemory(house.store.quick)).put("simulated", Pause(until=until, why="it fails", faults=5))

    asyncio.run(whole())
    for words in (("carriers", "budget"), ("why", NUMBER)):
        assert "simulated is paused until" in _run(data, *words).output


def test_nothing_set_up_is_told(tmp_path: Path) -> None:
    assert "no connector is set up" in _run(tmp_path, "carriers", "budget").output


def test_a_number_of_several_carriers_is_asked_of_those_that_somebody_asks(tmp_path: Path) -> None:
    refused = _run(tmp_path, "track", "123456789012")
    assert refused.exit_code == 2
    assert "no connector is set up for FedEx (100003)" in refused.stderr
