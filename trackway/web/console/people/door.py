"""The way in and out: signing in, the second factor, one-time links; and how pages look."""

import math

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from trackway.domain.errors import ConfigError
from trackway.domain.errors.access import TooFast
from trackway.domain.errors.people import LinkSpent, SignInFailed
from trackway.domain.person import LinkKind, Person, Role
from trackway.service.people.people import People
from trackway.web.console.base.forms import read_form
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.places import HOME, LOGIN, local
from trackway.web.console.base.visit import Visit


class Door:
    """Pages for those who are not signed in yet."""

    def __init__(self, kit: Kit, *, people: People) -> None:
        self._kit = kit
        self._people = people

    def routes(self) -> list[BaseRoute]:
        """All of them."""
        return [
            self._kit.open("/console", self.home),
            self._kit.open(LOGIN, self.ask),
            self._kit.open(LOGIN, self.sign_in, "POST"),
            self._kit.open(f"{LOGIN}/code", self.second, "POST"),
            self._kit.open("/console/link/{token}", self.link),
            self._kit.open("/console/link/{token}", self.use_link, "POST"),
            self._kit.open("/console/look", self.look, "POST"),
            self._kit.post("/console/logout", self.sign_out, Role.READER, of_account=False),
        ]

    async def home(self, _request: Request) -> Response:
        """The first page."""
        return RedirectResponse(HOME, 303)

    async def ask(self, request: Request) -> Response:
        """The form for name and password."""
        return self._asking(request, request.query_params.get("next", ""))

    async def sign_in(self, request: Request) -> Response:
        """In, on to the second factor, or the form again with what was wrong."""
        form, now = await read_form(request), self._kit.clock()
        following, name = local(form["next"]), form["name"]
        try:
            person = await self._kit.signing_in.check(name, form["password"], self._kit.address(request), now)
        except (SignInFailed, TooFast) as why:
            return self._asking(request, following, name, self._wrong(request, why, "login.wrong"))
        if person.second_factor:
            return self._asking_code(request, self._kit.signing_in.ticket(person, now), following)
        return await self._enter(request, person, following)

    async def second(self, request: Request) -> Response:
        """In, or the form for the code again."""
        form = await read_form(request)
        ticket, following = form["ticket"], local(form["next"])
        try:
            person = await self._kit.signing_in.second(ticket, form["code"], self._kit.clock())
        except (SignInFailed, TooFast) as why:
            return self._asking_code(request, ticket, following, self._wrong(request, why, "login.code_wrong"))
        return await self._enter(request, person, following)

    async def link(self, request: Request) -> Response:
        """What a one-time link opens; looking at it does not use it up, but where it only lets somebody in."""
        token, now = request.path_params["token"], self._kit.clock()
        try:
            kind, person = await self._people.opened(token, now)
            if kind is LinkKind.ENTER:
                return await self._enter(request, await self._people.enter(token, now), "")
        except LinkSpent:
            return self._kit.plain(request, "base/error.html", 404, why="error.spent")
        return await self._offer(request, kind, person.name if person else "")

    async def use_link(self, request: Request) -> Response:
        """The owner is made, the password is chosen, or the door is open."""
        form, token, now = await read_form(request), request.path_params["token"], self._kit.clock()
        try:
            kind, person = await self._people.opened(token, now)
            try:
                person = await self._open(kind, token, form["name"], form["password"], form["account"])
            except ConfigError as why:
                told = self._kit.explain(self._kit.language(request), why)
                name = person.name if person else form["name"]
                return await self._offer(request, kind, name, form["account"], told)
        except LinkSpent:
            return self._kit.plain(request, "base/error.html", 404, why="error.spent")
        return await self._enter(request, person, "")

    async def look(self, request: Request) -> Response:
        """Language and colours, kept in this browser."""
        form = await read_form(request)
        response = RedirectResponse(local(form["back"]) or LOGIN, 303)
        self._kit.cookies.look(request, response, language=form["language"], theme=form["theme"])
        return response

    async def sign_out(self, visit: Visit) -> Response:
        """Out."""
        await self._kit.signing_in.end(visit.session)
        response = visit.back(LOGIN, "login.out")
        response.delete_cookie(self._kit.cookies.session(visit.request), path="/")
        return response

    async def _open(self, kind: LinkKind, token: str, name: str, password: str, account: str) -> Person:
        now = self._kit.clock()
        match kind:
            case LinkKind.FIRST:
                return await self._people.begin(token, name, password, account, now)
            case LinkKind.PASSWORD:
                return await self._people.choose_password(token, password, now)
            case LinkKind.ENTER:
                return await self._people.enter(token, now)

    async def _enter(self, request: Request, person: Person, following: str) -> Response:
        """A new session, whatever the browser held before."""
        now, agent = self._kit.clock(), request.headers.get("user-agent", "")
        accounts = await self._kit.access.accounts() if person.of_house else []
        account = accounts[0].id if accounts else None
        token = await self._kit.signing_in.begin(person, account, self._kit.address(request), agent, now)
        response = RedirectResponse(following or HOME, 303)
        self._kit.cookies.remember(request, response, self._kit.cookies.session(request), token, lasts=None)
        return response

    def _asking(self, request: Request, following: str, name: str = "", wrong: str = "") -> Response:
        status = 401 if wrong else 200
        return self._kit.plain(request, "people/login.html", status, next=following, name=name, wrong=wrong)

    def _asking_code(self, request: Request, ticket: str, following: str, wrong: str = "") -> Response:
        status = 401 if wrong else 200
        return self._kit.plain(request, "people/code.html", status, ticket=ticket, next=following, wrong=wrong)

    async def _offer(self, request: Request, kind: LinkKind, name: str, account: str = "", wrong: str = "") -> Response:
        needed = kind is LinkKind.FIRST and not await self._kit.access.accounts()
        values = {"kind": kind, "name": name, "account": account, "needs_account": needed, "wrong": wrong}
        return self._kit.plain(request, "people/link.html", 422 if wrong else 200, **values)

    def _wrong(self, request: Request, why: Exception, key: str) -> str:
        language = self._kit.language(request)
        if isinstance(why, TooFast):
            return self._kit.texts.say(language, "login.too_fast", minutes=math.ceil(why.retry_after / 60))
        return self._kit.texts.say(language, key)
