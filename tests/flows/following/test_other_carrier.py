"""What goes along to another carrier, and what does not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Clock
from tests.house import Running, running

POSTNL, FEDEX, JNT = 14041, 100003, 100074
CHINA_POST, CHINA_EMS = 3011, 3013


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(database_url, tmp_path, clock) as opened:
        await opened.shop()
        yield opened


async def move(shop: Running, number: str, carrier: int) -> Any:
    shop.clock.move(days=2)
    return await shop.ask("changecarrier", {"number": number, "carrier_new": carrier})


async def test_the_country_of_origin_is_that_of_the_new_post(shop: Running) -> None:
    """`b`, as if it had been registered so."""
    number = "RR123456789CN"
    await shop.ask("register", {"number": number})
    for carrier, country in ((CHINA_EMS, 301), (FEDEX, 0), (CHINA_POST, 301)):
        await move(shop, number, carrier)
        _, page = await shop.call("gettracklist", {"number": number})
        assert [(item["w1"], item["b"]) for item in page["data"]["accepted"]] == [(carrier, country)]


async def test_a_parameter_of_the_old_carrier_does_not_bar_the_way_to_one_that_needs_none(shop: Running) -> None:
    """T36: it is dropped where it does not suit; where one is needed, another has to be noted first."""
    number = "ABC12345"
    await shop.ask("register", {"number": number, "carrier": POSTNL, "param": "NL-1000AA"})
    _, rejected = await move(shop, number, JNT)
    assert [item["error"]["code"] for item in rejected] == [-18010020]
    assert await move(shop, number, FEDEX) == ([{"number": number, "carrier": FEDEX}], [])
    _, rejected = await move(shop, number, POSTNL)
    assert [item["error"]["code"] for item in rejected] == [-18010018], "what the old one wanted is gone"
