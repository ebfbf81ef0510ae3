"""Rows of the Hongkong Post readings that are seen only on a whole server: H2, H4, H6 and H25."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import msgspec
import pytest

from tests.conftest import Clock
from tests.house import Running, running
from trackway.wire.hkpost.load import read_item

BASE = "/mailTrackingAPI"
NUMBER = "RT215770195HK"
ITEM = {
    "itemNo": NUMBER,
    "postingDateTime": "20-11-2026 09:00",
    "dropOffPoint_e": "Queen's Road Post Office",
    "dropOffPoint_c": "皇后大道郵政局",
    "dropOffPoint_s": "皇后大道邮政局",
    "orgCnty_code": "HK",
    "destCnty_code": "GB",
    "itemDeliveryStatusDetailList": [
        {"eventDateTime": "22-11-2026 09:45", "eventLocation_code": "GB", "eventCode": "EMI"}
    ],
}
TOP = {"status": int, "errMsg": str, "itemCount": int, "deliveryResultList": list}
LANGUAGES = ("e", "c", "s")
RESULT = (
    ["itemNo", "status", "errMsg", "postingDateTime"]
    + [f"dropOffPoint_{language}" for language in LANGUAGES]
    + [f"{country}Cnty_{field}" for country in ("org", "dest") for field in ("code", *LANGUAGES)]
    + [f"milestone_{language}" for language in LANGUAGES]
    + ["itemDeliveryStatusDetailList"]
)
DETAIL = [
    "eventDateTime",
    *(f"eventLocation_{field}" for field in ("code", *LANGUAGES)),
    *(f"eventMsg_{language}" for language in LANGUAGES),
]


class Partner:
    """One who asks a running server."""

    def __init__(self, shop: Running, token: str) -> None:
        self.shop, self.token = shop, token

    async def ask(self, lang: str, *numbers: str) -> Any:
        self.shop.clock.move(seconds=1)
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.shop.url}{BASE}/api/version/1/mailTracking"
        async with self.shop.session.post(url, json={"lang": lang, "itemNo": numbers}, headers=headers) as answer:
            return await answer.json()


@pytest.fixture
async def partner(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Partner]:
    async with running(database_url, tmp_path, clock) as shop:
        mailroom = shop.house.post.mailroom
        await mailroom.load([read_item(msgspec.json.encode(ITEM))], clock())
        secret = await mailroom.create_partner("ann", clock())
        yield Partner(shop, (await mailroom.authenticate("ann", secret, clock())).token)


async def test_h2_the_answer_is_flat_and_its_statuses_are_integers(partner: Partner) -> None:
    answer = await partner.ask("A", NUMBER, "x")
    assert {name: type(value) for name, value in answer.items()} == TOP
    for result in answer["deliveryResultList"]:
        assert list(result) == RESULT
        assert type(result["status"]) is int
        for detail in result["itemDeliveryStatusDetailList"]:
            assert list(detail) == DETAIL


async def test_h4_the_s_fields_are_simplified_chinese(partner: Partner) -> None:
    (result,) = (await partner.ask("S", NUMBER))["deliveryResultList"]
    assert (result["dropOffPoint_s"], result["destCnty_s"]) == ("皇后大道邮政局", "英国")
    assert result["milestone_s"] == "已成功派递"
    assert result["itemDeliveryStatusDetailList"][0]["eventMsg_s"] == "成功派递"


@pytest.mark.parametrize("lang", ["A", "E", "C", "S"])
async def test_h6_the_words_of_a_status_are_english_and_empty_for_0(partner: Partner, lang: str) -> None:
    answer = await partner.ask(lang, NUMBER, "RB000000010HK")
    assert [answer["errMsg"], *(result["errMsg"] for result in answer["deliveryResultList"])] == [
        "",
        "",
        "item number does not exist",
    ]
    assert (await partner.ask(lang))["errMsg"] == "Empty item number array"


async def test_h25_the_page_and_its_document_need_no_other_host(partner: Partner) -> None:
    session, page = partner.shop.session, f"{partner.shop.url}{BASE}/swagger-ui/index.html"
    async with session.get(page) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        html = await answer.text()
    needed = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(needed) > 2
    for name in needed:
        assert "//" not in name
        async with session.get(urljoin(page, name)) as answer:
            assert answer.status == 200
    async with session.get(f"{partner.shop.url}{BASE}/v3/api-docs") as answer:
        assert set((await answer.json())["paths"]) == {"/api/authenticate", "/api/version/1/mailTracking"}
