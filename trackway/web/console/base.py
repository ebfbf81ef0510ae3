"""What all pages share: who looks, what they may, how a page is made and how an action answers."""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from trackway.domain.account import Account
from trackway.domain.errors import ConfigError, Refusal, StorageError, TrackwayError
from trackway.domain.person import Deed, Person, Role, Session
from trackway.service.access import Access
from trackway.service.audit import Audit
from trackway.service.signing_in import SigningIn
from trackway.web.caller import Networks, caller_address, is_https
from trackway.web.console import forms
from trackway.web.console.assets import Assets, templates
from trackway.web.console.texts import LANGUAGES, Texts, preferred
from trackway.web.http import BodyUnreadable

HOME = "/console/trackings"
LOGIN = "/console/login"
ACCOUNTS = "/console/accounts"
_HERE = Path(__file__).parent
_FLASH, _LANGUAGE, _THEME = "trackway-said", "trackway-language", "trackway-theme"
_YEAR = 365 * 86_400
_MOST_SAID = 1500
_log = structlog.get_logger(__name__)

# Path, text of the link, who sees it, and whether it is only for people of the house.
NAV: tuple[tuple[str, str, Role, bool], ...] = (
    ("/console/overview", "nav.overview", Role.READER, False),
    ("/console/trackings", "nav.trackings", Role.READER, False),
    ("/console/import", "nav.import", Role.OPERATOR, False),
    ("/console/webhook", "nav.webhook", Role.READER, False),
    ("/console/access", "nav.access", Role.READER, False),
    ("/console/tracking-page", "nav.shop", Role.READER, False),
    ("/console/carriers", "nav.carriers", Role.READER, True),
    ("/console/operator", "nav.operator", Role.READER, True),
    ("/console/people", "nav.people", Role.OWNER, False),
    ("/console/audit", "nav.audit", Role.READER, False),
)


class Kit:
    """What every page is built with."""

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
        self.texts = Texts(_HERE / "texts")
        self.assets = Assets(_HERE / "static")
        self._templates = templates(_HERE / "templates", self.assets)

    def get(self, path: str, show: "Show", role: Role = Role.READER, *, house: bool = False) -> BaseRoute:
        """A page for whoever is signed in and may see it."""
        return Route(path, _Guarded(self, show, role, house=house).look, methods=["GET"])

    def post(self, path: str, do: "Show", role: Role = Role.OPERATOR, *, house: bool = False) -> BaseRoute:
        """An action of whoever is signed in and may do it, from a page of ours."""
        return Route(path, _Guarded(self, do, role, house=house).act, methods=["POST"])

    def open(self, path: str, show: Callable[[Request], Awaitable[Response]], method: str = "GET") -> BaseRoute:
        """A page or an action for anybody; an action only from a page of ours."""

        async def answer(request: Request) -> Response:
            try:
                if method != "GET":
                    forms.check_origin(request)
                return await show(request)
            except forms.Forged:
                return self.plain(request, "error.html", 403, why="error.forged")
            except BodyUnreadable:
                return self.plain(request, "error.html", 413, why="error.large")
            except StorageError:
                _log.exception("the store failed", path=request.url.path)
                return self.plain(request, "error.html", 503, why="error.store")

        return Route(path, answer, methods=[method])

    def plain(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page for somebody who is not signed in."""
        return self.page(request, template, status, visit=None, **values)

    def page(self, request: Request, template: str, status: int = 200, *, csp: str = "", **values: Any) -> Response:
        """A page, with the headers that keep it to itself; `csp` takes the place of the usual policy."""
        language, nonce = self.language(request, values.get("visit")), secrets.token_urlsafe(16)
        said = _unpacked(request.cookies.get(_FLASH, ""))
        body = self._templates.get_template(template).render(
            t=self.teller(language),
            language=language,
            theme=request.cookies.get(_THEME, "auto"),
            nonce=nonce,
            path=request.url.path,
            said=said,
            **values,
        )
        response = HTMLResponse(body, status, headers=headers(csp or policy(nonce)))
        if said:
            response.delete_cookie(_FLASH, path="/")
        return response

    def teller(self, language: str) -> Callable[..., str]:
        """What says texts in that language."""

        def t(key: str, **values: object) -> str:
            return self.texts.say(language, key, **values)

        return t

    def language(self, request: Request, visit: "Visit | None" = None) -> str:
        """The language to speak: the one chosen here, that of the person, or the browser's."""
        for wish in (request.cookies.get(_LANGUAGE, ""), visit.person.language if visit else ""):
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

    def https(self, request: Request) -> bool:
        """Whether the browser speaks https."""
        return is_https(request, self.trusted_proxies)

    def cookie(self, request: Request) -> str:
        """The name of the session's cookie: one that only https can set, where we are spoken to so."""
        return "__Host-trackway" if self.https(request) else "trackway"

    def remember(self, request: Request, response: Response, name: str, value: str, *, lasts: int | None) -> None:
        """Set a cookie that no script and no other site sees; for the session where `lasts` is None."""
        secure = self.https(request)
        response.set_cookie(name, value, max_age=lasts, path="/", secure=secure, httponly=True, samesite="lax")

    def look(self, request: Request, response: Response, *, language: str = "", theme: str = "") -> None:
        """Remember in this browser how pages are to look."""
        if language in LANGUAGES:
            self.remember(request, response, _LANGUAGE, language, lasts=_YEAR)
        if theme in {"auto", "light", "dark"}:
            self.remember(request, response, _THEME, theme, lasts=_YEAR)

    def say(self, request: Request, response: Response, text: str, *, wrong: bool = False) -> Response:
        """Have the next page say something, once."""
        self.remember(request, response, _FLASH, _packed(text, wrong=wrong), lasts=60)
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of somebody who is signed in. `account` is the one they look at, which they may."""

    kit: Kit
    request: Request
    session: Session
    account: Account
    now: datetime
    form: forms.Form

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.session.person

    @property
    def address(self) -> str:
        """Where they are."""
        return self.kit.address(self.request)

    @property
    def language(self) -> str:
        """The language that they read."""
        return self.kit.language(self.request, self)

    @property
    def form_token(self) -> str:
        """What each of their forms carries."""
        return self.kit.signing_in.form_token(self.session)

    @property
    def nav(self) -> list[tuple[str, str]]:
        """The pages that they may see: address and text."""
        return [(path, key) for path, key, role, house in NAV if self.may(role) and (self.person.of_house or not house)]

    def may(self, role: str) -> bool:
        """Whether they may do what that role may."""
        return self.person.role.covers(Role(role))

    def t(self, key: str, **values: object) -> str:
        """A text in their language."""
        return self.kit.texts.say(self.language, key, **values)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page for them."""
        return self.kit.page(self.request, template, status, visit=self, **values)

    def missing(self) -> Response:
        """What they asked for is not there, or is not theirs: both look the same."""
        return self.page("error.html", 404, why="error.missing")

    def back(self, path: str, key: str = "", **values: object) -> Response:
        """On to a page of ours, which then says that it is done."""
        response = RedirectResponse(path, 303)
        return self.kit.say(self.request, response, self.t(key, **values)) if key else response

    def wrong(self, path: str, text: str) -> Response:
        """Back to a page of ours, which then says what was wrong."""
        return self.kit.say(self.request, RedirectResponse(path, 303), text, wrong=True)

    def doing(
        self, action: str, target: str = "", detail: str = "", done: Callable[[Any], bool] = lambda _: True
    ) -> AbstractContextManager[None]:
        """Where something is changed: the first write in here is kept in the log of deeds, in the same transaction."""
        return self.kit.audit.doing(self.deed(action, target, detail), self.now, done)

    def deed(self, action: str, target: str = "", detail: str = "") -> Deed:
        """What they do, for the log."""
        return Deed(
            person=self.person.name,
            action=action,
            account=self.account.id or None,
            address=self.address,
            target=target,
            detail=detail,
        )


Show = Callable[[Visit], Awaitable[Response]]
_NO_FORM = forms.Form({}, {})


class _Guarded:
    """A page or an action behind the door."""

    def __init__(self, kit: Kit, show: Show, role: Role, *, house: bool) -> None:
        self._kit = kit
        self._show = show
        self._role = role
        self._house = house

    async def look(self, request: Request) -> Response:
        """The page, the way to the door, or why not."""
        try:
            visit = await self._visit(request, self._kit.clock())
            if visit is None:
                return RedirectResponse(f"{LOGIN}?next={request.url.path}", 303)
            if not self._may(visit):
                return _forbidden(visit)
            if not (visit.account.id or self._house):
                return RedirectResponse(ACCOUNTS, 303)
            return await self._show(visit)
        except (Refusal, ConfigError) as why:
            return self._kit.plain(request, "error.html", 404, why="error.refused", told=self._explained(request, why))
        except StorageError:
            return self._broken(request)

    async def act(self, request: Request) -> Response:
        """The action's answer; what was refused is said on the page where it was asked."""
        try:
            visit = await self._visit(request, self._kit.clock())
            if visit is None:
                return RedirectResponse(LOGIN, 303)
            forms.check_origin(request)
            form = await forms.read_form(request)
            forms.check_token(form[forms.FIELD] or request.headers.get(forms.HEADER, ""), visit.form_token)
            if not self._may(visit):
                return _forbidden(visit)
            return await self._done(_with(visit, form))
        except forms.Forged:
            return self._kit.plain(request, "error.html", 403, why="error.forged")
        except BodyUnreadable:
            return self._kit.plain(request, "error.html", 413, why="error.large")
        except StorageError:
            return self._broken(request)

    async def _done(self, visit: Visit) -> Response:
        try:
            return await self._show(visit)
        except StorageError:
            raise
        except TrackwayError as why:
            text = self._kit.explain(visit.language, why)
            return visit.wrong(local(visit.form["back"]) or _referrer(visit.request), text)

    async def _visit(self, request: Request, now: datetime) -> Visit | None:
        kit = self._kit
        session = await kit.signing_in.session(request.cookies.get(kit.cookie(request), ""), now)
        if session is None:
            return None
        account = await kit.access.by_id(session.person.account or session.account or 0)
        return Visit(
            kit=kit, request=request, session=session, account=account or Account(id=0, name=""), now=now, form=_NO_FORM
        )

    def _may(self, visit: Visit) -> bool:
        return visit.may(self._role) and (visit.person.of_house or not self._house)

    def _explained(self, request: Request, why: TrackwayError) -> str:
        return self._kit.explain(self._kit.language(request), why)

    def _broken(self, request: Request) -> Response:
        _log.exception("the store failed", path=request.url.path)
        return self._kit.plain(request, "error.html", 503, why="error.store")


def policy(nonce: str) -> str:
    """Nothing from elsewhere, nothing inline but what carries the page's own nonce, and no frame around it."""
    return (
        f"default-src 'none'; style-src 'self' 'nonce-{nonce}'; script-src 'self' 'nonce-{nonce}'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def headers(csp: str) -> dict[str, str]:
    """What every page says to browsers."""
    return {
        "Content-Security-Policy": csp,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def local(path: str) -> str:
    """The path, if it leads to a page of the console, else nothing."""
    return path if path.startswith("/console/") and "\\" not in path and path.isprintable() else ""


def _referrer(request: Request) -> str:
    came = request.headers.get("referer", "").partition(request.headers.get("host", "\n"))[2]
    return local(came) or "/".join(request.url.path.split("/")[:3])


def _forbidden(visit: Visit) -> Response:
    return visit.page("error.html", 403, why="error.forbidden")


def _with(visit: Visit, form: forms.Form) -> Visit:
    return Visit(
        kit=visit.kit,
        request=visit.request,
        session=visit.session,
        account=visit.account,
        now=visit.now,
        form=form,
    )


def _packed(text: str, *, wrong: bool) -> str:
    return urlsafe_b64encode(json.dumps({"text": text[:_MOST_SAID], "wrong": wrong}).encode()).decode()


def _unpacked(cookie: str) -> Mapping[str, object] | None:
    try:
        said = json.loads(urlsafe_b64decode(cookie)) if cookie else None
    except ValueError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("text"), str):
        return None
    return {"text": said["text"], "wrong": bool(said.get("wrong"))}
