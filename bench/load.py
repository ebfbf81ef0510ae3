"""Call one endpoint as fast as it answers, from a process of its own, and tell what came of it as JSON.

Only answers that are whole and right are counted: status 200 and as many accepted items as were sent.
"""

import asyncio
import os
import random
import sys
import time
from typing import Any

import msgspec
import psutil
import uvloop
from msgspec import Struct

from bench.numbers import number

ITEMS = 40
PREPARED = 3000
IN_FLIGHT = 32
_MARKS = {"register": b'"origin":', "gettrackinfo": b'"w1":'}


class Order(Struct, kw_only=True):
    """What to do: call until `seconds` are over or `most` requests are made.

    `cpu_of` are the processes whose CPU time is counted, children included; `cores` are ours to run on.
    """

    port: int
    endpoint: str
    key: str
    size: int
    seconds: float
    most: int
    cpu_of: list[int]
    cores: list[int]


class Outcome(Struct, kw_only=True):
    """What was measured. Times are seconds."""

    answers: int
    wrong: int
    took: float
    cpu: float
    p50: float
    p99: float


class _Run:
    """What the connections share: the requests still to be made, and the times taken."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.mark = _MARKS[order.endpoint]
        self.times: list[float] = []
        self.wrong = 0
        self.open = IN_FLIGHT
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._prepared = _requests(order)
        self._made = 0
        self._until = time.perf_counter() + order.seconds

    def request(self) -> bytes | None:
        """The next request, None at the end."""
        if time.perf_counter() > self._until or self._made >= self.order.most:
            return None
        self._made += 1
        return self._prepared[self._made % len(self._prepared)]

    def leave(self) -> None:
        """One connection has no more to do."""
        self.open -= 1
        if not self.open and not self.done.done():
            self.done.set_result(None)


class _Connection(asyncio.Protocol):
    """One keep-alive connection with one request in flight."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._buffer = bytearray()
        self._need = 0
        self._sent = 0.0
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._need and (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end]).lower()
            self._need = end + 4 + int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        if self._need and len(self._buffer) >= self._need:
            self._note()
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.wrong += self._need == 0 and exc is not None
        self._run.leave()

    def _note(self) -> None:
        right = self._buffer.startswith(b"HTTP/1.1 200") and self._buffer.count(self._run.mark) == ITEMS
        if right:
            self._run.times.append(time.perf_counter() - self._sent)
        else:
            self._run.wrong += 1
        self._buffer.clear()
        self._need = 0

    def _send(self) -> None:
        request = self._run.request()
        if request is None:
            self._transport.close()
        else:
            self._sent = time.perf_counter()
            self._transport.write(request)


def _requests(order: Order) -> list[bytes]:
    """Whole requests of 40 stored numbers at random, or of 40 that are not stored and not in another request."""
    head = f"POST /track/v1/{order.endpoint} HTTP/1.1\r\nHost: bench\r\n17token: {order.key}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: "
    source, made = random.Random(), []
    for first in range(order.size, order.size + PREPARED * ITEMS, ITEMS):
        known = order.endpoint == "gettrackinfo"
        places = (source.randrange(order.size) for _ in range(ITEMS)) if known else range(first, first + ITEMS)
        items = ",".join(f'{{"number":"{one.text}","carrier":{one.carrier}}}' for one in map(number, places))
        made.append(f"{head}{len(items) + 2}\r\n\r\n[{items}]".encode())
    return made


def cpu_seconds(pid: int) -> float:
    """The CPU time of a process with all its threads, those that ended included, to the nanosecond (Linux)."""
    return time.clock_gettime((~pid << 3) | 2)


def _family(pids: list[int]) -> list[int]:
    return [one.pid for pid in pids for one in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))]


async def _measure(order: Order) -> Outcome:
    loop = asyncio.get_running_loop()
    run = _Run(order)
    pids = _family(order.cpu_of)
    cpu, begun = {pid: cpu_seconds(pid) for pid in pids}, time.perf_counter()
    for _ in range(IN_FLIGHT):
        await loop.create_connection(lambda: _Connection(run), "127.0.0.1", order.port)
    await run.done
    took = time.perf_counter() - begun
    spent = sum(cpu_seconds(pid) - cpu.get(pid, 0.0) for pid in _family(order.cpu_of))
    times = sorted(run.times) or [0.0]
    return Outcome(
        answers=len(run.times),
        wrong=run.wrong,
        took=took,
        cpu=spent,
        p50=times[len(times) // 2],
        p99=times[min(len(times) - 1, len(times) * 99 // 100)],
    )


def main() -> None:
    """Read the order from the command line, print the outcome."""
    order = msgspec.json.decode(sys.argv[1], type=Order)
    os.sched_setaffinity(0, set(order.cores))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = runner.run(_measure(order))
    print(msgspec.json.encode(outcome).decode())


if __name__ == "__main__":
    main()
