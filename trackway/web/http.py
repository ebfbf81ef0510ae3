"""What both faces share: a body of bounded size in, JSON bytes out."""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

BODY_LIMIT = 1024 * 1024


class BodyUnreadable(Exception):
    """The body is larger than the limit, or its sender went away."""


async def read_body(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """The whole body, whatever its type; no more than `limit` bytes are ever held.

    Raises:
        BodyUnreadable: it is larger, or it ended early.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise BodyUnreadable
    except ClientDisconnect:
        raise BodyUnreadable from None
    return bytes(body)


def json_response(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer of ready JSON bytes."""
    return Response(body, status, headers, media_type="application/json")
