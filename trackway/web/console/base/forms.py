"""Forms that come in: read within bounds, and only from our own pages."""

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.types import Message

from trackway.web.http import read_body

FIELD, HEADER = "form_token", "x-form-token"
LIMIT = 8 * 1024 * 1024
_MOST_FIELDS = 20_000


class Forged(Exception):
    """A form that did not come from a page of ours."""


class Form:
    """The fields of a form; of those that come several times the last counts, and `all` has every one."""

    def __init__(self, fields: Mapping[str, list[str]], files: Mapping[str, tuple[str, bytes]]) -> None:
        self._fields = fields
        self.files = files
        """Uploaded files by their field: name and content."""

    def __getitem__(self, name: str) -> str:
        """The field's text, empty where there is none."""
        return self._fields.get(name, [""])[-1]

    def names(self) -> list[str]:
        """The name of every field that was sent."""
        return list(self._fields)

    def all(self, name: str) -> list[str]:
        """Every text of the field."""
        return self._fields.get(name, [])

    def number(self, name: str) -> int:
        """The field as a whole number that any store takes, 0 where it is none."""
        text = self[name].strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0  # noqa: PLR2004  # fits 32 bits


async def read_form(request: Request) -> Form:
    """The form that a request carries.

    Raises:
        BodyUnreadable: it is larger than 8 MiB, or broke off.
    """
    body = await read_body(request, LIMIT)

    async def again() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    whole = Request(request.scope, again)
    fields: dict[str, list[str]] = {}
    files: dict[str, tuple[str, bytes]] = {}
    async with whole.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=LIMIT) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = (value.filename or "", await value.read())
            else:
                fields.setdefault(name, []).append(value)
    return Form(fields, files)


def check_origin(request: Request) -> None:
    """Let by what a browser says comes from our own page; every browser of today says where a form comes from.

    Raises:
        Forged: it comes from elsewhere, or nothing says where from.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        raise Forged
    if site not in {None, "same-origin"}:
        raise Forged
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Forged


def token_of(account: int, session: str) -> str:
    """What each form of a page carries: the account that the page shows, and the token of the session."""
    return f"{account}.{session}"


def check_token(given: str, wanted: str) -> None:
    """Let by a form that carries its session's token, whichever account its page showed.

    Raises:
        Forged: it does not.
    """
    ours, theirs = (token.rpartition(".")[2].encode() for token in (wanted, given))
    if not hmac.compare_digest(theirs, ours):
        raise Forged
