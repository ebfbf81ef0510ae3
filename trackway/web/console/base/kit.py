"""What every page is built with: the tools, and a door for each address."""

from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from trackway.domain.errors import StorageError
from trackway.domain.person import Role
from trackway.web.console.base import forms
from trackway.web.console.base.guard import Guarded, Show
from trackway.web.console.base.tools import Tools
from trackway.web.http import BodyUnreadable

_log = structlog.get_logger(__name__)


class Kit(Tools):
    """Makes routes whose door stands in front of the page."""

    def get(self, path: str, show: Show, role: Role = Role.READER, *, house: bool = False) -> BaseRoute:
        """A page for whoever is signed in and may see it."""
        return Route(path, Guarded(self, show, role, house=house).look, methods=["GET"])

    def post(
        self, path: str, do: Show, role: Role = Role.OPERATOR, *, house: bool = False, of_account: bool = True
    ) -> BaseRoute:
        """An action of whoever is signed in and may do it, from a page of ours.

        One `of_account` is done to the account that is looked at, so only from a page that showed that account.
        """
        return Route(path, Guarded(self, do, role, house=house, of_account=of_account).act, methods=["POST"])

    def open(self, path: str, show: Callable[[Request], Awaitable[Response]], method: str = "GET") -> BaseRoute:
        """A page or an action for anybody; an action only from a page of ours."""

        async def answer(request: Request) -> Response:
            try:
                if method != "GET":
                    forms.check_origin(request)
                return await show(request)
            except forms.Forged:
                return self.plain(request, "base/error.html", 403, why="error.forged")
            except BodyUnreadable:
                return self.plain(request, "base/error.html", 413, why="error.large")
            except StorageError:
                _log.exception("the store failed", path=request.url.path)
                return self.plain(request, "base/error.html", 503, why="error.store")

        return Route(path, answer, methods=[method])
