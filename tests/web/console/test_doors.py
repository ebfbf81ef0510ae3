"""Every page and action is tried with another tenant's ids and with each lower role: refused, and nothing changes."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from tests.conftest import Clock
from tests.house import Running, running
from tests.web.console.desk import Browser, browser, person, signed_in
from trackway.app.house import House
from trackway.app.web import web_wing
from trackway.domain.following.registration import Application
from trackway.domain.person import Role
from trackway.storage.telling.deliveries import Sought

OPEN = {"/console", "/console/login", "/console/login/code", "/console/link/{token}", "/console/look"}
# What each role may not do: the least role of every action, as the docs say it.
LEAST = {
    "/console/import": Role.OPERATOR,
    "/console/people": Role.OWNER,
    "POST /console/import/read": Role.OPERATOR,
    "POST /console/import/recognise": Role.OPERATOR,
    "POST /console/import/register": Role.OPERATOR,
    "POST /console/webhook": Role.OWNER,
    "POST /console/webhook/test": Role.OPERATOR,
    "POST /console/webhook/replay": Role.OPERATOR,
    "POST /console/webhook/replay/all": Role.OPERATOR,
    "POST /console/access/key": Role.OWNER,
    "POST /console/access/networks": Role.OWNER,
    "POST /console/access/networks/remove": Role.OWNER,
    "POST /console/people": Role.OWNER,
    "POST /console/people/{id:int}/role": Role.OWNER,
    "POST /console/people/{id:int}/reset": Role.OWNER,
    "POST /console/people/{id:int}/disabled": Role.OWNER,
    **{
        f"POST /console/trackings/{{id:int}}/{act}": Role.OPERATOR
        for act in ("ask", "stop", "retrack", "link", "push", "delete", "tag", "carrier")
    },
}
HOUSE = {"/console/accounts", "POST /console/accounts", "POST /console/accounts/{id:int}/look"}
HOUSE |= {"POST /console/access/disabled"}


@pytest.fixture
async def desk(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(database_url, tmp_path, clock) as one:
        yield one


def routes(house: House) -> list[tuple[str, str]]:
    """Method and path of everything behind the door that this side of the console has."""
    served = web_wing(house)._app  # type: ignore[attr-defined]  # noqa: SLF001  # what is tried is what is served
    return [
        ("POST" if "POST" in route.methods else "GET", route.path)
        for route in served.routes
        if isinstance(route, Route)
        and route.methods
        and route.path.startswith("/console/")
        and route.path not in OPEN
        and "/static/" not in route.path
    ]


async def tried(one: Browser, method: str, path: str, **fields: str) -> Any:
    filled = re.sub(r"\{\w+(:int)?\}", fields.pop("id", "1"), path)
    return await (one.post(filled, fields) if method == "POST" else one.get(filled))


async def test_nothing_behind_the_door_answers_a_stranger(desk: Running) -> None:
    await desk.shop()
    async with browser(desk) as stranger:
        for method, path in routes(desk.house):
            answer = await tried(stranger, method, path)
            assert answer.path == "/console/login", (method, path)


@pytest.mark.parametrize("role", [Role.READER, Role.OPERATOR])
async def test_a_lower_role_is_refused(desk: Running, role: Role) -> None:
    await desk.shop()
    async with signed_in(desk, "bob", role, "shop") as one:
        for key, least in LEAST.items():
            method, _, path = key.rpartition(" ")
            if role.covers(least):
                continue
            answer = await tried(one, method or "GET", path)
            assert (answer.status, "role" in answer.text) == (403, True), key


async def test_an_owner_of_one_account_is_not_of_the_house(desk: Running) -> None:
    await desk.shop()
    async with signed_in(desk, "bob", Role.OWNER, "shop") as one:
        for key in HOUSE:
            method, _, path = key.rpartition(" ")
            assert (await tried(one, method or "GET", path, id="1")).status == 403, key


async def test_every_action_has_a_least_role_in_this_list(desk: Running) -> None:
    mine = ("trackings", "import", "webhook", "access", "people", "accounts")
    acts = {f"POST {path}" for method, path in routes(desk.house) if method == "POST" and path.split("/")[2] in mine}
    assert acts == {key for key in {*LEAST, *HOUSE} if key.startswith("POST ")}


async def test_another_tenants_ids_do_not_exist(desk: Running) -> None:
    house, now = desk.house, desk.clock()
    await desk.shop("theirs")
    theirs = await house.access.named("theirs")
    await house.merchants.registration.register(theirs.id, [Application(number="RR473124829GB", tag="secret-tag")], now)
    await house.merchants.webhooks.set_url("theirs", "http://127.0.0.1:9/inbox")
    tracking = (await house.merchants.browse.beginning(theirs.id, "RR"))[0].id
    await desk.shop("shop")
    await person(desk, "eve", Role.OWNER, "theirs")
    eve = await house.staff.people.named("eve")
    async with signed_in(desk, "bob", Role.OWNER, "shop") as one:
        page = await one.get(f"/console/trackings/{tracking}")
        assert (page.status, "RR473124829GB" in page.text) == (404, False)
        for act in ("ask", "stop", "retrack", "link", "push", "delete", "tag", "carrier"):
            answer = await one.post(f"/console/trackings/{tracking}/{act}", {"tag": "mine", "first": "8011"})
            assert "RR473124829GB" not in answer.text
        for act in ("role", "reset", "disabled"):
            await one.post(f"/console/people/{eve.id}/{act}", {"role": "reader", "disabled": "yes"})
        assert (await one.get("/console/webhook/1")).status == 404
        assert (await one.get("/console/webhook/1/data")).status == 404
        assert "secret-tag" not in (await one.get("/console/trackings?q=secret")).text
        assert b"RR473124829GB" not in (await one.get("/console/trackings.csv")).text.encode()
        await one.post("/console/webhook/replay", {"id": "1"})
        assert "eve" not in (await one.get("/console/people")).text
    same = await house.merchants.browse.one(theirs.id, tracking)
    assert (same.listed.tag, same.listed.stopped_at, same.listed.carrier_changes) == ("secret-tag", None, 0)
    after = await house.staff.people.named("eve")
    assert (after.role, after.disabled, after.password) == (eve.role, eve.disabled, eve.password)
    assert await house.merchants.webhooks.find("theirs", Sought(), 9) == []


async def test_one_of_the_house_looks_at_one_account_at_a_time(desk: Running) -> None:
    for name, number in (("one", "RR473124829GB"), ("two", "LK773201020HK")):
        await desk.shop(name)
        account = await desk.house.access.named(name)
        await desk.house.merchants.registration.register(account.id, [Application(number=number)], desk.clock())
    async with signed_in(desk, "ada", Role.OWNER, None) as ada:
        first = (await ada.get("/console/trackings")).text
        assert ("RR473124829GB" in first, "LK773201020HK" in first) == (True, False)
        second = await ada.post(f"/console/accounts/{(await desk.house.access.named('two')).id}/look")
        assert ("RR473124829GB" in second.text, "LK773201020HK" in second.text) == (False, True)
