"""What faces share: a body of bounded size in, JSON bytes out, and how a caller with a 17TRACK key is turned away."""

import math

from starlette.requests import Request
from starlette.responses import Response

from trackway.domain.errors import AccessDenied
from trackway.domain.errors.access import TooFast
from trackway.wire.track17.answers import write_problem
from trackway.wire.track17.codes import DENIALS, TOO_MANY

BODY_LIMIT = 1024 * 1024
JSON = "application/json; charset=utf-8"
"""The charset goes without saying, but to clients of Java that would read Latin-1 without it."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Every method, for a route that answers the wrong ones itself."""


class BodyUnreadable(Exception):
    """The body is larger than the limit, or its sender went away."""


async def read_body(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """The whole body, whatever its type; no more than `limit` bytes are ever held.

    Raises:
        BodyUnreadable: it is larger, or it ended early.
    """
    body, more = b"", True
    while more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise BodyUnreadable
        body += message.get("body", b"")
        if len(body) > limit:
            raise BodyUnreadable
        more = message.get("more_body", False)
    return body


def json_response(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer of ready JSON bytes."""
    return Response(body, status, headers, media_type=JSON)


def bearer(request: Request) -> str:
    """The token of the header `Authorization: Bearer …`, empty where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def denied(why: AccessDenied) -> Response:
    """401, or 429 with the whole seconds to wait (T11 to T13)."""
    if isinstance(why, TooFast):
        wait = {"Retry-After": str(max(1, math.ceil(why.retry_after)))}
        return json_response(write_problem(*TOO_MANY, top=429), 429, wait)
    return json_response(write_problem(*DENIALS[type(why)], top=401), 401)
