"""An HTTP client for addresses that users give: it looks the host up once, and connects to what it has checked."""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from ipaddress import ip_address

import aiohttp
import structlog
from msgspec import Struct
from yarl import URL

from trackway.domain.errors.webhooks import WebhookAddressMalformed, WebhookAddressMissing
from trackway.egress.address import Endpoint, Network, parse, permitted

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

_LOOKUP_SECONDS = 2.0
_LOOKUP_THREADS = 256
_READ_BYTES = 64 * 1024
_KEPT_BYTES = 4 * 1024
_KEPT_URLS = 1024
# Shorter than any server waits: else one that closes a connection as we use it again would cost an attempt.
_KEPT_SECONDS = 1.0
_log = structlog.get_logger(__name__)


class Reply(Struct, frozen=True, kw_only=True):
    """What came of one POST. `status` is -1 where no whole HTTP answer came, and `fault` says so in words for people.

    The words never tell an open port from a closed one. `answer` is the beginning of the answer's body.
    """

    status: int
    fault: str = ""
    took_ms: int
    answer: str = ""


class _Unreachable(Exception):
    """No attempt was made; the text is for people."""


class GuardedClient:
    """POSTs to webhook addresses. Make it inside a running event loop.

    `timeout` (seconds) is for everything together: look-up, connection, TLS, request, answer. A connection is kept
    a moment for the next POST to the same name at the same checked address, which makes TLS four times cheaper.
    Redirects, cookies and proxy settings are ignored.
    """

    def __init__(
        self,
        *,
        timeout: float,
        allowed: tuple[Network, ...] = (),
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._timeout = timeout
        self._parse = lru_cache(_KEPT_URLS)(lambda url: parse(url, allowed))
        self._allowed = allowed
        self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, "look-up")
        self._resolve = resolver or self._look_up
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT_SECONDS, ssl=tls or True),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=timeout / 2),
        )

    async def close(self) -> None:
        """Let go of every connection."""
        await self._session.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """What came of it; nothing that the other end does is raised."""
        begun = time.monotonic()
        try:
            endpoint = self._parse(url)
            async with asyncio.timeout(self._timeout):
                hosts = [endpoint.host] if endpoint.address else await self._checked(endpoint)
                status, answer = await self._send(endpoint, hosts, body, headers)
        except (WebhookAddressMissing, WebhookAddressMalformed, _Unreachable) as why:
            return Reply(status=-1, fault=str(why), took_ms=_since(begun))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as why:
            _log.debug("webhook not answered", host=endpoint.host, why=repr(why))
            return Reply(status=-1, fault="no whole HTTP answer came", took_ms=_since(begun))
        return Reply(status=status, took_ms=_since(begun), answer=_text(answer))

    async def _checked(self, endpoint: Endpoint) -> Sequence[str]:
        """Where the host is, as URLs write it: every one of its addresses checked."""
        try:
            async with asyncio.timeout(_LOOKUP_SECONDS):
                found = [ip_address(text) for text in await self._resolve(endpoint.host, endpoint.port)]
        except (OSError, ValueError) as why:  # TimeoutError is an OSError
            raise _Unreachable("the host name could not be looked up") from why
        if not found or not all(permitted(address, self._allowed) for address in found):
            raise _Unreachable("the host's address may not be called")
        return [f"[{address}]" if address.version == 6 else str(address) for address in found]  # noqa: PLR2004  # IPv6

    async def _look_up(self, host: str, port: int) -> Sequence[str]:
        """Ask the system on threads of our own: a slow name server shall hold up nobody else."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(entry[4][0]) for entry in found]

    async def _send(
        self, endpoint: Endpoint, hosts: Sequence[str], body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """The answer of the first address that takes a connection."""
        for host in hosts[:-1]:
            try:
                return await self._exchange(endpoint, host, body, headers)
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
                continue
        return await self._exchange(endpoint, hosts[-1], body, headers)

    async def _exchange(
        self, endpoint: Endpoint, host: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """The URL that aiohttp sees has the checked address for its host; the name goes into `Host`, SNI and check."""
        async with self._session.post(
            URL(f"{endpoint.scheme}://{host}:{endpoint.port}{endpoint.path}", encoded=True),
            data=body,
            headers={**headers, "host": endpoint.authority(), "accept-encoding": "identity"},
            allow_redirects=False,
            server_hostname=endpoint.host if endpoint.address is None else None,
        ) as response:
            kept = bytearray()
            async for chunk in response.content.iter_any():
                kept += chunk
                if len(kept) >= _READ_BYTES:
                    response.close()
                    break
            return response.status, bytes(kept[:_KEPT_BYTES])


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


def _text(answer: bytes) -> str:
    """Bytes for a person to read; PostgreSQL keeps no NUL."""
    return answer.decode("utf-8", "replace").replace("\0", "")
