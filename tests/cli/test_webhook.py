"""`trackway webhook log`, `show` and `replay`, typed on a real store: by number, by time, by outcome."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.conftest import NOW, Clock
from tests.postroom import Postroom
from trackway.app.house import open_house
from trackway.cli import main
from trackway.config import load

DAY = f"{NOW:%Y-%m-%d}"


def _run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["webhook", *words, "--data", str(data)])


async def _prepare(data: Path, clock: Clock) -> None:
    """Message 1 was delivered on its second attempt, 2 given up a day later, 3 waits."""
    async with open_house(load(data=data), clock) as house:
        room = Postroom(house.store, clock)
        await house.access.create("shop", None, None, clock())
        await house.merchants.webhooks.set_url("shop", "https://hooks.example/")
        for tracking in (1, 2, 3):
            await room.tracking(tracking)
        await room.put(room.news(1))
        for status in (500, 200):
            (claim,) = await room.claim()
            await room.finish(claim, status, clock())
        clock.move(days=1)
        await room.put(room.news(2))
        (claim,) = await room.claim()
        await room.finish(claim, -1)
        await room.put(room.news(3))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    asyncio.run(_prepare(tmp_path, Clock()))
    return tmp_path


def test_the_log_shows_what_was_sent_and_how_it_ended(data: Path) -> None:
    waits, given_up, delivered = _run(data, "log", "shop").output.splitlines()
    assert "RR00003  waiting  no attempt yet" in waits
    assert "RR00002  given_up  1 attempts, last no answer" in given_up
    assert "RR00001  delivered  2 attempts, last HTTP 200" in delivered


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--number", " rr00001 "], [1]),
        (["--outcome", "given_up"], [2]),
        (["--outcome", "kept"], []),
        (["--since", f"{NOW + timedelta(days=1):%Y-%m-%d}"], [3, 2]),
        (["--until", f"{NOW + timedelta(days=1):%Y-%m-%d}"], [1]),
        (["--since", DAY, "--outcome", "delivered", "--number", "RR00001"], [1]),
        (["--most", "1"], [3]),
    ],
)
def test_the_log_by_number_time_and_outcome(data: Path, options: list[str], ids: list[int]) -> None:
    lines = _run(data, "log", "shop", "--json", *options).output.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids


def test_a_message_is_shown_with_each_attempt_and_its_answer(data: Path) -> None:
    told = _run(data, "show", "shop", "1").output
    assert '{"number":"RR00001"' in told or "RR00001 t" in told
    assert [line.split("  ")[3] for line in told.splitlines() if "hooks.example" in line] == ["HTTP 500", "HTTP 200"]
    assert told.count("    ok\n") == 2
    row = json.loads(_run(data, "show", "shop", "1", "--json").output)
    assert row["webhookId"] == f"msg_{NOW:%Y%m%d%H%M%S}_1"
    assert [(attempt["status"], attempt["took_ms"], attempt["answer"]) for attempt in row["attempts"]] == [
        (500, 3, "ok"),
        (200, 3, "ok"),
    ]
    assert "(nothing was sent yet)" in _run(data, "show", "shop", "3").output


@pytest.mark.parametrize("message", ["4", str(1 << 63), "9" * 30])
def test_a_message_that_is_not_there_is_told(data: Path, message: str) -> None:
    told = _run(data, "show", "shop", message)
    assert (told.exit_code, f"has no message {message}" in told.stderr) == (2, True)
    assert _run(data, "replay", "shop", message).exit_code == 1


def test_replay_sends_the_same_again_and_says_what(data: Path) -> None:
    before = json.loads(_run(data, "show", "shop", "1", "--json").output)
    assert _run(data, "replay", "shop", "1").output == "1 to be sent again: 1\n"
    after = json.loads(_run(data, "show", "shop", "1", "--json").output)
    assert (after["outcome"], after["webhookId"], after["data"]) == ("waiting", before["webhookId"], before["data"])
    assert _run(data, "replay", "shop", "--outcome", "given_up", "--since", DAY).output == "1 to be sent again: 2\n"
    assert _run(data, "replay", "shop", "--number", "RR00003").exit_code == 1
    refused = _run(data, "replay", "shop")
    assert (refused.exit_code, "--outcome" in refused.stderr) == (2, True)
