"""The door in front of what only some may see or do."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from trackway.domain.account import Account
from trackway.domain.errors import ConfigError, Refusal, StorageError, TrackwayError
from trackway.domain.person import Role
from trackway.web.console.base import forms
from trackway.web.console.base.places import ACCOUNTS, LOGIN, local
from trackway.web.console.base.tools import Tools
from trackway.web.console.base.visit import Visit
from trackway.web.http import BodyUnreadable

_log = structlog.get_logger(__name__)

Show = Callable[[Visit], Awaitable[Response]]
_NO_FORM = forms.Form({}, {})


class Guarded:
    """A page or an action behind the door; an act `of_account` is refused from a page that showed another account."""

    def __init__(self, kit: Tools, show: Show, role: Role, *, house: bool, of_account: bool = True) -> None:
        self._kit = kit
        self._show = show
        self._role = role
        self._house = house
        self._of_account = of_account

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
            return self._kit.plain(
                request, "base/error.html", 404, why="error.refused", told=self._explained(request, why)
            )
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
            token = form[forms.FIELD] or request.headers.get(forms.HEADER, "")
            forms.check_token(token, visit.form_token)
            return self._barred(visit, token) or await self._done(_with(visit, form))
        except forms.Forged:
            return self._kit.plain(request, "base/error.html", 403, why="error.forged")
        except BodyUnreadable:
            return self._kit.plain(request, "base/error.html", 413, why="error.large")
        except StorageError:
            return self._broken(request)

    def _barred(self, visit: Visit, token: str) -> Response | None:
        if not self._may(visit):
            return _forbidden(visit)
        if self._of_account and token != visit.form_token:
            return visit.page("base/error.html", 409, why="error.other_account")
        return None

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
        session = await kit.signing_in.session(request.cookies.get(kit.cookies.session(request), ""), now)
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
        return self._kit.plain(request, "base/error.html", 503, why="error.store")


def _referrer(request: Request) -> str:
    came = request.headers.get("referer", "").partition(request.headers.get("host", "\n"))[2]
    return local(came) or "/".join(request.url.path.split("/")[:3])


def _forbidden(visit: Visit) -> Response:
    return visit.page("base/error.html", 403, why="error.forbidden")


def _with(visit: Visit, form: forms.Form) -> Visit:
    return Visit(
        kit=visit.kit,
        request=visit.request,
        session=visit.session,
        account=visit.account,
        now=visit.now,
        form=form,
    )
