"""The page for merchants is true: each of its examples answers as it says, each row of its code table has that code."""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.conftest import Clock
from tests.house import Running, running
from tests.stage import Stage, staged
from trackway.web.openapi import track17 as openapi_track17

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api-17track.md").read_text(encoding="utf-8")
DOCUMENT = ROOT.parent / "shared" / "specs" / "17track-track-api-1.0.zh.txt"
ROWS: list[tuple[str, str, str]] = re.findall(
    r"^\| (-180\d{5}) \| [^|]+ \| ([^|]*) ?\| ([^|]+) \|$", PAGE, re.MULTILINE
)
EXAMPLES = re.findall(r"/track/v1/(\w+) -H .+\n +-d '(.+)'\n```\n\n```json\n([^`]+)```", PAGE)
ENDPOINTS = "register gettrackinfo gettracklist changeinfo changecarrier push stoptrack retrack deletetrack detect"
CODES = [
    *(-18010000 - n for n in (*range(1, 6), *range(10, 17), 18, 19, 20, 22, *range(201, 207))),
    *(-18019000 - n for n in (*range(801, 812), *range(901, 911))),
]
NOT_OVER_THE_API = {-18010201, -18010202, -18010203, -18010205, -18010206}
NUMBER = "RR473124829CN"


async def refuse_the_address(shop: Running, account: str) -> None:
    await shop.house.access.allow(account, ("10.0.0.0/8",))


async def send_another_key(shop: Running, _account: str) -> None:
    shop.key = "0" * 32


async def send_no_key(shop: Running, _account: str) -> None:
    shop.key = ""


async def lose_the_store(shop: Running, _account: str) -> None:
    await shop.house.store.close()


async def disable(shop: Running, account: str) -> None:
    await shop.house.access.set_disabled(account, disabled=True)


async def change_five_times(shop: Running, _account: str) -> None:
    for carrier in (3013, 3011, 3013, 3011, 3013):
        shop.clock.move(days=1, seconds=1)
        assert (await shop.ask("changecarrier", {"number": NUMBER, "carrier_new": carrier}))[0]
    shop.clock.move(days=1, seconds=1)


async def limit_the_day(shop: Running, account: str) -> None:
    await shop.shop(f"{account} with a limit", daily=1)


async def limit_all(shop: Running, account: str) -> None:
    await shop.shop(f"{account} with a limit", quota=1)


FIRST: dict[str, Callable[[Running, str], Awaitable[None]]] = {
    "only 10.0.0.0/8 may call": refuse_the_address,
    "another key is sent": send_another_key,
    "no key is sent": send_no_key,
    "the store is gone": lose_the_store,
    "the account is disabled": disable,
    "its carrier was changed five times": change_five_times,
    "the account may register one number a day": limit_the_day,
    "the account may register one number in all": limit_all,
}


async def call(shop: Running, step: str) -> Any:
    endpoint, _, body = step.strip("`").partition(" ")
    return (await shop.call(endpoint, body.encode()))[1]["data"]


async def do(shop: Running, account: str, step: str) -> None:
    """What has happened before: a call that succeeds, or a step by its name."""
    if step.startswith("`"):
        assert (await call(shop, step))["accepted"], step
    else:
        await FIRST[step](shop, account)


async def test_each_row_of_the_table_has_its_code(database_url: str, tmp_path: Path, clock: Clock) -> None:
    """The row that loses the store comes last."""
    async with running(database_url, tmp_path, clock) as shop:
        for code, first, request in sorted(ROWS, key=lambda row: "store" in row[1]):
            if int(code) in NOT_OVER_THE_API:
                assert request.startswith("not over the API"), code
                continue
            await shop.shop(code)
            for step in filter(None, first.strip().split("; ")):
                await do(shop, code, step)
            told = await call(shop, request)
            refused = told.get("errors") or [item["error"] for item in told["rejected"]]
            assert [problem["code"] for problem in refused] == [int(code)], (code, told)


def test_every_code_has_one_row() -> None:
    assert [int(code) for code, *_ in ROWS] == CODES


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the document does not lie beside the project")
def test_the_codes_are_the_documents() -> None:
    listed = re.findall(r"^(-180\d{5}) ", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(code) for code in listed} == set(CODES)


def described(endpoint: str) -> jsonschema_rs.Draft202012Validator:
    """What checks an answer against the description."""
    document = openapi_track17.describe()
    response = document["paths"][f"/{endpoint}"]["post"]["responses"]["200"]["content"]["application/json"]
    return jsonschema_rs.Draft202012Validator({**response["schema"], "components": document["components"]})


async def test_each_example_answers_as_it_says(database_url: str, tmp_path: Path, clock: Clock) -> None:
    async with staged(Stage, database_url, tmp_path, clock) as stage:
        await stage.scan(4)
        for endpoint, body, answer in EXAMPLES:
            if endpoint == "changecarrier":
                clock.move(days=1)
            told = await stage.shop.call(endpoint, body.encode())
            assert told == (200, json.loads(answer)), endpoint
            described(endpoint).validate(told[1])
            if endpoint == "register":
                await stage.poll()


def test_every_endpoint_has_an_example() -> None:
    assert [endpoint for endpoint, *_ in EXAMPLES] == ENDPOINTS.split()
