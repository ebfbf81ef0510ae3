"""A worker process with deliveries on their way is killed, or told to stop: nothing is lost, little is sent twice."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.postroom import Postroom
from tests.processes import Place
from trackway.app.ground import utc_now
from trackway.app.house import open_house
from trackway.config import load
from trackway.storage.statement import Statement
from trackway.storage.store import Store

SHOPS, EACH = 20, 15
_SET_URL = Statement("UPDATE account SET webhook_url = :url")
_CLAIMED = Statement("SELECT id FROM message WHERE claimed")
_WAITING = Statement("SELECT id FROM message WHERE due_at IS NOT NULL")
_LATER = Statement("SELECT id FROM message WHERE due_at > :now")
_LEASES_RUN_OUT = Statement("UPDATE message SET due_at = due_at - 3600000 WHERE claimed")


class Inbox:
    """Counts each message that comes, by the end of its id; answers after a while, or never."""

    def __init__(self) -> None:
        self.seen: Counter[int] = Counter()
        self.names: set[str] = set()
        self.url = ""
        self.hangs = False

    async def receive(self, request: web.Request) -> web.Response:
        await request.read()
        name = request.headers["webhook-id"]
        self.names.add(name)
        self.seen[int(name.rpartition("_")[2])] += 1
        await (asyncio.Event().wait() if self.hangs else asyncio.sleep(0.02))
        return web.Response()

    async def count(self, least: int) -> None:
        async with asyncio.timeout(30):
            while self.seen.total() < least:  # noqa: ASYNC110  # requests come from another process
                await asyncio.sleep(0.01)


@asynccontextmanager
async def _inbox() -> AsyncIterator[Inbox]:
    inbox, application = Inbox(), web.Application()
    application.router.add_post("/", inbox.receive)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    inbox.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield inbox
    finally:
        await runner.cleanup()


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Place:
    made = Place(tmp_path, database_url)
    made.environment |= {"TRACKWAY_STOP_TIMEOUT": "3", "TRACKWAY_WEBHOOK_TIMEOUT": "30"}
    return made


async def _put(place: Place, store: Store, url: str) -> set[int]:
    """So many messages for each of so many shops, whose webhooks are all there; their ids."""
    room = Postroom(store, utc_now)  # type: ignore[arg-type]  # this story's clock is the machine's
    async with open_house(load(data=Path(place.environment["TRACKWAY_DATA"]), database=_url(place))) as house:
        for shop in range(1, SHOPS + 1):
            await house.access.create(f"shop {shop}", None, None, utc_now())
    await room.run(_SET_URL, url=url)
    places = [(tracking, 1 + tracking % SHOPS) for tracking in range(1, SHOPS * EACH + 1)]
    for tracking, shop in places:
        await room.tracking(tracking, account=shop)
    await room.put(*[room.news(tracking, account=shop) for tracking, shop in places])
    return {identity for (identity,) in await store.main.read(_WAITING)}


def _url(place: Place) -> str:
    return place.environment["TRACKWAY_DATABASE"]


async def test_a_worker_that_is_killed_loses_nothing(place: Place, store: Store) -> None:
    """F02: each message comes, and twice only what was on its way at a kill, under the same id."""
    async with _inbox() as inbox:
        made, on_their_way = await _put(place, store, inbox.url), Counter[int]()
        for kill in (1, 2, 3):
            async with place.serving("--only", "worker") as worker:
                await inbox.count(60 * kill)
                worker.send_signal(signal.SIGKILL)
                await asyncio.to_thread(worker.wait)
            on_their_way.update(identity for (identity,) in await store.main.read(_CLAIMED))
            await store.main.write(lambda transaction: transaction.fetch(_LEASES_RUN_OUT))
        async with place.serving("--only", "worker"), asyncio.timeout(30):
            while await store.main.read(_WAITING):  # noqa: ASYNC110  # the work is another process's
                await asyncio.sleep(0.05)
    assert inbox.seen.keys() == made
    assert len(inbox.names) == len(made)
    assert on_their_way.total() > 0
    assert all(times <= 1 + on_their_way[identity] for identity, times in inbox.seen.items())


async def test_a_worker_that_is_told_to_stop_hands_back_what_is_on_its_way(place: Place, store: Store) -> None:
    """F24: two hundred deliveries hang; the end comes in time, and none of them waits for a lease to run out."""
    async with _inbox() as inbox:
        inbox.hangs = True
        await _put(place, store, inbox.url)
        async with place.serving("--only", "worker") as worker:
            await inbox.count(200)
            begun = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(worker.wait, 10) == 0
            assert time.monotonic() - begun < 5
    assert await store.main.read(_CLAIMED) == []
    assert len(await store.main.read(_WAITING)) == SHOPS * EACH
    now = round(time.time() * 1000)
    assert await store.main.read(_LATER, now=now) == []
