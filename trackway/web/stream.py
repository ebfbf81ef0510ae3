"""GET /stream: an account's messages as Server-Sent Events, in the order they were made."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from trackway.domain.errors import AccessDenied, StorageError
from trackway.domain.webhook import Message
from trackway.service.access import Access
from trackway.service.merchants.stream import Stream
from trackway.web.caller import Networks, caller_address
from trackway.web.http import denied, json_response
from trackway.wire.track17.answers import write_problem
from trackway.wire.track17.codes import INTERNAL, NOWHERE
from trackway.wire.webhook import body

_HEARTBEAT = b": heartbeat\n\n"
_HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}
_MOST_DIGITS = 18
_log = structlog.get_logger(__name__)


class StreamFace:
    """The door is that of the 17TRACK face, with the key in the header `17token`."""

    def __init__(
        self, *, access: Access, stream: Stream, clock: Callable[[], datetime], trusted_proxies: Networks = ()
    ) -> None:
        self._access = access
        self._stream = stream
        self._clock = clock
        self._trusted_proxies = trusted_proxies

    def routes(self) -> list[BaseRoute]:
        """The one route, for whatever method."""
        return [Route("/stream", self)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI endpoint."""
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """A stream without end, or why there is none."""
        if request.method != "GET":
            return json_response(write_problem(*NOWHERE, top=404), 404)
        key, address = request.headers.get("17token", ""), caller_address(request, self._trusted_proxies)
        try:
            account = await self._access.admit(key, address, "stream", self._clock())
            after = await self._stream.resume(account.id, _last_seen(request.headers.get("last-event-id", "")))
        except AccessDenied as why:
            return denied(why)
        except StorageError:
            _log.exception("the store failed", path=request.url.path)
            return json_response(write_problem(*INTERNAL, top=503), 503)

        async def still() -> None:
            await self._access.recognise(key, address, self._clock())

        return StreamingResponse(
            self._written(account.id, key, after, still), headers=_HEADERS, media_type="text/event-stream"
        )

    async def _written(
        self, account: int, key: str, after: int, still: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[bytes]:
        async for batch in self._stream.follow(account, after, still):
            yield b"".join(_event(message, data, key) for message, data in batch) or _HEARTBEAT


def _event(message: Message, data: bytes, key: str) -> bytes:
    """The very body that the webhook gets, which is one line."""
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (message.id, message.kind.encode(), body(message.kind, data, key))


def _last_seen(text: str) -> int:
    """The id in `Last-Event-ID`; 0, which is before all, where it is none of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
