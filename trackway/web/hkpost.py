"""The operator's face: the Hongkong Post Mail Tracking API v1.0 over HTTP (H8, H17, H18)."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from trackway.config import Config
from trackway.service.post.mailroom import Mailroom
from trackway.web.http import BodyUnreadable, bearer, json_response, read_body
from trackway.wire.hkpost import api as wire
from trackway.wire.hkpost.codes import BAD_FORMAT, DENIED, UNAVAILABLE, code_of

Work = Callable[[Request], Awaitable[bytes]]
_HTTP = {DENIED: 401, UNAVAILABLE: 503}
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 405: {"Allow": "POST"}}
_log = structlog.get_logger(__name__)


def routes(mailroom: Mailroom, config: Config, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """Everything under the base path; what is not documented there answers in the documented shape."""
    return [*operations(mailroom, config, clock), *elsewhere(config)]


def operations(mailroom: Mailroom, config: Config, clock: Callable[[], datetime]) -> list[Route]:
    """The two documented addresses."""
    face, base = Face(mailroom, clock), config.hkpost_base_path
    return [
        Route(f"{base}/api/version/1/mailTracking", _Door(face.track)),
        Route(f"{base}/api/authenticate", _Door(face.authenticate)),
    ]


def elsewhere(config: Config) -> list[BaseRoute]:
    """All other addresses under the base path; to be asked last."""
    base, nothing = config.hkpost_base_path, _refused(BAD_FORMAT, 404)
    return [Route(base, nothing), Route(base + "/{rest:path}", nothing)]


class Face:
    """The two operations, section 2."""

    def __init__(self, mailroom: Mailroom, clock: Callable[[], datetime]) -> None:
        self._mailroom = mailroom
        self._clock = clock
        self._writer: wire.Writer | None = None

    async def authenticate(self, request: Request) -> bytes:
        """`POST /api/authenticate`, section 3."""
        given = wire.read_credentials(await read_body(request))
        grant = await self._mailroom.authenticate(given.sysId, given.sysSecret, self._clock())
        return wire.write_token(grant.token, grant.expiry)

    async def track(self, request: Request) -> bytes:
        """`POST /api/version/1/mailTracking`, section 4; the order of checks is H17."""
        now = self._clock()
        partner = await self._mailroom.open_token(bearer(request), now)
        await self._mailroom.admit(partner, now)
        lang, numbers = wire.read_inquiry(await read_body(request))
        outcomes = await self._mailroom.ask(partner, numbers, now)
        await self._mailroom.note(partner, zip(outcomes, wire.statuses(outcomes), strict=True), now)
        book = await self._mailroom.phrasebook(now)
        if self._writer is None or self._writer.book is not book:
            self._writer = wire.Writer(book)
        return self._writer.answer(lang, numbers, outcomes)


class _Door:
    """One operation as an ASGI endpoint: only POST, and every failure is told by its code."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request) if request.method == "POST" else _refused(BAD_FORMAT, 405)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return json_response(await self._work(request))
        except BodyUnreadable:
            return _refused(BAD_FORMAT)
        except Exception as error:  # noqa: BLE001  # whatever it was, the caller gets a code
            code = code_of(error)
            if code == UNAVAILABLE:
                _log.exception("hkpost_failed", path=request.url.path)
            return _refused(code, _HTTP.get(code, 200))


def _refused(code: int, status: int = 200) -> Response:
    return json_response(wire.write_refusal(code), status, _HEADERS.get(status))
