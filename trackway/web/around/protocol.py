"""HTTP/1.1 for clients that offer to speak something else, as every stock client of Java does (RFC 9110, 7.8)."""

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_OFFERS = {b"upgrade", b"http2-settings"}


class PlainHttp(HttpToolsProtocol):
    """Reads a request with such an offer as if it had none.

    The parser ends with the head of such a request, and so its body was lost. It is read again by a new parser, from a
    head without the offer; until then nobody hears of it.
    """

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as offer:
            self._read_again(data[offer.args[0] :])
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        if not self.parser.should_upgrade():
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        if not self.parser.should_upgrade():
            super().on_message_complete()

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
