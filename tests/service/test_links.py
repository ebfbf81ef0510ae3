"""A link opens one tracking for whoever has it, until it is renewed; guessing is held back, and tenants never meet."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.house import Running, running
from trackway.domain.errors.access import TooFast
from trackway.domain.errors.shops import LinkUnknown, LogoUnfit, OriginMalformed
from trackway.domain.following.registration import Application
from trackway.domain.shop import LOGO_LIMIT

NUMBER = "RR473124829CN"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture
async def house(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(database_url, tmp_path, clock, key_change_delay=0) as house:
        for shop in ("mine", "other"):
            await house.shop(shop)
        house.key = (await house.house.access.rotate_key("mine", clock())).key
        await register(house, 1, "ORDER-4711")
        yield house


async def register(house: Running, account: int, tag: str) -> None:
    item = Application(number=NUMBER, carrier=3011, tag=tag)
    await house.house.merchants.registration.register(account, [item], house.clock())


async def test_a_link_shows_its_tracking_and_a_renewed_one_takes_its_place(house: Running) -> None:
    links, front = house.house.merchants.links, house.house.merchants.shopfront
    token = await links.of(1, 1)
    assert token == await links.of(1, 1)
    assert len(token) == 43
    shown = await front.parcel(token)
    assert (shown.tracking.number, shown.shop.name) == (NUMBER, "mine")
    again = await links.renew(1, 1)
    assert again != token
    assert (await front.parcel(again)).tracking.id == 1
    with pytest.raises(LinkUnknown):
        await front.parcel(token)


async def test_nobody_gets_the_link_of_another_accounts_tracking(house: Running) -> None:
    for ask in (house.house.merchants.links.of, house.house.merchants.links.renew):
        with pytest.raises(LinkUnknown):
            await ask(2, 1)


@pytest.mark.parametrize("token", ["", "a", "A" * 43, "é" * 43, "../../x", "A" * 5000])
async def test_what_we_did_not_make_opens_nothing(house: Running, token: str) -> None:
    for ask in (
        house.house.merchants.shopfront.parcel,
        house.house.merchants.shopfront.shop,
        house.house.merchants.shopfront.logo,
    ):
        with pytest.raises(LinkUnknown):
            await ask(token)


async def test_a_link_of_one_kind_is_none_of_the_other(house: Running) -> None:
    with pytest.raises(LinkUnknown):
        await house.house.merchants.shopfront.parcel(house.house.merchants.links.shop(1))
    with pytest.raises(LinkUnknown):
        house.house.merchants.links.shop_of(await house.house.merchants.links.of(1, 1))


async def test_a_deleted_tracking_a_closed_shop_and_a_disabled_account_show_nothing(house: Running) -> None:
    token = await house.house.merchants.links.of(1, 1)
    front = house.house.merchants.shopfront
    await front.change(1, name="mine", colour="#112233", is_open=False, search=True, origins=())
    with pytest.raises(LinkUnknown):
        await front.parcel(token)
    await front.change(1, name="mine", colour="#112233", is_open=True, search=True, origins=())
    assert await front.parcel(token)
    await house.house.access.set_disabled("mine", disabled=True)
    with pytest.raises(LinkUnknown):
        await front.parcel(token)
    await house.house.access.set_disabled("mine", disabled=False)
    await house.ask("deletetrack", {"number": NUMBER})
    with pytest.raises(LinkUnknown):
        await front.parcel(token)


async def test_a_number_with_the_last_four_of_its_order_is_found(house: Running, clock: Clock) -> None:
    links, now = house.house.merchants.links, clock()
    assert await links.find(1, f" {NUMBER.lower()} ", "4711", "10.0.0.1", now) == await links.of(1, 1)
    for number, order in ((NUMBER, "4712"), (NUMBER, ""), (NUMBER, "ORDER-4711"), ("RR473124829GB", "4711")):
        with pytest.raises(LinkUnknown):
            await links.find(1, number, order, "10.0.0.2", now)
    with pytest.raises(LinkUnknown):  # of another account
        await links.find(2, NUMBER, "4711", "10.0.0.3", now)


async def test_guessing_is_held_back_by_address_and_by_number(house: Running, clock: Clock) -> None:
    links, now = house.house.merchants.links, clock()
    for _ in range(10):
        with pytest.raises(LinkUnknown):
            await links.find(1, "RR473124829GB", "0000", "10.0.0.1", now)
    with pytest.raises(TooFast):
        await links.find(1, NUMBER, "4711", "10.0.0.1", now)
    with pytest.raises(TooFast):  # from elsewhere, the same number
        await links.find(1, "RR473124829GB", "0001", "10.0.0.2", now)
    assert await links.find(1, NUMBER, "4711", "10.0.0.1", clock.move(minutes=1))


async def test_a_shop_is_kept_as_set_and_bad_settings_change_nothing(house: Running) -> None:
    front = house.house.merchants.shopfront
    await front.change(
        1, name=" Blue  Lantern ", colour="#AABBCC", is_open=True, search=True, origins=["https://Shop.example/", ""]
    )
    shop = await front.settings(1)
    assert (shop.name, shop.colour, shop.origins) == ("Blue Lantern", "#aabbcc", ("https://shop.example",))
    with pytest.raises(OriginMalformed):
        await front.change(1, name="x", colour="#000000", is_open=True, search=True, origins=["http://shop.example"])
    assert await front.settings(1) == shop
    assert (await front.settings(2)).name == "other"


async def test_a_logo_is_what_its_bytes_are_and_stays_when_the_rest_changes(house: Running) -> None:
    front, token = house.house.merchants.shopfront, house.house.merchants.links.shop(1)
    await front.set_logo(1, PNG)
    await front.change(1, name="mine", colour="#000000", is_open=True, search=True, origins=())
    assert await front.logo(token) == (PNG, "image/png")
    assert (await front.settings(1)).logo
    for image in (b"<svg onload=alert(1)>", b"GIF89a", PNG + bytes(LOGO_LIMIT)):
        with pytest.raises(LogoUnfit):
            await front.set_logo(1, image)
    assert await front.logo(token) == (PNG, "image/png")
    await front.set_logo(1, b"")
    with pytest.raises(LinkUnknown):
        await front.logo(token)
