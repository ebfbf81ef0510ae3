"""What every page is made with."""

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trackway.service.access import Access
from trackway.service.people.audit import Audit
from trackway.service.people.signing_in import SigningIn
from trackway.web.caller import Networks, caller_address
from trackway.web.console.base.cookies import Cookies
from trackway.web.console.base.policy import headers, policy
from trackway.web.pages.assets import Assets, templates
from trackway.web.pages.texts import LANGUAGES, Texts, preferred

_CONSOLE = Path(__file__).parent.parent


class Tools:
    """What every page is made with."""

    def __init__(
        self,
        *,
        access: Access,
        signing_in: SigningIn,
        audit: Audit,
        clock: Callable[[], datetime],
        trusted_proxies: Networks = (),
    ) -> None:
        self.access = access
        self.signing_in = signing_in
        self.audit = audit
        self.clock = clock
        self.trusted_proxies = trusted_proxies
        self.cookies = Cookies(trusted_proxies)
        self.texts = Texts(_CONSOLE / "texts")
        self.assets = Assets(_CONSOLE / "static", "/console/static")
        self._templates = templates(_CONSOLE / "templates", self.assets)

    def plain(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page for somebody who is not signed in."""
        return self.page(request, template, status, visit=None, **values)

    def page(self, request: Request, template: str, status: int = 200, *, csp: str = "", **values: Any) -> Response:
        """A page, with the headers that keep it to itself; `csp` takes the place of the usual policy."""
        visit, nonce = values["visit"], secrets.token_urlsafe(16)
        language = self.language(request, visit.person.language if visit else "")
        said = self.cookies.to_say(request)
        body = self._templates.get_template(template).render(
            t=self.teller(language),
            language=language,
            theme=self.cookies.theme(request),
            nonce=nonce,
            path=request.url.path,
            said=said,
            **values,
        )
        response = HTMLResponse(body, status, headers=headers(csp or policy(nonce)))
        if said:
            self.cookies.said(response)
        return response

    def teller(self, language: str) -> Callable[..., str]:
        """What says texts in that language."""

        def t(key: str, **values: object) -> str:
            return self.texts.say(language, key, **values)

        return t

    def language(self, request: Request, own: str = "") -> str:
        """The language to speak: the one chosen in this browser, the person's own, or the browser's."""
        for wish in (self.cookies.language(request), own):
            if wish in LANGUAGES:
                return wish
        return preferred(request.headers.get("accept-language", ""))

    def explain(self, language: str, why: Exception) -> str:
        """An error in words: those of its kind in the catalogue, else its own."""
        for kind in type(why).__mro__:
            key = f"why.{kind.__name__}"
            if key in self.texts.all:
                facts = {name: value for name, value in vars(why).items() if not name.startswith("_")}
                return self.texts.say(language, key, **facts)
        return str(why)

    def address(self, request: Request) -> str:
        """Where a request comes from."""
        return caller_address(request, self.trusted_proxies)
