"""Debian's Chromium, driven by Playwright; without it these tests are skipped, and say so."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.conftest import Clock
from tests.house import Running, running

QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("NO CHROMIUM: `make system` installs it where this is Debian; no page was looked at")
    return found


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        await browser.close()


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    """A served house on an empty store with one account."""
    async with running(sqlite_url, tmp_path, clock, key_change_delay=0) as house:
        await house.shop()
        yield house
