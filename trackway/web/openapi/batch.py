"""The answers to a batch of which nothing was done, described alike for all who send one in."""

from trackway.web.openapi.base import Json, body, reference
from trackway.wire.batch import Problem

_FAILURES = {
    "400": ("The body is no JSON array.", "JSON is malformed: invalid character (byte 0)"),
    "401": ("The key is not accepted.", "the {sender} key is missing, or is none of ours"),
    "405": ("Another method than POST.", "only POST is answered here"),
    "413": ("More than 1 MiB, or more entries than are taken at once.", "the body is larger than 1 MiB, or broke off"),
    "503": ("The server cannot keep anything for now.", "nothing was kept; send it again later"),
}
_HEADERS = {"401": "WWW-Authenticate", "405": "Allow"}


def failures(sender: str) -> Json:
    """The answers to a batch of which nothing was done, as a sender of that kind is told them."""
    return {
        status: body(description, reference(Problem), Problem(reason.format(sender=sender)), headers=_headers(status))
        for status, (description, reason) in _FAILURES.items()
    }


def _headers(status: str) -> Json:
    name = _HEADERS.get(status)
    return {name: {"required": True, "schema": {"type": "string"}}} if name else {}
