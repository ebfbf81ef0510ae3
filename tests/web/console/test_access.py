"""The page of access: the key and its change, the address list, use, the switch, and who may do what."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.house import Running, running
from tests.web.console.desk import Browser, signed_in
from trackway.domain.person import Role

PAGE = "/console/access"


@pytest.fixture
async def desk(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(database_url, tmp_path, clock) as one:
        await one.shop(quota=100, daily=10)
        yield one


@pytest.fixture
async def owner(desk: Running) -> AsyncIterator[Browser]:
    async with signed_in(desk, "ada", Role.OWNER, "shop") as one:
        yield one


async def _works(desk: Running, key: str) -> bool:
    return (await desk.call("gettracklist", {}, key))[0] == 200


async def test_a_key_is_changed_and_the_old_one_dies_at_the_instant_that_was_said(
    desk: Running, owner: Browser, clock: Clock
) -> None:
    """T34."""
    old = desk.key
    assert f"•••• {old[-4:]}" in (await owner.get(PAGE)).text
    page = await owner.post(f"{PAGE}/key")
    new = page.found(r'id="key"[^>]*>([0-9A-F]{32})<')
    assert 'data-left="300"' in page.text
    assert ">5:00<" in page.text
    assert "2026-11-22 12:05" in page.text
    clock.move(seconds=299)
    later = await owner.get(PAGE)
    assert 'data-left="1"' in later.text
    assert new not in later.text
    assert old not in later.text
    assert f"•••• {new[-4:]}" in later.text
    assert [await _works(desk, key) for key in (old, new)] == [True, False]
    clock.move(seconds=1)
    assert [await _works(desk, key) for key in (old, new)] == [False, True]
    after = (await owner.get(PAGE)).text
    assert old[-4:] not in after
    assert "data-left" not in after
    log = (await owner.get("/console/audit")).text
    assert "changed the key" in log
    assert new not in log


async def test_a_second_change_voids_the_key_that_was_to_come(desk: Running, owner: Browser, clock: Clock) -> None:
    keys = [(await owner.post(f"{PAGE}/key")).found(r'id="key"[^>]*>([0-9A-F]{32})<') for _ in range(2)]
    clock.move(seconds=300)
    assert [await _works(desk, key) for key in (desk.key, *keys)] == [False, False, True]


async def test_the_address_list_is_added_to_and_taken_from(desk: Running, owner: Browser) -> None:
    assert "Any address may call" in (await owner.get(PAGE)).text
    added = await owner.post(f"{PAGE}/networks", {"networks": "203.0.113.7, 198.51.100.9/24\n::ffff:192.0.2.1"})
    assert "From where you are, 127.0.0.1, the API would refuse" in added.text
    assert (await desk.house.access.named("shop")).networks == (
        "192.0.2.1/32",
        "198.51.100.0/24",
        "203.0.113.7/32",
    )
    assert (await desk.call("gettracklist", {}))[1]["data"]["errors"][0]["code"] == -18010001
    for typed, words in {
        "": "at least one",
        "127.0.0.1 nonsense<b>": "nonsense<b>",
        "1.2.3.4/99": "1.2.3.4/99",
    }.items():
        wrong = await owner.post(f"{PAGE}/networks", {"networks": typed})
        assert wrong.status == 422
        assert words.replace("<", "&lt;").replace(">", "&gt;") in wrong.text
    many = " ".join(f"10.0.{n}.0/24" for n in range(120))
    assert "at most 100" in (await owner.post(f"{PAGE}/networks", {"networks": many})).text
    assert len((await desk.house.access.named("shop")).networks) == 3
    everybody = await owner.post(f"{PAGE}/networks", {"networks": "0.0.0.0/0"})
    assert "keeps nobody out" in everybody.text
    for network in ("192.0.2.1/32", "198.51.100.0/24", "203.0.113.7/32", "0.0.0.0/0", "0.0.0.0/0"):
        assert "off the list" in (await owner.post(f"{PAGE}/networks/remove", {"network": network})).said
    assert (await desk.house.access.named("shop")).networks == ()
    log = (await owner.get("/console/audit")).text
    assert (log.count("added to the address list"), log.count("took from the address list")) == (2, 4)


async def test_use_is_shown_against_its_limits(desk: Running, owner: Browser) -> None:
    await desk.ask("register", {"number": "RR473124829GB"}, {"number": "EE471108151FR"})
    page = (await owner.get(PAGE)).text
    assert '<progress value="2" max="100"' in page
    assert '<progress value="2" max="10"' in page
    desk.clock.move(hours=11)
    await owner.get(PAGE)
    desk.clock.move(hours=2)
    assert '<progress value="0" max="10"' in (await owner.get(PAGE)).text


async def test_only_an_owner_of_the_house_switches_an_account_off(desk: Running, owner: Browser) -> None:
    assert f"{PAGE}/disabled" not in (await owner.get(PAGE)).text
    assert (await owner.post(f"{PAGE}/disabled", {"disabled": "yes"})).status == 403
    async with signed_in(desk, "opa", Role.OPERATOR, None) as operator:
        await operator.get(PAGE)
        assert (await operator.post(f"{PAGE}/disabled", {"disabled": "yes"})).status == 403
    assert await _works(desk, desk.key)
    async with signed_in(desk, "eva", Role.OWNER, None) as house:
        off = await house.post(f"{PAGE}/disabled", {"disabled": "yes"})
        assert "key is refused" in off.text
        assert not await _works(desk, desk.key)
        await house.post(f"{PAGE}/disabled", {"disabled": "no"})
        assert await _works(desk, desk.key)
        log = (await house.get("/console/audit")).text
    assert "disabled the account" in log
    assert "enabled the account" in log


async def test_lower_roles_and_other_accounts_change_nothing(desk: Running) -> None:
    await desk.house.access.create("other", None, None, desk.clock())
    await desk.house.access.allow("shop", ("127.0.0.1",))
    acts = [("key", {}), ("networks", {"networks": "10.0.0.1"}), ("networks/remove", {"network": "127.0.0.1/32"})]
    for name, role in (("rea", Role.READER), ("opa", Role.OPERATOR)):
        async with signed_in(desk, name, role, "shop") as one:
            page = await one.get(PAGE)
            assert "127.0.0.1/32" in page.text
            assert "<textarea" not in page.text
            for path, fields in acts:
                assert (await one.post(f"{PAGE}/{path}", fields)).status == 403
    async with signed_in(desk, "eve", Role.OWNER, "other") as eve:
        assert "127.0.0.1/32" not in (await eve.get(PAGE)).text
        for path, fields in acts:
            assert (await eve.post(f"{PAGE}/{path}", {**fields, "account": "shop", "id": "1"})).status == 200
    assert (await desk.house.access.named("shop")).networks == ("127.0.0.1/32",)
    assert len(await desk.house.access.keys(1, desk.clock())) == 1
    assert await _works(desk, desk.key)
