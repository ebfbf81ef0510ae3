"""One of the house with two accounts in two tabs: what a page showed is what its forms are done to, or nothing."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.house import Running, running
from tests.web.console.desk import Browser, signed_in
from tests.web.console.test_doors import routes
from trackway.domain.person import Role
from trackway.web.pages.texts import LANGUAGES

HOOK = "http://127.0.0.1:9/inbox"
# What is done to no account: to the house, to its people, to oneself.
ANYWHERE = {
    *(f"/console/{path}" for path in ("logout", "accounts", "accounts/{id:int}/look", "operator/load")),
    *(f"/console/me/{path}" for path in ("second", "second/end", "password", "language", "sessions/end")),
    *(f"/console/people/{{id:int}}/{path}" for path in ("role", "reset", "disabled")),
    *(f"/console/carriers/{{connector}}{path}" for path in ("", "/drop")),
    *(f"/console/operator/users{path}" for path in ("", "/secret", "/disabled")),
    *(f"/console/operator/texts{path}" for path in ("", "/revert")),
}


@pytest.fixture
async def desk(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(database_url, tmp_path, clock) as one:
        for name in ("one", "two"):
            await one.shop(name)
        yield one


@pytest.fixture
async def ada(desk: Running) -> AsyncIterator[Browser]:
    async with signed_in(desk, "ada", Role.OWNER, None) as one:
        yield one


async def _chosen(desk: Running, ada: Browser, name: str) -> str:
    """The token of the tab that is left as it was, while another account is chosen in another."""
    left = ada.token
    await ada.post(f"/console/accounts/{(await desk.house.access.named(name)).id}/look")
    assert ada.token != left
    return left


async def test_a_form_is_not_done_to_an_account_that_was_chosen_in_another_tab(desk: Running, ada: Browser) -> None:
    await ada.get("/console/webhook")
    left = await _chosen(desk, ada, "two")
    refused = await ada.post("/console/webhook", {"url": HOOK, "form_token": left})
    assert (refused.status, "another account" in refused.text) == (409, True)
    assert [one.webhook_url for one in await desk.house.access.accounts()] == ["", ""]
    await _chosen(desk, ada, "one")
    assert (await ada.post("/console/webhook", {"url": HOOK, "form_token": left})).status == 200
    assert [one.webhook_url for one in await desk.house.access.accounts()] == [HOOK, ""]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_said_in_the_language_of_the_page(desk: Running, ada: Browser, language: str) -> None:
    await ada.post("/console/me/language", {"language": language})
    left = await _chosen(desk, ada, "two")
    refused = await ada.post("/console/access/key", {"form_token": left})
    assert [len(await desk.house.access.keys(account, desk.clock())) for account in (1, 2)] == [1, 1]
    words = {"en": "another account", "zh-Hant": "重新選擇帳戶", "zh-Hans": "重新选择账户"}
    assert words[language] in refused.text


async def test_parts_of_an_import_stop(desk: Running, ada: Browser) -> None:
    await ada.get("/console/import")
    left = await _chosen(desk, ada, "two")
    rows = json.dumps([{"line": 1, "number": "RR473124829GB"}])
    for step in ("read", "recognise", "register"):
        answer = await ada.post(f"/console/import/{step}", files={"rows": rows}, **{"x-form-token": left})
        assert answer.status == 409, step
    assert await desk.house.merchants.browse.beginning(2, "RR") == []
    own = await ada.post("/console/import/register", files={"rows": rows}, **{"x-form-token": ada.token})
    assert own.status == 200
    assert len(await desk.house.merchants.browse.beginning(2, "RR")) == 1


async def test_only_what_is_done_to_no_account_may_be_done_from_any_page(desk: Running, ada: Browser) -> None:
    session, foreign = ada.token.rpartition(".")[2], {}
    for method, path in routes(desk.house):
        if method != "POST" or path == "/console/logout":
            continue
        filled = path.replace("{id:int}", "999").replace("{connector}", "simulated")
        foreign[path] = (await ada.post(filled, {"form_token": f"999.{session}"})).status != 409
    assert {path for path, done in foreign.items() if done} | {"/console/logout"} == ANYWHERE


async def test_pages_of_the_house_work_whichever_account_is_looked_at(desk: Running, ada: Browser) -> None:
    await ada.get("/console/accounts")
    left = await _chosen(desk, ada, "two")
    made = await ada.post("/console/accounts", {"name": "three", "form_token": left})
    assert (made.status, "three" in made.text) == (200, True)
    back = await ada.post("/console/accounts/1/look", {"form_token": left})
    assert (back.status, back.path) == (200, "/console/trackings")
    person = await desk.house.staff.people.named("ada")
    gone = await ada.post(f"/console/people/{person.id}/disabled", {"disabled": "yes", "form_token": left})
    assert "nobody would be left" in gone.said.lower()
    assert (await ada.post("/console/logout", {"form_token": left})).path == "/console/login"


@pytest.mark.parametrize("account", [0, 3, (1 << 63) - 1, 1 << 63, 10**30])
async def test_an_account_that_is_not_there_cannot_be_looked_at(ada: Browser, account: int) -> None:
    before = ada.token
    assert (await ada.post(f"/console/accounts/{account}/look")).status == 404
    await ada.get("/console/webhook")
    assert ada.token == before


async def test_a_token_of_another_session_opens_nothing_whatever_account_it_names(ada: Browser) -> None:
    for token in ("", "1.", "1", "1." + "0" * 64, ada.token + "0", ada.token.rpartition(".")[0]):
        refused = await ada.post("/console/webhook", {"url": HOOK, "form_token": token})
        assert (refused.status, "another account" in refused.text) == (403, False), token
