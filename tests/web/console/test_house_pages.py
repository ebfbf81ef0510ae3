"""Overview, tracking page, carriers, operator: whose they are, who may change them, and what they never show."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.house import Running, running
from tests.web.console.desk import signed_in
from trackway.domain.person import Role

HOUSE = ("/console/carriers", "/console/operator", "/console/operator/users", "/console/operator/texts")
DEEDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/console/tracking-page", {"name": "x", "colour": "#000000"}),
    ("/console/tracking-page/logo", {}),
    ("/console/carriers/simulated", {}),
    ("/console/carriers/simulated/drop", {}),
    ("/console/operator/load", {}),
    ("/console/operator/users", {"name": "eve"}),
    ("/console/operator/users/secret", {"name": "partner"}),
    ("/console/operator/users/disabled", {"name": "partner", "disabled": "1"}),
    ("/console/operator/texts", {"kind": "events", "key": "EMI", "message_e": "x", "milestone_e": "x"}),
    ("/console/operator/texts/revert", {"kind": "events", "key": "EMI"}),
)


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(sqlite_url, tmp_path, clock) as one:
        for name in ("shop", "other"):
            await one.shop(name)
        yield one


async def test_a_reader_changes_nothing_and_an_account_sees_nothing_of_the_house(desk: Running) -> None:
    async with (
        signed_in(desk, "rita", Role.READER, None) as reader,
        signed_in(desk, "olga", Role.OWNER, "shop") as owner,
    ):
        for path in HOUSE:
            assert (await reader.get(path)).status == 200, path
            assert (await owner.get(path)).status == 403, path
        for path, fields in DEEDS:
            assert (await reader.post(path, fields)).status == 403, path
            if path.startswith(("/console/carriers", "/console/operator")):
                assert (await owner.post(path, fields)).status == 403, path
        await owner.get("/console/tracking-page")
        assert (
            await owner.post("/console/tracking-page", {"name": "Mine", "colour": "#123456", "open": "1"})
        ).status == 200
    shops = [await desk.house.merchants.shopfront.settings(account) for account in (1, 2)]
    assert [(shop.name, shop.colour) for shop in shops] == [("Mine", "#123456"), ("other", "#1d5c96")]


async def test_what_a_shop_cannot_be_is_said_and_changes_nothing(desk: Running) -> None:
    async with signed_in(desk, "olga", Role.OWNER, "shop") as owner:
        await owner.get("/console/tracking-page")
        bad = {"name": "Mine", "colour": "#123456", "origins": "https://a.example\nhttp://b.example/x"}
        assert "http://b.example/x" in (await owner.post("/console/tracking-page", bad)).said
        assert (await desk.house.merchants.shopfront.settings(1)).name == "shop"


async def test_credentials_are_written_and_never_shown(desk: Running) -> None:
    given = {
        "set_url": "https://post.example/api",
        "set_sys_id": "me",
        "set_sys_secret": "hunter22",
        "set_language": "en",
    }
    async with signed_in(desk, "olga", Role.OWNER, None) as owner:
        await owner.get("/console/carriers")
        assert "is set up" in (await owner.post("/console/carriers/hongkong-post", given)).said
        page = await owner.get("/console/carriers")
        assert "https://post.example/api" in page.text
        assert "hunter22" not in page.text
        again = {**given, "set_url": "https://post.example/v2", "set_sys_secret": ""}
        await owner.post("/console/carriers/hongkong-post", again)
        kept = (await desk.house.asking.connections.all())["hongkong-post"]
        assert (kept["url"], kept["sys_secret"]) == ("https://post.example/v2", "hunter22")
        wrong = await owner.post("/console/carriers/hongkong-post", {**given, "set_url": "ftp://x"})
        assert "ftp://x" in wrong.said
        assert "hunter22" not in (await owner.get("/console/audit")).text
        await owner.post("/console/carriers/hongkong-post/drop", {})
        assert not await desk.house.asking.connections.all()


async def test_the_overview_is_of_the_account_that_is_looked_at(desk: Running) -> None:
    await desk.ask("register", {"number": "RR473124829CN", "tag": "secret order"})
    async with signed_in(desk, "olga", Role.OWNER, "shop") as other:
        text = (await other.get("/console/overview")).text
    assert "RR473124829CN" not in text
    assert "secret order" not in text
