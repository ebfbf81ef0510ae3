"""In and out of the console: first start, sign-in, pace, sessions, forged forms."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.house import Running, running
from tests.web.console.desk import PASSWORD, browser, person, signed_in
from trackway.domain.person import Role
from trackway.web.console.base.places import HOME


@pytest.fixture
async def desk(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(database_url, tmp_path, clock) as one:
        yield one


async def test_the_first_link_makes_the_owner_once(desk: Running) -> None:
    link = await desk.house.staff.people.first_link(desk.clock())
    assert link
    path = f"/console/link/{link.token}"
    async with browser(desk) as one:
        assert "first account" in (await one.get(path)).text
        weak = await one.post(path, {"name": "Ada", "password": "short", "account": "shop"})
        assert (weak.status, "12 to 256" in weak.said) == (422, True)
        done = await one.post(path, {"name": "Ada", "password": PASSWORD, "account": "shop"})
        assert (done.status, done.path) == (200, HOME)
        assert "ada" in (await one.get("/console/audit")).text
        assert (await one.get(path)).status == 404
    assert await desk.house.staff.people.first_link(desk.clock()) is None
    assert [account.name for account in await desk.house.access.accounts()] == ["shop"]


async def test_a_wrong_password_says_no_more_than_that(desk: Running) -> None:
    await desk.shop()
    await person(desk, "ada", Role.OWNER, "shop")
    async with browser(desk) as one:
        wrong = await one.post("/console/login", {"name": "ada", "password": "x" * 20})
        nobody = await one.post("/console/login", {"name": "eve", "password": "x" * 20})
        assert (wrong.status, nobody.status, wrong.said) == (401, 401, nobody.said)


async def test_tries_are_slowed_down_and_time_lets_them_in_again(desk: Running) -> None:
    await desk.shop()
    await person(desk, "ada", Role.OWNER, "shop")
    async with browser(desk) as one:
        for _ in range(10):
            await one.post("/console/login", {"name": "ada", "password": "x" * 20})
        slow = await one.post("/console/login", {"name": "ada", "password": PASSWORD})
        assert "Too many" in slow.said
        desk.clock.move(minutes=16)
        assert (await one.post("/console/login", {"name": "ada", "password": PASSWORD})).path != "/console/login"


async def test_forms_from_elsewhere_and_without_the_token_are_refused(desk: Running) -> None:
    await desk.shop()
    async with signed_in(desk, "ada", Role.OWNER, "shop") as one:
        new = {"name": "bob", "role": "reader"}
        assert (await one.post("/console/people", new, Origin="https://evil.example")).status == 403
        assert (await one.post("/console/people", new, **{"Sec-Fetch-Site": "cross-site"})).status == 403
        assert (await one.post("/console/people", {**new, "form_token": "x"})).status == 403
        assert [p.name for p in await desk.house.staff.people.all()] == ["ada"]
        assert (await one.post("/console/login", new, Origin="null", **{"Sec-Fetch-Site": "none"})).status == 403


async def test_sessions_end_when_idle_when_old_and_when_signed_out(desk: Running) -> None:
    await desk.shop()
    async with signed_in(desk, "ada", Role.OWNER, "shop") as one:
        desk.clock.move(hours=11)
        assert (await one.get("/console/audit")).path == "/console/audit"
        desk.clock.move(hours=11)
        assert (await one.get("/console/audit")).path == "/console/audit"
        desk.clock.move(hours=13)
        assert (await one.get("/console/audit")).path == "/console/login"
        await one.post("/console/login", {"name": "ada", "password": PASSWORD})
        await one.get("/console/audit")
        assert (await one.post("/console/logout")).path == "/console/login"
        assert (await one.get("/console/audit")).path == "/console/login"


async def test_the_cookie_is_bound_to_the_host_where_we_are_spoken_to_by_https(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with running(database_url, tmp_path, clock, trusted_proxies="127.0.0.1/32") as desk:
        await desk.shop()
        await person(desk, "ada", Role.OWNER, "shop")
        async with desk.session.post(
            f"{desk.url}/console/login",
            data={"name": "ada", "password": PASSWORD},
            headers={"X-Forwarded-Proto": "https", "Sec-Fetch-Site": "same-origin"},
            allow_redirects=False,
        ) as answer:
            cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-trackway=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


async def test_every_page_keeps_others_out_of_itself(desk: Running) -> None:
    async with browser(desk) as one:
        headers = (await one.get("/console/login")).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


async def test_pages_are_in_the_languages_that_browsers_ask_for(desk: Running) -> None:
    async with browser(desk) as one:
        assert 'lang="zh-Hant"' in (await one.get("/console/login", **{"Accept-Language": "zh-TW"})).text
        await one.post("/console/look", {"language": "zh-Hans", "theme": "dark", "back": "/console/login"})
        page = (await one.get("/console/login", **{"Accept-Language": "zh-TW"})).text
        assert re.search('lang="zh-Hans" data-theme="dark"', page)


async def test_an_owner_adds_people_and_shuts_them_out(desk: Running) -> None:
    await desk.shop()
    async with signed_in(desk, "ada", Role.OWNER, "shop") as one, browser(desk) as other:
        link = (await one.post("/console/people", {"name": "Bob", "role": "reader"})).found(r"(/console/link/[\w-]+)")
        assert "already" not in link
        assert "taken" in (await one.post("/console/people", {"name": "bob", "role": "owner"})).said
        await other.post(link, {"password": PASSWORD})
        assert (await other.get("/console/audit")).path == "/console/audit"
        bob = await desk.house.staff.people.named("bob")
        for path, fields in (("", {"name": "eve"}), (f"/{bob.id}/role", {})):
            wrong = await one.post(f"/console/people{path}", {**fields, "role": "king"})
            assert (wrong.status, wrong.said) == (200, "role cannot be that.")
        assert [(p.name, p.role) for p in await desk.house.staff.people.all()] == [
            ("ada", Role.OWNER),
            ("bob", Role.READER),
        ]
        assert (await other.post(f"/console/people/{bob.id}/role", {"role": "owner"})).status == 403
        await one.post(f"/console/people/{bob.id}/disabled", {"disabled": "yes"})
        assert (await other.get("/console/audit")).path == "/console/login"
        log = (await one.get("/console/audit")).text
        assert "added a person" in log
        assert "shut somebody out" in log
