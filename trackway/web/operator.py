"""The operator's back door: its own systems send in what happened to items."""

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from trackway.domain.post.mail import Item
from trackway.service.post.mailroom import Mailroom
from trackway.service.senders import Senders
from trackway.web.batch import answer_batch
from trackway.web.http import METHODS, bearer, read_body
from trackway.wire.batch import Refused
from trackway.wire.files.emsevt import Profile
from trackway.wire.operator import EDIFACT, read_batch, read_interchange

BASE = "/operator/v1"


def routes(operators: Senders, mailroom: Mailroom, profile: Profile, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """The one address that takes scans; `profile` says how EMSEVT messages are read."""
    face = OperatorFace(operators, mailroom, profile, clock)
    return [Route(f"{BASE}/scans", face.scans, methods=METHODS)]


class OperatorFace:
    """`POST /operator/v1/scans`."""

    def __init__(self, operators: Senders, mailroom: Mailroom, profile: Profile, clock: Callable[[], datetime]) -> None:
        self._operators = operators
        self._mailroom = mailroom
        self._profile = profile
        self._clock = clock

    async def scans(self, request: Request) -> Response:
        """Keep the items of a batch that can be kept."""
        return await answer_batch(request, self._take, whose="operator", what="scans")

    async def _take(self, request: Request) -> tuple[int, Sequence[Refused]]:
        await self._operators.check(bearer(request))
        items, refused = self._read(request.headers.get("content-type", ""), await read_body(request))
        if items:
            await self._mailroom.load(items, self._clock())
        return len(items), refused

    def _read(self, kind: str, body: bytes) -> tuple[list[Item], list[Refused]]:
        if kind.partition(";")[0].strip().lower() == EDIFACT:
            return read_interchange(body, self._profile)
        return read_batch(body)
