"""The operator's back door: its own systems send in what happened to items."""

from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from trackway.domain.errors import AccessDenied, StorageError
from trackway.domain.mail import Item
from trackway.service.mailroom import Mailroom
from trackway.service.senders import Senders
from trackway.web.http import METHODS, BodyUnreadable, bearer, json_response, read_body
from trackway.wire.files.emsevt import Profile
from trackway.wire.hkpost_codes import FormatInvalid
from trackway.wire.operator import (
    EDIFACT,
    BatchTooLong,
    Refused,
    read_batch,
    read_interchange,
    write_loaded,
    write_problem,
)

BASE = "/operator/v1"
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 405: {"Allow": "POST"}}
_log = structlog.get_logger(__name__)


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
        """Keep the items of a batch that can be kept; the key is looked at before anything is read."""
        if request.method != "POST":
            return _refused(405, "only POST is answered here")
        try:
            await self._operators.check(bearer(request))
            items, refused = self._read(request.headers.get("content-type", ""), await read_body(request))
            if items:
                await self._mailroom.load(items, self._clock())
        except AccessDenied:
            return _refused(401, "the operator key is missing, or is none of ours")
        except (BodyUnreadable, BatchTooLong) as why:
            return _refused(413, str(why) or "the body is larger than 1 MiB, or broke off")
        except FormatInvalid as why:
            return _refused(400, str(why))
        except StorageError:
            _log.exception("operator_scans_failed")
            return _refused(503, "nothing was kept; send it again later")
        return json_response(write_loaded(len(items), refused))

    def _read(self, kind: str, body: bytes) -> tuple[list[Item], list[Refused]]:
        if kind.partition(";")[0].strip().lower() == EDIFACT:
            return read_interchange(body, self._profile)
        return read_batch(body)


def _refused(status: int, reason: str) -> Response:
    return json_response(write_problem(reason), status, _HEADERS.get(status))
