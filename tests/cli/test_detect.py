"""`trackway detect`, and the same by HTTP."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import Clock
from tests.house import Running, running
from trackway.cli import main

POST = {
    "number": "RR473124829GB",
    "candidates": [
        {
            "carrier": 11031,
            "id": "gb.post",
            "format": "S10",
            "check": "right",
            "reason": "S10 number of Royal Mail",
        }
    ],
}


@pytest.fixture
async def shop(sqlite_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(sqlite_url, tmp_path, clock) as opened:
        await opened.shop()
        yield opened


def test_numbers_are_told_in_lines_and_nothing_is_made(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["detect", "RR473124829GB", "HELLO", "--data", str(tmp_path / "new")])
    assert said.exit_code == 0
    assert "11031  gb.post  S10 number of Royal Mail" in said.output
    assert "no carrier has numbers of this form" in said.output
    assert not (tmp_path / "new").exists()


def test_each_line_of_standard_input_is_one_object() -> None:
    said = CliRunner().invoke(main, ["detect", "--json"], input=b" rr473124829gb\r\n\n\xff\xfe\n")
    told = [json.loads(line) for line in said.output.splitlines()]
    assert told[0] == POST
    assert [one["candidates"] for one in told[1:]] == [[]]


async def test_the_same_is_told_by_http_and_bad_items_are_refused(shop: Running) -> None:
    accepted, rejected = await shop.ask("detect", {"number": "rr473124829gb"}, {"number": "?"}, {"number": "HELLO"})
    assert accepted == [POST, {"number": "HELLO", "candidates": []}]
    assert [one["error"]["code"] for one in rejected] == [-18010012]
    assert (await shop.call("detect", [{"number": "HELLO"}] * 41))[1]["data"]["errors"][0]["code"] == -18010014
    assert (await shop.call("detect", [], key="0" * 32))[0] == 401
