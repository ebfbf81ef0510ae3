"""The webhook and access in a real browser: a push sent again to a real receiver, a key changed against the clock."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk import sign_in
from tests.browser.hostile import HOSTILE
from tests.browser.inspection import inspector
from tests.conftest import Clock
from tests.stage import NUMBER, Stage, staged
from trackway.domain.person import Role
from trackway.storage.statement import Statement

_HOSTILE = Statement("UPDATE attempt SET answer = :text, fault = :text, status = -1, url = :text")
_HOSTILE_MESSAGE = Statement("UPDATE message SET number = :number")
_HOSTILE_SAYING = Statement("UPDATE saying SET body = :text")


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    """A shop whose receiver was down for the first push."""
    async with staged(Stage, sqlite_url, tmp_path, clock) as opened:
        await opened.scan(1)
        await opened.shop.ask("register", {"number": NUMBER})
        await opened.poll()
        opened.inbox.answers = [500] * 4
        for _ in range(4):
            await opened.deliver(hours=1)
        yield opened


async def test_a_lost_push_is_found_and_sent_again(browser: Browser, stage: Stage) -> None:
    async with inspector(browser, stage.shop.url) as seen:
        page = seen.page
        await sign_in(page, stage.shop, Role.OPERATOR, "shop")
        await page.get_by_role("link", name="Webhook").click()
        await expect(page.get_by_role("list").filter(has_text="given up")).to_contain_text("1 given up")
        await page.get_by_role("button", name="Send a test").click()
        await expect(page.get_by_text("The webhook took the sample")).to_be_visible()
        await page.get_by_role("link", name="given up").click()
        await expect(page.get_by_role("row")).to_have_count(2)
        await page.get_by_role("checkbox", name="Choose all of this page").check()
        await page.get_by_role("button", name="Send the chosen again").click()
        await expect(page.get_by_role("status")).to_contain_text("1 to be sent again")
        sent = len(stage.inbox.pushes)
        await stage.deliver()
        assert len(stage.inbox.pushes) == sent + 1
        assert stage.inbox.pushes[-1] == stage.inbox.pushes[0]
        assert stage.inbox.headers[-1]["webhook-id"] == stage.inbox.headers[0]["webhook-id"]
        await page.get_by_role("link", name="delivered", exact=True).click()
        await page.get_by_role("row").last.get_by_role("link").click()
        await expect(page.locator("article")).to_have_count(5)
        await expect(page.locator("article").first).to_contain_text("200")
        await expect(page.get_by_text(stage.inbox.pushes[-1]["sign"])).to_be_visible()
        await seen.check("message")


async def test_a_key_is_changed_and_its_time_runs_down(browser: Browser, stage: Stage) -> None:
    """T34."""
    async with inspector(browser, stage.shop.url) as seen:
        page, old = seen.page, stage.shop.key
        await sign_in(page, stage.shop, Role.OWNER, "shop")
        await page.get_by_role("link", name="Access").click()
        await page.get_by_role("button", name="Change the key").click()
        await page.get_by_role("dialog").get_by_role("button", name="Change the key").click()
        new = await page.locator("#key").inner_text()
        assert re.fullmatch("[0-9A-F]{32}", new)
        await expect(page.get_by_role("timer")).to_have_text(re.compile("4:[0-5][0-9]"))
        await seen.check("new key")
        assert (await stage.shop.call("gettracklist", {}, old))[0] == 200
        stage.clock.move(seconds=299)
        await page.goto(f"{stage.shop.url}/console/access")
        assert new not in await page.content()
        await expect(page.get_by_role("timer")).to_have_text("no longer")
        stage.clock.move(seconds=1)
        assert (await stage.shop.call("gettracklist", {}, old))[0] == 401
        assert (await stage.shop.call("gettracklist", {}, new))[0] == 200


async def test_the_last_network_is_not_taken_away_by_a_slip(browser: Browser, stage: Stage) -> None:
    async with inspector(browser, stage.shop.url) as seen:
        page = seen.page
        await sign_in(page, stage.shop, Role.OWNER, "shop")
        await page.goto(f"{stage.shop.url}/console/access")
        await page.get_by_label("Addresses or networks to add").fill("127.0.0.0/8 nonsense")
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("nonsense")
        await seen.check("refused")
        await page.get_by_label("Addresses or networks to add").fill("127.0.0.0/8")
        await page.get_by_role("button", name="Add", exact=True).click()
        await page.get_by_role("button", name="Remove").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("Without it any address may call")
        await dialog.get_by_role("button", name="Esc").click()
        assert (await stage.shop.house.access.named("shop")).networks == ("127.0.0.0/8",)


async def test_what_receivers_answer_is_inert(browser: Browser, stage: Stage) -> None:
    text = "\n".join(HOSTILE)[:4096]
    await stage.shop.house.store.main.write(lambda tx: tx.fetch(_HOSTILE, text=text))
    await stage.shop.house.store.main.write(lambda tx: tx.fetch(_HOSTILE_MESSAGE, number=HOSTILE[0]))
    await stage.shop.house.store.main.write(lambda tx: tx.fetch(_HOSTILE_SAYING, text=text))
    async with inspector(browser, stage.shop.url, viewport={"width": 1280, "height": 800}) as seen:
        await sign_in(seen.page, stage.shop)
        await seen.page.goto("about:blank")  # what the first page still loads is not of the next one
        for path in ("/console/webhook", "/console/webhook/1", "/console/webhook?outcome=given_up&number=%3Cb%3E"):
            await seen.look(path)
