"""Whether the server is well, for those who watch it: /healthz, /readyz, /metrics."""

from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from trackway.domain.errors import StorageError


def routes(registry: CollectorRegistry, ready: Callable[[], Awaitable[None]]) -> list[BaseRoute]:
    """The three pages; `ready` raises StorageError while the store cannot be used."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        try:
            await ready()
        except StorageError:
            return PlainTextResponse("the store cannot be used\n", 503)
        return PlainTextResponse("ready\n")

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
