"""What every page has to be: valid, readable by everybody, light, and closed to the outside."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Request, Response
from tinyhtml5.parser import HTMLParser

HEAVIEST = 100_000
_NARROW = 320
_WATCH = "addEventListener('securitypolicyviolation', event => (window.violations ??= []).push(event.blockedURI));"
_OWN = """() => ({
  owned: window.owned ?? null,
  violations: window.violations ?? [],
  handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name))).length,
  styled: document.querySelectorAll('[style]').length,
  foreign: [...document.querySelectorAll('[href], [src], [action], [formaction]')]
    .map(e => e.href?.baseVal ?? e.href ?? e.src ?? e.action)
    .filter(a => typeof a === 'string' && a && new URL(a, location).origin !== location.origin),
  strange: document.querySelectorAll('iframe, object, embed, base, marquee, video, audio, math, plaintext').length,
  twice: (ids => ids.filter((id, at) => ids.indexOf(id) !== at))([...document.querySelectorAll('[id]')].map(e => e.id)),
})"""
_SERIOUS = {"serious", "critical"}


class Inspector:
    """A browser's page, and what went over the line and wrong since the last look."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self._sizes: list[Response] = []
        self._outside: list[str] = []
        self._errors: list[str] = []
        page.on("request", self._requested)
        page.on("response", self._answered)
        page.on("pageerror", lambda error: self._errors.append(str(error)))
        page.on("dialog", lambda dialog: self._errors.append(f"dialog: {dialog.message}"))

    def _requested(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.url).netloc:
            self._outside.append(request.url)

    def _answered(self, answer: Response) -> None:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):  # which never ends
            self._sizes.append(answer)

    async def look(self, path: str, status: int = 200) -> None:
        """Open a page and hold it against all of it, in both themes, wide and narrow."""
        self._sizes.clear()
        answer = await self.page.goto(self.url + path, wait_until="load")
        assert answer is not None
        assert answer.status == status, (path, answer.status)
        await self.page.wait_for_timeout(0)
        await self._check_answer(path, answer)
        await self.check(path)

    async def check(self, path: str) -> None:
        """What is open now."""
        found = await self.page.evaluate(_OWN)
        assert found == {
            "violations": [],
            "foreign": [],
            "twice": [],
            "handlers": 0,
            "styled": 0,
            "strange": 0,
            "owned": None,
        }, (path, found)
        assert not self._errors, (path, self._errors)
        assert not self._outside, (path, self._outside)
        await self._check_narrow(path)
        for theme in ("light", "dark"):
            await self.page.emulate_media(color_scheme=theme)
            await self._check_access(f"{path} {theme}")

    async def _check_answer(self, path: str, answer: Response) -> None:
        policy = answer.headers.get("content-security-policy", "")
        assert policy.startswith("default-src 'none'"), path
        assert "unsafe" not in policy, path
        assert answer.headers["x-content-type-options"] == "nosniff"
        parser = HTMLParser()
        parser.parse(await answer.body(), transport_encoding="utf-8")
        assert not parser.errors, (path, parser.errors)
        weight = sum([len(await one.body()) for one in self._sizes if one.status == 200])
        assert weight < HEAVIEST, (path, weight)

    async def _check_narrow(self, path: str) -> None:
        before = self.page.viewport_size
        await self.page.set_viewport_size({"width": _NARROW, "height": 640})
        width = await self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= _NARROW, (path, f"{width} px wide")
        if before is not None:
            await self.page.set_viewport_size(before)

    async def _check_access(self, path: str) -> None:
        found: dict[str, Any] = (await Axe().run(self.page)).response
        serious = [one for one in found["violations"] if one["impact"] in _SERIOUS]
        told = [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in serious]
        assert not serious, (path, json.dumps(told, indent=1))


@asynccontextmanager
async def inspector(browser: Browser, url: str, **how: Any) -> AsyncIterator[Inspector]:
    """A page of a browser of its own, watched from the first moment."""
    context = await browser.new_context(reduced_motion="reduce", **{"locale": "en", **how})
    await context.add_init_script(_WATCH)
    yield Inspector(await context.new_page(), url)
    await context.close()
