"""The client connects to nothing but what it has checked, follows nothing, and is back in time."""

import asyncio
import datetime as dt
import ssl
import struct
import time
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from ipaddress import IPv4Address, ip_network
from pathlib import Path
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.egress.hostile import HOSTILE
from tests.receiver import LOOPBACK, Answer, bomb, cookie, cut, drip, flood, hang, receiver, reset
from trackway.egress.address import Network
from trackway.egress.client import GuardedClient, Resolver

BODY = b'{"event":"TRACKING_UPDATED"}'


@asynccontextmanager
async def client(
    allowed: tuple[Network, ...] = LOOPBACK,
    *,
    seconds: float = 5,
    resolver: Resolver | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[GuardedClient]:
    made = GuardedClient(timeout=seconds, allowed=allowed, resolver=resolver, tls=tls)
    try:
        yield made
    finally:
        await made.close()


def names(*answers: Sequence[str]) -> Resolver:
    """A resolver that gives each of its answers once, then the last for ever."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


class NameServer(asyncio.DatagramProtocol):
    """A real name server for A records, whose answer changes at every question."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.questions = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, question: bytes, address: tuple[str, int]) -> None:
        addresses = self.answers[min(self.questions, len(self.answers) - 1)]
        self.questions += 1
        records = b"".join(struct.pack(">HHHIH", 0xC00C, 1, 1, 0, 4) + IPv4Address(text).packed for text in addresses)
        head = question[:2] + struct.pack(">HHHHH", 0x8180, 1, len(addresses), 0, 0)
        self.transport.sendto(head + question[12:] + records, address)


class Question(asyncio.DatagramProtocol):
    """One question to a name server, over UDP."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, answer: bytes, _address: tuple[str, int]) -> None:
        self.answer.set_result(answer)


@asynccontextmanager
async def name_server(*answers: Sequence[str]) -> AsyncIterator[tuple[NameServer, Resolver]]:
    """A name server and a resolver that asks it."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: NameServer(*answers), ("127.0.0.1", 0))

    async def resolve(host: str, _port: int) -> Sequence[str]:
        asking, question = await loop.create_datagram_endpoint(
            Question, remote_addr=transport.get_extra_info("sockname")
        )
        labels = b"".join(bytes([len(label)]) + label.encode() for label in host.split("."))
        asking.sendto(struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + labels + struct.pack(">BHH", 0, 1, 1))
        try:
            answer = await question.answer
        finally:
            asking.close()
        count = struct.unpack(">H", answer[6:8])[0]
        return [str(IPv4Address(answer[len(answer) - 16 * at - 4 :][:4])) for at in reversed(range(count))]

    try:
        yield server, resolve
    finally:
        transport.close()


async def test_a_post_arrives_as_it_was_written() -> None:
    async with receiver() as end, client() as guarded:
        reply = await guarded.post(end.url + "?a=%2Fb", BODY, {"content-type": "application/json", "webhook-id": "m"})
    assert (reply.status, reply.fault, reply.answer) == (200, "", "answer 200")
    assert 0 <= reply.took_ms < 5000
    (received,) = end.received
    assert received.path == "/hook?a=%2Fb"
    assert received.body == BODY
    assert received.headers["host"] == f"127.0.0.1:{end.port}"
    assert received.headers["webhook-id"] == "m"
    assert received.headers["accept-encoding"] == "identity"
    assert "cookie" not in received.headers


async def test_loopback_is_called_only_where_its_network_is_allowed() -> None:
    async with receiver() as end, client(()) as strict, client((ip_network("127.0.0.2/32"),)) as other:
        for guarded in (strict, other):
            for url in (end.url, f"http://localhost:{end.port}/"):
                assert (await guarded.post(url, BODY, {})).status == -1
    assert not end.connections


async def test_no_hostile_url_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    dialled: list[object] = []

    async def dial(_loop: object, _socket: object, address: object) -> None:
        dialled.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", dial)
    async with client((), resolver=names(["127.0.0.1"])) as guarded:
        for url in HOSTILE:
            reply = await guarded.post(url, BODY, {})
            assert (reply.status, reply.answer) == (-1, "")
            assert reply.fault
        assert dialled == []
    async with client((), resolver=names(["93.184.216.34"])) as guarded:
        await guarded.post("http://example.com:8080/", BODY, {})
        await guarded.post("http://8.8.8.8/", BODY, {})
    assert dialled == [("93.184.216.34", 8080), ("8.8.8.8", 80)]


@pytest.mark.parametrize(
    "answers", [["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "::1"], ["::ffff:10.0.0.1"], ["fe80::1%1"], []]
)
async def test_every_answer_must_be_allowed(answers: Sequence[str]) -> None:
    async with client((ip_network("127.0.0.1/32"),) if "::1" in answers else (), resolver=names(answers)) as guarded:
        reply = await guarded.post("http://hooks.example/", BODY, {})
    assert (reply.status, reply.fault) == (-1, "the host's address may not be called")


async def test_a_name_that_changes_its_address_is_looked_up_once_for_each_attempt() -> None:
    allowed = (ip_network("127.0.0.2/32"),)
    async with (
        receiver("127.0.0.2") as public,
        receiver("127.0.0.1", public.port) as inside,
        name_server(["127.0.0.2"], ["127.0.0.1"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.2"]) as (server, resolver),
        client(allowed, resolver=resolver) as guarded,
    ):
        url = f"http://rebinding.example:{public.port}/"
        statuses = [(await guarded.post(url, BODY, {})).status for _ in range(4)]
    assert statuses == [200, -1, -1, 200]
    assert server.questions == 4
    assert len(public.received) == 2
    assert public.received[0].headers["host"] == f"rebinding.example:{public.port}"
    assert not inside.connections


async def test_the_next_address_is_tried_where_one_takes_no_connection() -> None:
    async with receiver("127.0.0.1") as end, client(resolver=names(["127.0.0.3", "127.0.0.1"])) as guarded:
        assert (await guarded.post(f"http://two.example:{end.port}/", BODY, {})).status == 200


async def test_the_systems_own_look_up() -> None:
    async with receiver("127.0.0.1") as end, client() as guarded:
        assert (await guarded.post(f"http://localhost:{end.port}/", BODY, {})).status == 200
        reply = await guarded.post("http://nowhere.invalid/", BODY, {})
    assert (reply.status, reply.fault) == (-1, "the host name could not be looked up")


async def test_a_look_up_that_hangs_ends_with_the_deadline() -> None:
    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    async with client(seconds=0.2, resolver=never) as guarded:
        reply = await guarded.post("http://slow.example/", BODY, {})
    assert reply.status == -1
    assert reply.took_ms < 1500


@pytest.mark.parametrize("status", [201, 202, 204, 299, 301, 302, 303, 304, 307, 308, 400, 404, 410, 429, 500, 503])
async def test_the_status_is_told_and_nothing_is_followed(status: int) -> None:
    async with receiver() as end, client() as guarded:
        end.answers = [status]
        reply = await guarded.post(end.url, BODY, {})
    assert (reply.status, reply.fault) == (status, "")
    assert len(end.received) == 1


@pytest.mark.parametrize("answer", [reset, cut, hang, drip])
async def test_no_whole_answer_is_no_answer(answer: Answer) -> None:
    async with receiver() as end, client(seconds=0.3) as guarded:
        end.answers = [answer]
        reply = await guarded.post(end.url, BODY, {})
        assert (reply.status, reply.fault, reply.answer) == (-1, "no whole HTTP answer came", "")
        assert reply.took_ms < 1300
        assert len(end.received) == 1
        assert (await guarded.post(end.url, BODY, {})).status == 200


async def test_open_closed_and_silent_ports_read_the_same() -> None:
    async def mumble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(mumble, "127.0.0.1", 0)
    is_open = server.sockets[0].getsockname()[1]
    async with receiver() as gone:
        closed = gone.port
    async with server, client() as guarded:
        replies = [await guarded.post(f"http://127.0.0.1:{port}/", BODY, {}) for port in (is_open, closed)]
    assert {(reply.status, reply.fault) for reply in replies} == {(-1, "no whole HTTP answer came")}


async def test_a_flood_is_read_no_further_than_needed() -> None:
    async with receiver() as end, client() as guarded:
        end.answers = [flood]
        reply = await guarded.post(end.url, BODY, {})
    assert reply.status == 200
    assert reply.answer == "x" * 4096


async def test_floods_take_no_memory() -> None:
    """F08: endless answers at once, of which each is read to its 64 KiB and no further."""
    async with receiver() as end, client() as guarded:
        end.answers = [flood] * 20
        tracemalloc.start()
        replies = await asyncio.gather(*[guarded.post(end.url, BODY, {}) for _ in range(20)])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert {reply.status for reply in replies} == {200}
    assert most < 20_000_000


async def test_a_header_that_drips_ends_with_the_deadline() -> None:
    """F08: each byte comes in time, the whole never does."""
    hung_up = asyncio.Event()

    async def mumble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"z" * 1000:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        hung_up.set()

    server = await asyncio.start_server(mumble, "127.0.0.1", 0)
    async with server, client(seconds=0.3) as guarded:
        reply = await guarded.post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", BODY, {})
        await hung_up.wait()
    assert (reply.status, reply.fault) == (-1, "no whole HTTP answer came")
    assert 300 <= reply.took_ms < 1300


async def test_answers_are_not_unpacked_and_hold_no_nul() -> None:
    async with receiver() as end, client() as guarded:
        end.answers = [bomb]
        reply = await guarded.post(end.url, BODY, {})
    assert reply.status == 200
    assert reply.answer.startswith("\x1f\ufffd\x08")
    assert "\0" not in reply.answer


async def test_cookies_are_forgotten_and_proxies_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with receiver() as end, client() as guarded:
        end.answers = [cookie]
        assert [(await guarded.post(end.url, BODY, {})).status for _ in range(2)] == [200, 200]
    assert "cookie" not in end.received[1].headers


async def test_a_connection_is_kept_for_the_next_post_and_a_post_is_sent_once() -> None:
    async with receiver() as end, client() as guarded:
        end.answers = [200, 200, reset]
        assert [(await guarded.post(end.url, BODY, {})).status for _ in range(4)] == [200, 200, -1, 200]
        assert len(end.received) == 4
        assert len(end.connections) == 2


def _certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for a name, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


async def test_the_certificate_is_checked_against_the_name(tmp_path: Path) -> None:
    server, trusting = _certificate(tmp_path, "hooks.example")
    asked: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with receiver(tls=server) as end:
        async with client(resolver=names(["127.0.0.1"]), tls=trusting) as guarded:
            right = await guarded.post(f"https://hooks.example:{end.port}/", BODY, {})
            wrong = await guarded.post(f"https://other.example:{end.port}/", BODY, {})
            bare = await guarded.post(f"https://127.0.0.1:{end.port}/", BODY, {})
        async with client(resolver=names(["127.0.0.1"])) as guarded:
            untrusted = await guarded.post(f"https://hooks.example:{end.port}/", BODY, {})
    assert [reply.status for reply in (right, wrong, bare, untrusted)] == [200, -1, -1, -1]
    assert asked[:2] == ["hooks.example", "other.example"]
    assert end.received[0].headers["host"] == f"hooks.example:{end.port}"
    assert len(end.received) == 1


async def test_many_slow_answers_hold_nobody_up() -> None:
    async with receiver() as end, client(seconds=0.5) as guarded:
        end.answers = [hang] * 50
        begun = time.monotonic()
        replies = await asyncio.gather(*[guarded.post(end.url, BODY, {}) for _ in range(50)])
        assert time.monotonic() - begun < 3
    assert {reply.status for reply in replies} == {-1}
