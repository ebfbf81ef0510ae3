"""A straight way to what is asked most: past the router, which tries one route after the other."""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send


class Straight:
    """Wraps an application. The routes given here have a path without parameters, and turn away methods themselves."""

    def __init__(self, app: Starlette, *, routes: Iterable[Route]) -> None:
        self._app = app
        self._straight = {route.path: route for route in routes}

    @property
    def routes(self) -> list[BaseRoute]:
        """Every route that there is, the straight ones first."""
        return [*self._straight.values(), *self._app.routes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the route of exactly this path, else as the application does."""
        route = self._straight.get(scope["path"]) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
        else:
            scope["route"] = route
            await route.app(scope, receive, send)
