"""News while a page is open: the ids of trackings that changed, as Server-Sent Events of the session's account."""

from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from trackway.domain.errors.access import KeyUnknown
from trackway.service.merchants.stream import Stream
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit


class Live:
    """The stream that pages listen to; it ends with the session."""

    def __init__(self, kit: Kit, *, stream: Stream) -> None:
        self._kit = kit
        self._stream = stream

    def routes(self) -> list[BaseRoute]:
        """The one address."""
        return [self._kit.get("/console/live", self.follow)]

    async def follow(self, visit: Visit) -> Response:
        """News from now on."""
        after = await self._stream.newest(visit.account.id)
        told = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._written(visit, after), headers=told, media_type="text/event-stream")

    async def _written(self, visit: Visit, after: int) -> AsyncIterator[bytes]:
        token = visit.request.cookies.get(self._kit.cookies.session(visit.request), "")

        async def still() -> None:
            session = await self._kit.signing_in.session(token, self._kit.clock())
            if session is None or (session.person.account or session.account) != visit.account.id:
                raise KeyUnknown

        yield b": open\n\n"
        async for batch in self._stream.follow(visit.account.id, after, still):
            ids = sorted({message.tracking for message, _ in batch})
            yield b"".join(b"event: news\ndata: %d\n\n" % identity for identity in ids) or b": still here\n\n"
