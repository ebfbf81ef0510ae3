"""A browser without a face for the console's tests: keeps cookies, sends forms as they stand."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

from aiohttp import ClientSession, CookieJar

from tests.house import Running
from trackway.domain.person import Role

PASSWORD = "a calm and dense tool"
_TOKEN = re.compile(r'data-form-token="([^"]+)"')


class Answer:
    """What came back: status, text, where it led to."""

    def __init__(self, status: int, text: str, path: str, headers: dict[str, str]) -> None:
        self.status, self.text, self.path, self.headers = status, text, path, headers

    @property
    def said(self) -> str:
        found = re.search(r'<p class="said[^>]*>(.*?)</p>', self.text, re.DOTALL)
        return unescape(found[1]) if found else ""

    def found(self, pattern: str) -> str:
        match = re.search(pattern, self.text, re.DOTALL)
        assert match, self.text
        return unescape(match[1])


class Browser:
    """One browser; `token` is that of the forms of the page that it saw last."""

    def __init__(self, running: Running, session: ClientSession) -> None:
        self.running, self.session = running, session
        self.token = ""

    async def get(self, path: str, **headers: str) -> Answer:
        async with self.session.get(self.running.url + path, headers=headers) as answer:
            return await self._answer(answer)

    async def post(self, path: str, fields: Any = None, *, files: Any = None, **headers: str) -> Answer:
        given = {"Origin": self.running.url, "Sec-Fetch-Site": "same-origin", **headers}
        data = files if files is not None else {"form_token": self.token, **(fields or {})}
        async with self.session.post(self.running.url + path, data=data, headers=given) as answer:
            return await self._answer(answer)

    async def _answer(self, answer: Any) -> Answer:
        text = await answer.text()
        if token := _TOKEN.search(text):
            self.token = token[1]
        return Answer(answer.status, text, answer.url.path, dict(answer.headers))


@asynccontextmanager
async def browser(running: Running) -> AsyncIterator[Browser]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield Browser(running, session)


async def person(running: Running, name: str, role: Role, account: str | None) -> None:
    """Somebody who may sign in with PASSWORD."""
    house = running.house
    where = None if account is None else (await house.access.named(account)).id
    link = await house.staff.people.add(name, role, where, running.clock())
    await house.staff.people.choose_password(link.token, PASSWORD, running.clock())


@asynccontextmanager
async def signed_in(running: Running, name: str, role: Role, account: str | None) -> AsyncIterator[Browser]:
    """The browser of somebody new who is signed in."""
    await person(running, name, role, account)
    async with browser(running) as one:
        answer = await one.post("/console/login", {"name": name, "password": PASSWORD})
        assert answer.path.startswith("/console/"), answer.text
        assert answer.path != "/console/login", answer.text
        await one.get("/console/audit")
        yield one
