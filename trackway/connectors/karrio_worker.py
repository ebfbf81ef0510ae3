"""A process of its own that asks one carrier through karrio: an `Account` on its first line, then a number a line.

Karrio waits without limit, logs what it sends, and leaves its modules in memory; here that harms nobody, and whoever
started this process can end it. Nothing else of Trackway imports karrio.
"""

import importlib
import io
import os
import sys
from collections.abc import Iterable
from email.message import Message
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    UnknownHandler,
    install_opener,
)
from urllib.response import addinfourl

import msgspec

from trackway.wire.karrio import Account, Answer, Happening, Item

_LARGEST_BODY = 8 * 1024 * 1024
_LONGEST_RAW = 256 * 1024
_SIGNING_IN = ("token", "oauth", "/login")
_NEVER = ("/trackingdocuments",)
"""Requests that karrio makes beside tracking, and that would cost of the carrier's budget."""


class Line(OpenerDirector):
    """Every HTTP request of this process: with a time limit, to where it should go, never redirected, and noted."""

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__()
        self._base = urlsplit(url) if url else None
        self._timeout = timeout
        for handler in (ProxyHandler, UnknownHandler, HTTPHandler, HTTPSHandler, HTTPErrorProcessor):
            self.add_handler(handler())
        self.add_handler(HTTPDefaultErrorHandler())
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.status, self.signing_in, self.retry_after, self.raw = 0, False, "", ""

    def open(self, request: Any, data: Any = None, timeout: Any = None) -> Any:  # noqa: ARG002  # ours alone counts
        """The answer, read whole."""
        path = request.full_url.lower()
        if any(part in path for part in _NEVER):
            raise URLError("not asked")
        signing_in = any(part in path for part in _SIGNING_IN)
        self._point(request)
        try:
            with super().open(request, data, self._timeout) as answer:
                body = self._read(answer, signing_in)
                return addinfourl(io.BytesIO(body), answer.headers, request.full_url, answer.status)
        except HTTPError as error:
            self._note(error, signing_in)

    def _point(self, request: Any) -> None:
        """Send it to the other base address, where one is set."""
        if self._base is not None:
            meant = urlsplit(request.full_url)
            path = self._base.path.rstrip("/") + meant.path
            request.full_url = meant._replace(scheme=self._base.scheme, netloc=self._base.netloc, path=path).geturl()

    def _read(self, answer: Any, signing_in: bool) -> bytes:  # noqa: FBT001
        body: bytes = answer.read(_LARGEST_BODY + 1)
        if len(body) > _LARGEST_BODY:
            raise URLError("the answer is too large")
        if not signing_in:
            self.raw = body[:_LONGEST_RAW].decode("utf-8", "replace")
        return body

    def _note(self, error: HTTPError, signing_in: bool) -> NoReturn:  # noqa: FBT001
        self.status, self.signing_in = error.code, signing_in
        headers = error.headers or Message()
        self.retry_after = str(headers.get("Retry-After", ""))
        raise HTTPError(error.url, error.code, error.msg, headers, io.BytesIO(self._read(error, signing_in)))


class Worker:
    """Asks for one number at a time: karrio fails a whole batch for one bad number."""

    def __init__(self, account: Account) -> None:
        self._line = Line(account.url, account.timeout)
        install_opener(self._line)
        self._secrets = account.secrets
        utils = importlib.import_module("karrio.core.utils")
        self._models = importlib.import_module("karrio.core.models")
        # Karrio's own gateway reads every plugin that is installed first: seconds, and hundreds of megabytes.
        carrier = importlib.import_module(f"karrio.mappers.{account.carrier}")
        settings = carrier.Settings(**account.settings)
        settings.cache, settings.tracer, settings.system_config = utils.Cache(), utils.Tracer(), utils.SystemConfig()
        self._mapper, self._proxy = carrier.Mapper(settings), carrier.Proxy(settings)

    def ask(self, number: str) -> Answer:
        """What came of asking for a number."""
        self._line.forget()
        try:
            wanted = self._mapper.create_tracking_request(self._models.TrackingRequest(tracking_numbers=[number]))
            details, messages = self._mapper.parse_tracking_response(self._proxy.get_tracking(wanted))
        except (TimeoutError, URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            return self._answer(trouble=f"no connection: {type(reason).__name__}", away=True)
        except Exception as error:  # noqa: BLE001  # whatever karrio stumbles over, the carrier said
            return self._answer(messages=getattr(error, "messages", ()), trouble=f"karrio: {type(error).__name__}")
        return self._answer(details or (), messages or ())

    def _answer(
        self, details: Iterable[Any] = (), messages: Iterable[Any] = (), trouble: str = "", *, away: bool = False
    ) -> Answer:
        line = self._line
        return Answer(
            items=tuple(map(_item, details)),
            said=tuple(self._hidden(f"{_text(one.code)} {_text(one.message)}".strip()) for one in messages),
            status=line.status,
            signing_in=line.signing_in,
            retry_after=line.retry_after,
            trouble=trouble,
            away=away,
            raw=self._hidden(line.raw),
        )

    def _hidden(self, text: str) -> str:
        """The text without our secrets, should the carrier have repeated one."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text


def _item(details: Any) -> Item:
    info = details.info
    return Item(
        number=_text(details.tracking_number),
        happenings=tuple(map(_happening, details.events or ())),
        status=_text(details.status),
        origin=_text(info and info.shipment_origin_country),
        destination=_text(info and info.shipment_destination_country),
    )


def _happening(event: Any) -> Happening:
    return Happening(
        date=_text(event.date),
        time=_text(event.time),
        timestamp=_text(event.timestamp),
        text=_text(event.description),
        code=_text(event.code),
        place=_text(event.location),
        status=_text(event.status),
    )


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def main() -> None:
    """Answer until standard input ends. Whatever karrio prints goes elsewhere."""
    with os.fdopen(os.dup(1), "wb", buffering=0) as replies:
        os.dup2(2, 1)
        worker = Worker(msgspec.json.decode(sys.stdin.buffer.readline(), type=Account))
        for line in sys.stdin.buffer:
            replies.write(msgspec.json.encode(worker.ask(line.decode().strip())) + b"\n")


if __name__ == "__main__":
    main()
