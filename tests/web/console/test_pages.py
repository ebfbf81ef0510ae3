"""What the pages of one account do: each button ends in the service's own rules, and in the log of changes."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from tests.conftest import Clock
from tests.house import Running, running
from tests.web.console.desk import PASSWORD, Browser, browser, signed_in
from trackway.app.workers import poller_of
from trackway.domain.following.registration import Application
from trackway.domain.person import Role
from trackway.domain.tracking import StopReason

NUMBERS = ("SIMNORMAL0101", "SIMLOST0102", "LK773201020HK", "RR473124829GB")


@pytest.fixture
async def desk(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(database_url, tmp_path, clock, carrier_change_patience=60) as one:
        await one.shop()
        yield one


async def filled(desk: Running) -> None:
    """Four trackings, of which the simulated ones have answers."""
    account = await desk.house.access.named("shop")
    given = [Application(number=number, tag=f"order {at}") for at, number in enumerate(NUMBERS)]
    await desk.house.merchants.registration.register(account.id, given, desk.clock())
    await desk.house.asking.connections.put("simulated", {}, desk.clock())
    poller = poller_of(desk.house, "simulated", {}, told=lambda: None)
    desk.clock.move(seconds=5)
    await poller.tick()


async def number_of(desk: Running, text: str) -> int:
    account = await desk.house.access.named("shop")
    return (await desk.house.merchants.browse.beginning(account.id, text))[0].id


async def log(one: Browser) -> str:
    return re.sub(r"<[^>]+>", " ", (await one.get("/console/audit")).text)


async def test_trackings_are_found_by_what_their_number_or_tag_begins_with(desk: Running) -> None:
    await filled(desk)
    async with signed_in(desk, "ada", Role.READER, "shop") as one:

        async def found(query: str) -> set[str]:
            return set(re.findall(r'class="number" href="/console/trackings/\d+">(\w+)<', (await one.get(query)).text))

        assert await found("/console/trackings") == set(NUMBERS)
        assert await found("/console/trackings?q=sim") == {"SIMNORMAL0101", "SIMLOST0102"}
        assert await found("/console/trackings?q=order+2") == {"LK773201020HK"}
        assert await found("/console/trackings?q=%25") == set()
        assert await found("/console/trackings?state=Delivered") == {"SIMNORMAL0101"}
        assert await found("/console/trackings?carrier=8011") == {"LK773201020HK"}
        assert await found("/console/trackings?followed=no") == set()
        assert await found("/console/trackings?registered_from=2026-11-23") == set()
        assert await found("/console/trackings?state=x&carrier=y&at=1.z&registered_to=no") == set(NUMBERS)


async def test_pages_of_the_list_go_on_where_they_ended_in_either_order(desk: Running) -> None:
    account = await desk.house.access.named("shop")
    given = [Application(number=f"SIMNORMAL9{at:04}") for at in range(120)]
    await desk.house.merchants.registration.register(account.id, given, desk.clock())
    for sort in ("", "sort=oldest"):
        seen: list[str] = []
        async with signed_in(desk, f"ada{sort}", Role.READER, "shop") as one:
            path = f"/console/trackings?{sort}"
            while path:
                text = (await one.get(path)).text
                seen += re.findall(r">(SIMNORMAL9\d+)<", text)
                further = re.search(r'href="(\?[^"]*)" rel="next"', text)
                path = "/console/trackings" + further[1].replace("&amp;", "&") if further else ""
        assert (len(seen), len(set(seen))) == (120, 120)


async def test_the_export_has_all_and_no_formula(desk: Running) -> None:
    await filled(desk)
    account = await desk.house.access.named("shop")
    await desk.house.merchants.registration.register(
        account.id, [Application(number="RB123456785GB", tag='=HYPERLINK("//evil")')], desk.clock()
    )
    async with signed_in(desk, "ada", Role.READER, "shop") as one:
        text = (await one.get("/console/trackings.csv")).text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["number"] for row in rows} == {*NUMBERS, "RB123456785GB"}
    assert [row["tag"] for row in rows if row["number"] == "RB123456785GB"] == ['\'=HYPERLINK("//evil")']


async def test_one_tracking_tells_its_story_and_each_button_does_what_it_says(desk: Running) -> None:
    await filled(desk)
    account = await desk.house.access.named("shop")
    at = f"/console/trackings/{await number_of(desk, 'SIMNORMAL')}"
    async with signed_in(desk, "ada", Role.OPERATOR, "shop") as one:
        page = (await one.get(at)).text
        assert "Shipment information received" in page
        assert "Why now, when next" in page
        assert "已有答覆" in (await one.get(at, **{"Accept-Language": "zh-HK"})).text
        assert "No webhook is set" in (await one.post(f"{at}/push")).said
        assert "was asked" in (await one.post(f"{at}/ask")).said
        desk.clock.move(minutes=16)
        assert "asked next" in (await one.post(f"{at}/ask")).said
        assert "changed" in (await one.post(f"{at}/tag", {"tag": "order 7"})).said
        old = (await one.get(at)).found(r'href="(/t/[^"]+)"')
        assert "new link" in (await one.post(f"{at}/link")).said
        new = (await one.get(at)).found(r'href="(/t/[^"]+)"')
        assert [(await one.get(link)).status for link in (old, new)] == [404, 200]
        assert "stopped" in (await one.post(f"{at}/stop")).said
        stopped = await desk.house.merchants.browse.one(account.id, int(at.rpartition("/")[2]))
        assert stopped.listed.stop_reason == StopReason.BY_HAND
        assert "stopped already" in (await one.post(f"{at}/stop")).said
        assert "followed again" in (await one.post(f"{at}/retrack")).said
        other = f"/console/trackings/{await number_of(desk, 'LK')}"
        assert "changed" in (await one.post(f"{other}/carrier", {"first": "3011", "final": "0"})).said
        assert "deleted" in (await one.post(f"{other}/delete")).said
        assert (await one.get(other)).status == 404
        told = await log(one)
    for deed in (
        "changed a tag",
        "gave a page a new link",
        "stopped a tracking",
        "followed a tracking again",
        "changed a carrier",
        "deleted",
    ):
        assert told.count(deed) == 1, deed
    assert "pushed a tracking" not in told


async def test_five_hundred_lines_of_which_three_are_bad(desk: Running) -> None:
    lines = ["tag,number,carrier"] + [f"order {at},SIMNORMAL9{at:04}," for at in range(497)]
    lines += ["bad,???,", "worse,RR473124829GB,no-such", ",,8011"]
    async with signed_in(desk, "ada", Role.OPERATOR, "shop") as one:
        rows = json.loads((await one.post("/console/import/read", {"text": "\n".join(lines)})).text)
        assert (len(rows), rows[0]) == (
            500,
            {"line": 2, "number": "SIMNORMAL90000", "carrier": "", "tag": "order 0", "param": ""},
        )
        outcomes = []
        for at in range(0, 500, 250):
            part = {"rows": json.dumps(rows[at : at + 250])}
            known = json.loads((await one.post("/console/import/recognise", part)).text)
            assert {item["carrier"] for item in known if not item["wrong"]} == {900000}
            outcomes += json.loads((await one.post("/console/import/register", part)).text)
        assert [item["line"] for item in outcomes if item["wrong"]] == [499, 500, 501]
        assert (await one.post("/console/import/recognise", {"rows": "[1]"})).path == "/console/import"
        assert (await log(one)).count("registered numbers") == 2
    assert (await desk.house.access.usage((await desk.house.access.named("shop")).id, desk.clock())).used == 497


async def test_what_may_belong_to_several_is_asked_for(desk: Running) -> None:
    async with signed_in(desk, "ada", Role.OPERATOR, "shop") as one:
        rows = [{"line": 1, "number": "123456789012"}, {"line": 2, "number": "RR473124829GB"}]
        known = json.loads((await one.post("/console/import/recognise", {"rows": json.dumps(rows)})).text)
    assert (known[0]["carrier"], len(known[0]["candidates"]) > 1) == (0, True)
    assert known[1]["carrier"] == 11031


async def test_a_second_factor_opens_once_for_each_code(desk: Running) -> None:
    async with signed_in(desk, "ada", Role.READER, "shop") as one, browser(desk) as other:
        secret = (await one.get("/console/me")).found(r'name="secret" value="(\w+)"')
        code = pyotp.TOTP(secret)
        assert "not the code" in (await one.post("/console/me/second", {"secret": secret, "code": "000000"})).said
        kept = await one.post("/console/me/second", {"secret": secret, "code": code.at(desk.clock())})
        codes = kept.found(r'id="codes">([^<]+)<').split()
        assert (len(codes), (await one.get("/console/me")).found(r"(\d+) recovery")) == (10, "10")

        async def enter(given: str) -> str:
            asked = await other.post("/console/login", {"name": "ada", "password": PASSWORD})
            ticket = asked.found(r'name="ticket" value="([^"]+)"')
            return (await other.post("/console/login/code", {"ticket": ticket, "code": given})).path

        assert await enter(code.at(desk.clock())) == "/console/login/code"
        desk.clock.move(seconds=60)
        assert await enter(code.at(desk.clock())) == "/console/trackings"
        assert await enter(codes[0]) == "/console/trackings"
        assert await enter(codes[0]) == "/console/login/code"
        assert "wrong" in (await one.post("/console/me/second/end", {"password": "x"})).said
        assert "off" in (await one.post("/console/me/second/end", {"password": PASSWORD})).said


async def test_a_code_opens_nothing_once_the_second_factor_is_gone(desk: Running) -> None:
    async with signed_in(desk, "ada", Role.READER, "shop") as one, browser(desk) as other:
        secret = (await one.get("/console/me")).found(r'name="secret" value="(\w+)"')
        await one.post("/console/me/second", {"secret": secret, "code": pyotp.TOTP(secret).at(desk.clock())})
        asked = await other.post("/console/login", {"name": "ada", "password": PASSWORD})
        ticket = asked.found(r'name="ticket" value="([^"]+)"')
        await one.post("/console/me/second/end", {"password": PASSWORD})
        desk.clock.move(seconds=60)
        late = {"ticket": ticket, "code": pyotp.TOTP(secret).at(desk.clock())}
        answer = await other.post("/console/login/code", late)
        assert (answer.status, answer.path) == (401, "/console/login/code")
        assert (await other.post("/console/login", {"name": "ada", "password": PASSWORD})).path == "/console/trackings"


async def test_a_new_password_ends_every_session_and_others_can_be_ended(desk: Running) -> None:
    async with signed_in(desk, "ada", Role.READER, "shop") as one, browser(desk) as other:
        await other.post("/console/login", {"name": "ada", "password": PASSWORD})
        await one.post("/console/me/sessions/end")
        assert (await other.get("/console/me")).path == "/console/login"
        wrong = await one.post("/console/me/password", {"old": "x", "new": "another sentence"})
        assert "wrong" in wrong.said
        await one.post("/console/me/password", {"old": PASSWORD, "new": "another sentence"})
        assert (await one.get("/console/me")).path == "/console/login"
        done = await one.post("/console/login", {"name": "ada", "password": "another sentence"})
        assert done.path == "/console/trackings"
