"""`make screens`: a picture of each page for the docs, of the same made-up shop each time."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser.carrier import PARCELS, tell
from tests.browser.conftest import QUIET
from tests.browser.desk import sign_in
from tests.browser.history import remember
from tests.browser.test_console import pages
from tests.conftest import Clock
from tests.docs.pages import ROOT
from tests.house import Running, running

FOLDER = ROOT / "docs" / "screens"
_WIDE, _PHONE = {"width": 1180, "height": 760}, {"width": 360, "height": 720}
_LEFT_OUT = {"/console/accounts", "/console/people", "/console/import/report"}


async def take() -> None:
    """All pictures anew."""
    found = shutil.which("chromium")
    if found is None:
        sys.exit("there is no chromium; `make system` installs it where this is Debian")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        async with (
            running(f"sqlite:///{data / 'screens.sqlite3'}", data, Clock(), key_change_delay=0) as house,
            async_playwright() as playwright,
        ):
            await _furnish(house)
            browser = await playwright.chromium.launch(executable_path=found, args=list(QUIET))
            await _console(browser, house)
            await _public(browser, house)
            await browser.close()


async def _furnish(house: Running) -> None:
    await house.shop("Blue Lantern Teas")
    await tell(house, PARCELS)
    await remember(house)
    await house.house.merchants.shopfront.change(
        1,
        name="Blue Lantern Teas",
        colour="#0b6e4f",
        is_open=True,
        search=True,
        origins=["https://bluelantern.example"],
    )


async def _console(browser: Browser, house: Running) -> None:
    page = await browser.new_page(viewport=_WIDE, color_scheme="light", locale="en")  # type: ignore[arg-type]
    await sign_in(page, house)
    for path in (*pages(house), "/console/trackings/1"):
        answer = await page.request.get(house.url + path, max_redirects=0)
        if path in _LEFT_OUT or answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        await page.goto(house.url + path)
        await page.screenshot(path=FOLDER / f"{path.strip('/').replace('/', '-')}.png")


async def _public(browser: Browser, house: Running) -> None:
    for name, tracking, theme, locale in (("page-en", 5, "light", "en"), ("page-zh", 1, "dark", "zh-HK")):
        page = await browser.new_page(viewport=_PHONE, color_scheme=theme, locale=locale)  # type: ignore[arg-type]
        await page.goto(f"{house.url}/t/{await house.house.merchants.links.of(1, tracking)}")
        await page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(take())
