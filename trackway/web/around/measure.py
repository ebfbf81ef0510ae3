"""Count every request and the time it took, by its route."""

from functools import lru_cache
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trackway.service.metrics import Metrics

_SERIES = 4096


class Measure:
    """Wraps the whole web application. What no route knows counts under `none`, so labels stay few."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._count = lru_cache(_SERIES)(metrics.requests.labels)
        self._time = lru_cache(_SERIES)(metrics.seconds.labels)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, and count it."""
        begun, status = perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = _route(scope, status)
            self._count(route, str(status)).inc()
            self._time(route).observe(perf_counter() - begun)


def _route(scope: Scope, status: int) -> str:
    """The route's own path, with its name filled in where that is one of a few."""
    route = scope.get("route")
    if route is None or status in {404, 405}:
        return "none"
    name = scope.get("path_params", {}).get("name", "")
    return str(route.path).replace("{name:path}", name.lower().strip("/"))
