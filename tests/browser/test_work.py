"""What people come to the console for, done in a real browser: import a file, see a parcel move."""

import asyncio
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.desk import sign_in
from tests.house import Running
from trackway.app.workers import poller_of
from trackway.domain.following.registration import Application


async def test_a_csv_of_five_hundred_with_three_bad_rows(browser: Browser, house: Running, tmp_path: Path) -> None:
    lines = ["number,tag", *(f"SIMNORMAL9{at:04},order {at}" for at in range(497))]
    lines += ["???,bad", "RR4731,=1+1", "no number at all,"]
    file = tmp_path / "numbers.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    page = await browser.new_page(locale="en")
    await sign_in(page, house, account="shop")
    await page.goto(f"{house.url}/console/import")
    await page.set_input_files("input[type=file]", file)
    await expect(page.locator("[data-status]")).to_contain_text("497 of 500 recognised", timeout=20_000)
    await expect(page.locator("[data-results] tbody tr")).to_have_count(3)
    await page.locator("[data-go]").click()
    await expect(page.locator("[data-status]")).to_contain_text("497 registered, 3 refused", timeout=20_000)
    async with page.expect_download() as coming:
        await page.locator("[data-report]").click()
    report = await asyncio.to_thread(Path(await (await coming.value).path()).read_text, "utf-8-sig")
    assert report.count('"ok"') == 497
    assert "'=1+1" in report
    await page.close()


async def test_a_parcel_moves_on_an_open_page(browser: Browser, house: Running) -> None:
    account = await house.house.access.named("shop")
    await house.house.merchants.registration.register(account.id, [Application(number="SIMNORMAL31001")], house.clock())
    await house.house.asking.connections.put("simulated", {}, house.clock())
    poller = poller_of(house.house, "simulated", {}, told=house.house.bell.ring)
    page = await browser.new_page(locale="en")
    await sign_in(page, house, account="shop")
    async with page.expect_request("**/console/live"):
        await page.goto(f"{house.url}/console/trackings")
    row = page.locator("table.pick tbody tr")
    await expect(row).to_contain_text("Not found")
    await poller.tick()
    await expect(row).to_contain_text("Info received", timeout=15_000)
    await page.close()


async def test_another_account_in_another_tab(browser: Browser, house: Running) -> None:
    """An import stops before it registers for the wrong account, and a list that stays fresh is the other's, whole."""
    await house.shop("two")
    context = await browser.new_context(locale="en")
    page, listed, other = [await context.new_page() for _ in range(3)]
    await sign_in(page, house)
    await listed.goto(f"{house.url}/console/trackings")
    await expect(listed.locator("a.account")).to_contain_text("shop")
    await page.goto(f"{house.url}/console/import")
    await page.locator("textarea").fill("SIMNORMAL90001")
    await expect(page.locator("[data-status]")).to_contain_text("1 of 1 recognised")
    await other.goto(f"{house.url}/console/accounts")
    await other.locator("form[action='/console/accounts/2/look'] button").click()
    await other.wait_for_url("**/console/trackings")
    await page.locator("[data-go]").click()
    await expect(page.locator("[data-status]")).to_contain_text("of another account")
    assert await house.house.merchants.browse.beginning(2, "SIM") == []
    await listed.locator("[name=q]").fill("SIM")
    await expect(listed.locator("a.account")).to_contain_text("two")
    await context.close()
