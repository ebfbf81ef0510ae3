"""`/t/…`: the tracking page, the search page of a shop, both also for a frame on the shop's own site."""

import math
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from trackway.domain.errors import StorageError
from trackway.domain.errors.access import TooFast
from trackway.domain.errors.shops import LinkUnknown
from trackway.domain.shop import Shop, ink_on, readable
from trackway.service.shop.links import Links
from trackway.service.shop.shopfront import Shopfront
from trackway.web.caller import Networks, caller_address
from trackway.web.http import BodyUnreadable, read_body
from trackway.web.pages.assets import Assets, templates
from trackway.web.pages.texts import LANGUAGES, Texts, preferred
from trackway.web.public.view import Dictionary, parcel_of

BASE = "/t"
_FORM_LIMIT, _MOST_FIELDS = 4096, 10
_HERE = Path(__file__).parent
_PAPER = {"light": "#ffffff", "dark": "#1a1e22"}
_log = structlog.get_logger(__name__)


class PublicFace:
    """Whoever has a link sees what it shows. Every page is whole without a script."""

    def __init__(
        self,
        *,
        shopfront: Shopfront,
        links: Links,
        dictionary: Dictionary,
        clock: Callable[[], datetime],
        trusted_proxies: Networks = (),
    ) -> None:
        self._shopfront = shopfront
        self._links = links
        self._dictionary = dictionary
        self._clock = clock
        self._trusted_proxies = trusted_proxies
        self._script = (_HERE / "widget.js").read_bytes()
        self._texts = Texts(_HERE / "texts")
        self._assets = Assets(_HERE / "static", f"{BASE}/static")
        self._templates = templates(_HERE / "templates", self._assets)

    def routes(self) -> list[BaseRoute]:
        """All addresses; the frame's are those of the pages with `/embed` behind."""
        return [
            *self._assets.routes(),
            Route(f"{BASE}/widget.js", self._widget),
            Route(f"{BASE}/shop/{{token}}", self._guarded(self._search), methods=["GET", "POST"]),
            Route(f"{BASE}/shop/{{token}}/embed", self._guarded(self._search), methods=["GET", "POST"]),
            Route(f"{BASE}/{{token}}", self._guarded(self._parcel)),
            Route(f"{BASE}/{{token}}/embed", self._guarded(self._parcel)),
            Route(f"{BASE}/{{token}}/logo", self._guarded(self._logo)),
        ]

    def _guarded(self, show: Callable[[Request], Any]) -> Callable[[Request], Any]:
        """What a page answers, or a page that says why it cannot."""

        async def answer(request: Request) -> Response:
            try:
                return await show(request)  # type: ignore[no-any-return]
            except LinkUnknown:
                return self._page(request, "gone.html", 404, why="page.gone")
            except BodyUnreadable:
                return self._page(request, "gone.html", 413, why="page.unreadable")
            except StorageError:
                _log.exception("the store failed", path=request.url.path)
                return self._page(request, "gone.html", 503, why="page.later")

        return answer

    async def _parcel(self, request: Request) -> Response:
        token = request.path_params["token"]
        shown = await self._shopfront.parcel(token)
        parcel = parcel_of(shown.tracking, self._dictionary, _language(request))
        return self._page(request, "parcel.html", shop=shown.shop, home=f"{BASE}/{token}", parcel=parcel)

    async def _search(self, request: Request) -> Response:
        token = request.path_params["token"]
        shop = await self._shopfront.shop(token)
        if request.method != "POST":
            return self._searching(request, shop)
        number, order = await _asked(request)
        address = caller_address(request, self._trusted_proxies)
        try:
            found = await self._links.find(shop.account, number, order, address, self._clock())
        except TooFast as why:
            minutes = math.ceil(why.retry_after / 60)
            return self._searching(request, shop, 429, number, "search.too_fast", minutes=minutes)
        except LinkUnknown:
            return self._searching(request, shop, 404, number, "search.none")
        return RedirectResponse(_beside(request, found), 303, headers=_headers("'none'", ""))

    def _searching(
        self, request: Request, shop: Shop, status: int = 200, number: str = "", wrong: str = "", **facts: object
    ) -> Response:
        said = self._texts.say(_language(request), wrong, **facts) if wrong else ""
        home = f"{BASE}/shop/{request.path_params['token']}"
        return self._page(request, "search.html", status, shop=shop, home=home, number=number, wrong=said)

    async def _logo(self, request: Request) -> Response:
        image, kind = await self._shopfront.logo(request.path_params["token"])
        headers = _headers("'none'", "") | {"Cache-Control": "private, max-age=600"}
        return Response(image, headers=headers, media_type=kind)

    async def _widget(self, _: Request) -> Response:
        headers = {
            "Cache-Control": "public, max-age=3600",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(self._script, headers=headers, media_type="text/javascript")

    def _page(
        self, request: Request, template: str, status: int = 200, *, shop: Shop | None = None, **values: Any
    ) -> Response:
        language, nonce = _language(request), secrets.token_urlsafe(16)
        embedded = request.url.path.endswith("/embed")

        def t(key: str, **facts: object) -> str:
            return self._texts.say(language, key, **facts)

        body = self._templates.get_template(template).render(
            t=t,
            language=language,
            nonce=nonce,
            path=request.url.path,
            embedded=embedded,
            shop=shop,
            colours=_colours(shop.colour) if shop else None,
            **values,
        )
        framers = " ".join(shop.origins) if shop and embedded else ""
        headers = _headers(
            framers or "'none'", f"style-src 'self' 'nonce-{nonce}'; script-src 'self'; img-src 'self'; "
        )
        return HTMLResponse(body, status, headers=headers | {"Content-Language": language, "Vary": "Accept-Language"})


def _language(request: Request) -> str:
    """The language to speak: the one chosen on the page, or the browser's."""
    chosen = request.query_params.get("lang", "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


async def _asked(request: Request) -> tuple[str, str]:
    """The number and the order of a form; empty where it has none."""
    body = (await read_body(request, _FORM_LIMIT)).decode(errors="replace")
    try:
        form = parse_qs(body, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise BodyUnreadable from None
    return form.get("number", [""])[0], form.get("order", [""])[0]


def _beside(request: Request, token: str) -> str:
    """The page of a tracking in the frame, and in the language, that it was asked for from."""
    behind = "/embed" if request.url.path.endswith("/embed") else ""
    chosen = request.query_params.get("lang", "")
    return f"{BASE}/{token}{behind}" + (f"?lang={chosen}" if chosen in LANGUAGES else "")


def _colours(colour: str) -> dict[str, str]:
    """The shop's colour, what is written on it, and as near to it as can be read on each theme's paper."""
    return {"brand": colour, "ink": ink_on(colour)} | {
        theme: readable(colour, paper) for theme, paper in _PAPER.items()
    }


def _headers(framers: str, sources: str) -> dict[str, str]:
    """What every answer says to browsers; `framers` may show it in a frame."""
    policy = f"default-src 'none'; {sources}form-action 'self'; base-uri 'none'; frame-ancestors {framers}"
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
