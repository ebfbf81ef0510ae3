"""HTTP/1.1 as we speak it: answers that leave whole, also to clients that offer to speak something else."""

from asyncio import AbstractEventLoop, Transport
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

_LONGEST_HEAD = 64 * 1024
_OFFERS = {b"upgrade", b"http2-settings"}


class _Whole(Transport):
    """Holds what is written until more is, or until the loop goes on, so that head and body of an answer go as one.

    Uvicorn writes them apart, and each would be sent and wake the caller by itself.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._held = b""
        self.is_closing = transport.is_closing  # type: ignore[method-assign]

    def write(self, data: bytes) -> None:  # type: ignore[override]
        """Send it with what was held, or hold it."""
        if self._held:
            held, self._held = self._held, b""
            self._transport.writelines((held, data))
        else:
            self._held = data
            self._loop.call_soon(self._let_go)

    def close(self) -> None:
        """Send what is held, then close."""
        self._let_go()
        self._transport.close()

    def _let_go(self) -> None:
        if self._held and not self.is_closing():
            self._transport.write(self._held)
        self._held = b""


class PlainHttp(HttpToolsProtocol):
    """Reads a request that offers another protocol, as every stock client of Java does (RFC 9110, 7.8), without it.

    The parser ends with the head of such a request, and so its body was lost. It is read again by a new parser, from a
    head without the offer; until then nobody hears of it.
    """

    _answering: RequestResponseCycle | None = None
    _without_end = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to listen to a caller."""
        super().connection_made(transport)
        self.transport = _Whole(transport, self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell it to the answer that is under way: Uvicorn tells it to that of the newest request alone."""
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came. A head that goes on and on, or what follows a body so, would be kept as long as it does."""
        self._unset_keepalive_if_required()
        self._without_end += len(data)
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as offer:
            self._read_again(data[offer.args[0] :])
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        else:
            if self._without_end > _LONGEST_HEAD:
                self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._without_end = 0
        if not self.parser.should_upgrade():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._without_end = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        self._without_end = 0
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _read_again(self, rest: bytes) -> None:
        kept = [(name, value) for name, value in self.headers if name not in _OFFERS]
        if len(kept) == len(self.headers):  # CONNECT: it is no offer, and we are no proxy
            self.send_400_response("Invalid HTTP request received.")
            return
        version = self.parser.get_http_version().encode()
        head = [b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, version)]
        head += [b"%b: %b\r\n" % header for header in kept]
        self.parser = HttpRequestParser(self)
        self.data_received(b"".join([*head, b"\r\n", rest]))
