"""Somebody at the console."""

from playwright.async_api import Page

from tests.house import Running
from tests.web.console.desk import PASSWORD, person
from trackway.domain.person import Role


async def sign_in(page: Page, house: Running, role: Role = Role.OWNER, account: str | None = None) -> None:
    """Somebody new of the house, or of an account, signs in."""
    name = f"{role.value}-{account or 'house'}"
    await person(house, name, role, account)
    await page.goto(f"{house.url}/console/login")
    await page.locator("[name=name]").fill(name)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("[name=password]").press("Enter")
    await page.wait_for_url("**/console/**")
