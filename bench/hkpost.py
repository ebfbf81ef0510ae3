"""`mailTracking` of 30 random items: Trackway beside a static reply of the same bytes and beside the usual way."""

import asyncio
import http.client
import os
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import jwt
import msgspec
import uvicorn
from sqlalchemy import create_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench import usual_hkpost
from bench.load import cpu_seconds
from trackway.app.house import open_house
from trackway.config import load
from trackway.domain.post.mail import Country, Item, Scan, Words

ADDRESS = "/mailTrackingAPI/api/version/1/mailTracking"
ASKED, SCANS = 30, 8
_SERVER_CORE, _LOAD_CORE = 0, 1
_CODES = ("EMA", "EMB", "EMC", "EMD", "EDB", "EME", "EMG", "EMI")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Server:
    """One of the three, running, with what lets a caller in."""

    name: str
    port: int
    pid: int
    token: str


def number(serial: int) -> str:
    """The item number of that place in the store."""
    return f"RB{serial:09}HK"


def item(serial: int) -> Item:
    """An item with eight scans."""
    scans = tuple(
        Scan(f"2026-11-{day + 1:02} 09:{serial % 60:02}", Country("HK" if day < SCANS // 2 else "GB"), code, Words())
        for day, code in enumerate(_CODES)
    )
    return Item(
        number=number(serial), posted=scans[0].time, origin=Country("HK"), destination=Country("GB"), scans=scans
    )


def run(folder: Path, size: int, rounds: int, requests: int) -> None:
    """Fill both stores unless they are there, measure in turns, print the ratios."""
    data = folder / f"hkpost-{size}"
    kept = data / "secret.txt"
    if not kept.exists():
        data.mkdir(parents=True, exist_ok=True)
        kept.write_text(asyncio.run(_fill(data, size)), encoding="ascii")
    secret = kept.read_text(encoding="ascii")
    os.sched_setaffinity(0, {_LOAD_CORE})  # no server shall lose what it has in its core's memory to the callers
    with ExitStack() as closing_:
        trackway = closing_.enter_context(_trackway(data, secret))
        sample = _ask(http.client.HTTPConnection("127.0.0.1", trackway.port), trackway, random.Random(1), size)
        (data / "sample.json").write_bytes(sample)
        static = closing_.enter_context(_server("static", ["-m", "bench.hkpost", str(data / "sample.json")], ""))
        token = jwt.encode({"sub": "partner"}, usual_hkpost.SECRET, "HS512")
        url = f"sqlite:///{data / 'usual.sqlite3'}"
        usual = closing_.enter_context(_server("usual", ["-m", "bench.usual_hkpost", url], token))
        spent: dict[str, list[float]] = {}
        for turn in range(rounds + 1):
            for server in (static, trackway, usual):
                cost = _measure(server, size, requests)
                if turn:  # the one before the first warms up
                    spent.setdefault(server.name, []).append(cost)
    middle = {name: statistics.median(costs) for name, costs in spent.items()}
    print(f"{size:,} items x {SCANS} scans, {ASKED} random items a call, {len(sample):,} bytes an answer")
    for name, cost in middle.items():
        print(f"{name:10}{cost * 1e6:9.0f} CPU µs/call")
    print(f"of static: {middle['static'] / middle['trackway']:.3f}")
    print(f"times the usual way: {middle['usual'] / middle['trackway']:.1f}")


async def _fill(data: Path, size: int) -> str:
    begun = time.perf_counter()
    async with open_house(load(data=data)) as house:
        secret = await house.post.mailroom.create_partner("partner", house.clock(), interval_ms=0, daily=0)
        for first in range(0, size, _BATCH):
            await house.post.mailroom.load([item(serial) for serial in range(first, first + _BATCH)], house.clock())
        took = time.perf_counter() - begun
        print(f"{size * SCANS / took:,.0f} scans/s loaded", flush=True)
        (shown,) = (await house.post.mailroom.history(number(0), house.clock()))[0]
    _fill_usual(data / "usual.sqlite3", shown, size)
    return secret


def _fill_usual(path: Path, shown: Item, size: int) -> None:
    engine = create_engine(f"sqlite:///{path}")
    usual_hkpost.Base.metadata.create_all(engine)
    engine.dispose()
    rows = [
        (scan.time, scan.place.code, *msgspec.structs.astuple(scan.place.name), *msgspec.structs.astuple(scan.message))
        for scan in shown.scans
    ]
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("INSERT INTO partners (sys_id, day, calls) VALUES ('partner', 0, 0)")
        items = ((serial + 1, number(serial), shown.posted, "HK", "GB") for serial in range(size))
        store.executemany("INSERT INTO items (id, number, posted, origin, destination) VALUES (?, ?, ?, ?, ?)", items)
        scans = ((serial + 1, *row) for serial in range(size) for row in rows)
        columns = "item_id, time, place, place_e, place_c, place_s, message_e, message_c, message_s"
        store.executemany(f"INSERT INTO scans ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", scans)


def _measure(server: Server, size: int, requests: int) -> float:
    """The server's CPU seconds for a call."""
    source, connection = random.Random(), http.client.HTTPConnection("127.0.0.1", server.port)
    with closing(connection):
        begun = cpu_seconds(server.pid)
        for _ in range(requests):
            _ask(connection, server, source, size)
        return (cpu_seconds(server.pid) - begun) / requests


def _ask(connection: http.client.HTTPConnection, server: Server, source: random.Random, size: int) -> bytes:
    numbers = [number(source.randrange(size)) for _ in range(ASKED)]
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    connection.request("POST", ADDRESS, msgspec.json.encode({"lang": "A", "itemNo": numbers}), headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200 or body.count(b'"eventMsg_e":"') != ASKED * SCANS:
        raise SystemExit(f"{server.name}: {answer.status} {body[:300]!r}")
    return body


@contextmanager
def _trackway(data: Path, secret: str) -> Iterator[Server]:
    command = ["-m", "trackway", "serve", "--only", "web", "--data", str(data)]
    with _server("trackway", command, "") as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        body = msgspec.json.encode({"sysId": "partner", "sysSecret": secret})
        connection.request("POST", "/mailTrackingAPI/api/authenticate", body)
        token = msgspec.json.decode(connection.getresponse().read())["id_token"]
        connection.close()
        yield Server(server.name, server.port, server.pid, token)


@contextmanager
def _server(name: str, command: list[str], token: str) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    words = [*command[:2], str(port), *command[2:]] if name != "trackway" else [*command, "--port", str(port)]
    settings = {"TRACKWAY_LOG_LEVEL": "warning", "TRACKWAY_HKPOST_RETENTION_MONTHS": "0"}
    process = subprocess.Popen(
        [sys.executable, *words],
        env={**os.environ, **settings},
        preexec_fn=lambda: os.sched_setaffinity(0, {_SERVER_CORE}),  # noqa: PLW1509  # no threads here
    )
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield Server(name, port, process.pid, token)
    finally:
        process.terminate()
        process.wait(30)


def _static(port: int, sample: Path) -> None:
    body = sample.read_bytes()

    async def answer(_: Request) -> Response:
        return Response(body, media_type="application/json")

    app = Starlette(routes=[Route(ADDRESS, answer, methods=["POST"])])
    uvicorn.run(app, port=port, log_config=None, access_log=False, lifespan="off")


if __name__ == "__main__":
    _static(int(sys.argv[1]), Path(sys.argv[2]))
