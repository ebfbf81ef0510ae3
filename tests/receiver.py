"""A webhook's other end on loopback: keeps what it is sent, and answers as a test tells it to."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network

from aiohttp import web
from msgspec import Struct

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Received(Struct, frozen=True):
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """`answers` are used up one by one: a status, or a way to answer; afterwards everything is 200."""

    def __init__(self, host: str, scheme: str) -> None:
        self.host, self.scheme, self.port = host, scheme, 0
        self.received: list[Received] = []
        self.answers: list[int | Answer] = []
        self.connections: set[asyncio.BaseTransport] = set()

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/hook"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            self.connections.add(request.transport)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(str(request.rel_url), headers, await request.read()))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, int):
            return web.Response(status=answer, text=f"answer {answer}", headers={"location": "/elsewhere"})
        return await answer(request)


@asynccontextmanager
async def receiver(
    host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """A receiver that listens until the end of the block."""
    end = Receiver(host, "https" if tls else "http")
    application = web.Application()
    application.router.add_route("*", "/{any:.*}", end.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, ssl_context=tls)
        await site.start()
        end.port = runner.addresses[0][1]
        yield end
    finally:
        await runner.cleanup()


async def reset(request: web.Request) -> web.StreamResponse:
    """Close the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut(request: web.Request) -> web.StreamResponse:
    """A 200 that promises a hundred bytes, sends four, and closes."""
    response = web.StreamResponse(headers={"content-length": "100"})
    await response.prepare(request)
    await response.write(b"some")
    assert request.transport is not None
    request.transport.close()
    return response


async def hang(request: web.Request) -> web.StreamResponse:
    """Never answer."""
    await asyncio.Event().wait()
    return web.Response()


async def drip(request: web.Request) -> web.StreamResponse:
    """A 200 whose body never ends, one byte at a time."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b".")
        await asyncio.sleep(0.01)


async def flood(request: web.Request) -> web.StreamResponse:
    """A 200 whose body never ends, as fast as it is read."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 65_536)


async def bomb(request: web.Request) -> web.StreamResponse:
    """Bytes that say they are gzip."""
    return web.Response(body=b"\x1f\x8b\x08\0" + b"\0" * 100, headers={"content-encoding": "gzip"})


async def cookie(request: web.Request) -> web.StreamResponse:
    """A 200 with a cookie that should be forgotten."""
    response = web.Response(text="ok")
    response.set_cookie("session", "1")
    return response
