"""One request of somebody who is signed in."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from trackway.domain.account import Account
from trackway.domain.person import Deed, Person, Role, Session
from trackway.web.console.base import forms
from trackway.web.console.base.places import NAV
from trackway.web.console.base.tools import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of somebody who is signed in. `account` is the one they look at, which they may."""

    kit: Tools
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
        return self.kit.language(self.request, self.person.language)

    @property
    def form_token(self) -> str:
        """What each of their forms carries: it holds for the account that they look at."""
        return forms.token_of(self.account.id, self.kit.signing_in.form_token(self.session))

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
        return self.page("base/error.html", 404, why="error.missing")

    def back(self, path: str, key: str = "", **values: object) -> Response:
        """On to a page of ours, which then says that it is done."""
        response = RedirectResponse(path, 303)
        return self.kit.cookies.say(self.request, response, self.t(key, **values)) if key else response

    def wrong(self, path: str, text: str) -> Response:
        """Back to a page of ours, which then says what was wrong."""
        return self.kit.cookies.say(self.request, RedirectResponse(path, 303), text, wrong=True)

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
