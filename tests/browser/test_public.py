"""The page of a parcel as a stranger sees it: on a phone, in Chinese, without a script, in a frame, with ill will."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from playwright.async_api import Browser, expect

from tests.browser.carrier import PARCELS, POSTED, Told, tell
from tests.browser.hostile import HOSTILE
from tests.browser.inspection import inspector
from tests.house import Running
from trackway.domain.number import s10_digit
from trackway.domain.tracking import Event, Tracking

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
async def shop(house: Running) -> Running:
    await tell(house, PARCELS)
    await _dress(house)
    return house


async def _dress(house: Running, *origins: str) -> None:
    front = house.house.merchants.shopfront
    await front.change(1, name="藍燈籠茶莊", colour="#ffd400", is_open=True, search=True, origins=origins)
    await front.set_logo(1, PNG)


async def test_a_stranger_reads_the_page_in_chinese_on_a_phone(browser: Browser, shop: Running) -> None:
    token = await shop.house.merchants.links.of(1, 1)
    async with inspector(browser, shop.url, locale="zh-HK", java_script_enabled=False, **PHONE) as seen:
        page = seen.page
        await page.goto(f"{shop.url}/t/{token}")
        await expect(page).to_have_title("運送途中 · RR473124829HK · 藍燈籠茶莊")
        await expect(page.get_by_role("heading", level=1)).to_have_text("運送途中")
        await expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
        await expect(page.get_by_role("img", name="藍燈籠茶莊")).to_be_visible()
        events = page.get_by_role("list").last.get_by_role("listitem")
        await expect(events).to_have_count(3)
        await expect(events.last).to_contain_text("櫃位收件")
        await expect(events.last).to_contain_text("2026年11月17日 10:05 · 香港")
        await expect(page.locator("time").first).to_have_attribute("datetime", "2026-11-20T06:15")
        await page.get_by_role("link", name="简体中文").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("运输途中")
        await expect(page.locator(".events li").last).to_contain_text("柜位收件")
        await page.get_by_role("link", name="English").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("On its way")
        body = await page.content()
        assert not [word for word in ("Order 2026", "Trackway", "token", "8011", "account") if word in body]


async def test_every_state_is_a_page_that_everybody_can_read(browser: Browser, shop: Running) -> None:
    async with inspector(browser, shop.url) as seen:
        for identity in range(1, len(PARCELS) + 1):
            await seen.look(f"/t/{await shop.house.merchants.links.of(1, identity)}")
        await seen.look(f"/t/{await shop.house.merchants.links.of(1, 2)}/embed?lang=zh-Hans")
        await seen.look(f"/t/shop/{shop.house.merchants.links.shop(1)}?lang=zh-Hant")
        await seen.look("/t/nothing", 404)


async def test_hostile_texts_are_inert(browser: Browser, house: Running) -> None:
    assert len(HOSTILE) >= 60
    events = tuple(
        Event(time=f"2026-11-{1 + at // 24:02} {at % 24:02}:00", text=text, place=text, detail=text)
        for at, text in enumerate(HOSTILE)
    )
    await tell(house, [Told(number="RR473124829HK", tag="<script>window.owned=1</script>4711", events=events)])
    await house.house.merchants.shopfront.change(
        1, name="<img src=x onerror=window.owned=1>", colour="#000000", is_open=True, search=True, origins=[]
    )
    async with inspector(browser, house.url) as seen:
        await seen.look(f"/t/{await house.house.merchants.links.of(1, 1)}")
        await expect(seen.page.locator(".events li")).to_have_count(len(events))
        shown = await seen.page.locator(".events .what").all_text_contents()
        assert shown == [event.text for event in (await _tracking(house)).events()]
        await seen.look(f"/t/shop/{house.house.merchants.links.shop(1)}")


async def _tracking(house: Running) -> Tracking:
    return (await house.house.merchants.shopfront.parcel(await house.house.merchants.links.of(1, 1))).tracking


async def test_a_customer_finds_a_parcel_by_number_and_order(browser: Browser, shop: Running) -> None:
    async with inspector(browser, shop.url, **PHONE) as seen:
        page = seen.page
        await page.goto(f"{shop.url}/t/shop/{shop.house.merchants.links.shop(1)}")
        await page.get_by_label("Tracking number").fill("rr287043775hk")
        await page.get_by_label("Last four characters").fill("9999")
        await page.get_by_role("button", name="Look").click()
        await expect(page.get_by_role("alert")).to_contain_text("no parcel")
        await seen.check("search refused")
        await expect(page.get_by_label("Tracking number")).to_have_value("rr287043775hk")
        await page.get_by_label("Last four characters").fill("1042")
        await page.get_by_role("button", name="Look").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Delivered")
        for _ in range(10):
            answer = await page.request.post(
                f"{shop.url}/t/shop/{shop.house.merchants.links.shop(1)}", form={"number": "x"}
            )
        assert answer.status == 429
        assert "too often" in await answer.text()


@asynccontextmanager
async def _site(html: str) -> AsyncIterator[str]:
    """A shop's own page on an origin of its own."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html")

    application = web.Application()
    application.router.add_get("/", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_shop_shows_the_page_in_a_frame_and_no_other_site_can(browser: Browser, shop: Running) -> None:
    token = await shop.house.merchants.links.of(1, 1)
    html = (
        f'<!doctype html><div data-trackway="/t/{token}" lang="en"></div><script src="{shop.url}/t/widget.js"></script>'
    )
    async with _site(html) as mine, _site(html) as stranger:
        await _dress(shop, mine)
        page = await browser.new_page(viewport={"width": 700, "height": 500})
        await page.goto(mine)
        frame = page.frame_locator("iframe")
        await expect(frame.get_by_role("heading", level=1)).to_have_text("On its way")
        high = await frame.locator("body").evaluate("body => Math.ceil(body.getBoundingClientRect().height)")
        await expect(page.locator("iframe")).to_have_css("height", f"{high}px")
        await page.goto(stranger)
        await expect(page.locator("iframe")).to_be_attached()
        await expect(page.frame_locator("iframe").locator(".events")).to_have_count(0)
        await page.close()


async def test_no_page_is_indexed_framed_or_kept(shop: Running) -> None:
    token, search = await shop.house.merchants.links.of(1, 1), shop.house.merchants.links.shop(1)
    for path in (f"/t/{token}", f"/t/shop/{search}", "/t/nothing", f"/t/{token}/logo"):
        async with shop.session.get(shop.url + path) as answer:
            assert answer.headers["x-robots-tag"] == "noindex, nofollow"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["referrer-policy"] == "no-referrer"
    async with shop.session.get(f"{shop.url}/t/{search}/logo") as logo:
        assert (await logo.read(), logo.content_type) == (PNG, "image/png")
        assert logo.headers["x-content-type-options"] == "nosniff"


async def test_a_tracking_of_another_account_is_never_shown(shop: Running) -> None:
    await shop.shop("other")
    number = f"LX28704377{s10_digit('28704377')}HK"
    await tell(shop, [Told(number=number, tag="Order 1", events=(POSTED,))], account=2)
    asked = {"number": number, "order": "er 1"}
    async with shop.session.post(f"{shop.url}/t/shop/{shop.house.merchants.links.shop(1)}", data=asked) as answer:
        assert answer.status == 404
    async with shop.session.get(f"{shop.url}/t/shop/{shop.house.merchants.links.shop(2)}") as closed:
        assert closed.status == 404  # its search is not switched on
