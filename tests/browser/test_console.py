"""Every page of the console: readable by everybody, in both themes, full and empty, and deaf to hostile texts."""

from collections.abc import Sequence

from playwright.async_api import Browser
from starlette.routing import Route

from tests.browser.carrier import PARCELS, Told, tell
from tests.browser.desk import sign_in
from tests.browser.history import remember
from tests.browser.hostile import HOSTILE
from tests.browser.inspection import Inspector, inspector
from tests.house import Running
from trackway.app.web import web_wing
from trackway.domain.tracking import Event, Milestone

_NUMBERS = [f"RR{serial}HK" for serial in ("473124829", "287043775", "100000013", "100000027", "100000035")]
_AT = (Milestone.EXCEPTION, Milestone.DELIVERY_FAILURE, Milestone.IN_TRANSIT, Milestone.DELIVERED)


def pages(house: Running) -> list[str]:
    """The address of every page of the console that needs nothing but a sign-in."""
    served = web_wing(house.house)._app  # type: ignore[attr-defined]  # noqa: SLF001  # what is looked at is what is served
    found = {
        route.path
        for route in served.routes
        if isinstance(route, Route)
        and route.path.startswith("/console/")
        and "{" not in route.path
        and "GET" in (route.methods or ())
    }
    return sorted(found - {"/console/login", "/console/live"})  # the latter never ends


async def _walk(seen: Inspector, paths: Sequence[str]) -> None:
    for path in paths:
        answer = await seen.page.request.get(seen.url + path, max_redirects=0)
        if answer.headers.get("content-type", "").startswith("text/html"):
            await seen.look(path, answer.status)


async def test_every_page_with_a_month_behind_it(browser: Browser, house: Running) -> None:
    await tell(house, PARCELS)
    await remember(house)
    await house.house.asking.connections.put("simulated", {}, house.clock())
    async with inspector(browser, house.url, viewport={"width": 1280, "height": 800}) as seen:
        await seen.look("/console/login")
        await sign_in(seen.page, house)
        await _walk(seen, pages(house))


async def test_every_page_without_anything(browser: Browser, house: Running) -> None:
    async with inspector(browser, house.url, locale="zh-TW") as seen:
        await sign_in(seen.page, house, account="shop")
        await _walk(seen, pages(house))


async def test_hostile_texts_are_inert_on_every_page(browser: Browser, house: Running) -> None:
    """Sixty and more texts in events, places, tags and names: each is shown as it is, on every page that shows it."""
    parcels = [
        Told(number=number, tag=HOSTILE[at], events=_events(at), carrier=8011) for at, number in enumerate(_NUMBERS)
    ]
    await tell(house, parcels)
    await house.house.merchants.shopfront.change(
        1, name=HOSTILE[0], colour="#00ff00", is_open=True, search=True, origins=["https://shop.example"]
    )
    await house.shop(HOSTILE[5])
    async with inspector(browser, house.url) as seen:
        await sign_in(seen.page, house)
        await _walk(seen, [*pages(house), *(f"/console/trackings/{one}" for one in range(1, len(parcels) + 1))])


def _events(at: int) -> tuple[Event, ...]:
    """A fifth of the texts each, the newest at a state that the overview shows."""
    own = HOSTILE[at :: len(_NUMBERS)]
    newest = Event(time="2026-11-22 10:00", text=own[0], place=own[1], detail=own[2], milestone=_AT[at % len(_AT)])
    return (
        newest,
        *(Event(time=f"2026-11-{1 + place:02} 09:00", text=text, place=text) for place, text in enumerate(own)),
    )
