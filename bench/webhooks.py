"""Deliver to twenty local receivers, one of which hangs: Trackway beside a bare loop that posts the same bytes.

Then the same while the process is killed again and again. Each delivery is counted at its receiver, id by id.
`python -m bench.webhooks ROLE ORDER` is one of the processes: the receivers, Trackway's worker, or the bare loop.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import aiohttp
import msgspec
import uvloop
from aiohttp import web
from msgspec import Struct

from bench import http
from bench.numbers import number
from bench.seed import database_of
from bench.tracks import encoded_tracks
from trackway import logs
from trackway.app.house import House, open_house
from trackway.app.workers import worker_wing
from trackway.cli.serve import settle
from trackway.config import load
from trackway.domain.following.registration import Application
from trackway.domain.webhook import Kind, News
from trackway.storage import migrate
from trackway.storage.database import Database
from trackway.storage.statement import Statement
from trackway.storage.store import open_store
from trackway.storage.telling.outbox import Outbox
from trackway.wire import webhook

RECEIVERS, TRACKINGS, IN_FLIGHT = 20, 1000, 190
OUR_CORE, THEIR_CORE = 0, 1
_BATCH = 0.02
_AHEAD = 600
_LEASE = 45
_TRACKS = Statement(
    "INSERT INTO track (tracking_id, body) SELECT id, body FROM @rows(rows: number text, body text) AS given "
    "JOIN tracking ON tracking.account_id = :account AND tracking.number = given.number"
)
_NUMBERS = Statement("SELECT id, account_id, number, carrier FROM tracking WHERE number NOT LIKE 'LATE%' ORDER BY id")
_LAST = Statement("SELECT COALESCE(MAX(id), 0) FROM message")
_CLAIMED = Statement("SELECT id, due_at FROM message WHERE claimed AND account_id > 1")
_WAITING = Statement("SELECT COUNT(*) FROM message WHERE account_id > 1 AND due_at IS NOT NULL")
_MADE = Statement("SELECT id, tracking_id, outcome FROM message WHERE id > :after AND account_id > 1 ORDER BY id")
_LATE = Statement(
    "SELECT 1 FROM message WHERE account_id > 1 AND due_at IS NOT NULL AND attempts > 0 AND NOT claimed LIMIT 1"
)
_BACKLOG_TRACKINGS = Statement(
    "INSERT INTO tracking (account_id, number, carrier, origin, registered_at, progressed_at) "
    "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < CAST(:count AS BIGINT)) "
    "SELECT n % 19 + 2, 'LATE' || CAST(n AS TEXT), 3011, 1, 0, 0 FROM many"
)
_BACKLOG = Statement(
    "INSERT INTO message (account_id, tracking_id, number, carrier, kind, created_at, due_at, attempts, "
    "first_failed_at, outcome, body) SELECT account_id, id, number, carrier, 'TRACKING_UPDATED', "
    "CAST(:failed AS BIGINT), CAST(:failed AS BIGINT) + id % 3600000, 1, CAST(:failed AS BIGINT), 'waiting', "
    "CAST(:body AS TEXT) FROM tracking WHERE number LIKE 'LATE%'"
)
_WAITS = Statement(
    "SELECT MIN(at) - created_at FROM message JOIN attempt ON message_id = message.id WHERE message.id > :after "
    "AND message.account_id > 1 GROUP BY message.id, created_at"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured; `rate` is messages a second, one in twenty of which hangs."""

    folder: Path
    engines: Sequence[str] = ("sqlite", "postgres")
    rounds: int = 5
    seconds: float = 10
    steady: float = 600
    rate: int = 330
    killing: float = 120
    between: float = 5
    backlog: int = 1_000_000
    trickle: int = 50


class Order(Struct, kw_only=True):
    """What a process does for `seconds`; `rate` 0 is as fast as it goes."""

    data: str = ""
    database: str = ""
    port: int = 0
    rate: int = 0
    seconds: float = 0.0
    drain: bool = False
    core: int = OUR_CORE


class Outcome(Struct, kw_only=True):
    """What a process did, what CPU time that took, in seconds, and how much more memory than at first, in MB."""

    deliveries: int
    took: float
    cpu: float
    memory: float = 0


def run(plan: Plan) -> None:
    """Measure, and print the tables."""
    print("| store | deliveries/s: Trackway | bare loop | of bare | CPU ms/delivery: Trackway | bare loop | of bare |")
    print("|---|---|---|---|---|---|---|")
    told = []
    for engine in plan.engines:
        with ExitStack() as closing:
            stage = closing.enter_context(_stage(plan, engine))
            _fastest(plan, stage)
            told += [f"{engine}: {part(plan, stage)}" for part in (_steady, _killed, _backlog)]
    print("", *told, sep="\n\n")


class Stage(Struct, kw_only=True):
    """Receivers that listen and a store that is filled."""

    engine: str
    data: str
    database: str
    port: int

    def order(self, seconds: float, rate: int = 0) -> Order:
        return Order(data=self.data, database=self.database, port=self.port, rate=rate, seconds=seconds)

    def seen(self) -> Counter[int]:
        """How often each message came to a receiver that answers, by its id."""
        with urlopen(f"http://127.0.0.1:{self.port}/seen") as answer:
            return Counter(msgspec.json.decode(answer.read(), type=dict[int, int]))

    def ask(self, statement: Statement, **values: Any) -> list[Any]:
        """The rows that the store gives."""
        return asyncio.run(_ask(self.database, statement, values))


async def _ask(url: str, statement: Statement, values: dict[str, Any]) -> list[Any]:
    store = await open_store(url)
    rows = await store.main.read(statement, **values)
    await store.close()
    return list(rows)


@contextmanager
def _stage(plan: Plan, engine: str) -> Iterator[Stage]:
    with ExitStack() as closing:
        data = plan.folder / f"webhooks-{engine}"
        data.mkdir(parents=True, exist_ok=True)
        database = f"sqlite:///{data / 'trackway.sqlite3'}"
        if engine == "postgres":
            server, _ = closing.enter_context(http._postgres(plan.folder / "postgres"))  # noqa: SLF001
            database = database_of(server, "trackway_webhooks")
            asyncio.run(_fresh(server, database))
        else:
            for left in data.glob("*.sqlite3*"):
                left.unlink()
        ports = closing.enter_context(_process("receivers", Order(core=THEIR_CORE)))
        listening = msgspec.json.decode(ports.stdout.readline(), type=list[int])  # type: ignore[union-attr]
        stage = Stage(engine=engine, data=str(data), database=database, port=listening[-1])
        asyncio.run(_fill(stage, listening[:-1]))
        yield stage


async def _fresh(server: str, database: str) -> None:
    import asyncpg  # noqa: PLC0415  # only for this store

    connection = await asyncpg.connect(server)
    await connection.execute("DROP DATABASE IF EXISTS trackway_webhooks")
    await connection.execute("CREATE DATABASE trackway_webhooks")
    await connection.close()
    await migrate.upgrade_postgres(database)


@asynccontextmanager
async def _house(order: Order) -> AsyncIterator[House]:
    logs.set_up("warning", "text")
    config = load(data=Path(order.data), database=order.database, webhook_allowed_networks="127.0.0.0/8")
    async with open_house(config) as house:
        yield house


async def _fill(stage: Stage, ports: Sequence[int]) -> None:
    """An account for each receiver, with its trackings and what was answered for them."""
    tracks = cycle(encoded_tracks(500))
    async with _house(stage.order(0)) as house:
        for account, port in enumerate(ports, start=1):
            await house.access.create(f"shop{account}", None, None, house.clock())
            await house.merchants.webhooks.set_url(f"shop{account}", f"http://127.0.0.1:{port}/")
            numbers = [number(account * TRACKINGS + at) for at in range(TRACKINGS)]
            items = [Application(number=one.text, carrier=one.carrier) for one in numbers]
            await house.merchants.registration.register(account, items, house.clock())
            rows = [(one.text, next(tracks)) for one in numbers]
            await _write(house.store.main, _TRACKS, account=account, rows=rows)


async def _write(database: Database, statement: Statement, **values: Any) -> None:
    await database.write(lambda transaction: transaction.fetch(statement, **values))


def _fastest(plan: Plan, stage: Stage) -> None:
    """As many deliveries as there can be, in turns with the bare loop; the medians of the rounds' own ratios."""
    rounds = []
    for turn in range(plan.rounds + 1):
        print(f"{stage.engine}: round {turn} of {plan.rounds}", file=sys.stderr, flush=True)
        ours, bare = (_outcome(role, stage.order(plan.seconds)) for role in ("trackway", "bare"))
        if turn:  # the one before the first warms up
            rounds.append((ours, bare))

    def median(value: Callable[[Outcome, Outcome], float]) -> float:
        return sorted(value(*pair) for pair in rounds)[len(rounds) // 2]

    print(
        f"| {stage.engine} | {median(lambda o, _: o.deliveries / o.took):,.0f} "
        f"| {median(lambda _, b: b.deliveries / b.took):,.0f} "
        f"| {median(lambda o, b: o.deliveries / o.took / (b.deliveries / b.took)):.2f} "
        f"| {median(lambda o, _: o.cpu / o.deliveries * 1e3):.2f} "
        f"| {median(lambda _, b: b.cpu / b.deliveries * 1e3):.2f} "
        f"| {median(lambda o, b: b.cpu / b.deliveries / (o.cpu / o.deliveries)):.2f} |",
        flush=True,
    )


def _steady(plan: Plan, stage: Stage) -> str:
    """A given rate for long, one receiver hanging."""
    ((after,),) = stage.ask(_LAST)
    outcome = _outcome("trackway", stage.order(plan.steady, plan.rate))
    return (
        f"{plan.rate} messages a second for {plan.steady:.0f} s: "
        f"{outcome.deliveries / outcome.took:,.0f} deliveries/s to the other nineteen, {_waits(stage, after)}, "
        f"{outcome.cpu / outcome.deliveries * 1e3:.2f} ms of CPU each; "
        f"{Audit(stage, after)} ({_load()})"
    )


class Audit:
    """What was made after a message, beside what came to the receivers, id by id."""

    def __init__(self, stage: Stage, after: int) -> None:
        made, seen = stage.ask(_MADE, after=after), stage.seen()
        latest = {tracking: identity for identity, tracking, _ in made if seen[identity]}
        unseen = [row for row in made if not seen[row[0]]]
        self.made = len(made)
        self.replaced = sum(
            outcome == "superseded" and latest.get(tracking, 0) > identity for identity, tracking, outcome in unseen
        )
        self.lost = len(unseen) - self.replaced
        self.twice = {identity: seen[identity] - 1 for identity, _, _ in made if seen[identity] > 1}

    def __str__(self) -> str:
        return (
            f"{self.made} messages, {self.lost} lost, {self.replaced} replaced by a newer one that came, "
            f"{sum(self.twice.values())} duplicates"
        )


def _waits(stage: Stage, after: int) -> str:
    waits = sorted(wait for (wait,) in stage.ask(_WAITS, after=after))
    return f"from commit to first attempt p50 {waits[len(waits) // 2]} ms, p99 {waits[len(waits) * 99 // 100]} ms"


def _load() -> str:
    return "load of the machine " + " ".join(f"{load:.1f}" for load in os.getloadavg())


def _killed(plan: Plan, stage: Stage) -> str:
    """The same with `kill -9` again and again; afterwards the leases run out and everything is delivered."""
    ((after,),) = stage.ask(_LAST)
    cut_off: set[tuple[int, int]] = set()
    kills, end = 0, time.monotonic() + plan.killing
    while time.monotonic() < end:
        with _process("trackway", stage.order(3600, plan.rate)) as worker:
            worker.stdout.readline()  # type: ignore[union-attr]
            time.sleep(plan.between)
            worker.kill()
            worker.wait()
        kills += 1
        cut_off.update((identity, until) for identity, until in stage.ask(_CLAIMED))
    with _process("trackway", stage.order(0)):
        deadline = time.monotonic() + _LEASE + 60
        while stage.ask(_WAITING) != [(0,)] and time.monotonic() < deadline:
            time.sleep(1)
    audit, in_flight = Audit(stage, after), Counter(identity for identity, _ in cut_off)
    unexplained = sum(max(0, times - in_flight[identity]) for identity, times in audit.twice.items())
    return (
        f"`kill -9` every {plan.between:g} s, {kills} times: {audit}, {unexplained} of them not in flight at a kill "
        f"({in_flight.total()} were; {_load()})"
    )


def _backlog(plan: Plan, stage: Stage) -> str:
    """So many retries that are all due, as after an outage of ours, while there is news too (F25)."""
    body = webhook.updated("LATE", None, encoded_tracks(1)[0].encode()).decode()
    ((before,),) = stage.ask(_LAST)
    asyncio.run(_fill_backlog(stage, plan.backlog, body))
    ((after,),) = stage.ask(_LAST)
    outcome = _outcome("trackway", msgspec.structs.replace(stage.order(3600, plan.trickle), drain=True))
    return (
        f"{plan.backlog} due retries: all told in {outcome.took:.0f} s, {outcome.deliveries / outcome.took:,.0f} "
        f"deliveries/s, {outcome.memory:.0f} MB more memory at the most; meanwhile news, {plan.trickle} a second: "
        f"{_waits(stage, after)}; {Audit(stage, before)} ({_load()})"
    )


async def _fill_backlog(stage: Stage, count: int, body: str) -> None:
    store = await open_store(stage.database)
    failed = int((time.time() - 7200) * 1000)
    await _write(store.main, _BACKLOG_TRACKINGS, count=count)
    await _write(store.main, _BACKLOG, failed=failed, body=body)
    await store.close()


def _outcome(role: str, order: Order) -> Outcome:
    with _process(role, order) as process:
        return msgspec.json.decode(process.communicate()[0].splitlines()[-1], type=Outcome)


@contextmanager
def _process(role: str, order: Order) -> "Iterator[subprocess.Popen[bytes]]":
    """One of the processes, on its core; ended at the end."""
    command = [sys.executable, "-m", "bench.webhooks", role, msgspec.json.encode(order).decode()]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


async def receivers(_: Order) -> None:
    """Twenty that note the ids of what comes, the first of which never answers; one more port tells the counts."""
    seen: Counter[int] = Counter()

    async def hang(_: web.Request) -> web.Response:
        return await asyncio.Event().wait() and web.Response()

    async def note(request: web.Request) -> web.Response:
        await request.read()
        seen[int(request.headers["webhook-id"].rpartition("_")[2])] += 1
        return web.Response()

    async def tell(_: web.Request) -> web.Response:
        return web.json_response(seen)

    ports = [await _listen("POST", hang)]
    ports += [await _listen("POST", note) for _ in range(RECEIVERS - 1)]
    ports.append(await _listen("GET", tell))
    print(ports, flush=True)
    await asyncio.Event().wait()


async def _listen(method: str, handle: Callable[[web.Request], Any]) -> int:
    application = web.Application()
    application.router.add_route(method, "/{any:.*}", handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return int(runner.addresses[0][1])


async def trackway(order: Order) -> None:
    """The worker wing, with one who makes news like a poller does, in batches; tells of what came to good receivers."""
    async with _house(order) as house:
        loops = worker_wing(house)
        for loop in loops:
            loop.start()
        delivered = house.metrics.deliveries.labels("delivered")._value  # noqa: SLF001  # for reading, every time
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, os._exit, 0)
        settle()
        cpu, begun, at_first = time.process_time(), time.perf_counter(), _memory()
        print("begun", flush=True)
        if not order.seconds:
            await asyncio.Event().wait()
        drained = asyncio.Event()
        watching = asyncio.create_task(_watch(house, drained)) if order.drain else None
        made = await _make_news(house, order, delivered.get, drained)
        while delivered.get() < made:  # noqa: ASYNC110  # a counter has no event
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
    rows = await house.store.main.read(_NUMBERS)
    trackings = cycle([row for at in range(TRACKINGS) for row in rows[at::TRACKINGS]])
    begun, made, good = time.perf_counter(), 0, 0
    while (now := time.perf_counter() - begun) < order.seconds and not over.is_set():
        due = int(now * order.rate) - made if order.rate else _AHEAD - (good - int(delivered()))
        news = [_news(next(trackings)) for _ in range(due)]
        if news:
            await _put(house, news)
        made, good = made + len(news), good + sum(one.account > 1 for one in news)
        await asyncio.sleep(_BATCH)
    return good


async def _put(house: House, news: Sequence[News]) -> None:
    await house.store.main.write(lambda transaction: Outbox.put(transaction, news, house.clock()))
    house.bell.ring()


def _news(row: Sequence[Any]) -> News:
    return News(tracking=row[0], account=row[1], number=row[2], carrier=row[3], kind=Kind.UPDATED)


async def bare(order: Order) -> None:
    """As many connections as Trackway may have, each posting the same bytes as fast as it is answered."""
    async with _house(order) as house:
        rows = await house.store.main.read(_NUMBERS)
        urls = {account.id: account.webhook_url for account in await house.access.accounts()}
        keys = {account: (await house.access.signing_keys(account, house.clock()))[0] for account in urls}
    tracks = cycle(encoded_tracks(500))
    ready: deque[tuple[str, bytes, dict[str, str]]] = deque()
    for identity, account, text, _ in rows[TRACKINGS:]:
        content = webhook.body(Kind.UPDATED, webhook.updated(text, None, next(tracks).encode()), keys[account])
        name = f"msg_20261120093000_{-identity}"
        ready.append((urls[account], content, webhook.headers(name, 1, house.clock(), content, keys[account])))
    settle()
    outcome = Outcome(deliveries=0, took=0, cpu=time.process_time())
    begun = time.perf_counter()

    async def post_on() -> None:
        while time.perf_counter() - begun < order.seconds:
            url, content, headers = ready[0]
            ready.rotate(-TRACKINGS - 1)
            async with session.post(url, data=content, headers=headers) as answer:
                await answer.read()
                outcome.deliveries += answer.status == 200

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(post_on() for _ in range(IN_FLIGHT)))
    outcome.took, outcome.cpu = time.perf_counter() - begun, time.process_time() - outcome.cpu
    print(msgspec.json.encode(outcome).decode())


def main() -> None:
    """One process: its role, and its order."""
    order = msgspec.json.decode(sys.argv[2], type=Order)
    os.sched_setaffinity(0, {order.core})
    roles = {"receivers": receivers, "trackway": trackway, "bare": bare}
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(roles[sys.argv[1]](order))


if __name__ == "__main__":
    main()
