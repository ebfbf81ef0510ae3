"""Trackway's worker wing, alone on its core, perhaps with one beside it who makes news."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.webhooks.news import HANGING, endless, house_of, put
from bench.webhooks.plan import Order, Outcome
from trackway.app.house import House
from trackway.app.workers import worker_wing
from trackway.cli.serve import settle
from trackway.storage.statement import Statement

_PAUSE = 0.02
_AHEAD = 600
_LATE = Statement(
    "SELECT 1 FROM message WHERE account_id > 1 AND due_at IS NOT NULL AND attempts > 0 AND NOT claimed LIMIT 1"
)


async def worker(order: Order) -> None:
    """Deliver; at the end tell what came to good receivers."""
    async with house_of(order) as house:
        loops = worker_wing(house)
        for loop in loops:
            loop.start()
        delivered = house.metrics.deliveries.labels("delivered")._value  # noqa: SLF001  # for reading, every time
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, os._exit, 0)
        settle()
        cpu, begun, at_first = time.process_time(), time.perf_counter(), _memory()
        print("begun", flush=True)
        if not order.seconds and not order.waiting:
            await asyncio.Event().wait()
        drained = asyncio.Event()
        watching = asyncio.create_task(_watch(house, drained)) if order.drain else None
        awaited = order.waiting or await _make_news(house, order, delivered.get, drained)
        while delivered.get() < awaited:  # noqa: ASYNC110  # a counter has no event
            await asyncio.sleep(0.01)
        outcome = Outcome(
            deliveries=int(delivered.get()),
            took=time.perf_counter() - begun,
            cpu=time.process_time() - cpu,
            memory=await watching - at_first if watching else 0,
        )
        print(msgspec.json.encode(outcome).decode(), flush=True)
        await asyncio.gather(*(loop.stop(0) for loop in loops))


def _memory() -> float:
    """What this process holds of its own, in MB; the mapped file of the store is the system's to take back."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0]) / 1024


async def _watch(house: House, drained: asyncio.Event) -> float:
    """The most memory held until nothing is left of the backlog."""
    most = _memory()
    while await house.store.main.read(_LATE):
        await asyncio.sleep(0.5)
        most = max(most, _memory())
    drained.set()
    return most


async def _make_news(house: House, order: Order, delivered: Callable[[], float], over: asyncio.Event) -> int:
    """How many were made for receivers that answer: at the given rate, or so that some always wait."""
    source = await endless(house)
    begun, made, good = time.perf_counter(), 0, 0
    while (now := time.perf_counter() - begun) < order.seconds and not over.is_set():
        due = int(now * order.rate) - made if order.rate else _AHEAD - (good - int(delivered()))
        news = [next(source) for _ in range(due)]
        if news:
            await put(house, news)
        made, good = made + len(news), good + sum(one.account != HANGING for one in news)
        await asyncio.sleep(_PAUSE)
    return good
