"""What every page of the console has around it, on a telephone and on a slow line."""

import re

from playwright.async_api import Browser, Page, expect

from tests.browser.desk import sign_in
from tests.house import Running

_PHONE = {"width": 360, "height": 640}
_HIDDEN = """bar => {
  const [here, whole] = [bar.querySelector("[aria-current]"), bar].map(one => one.getBoundingClientRect());
  return here.left < whole.left || here.right > whole.right;
}"""


async def test_a_narrow_menu_shows_where_one_is(browser: Browser, house: Running) -> None:
    page = await browser.new_page(viewport=_PHONE, locale="en")  # type: ignore[arg-type]
    await sign_in(page, house)
    menu = page.get_by_role("navigation", name="Pages")
    for name in await menu.get_by_role("link").all_inner_texts():
        await menu.get_by_role("link", name=name, exact=True).click()
        await page.wait_for_load_state()
        await expect(menu.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
        assert not await menu.evaluate(_HIDDEN), name
        assert await page.evaluate("scrollY") == 0


async def test_a_click_that_comes_before_the_script_is_asked_about_too(browser: Browser, house: Running) -> None:
    """T34: a key is not changed by a slip, however slow the line."""
    page = await browser.new_page(locale="en")
    await page.route(re.compile(r"/console\.js"), lambda route: route.abort())
    await sign_in(page, house, account="shop")
    await _change_key(page, house)
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Esc").click()
    await expect(page.locator("#key")).to_have_count(0)
    await _change_key(page, house)
    await dialog.get_by_role("button", name="Change the key").click()
    await expect(page.locator("#key")).to_have_text(re.compile("[0-9A-F]{32}"))


async def _change_key(page: Page, house: Running) -> None:
    await page.goto(f"{house.url}/console/access")
    await page.get_by_role("button", name="Change the key").click()
