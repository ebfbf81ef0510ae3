"""JSON calls to carriers, at addresses that are our own settings; whatever goes wrong is a carrier's fault."""

from collections.abc import Mapping

import aiohttp
from msgspec import Struct
from yarl import URL

from trackway.domain.errors import ConfigError
from trackway.domain.errors.carriers import CarrierUnavailable, CarrierUnreadable

_LARGEST_BODY = 8 * 1024 * 1024


class Heard(Struct, frozen=True, kw_only=True):
    """A whole HTTP answer; header names in small letters."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Upstream:
    """POSTs below one base URL. `timeout` is seconds for one request; no cookie is kept, no redirect followed."""

    def __init__(self, url: str, timeout: float) -> None:
        self.base = _base(url)
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def post(self, path: str, body: object, headers: Mapping[str, str]) -> Heard:
        """The answer, whatever its status.

        Raises:
            CarrierUnavailable: no whole answer came in time.
            CarrierUnreadable: it is larger than 8 MiB.
        """
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._timeout)
            self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with self._session.post(
                self.base / path, json=body, headers=headers, allow_redirects=False
            ) as answer:
                told = {name.lower(): value for name, value in answer.headers.items()}
                return Heard(status=answer.status, body=await _read(answer), headers=told)
        except TimeoutError:
            raise CarrierUnavailable(f"no answer within {self._timeout:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise CarrierUnavailable(f"no connection: {type(error).__name__}") from None

    async def close(self) -> None:
        """Let go of sockets."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise CarrierUnreadable("the answer is too large")
    return bytes(body)


def _base(text: str) -> URL:
    try:
        url = URL(text.strip())
    except ValueError:
        url = URL()
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigError(f"url: {text!r} is not http(s)://host/path")
    return url
