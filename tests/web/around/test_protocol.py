"""Answers leave whole; an offer to speak something else is passed over, and the request behind it is answered."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from uvicorn.server import ServerState

from tests.house import serving
from trackway.web.around.protocol import PlainHttp

OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"
HEAD = b"POST /echo?x=1 HTTP/1.1\r\nHost: trackway\r\n17token: key\r\n"
ONE = HEAD + OFFER + b"Content-Length: 5\r\n\r\n"
CHUNKED = HEAD + OFFER + b"Transfer-Encoding: chunked\r\n\r\n"
PLAIN = HEAD + b"Content-Length: 5\r\n\r\n"


async def _echo(request: Request) -> Response:
    body = await request.body()
    known = {"upgrade", "http2-settings"} & set(request.headers)
    words = [request.method, request.url.query, request.headers["17token"], body.decode(), *known]
    return Response(" ".join(words) + "\n")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    routes = [Route("/echo", _echo, methods=["GET", "POST"])]
    async with serving(Starlette(routes=routes)) as url:
        yield int(url.rpartition(":")[2])


async def answers(port: int, *parts: bytes, count: int) -> Sequence[str]:
    """The bodies of so many answers to what is sent in parts, each read by the server before the next is sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.01)
    async with asyncio.timeout(10):
        heads = [await _one(reader) for _ in range(count)]
    writer.close()
    return heads


async def _one(reader: asyncio.StreamReader) -> str:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    return (await reader.readline()).decode().rstrip()


@pytest.mark.parametrize(
    "parts",
    [
        [ONE + b"hello"],
        [ONE, b"hello"],
        [ONE[:30], ONE[30:90], ONE[90:] + b"he", b"llo"],
        [CHUNKED + b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"],
        [CHUNKED, b"3\r\nhel\r\n", b"2\r\nlo\r\n0\r\n\r\n"],
    ],
    ids=["at once", "body later", "in pieces", "chunked", "chunked later"],
)
async def test_the_body_behind_an_offer_arrives(port: int, parts: list[bytes]) -> None:
    """What the stock client of Java sends with every request: its body was lost."""
    assert await answers(port, *parts, count=1) == ["POST x=1 key hello"]


@pytest.mark.parametrize("requests", [[ONE, ONE, ONE], [PLAIN, ONE, PLAIN], [ONE, PLAIN]])
async def test_requests_on_one_connection_are_answered_in_turn(port: int, requests: list[bytes]) -> None:
    """One after the other, and all sent at once."""
    whole = [head + b"hell%d" % at for at, head in enumerate(requests)]
    told = [f"POST x=1 key hell{at}" for at in range(len(requests))]
    assert await answers(port, *whole, count=len(whole)) == told
    assert await answers(port, b"".join(whole), count=len(whole)) == told


async def test_no_other_protocol_is_spoken(port: int) -> None:
    socket = (
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n"
    )
    assert await answers(port, HEAD.replace(b"POST", b"GET") + socket, count=1) == ["GET x=1 key"]


@pytest.mark.parametrize(
    "nonsense", [b"CONNECT shop.example:443 HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01", b"x\r\n"]
)
async def test_what_is_no_request_is_refused(port: int, nonsense: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(nonsense)
    assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
    writer.close()


class Wire(asyncio.Transport):
    """The end of a connection, which keeps what it was given to send, each time by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def write(self, data: Any) -> None:
        self.sent.append(bytes(data))

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self.sent.append(b"".join(list_of_data))

    def close(self) -> None:
        """There is nothing to close."""

    def is_closing(self) -> bool:
        return False

    def resume_reading(self) -> None:
        """There is nothing to read."""


async def test_head_and_body_of_an_answer_are_sent_at_once() -> None:
    config = uvicorn.Config(Starlette(routes=[Route("/echo", _echo, methods=["POST"])]), log_config=None, ws="none")
    config.load()
    state, wire = ServerState(), Wire()
    protocol = PlainHttp(config=config, server_state=state, app_state={})
    protocol.connection_made(wire)
    protocol.data_received(PLAIN + b"hello")
    await asyncio.gather(*state.tasks)
    (answer,) = wire.sent
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nPOST x=1 key hello\n")
    protocol.connection_lost(None)


async def test_a_head_waits_for_no_body_that_comes_later() -> None:
    more = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        await more.wait()
        yield b"hello"

    async def answer(_: Request) -> Response:
        return StreamingResponse(slow())

    async with serving(Starlette(routes=[Route("/slow", answer)])) as url, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"GET /slow HTTP/1.1\r\nHost: trackway\r\nConnection: close\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        more.set()
        assert b"hello" in await reader.read()
        writer.close()


async def test_an_answer_ends_when_its_caller_goes_though_another_request_waits_behind_it() -> None:
    begun, over, late = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def long() -> AsyncIterator[bytes]:
        try:
            while not late.is_set():
                yield b"still here\n"
                begun.set()
                await asyncio.sleep(0.01)
        finally:
            over.set()

    async def answer(_: Request) -> Response:
        return StreamingResponse(long())

    async with serving(Starlette(routes=[Route("/long", answer)])) as url:
        _, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"GET /long HTTP/1.1\r\nHost: trackway\r\n\r\n" * 2)
        await begun.wait()
        writer.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), 5)
        has_ended = over.is_set()
        late.set()
    assert has_ended


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"x: ",
        b"POST /",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\nx: ",
    ],
    ids=["header", "address", "behind the body"],
)
async def test_a_head_without_end_is_refused(port: int, head: bytes) -> None:
    """It would be kept in memory as long as it goes on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer), contextlib.suppress(ConnectionError):  # which may come before the answer is read
        async with asyncio.timeout(5):
            writer.write(head + b"y" * 1024 * 1024)
            await writer.drain()
            assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
