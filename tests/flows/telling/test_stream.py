"""The live stream over real HTTP: the webhook's own bodies, in order, resumed where the listener left off."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientResponse, ClientSession

from tests.conftest import Clock
from tests.house import Running, running
from tests.processes import Place
from tests.stage import NUMBER, Stage, staged
from trackway.wire.webhook import sign


class Heard(msgspec.Struct, frozen=True):
    """One event of the stream."""

    id: int
    event: str
    data: bytes


async def hear(answer: ClientResponse, count: int) -> list[Heard]:
    """The next events; heartbeats are passed over."""
    heard: list[Heard] = []
    while len(heard) < count:
        block = await answer.content.readuntil(b"\n\n")
        if not block.startswith(b":"):
            lines = dict(line.split(b": ", 1) for line in block.strip().split(b"\n"))
            heard.append(Heard(int(lines[b"id"]), lines[b"event"].decode(), lines[b"data"]))
    return heard


@asynccontextmanager
async def listening(shop: Running, last: str | None = None, key: str | None = None) -> AsyncIterator[ClientResponse]:
    headers = {"17token": shop.key if key is None else key} | ({} if last is None else {"Last-Event-ID": last})
    async with asyncio.timeout(10), shop.session.get(f"{shop.url}/stream", headers=headers) as answer:
        yield answer


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    settings: dict[str, Any] = {"stream_heartbeat": 0.05, "pace_per_second": 3}
    async with staged(Stage, database_url, tmp_path, clock, **settings) as opened:
        yield opened


async def _live(stage: Stage, scans: int) -> None:
    await stage.scan(scans)
    await stage.poll(days=1)
    stage.shop.house.bell.ring()


async def test_the_stream_says_what_the_webhook_says(stage: Stage) -> None:
    await stage.shop.ask("register", {"number": NUMBER})
    async with listening(stage.shop) as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
        assert await answer.content.readuntil(b"\n\n") == b": heartbeat\n\n"
        await _live(stage, 1)
        first = await hear(answer, 1)
        await stage.deliver()
        await stage.shop.ask("stoptrack", {"number": NUMBER})
        heard = first + await hear(answer, 1)
    await stage.deliver()
    assert [msgspec.json.decode(one.data) for one in heard] == stage.inbox.pushes
    assert [one.event for one in heard] == ["TRACKING_UPDATED", "TRACKING_STOPPED"]
    assert [str(one.id) for one in heard] == [h["webhook-id"].rpartition("_")[2] for h in stage.inbox.headers]
    for one in heard:
        push = msgspec.json.decode(one.data, type=dict[str, msgspec.Raw])
        said = msgspec.json.decode(push["sign"])
        assert said == sign(msgspec.json.decode(push["event"]), bytes(push["data"]), stage.shop.key)


async def test_without_a_webhook_too_and_gettracklist_knows_of_no_push(stage: Stage) -> None:
    await stage.shop.house.merchants.webhooks.set_url("shop", "")
    await stage.shop.ask("register", {"number": NUMBER})
    async with listening(stage.shop) as answer:
        await _live(stage, 1)
        (heard,) = await hear(answer, 1)
    await stage.deliver()
    assert heard.event == "TRACKING_UPDATED"
    assert stage.inbox.pushes == []
    _, listed = await stage.shop.call("gettracklist", {})
    (item,) = listed["data"]["accepted"]
    assert (item["ps"], "pt" in item) == (0, False)
    assert await stage.shop.code("push", {"number": NUMBER}) == -18010204


async def test_nothing_is_missed_between_two_connections(stage: Stage) -> None:
    await stage.shop.ask("register", {"number": NUMBER})
    heard: list[Heard] = []
    for scans in (1, 2, 3, 4):
        await _live(stage, scans)
        async with listening(stage.shop, str(heard[-1].id) if heard else None) as answer:
            heard += await hear(answer, 1)
        stage.clock.move(minutes=1)
    assert len({one.id for one in heard}) == 4
    states = [msgspec.json.decode(one.data)["data"]["track"]["e"] for one in heard]
    assert states == [10, 10, 30, 40]
    for unknown in ("", "nonsense", "0", str(heard[-1].id + 1), "9" * 30):
        stage.clock.move(minutes=1)
        async with listening(stage.shop, unknown) as answer:
            assert await hear(answer, 4) == heard


async def test_who_may_not_call_may_not_listen(stage: Stage) -> None:
    for key, code in (("", -18010005), ("nonsense", -18010002)):
        async with listening(stage.shop, key=key) as answer:
            assert answer.status == 401
            assert (await answer.json())["data"]["errors"][0]["code"] == code
    async with stage.shop.session.post(f"{stage.shop.url}/stream") as answer:
        assert answer.status == 404
    answers = []
    for _ in range(4):
        async with listening(stage.shop) as answer:
            answers.append(answer.status)
    assert answers == [200, 200, 200, 429]


async def test_a_stream_ends_with_its_key(stage: Stage) -> None:
    """T34: at the instant that the new key comes into force, the old one's streams are over."""
    async with listening(stage.shop) as answer:
        await stage.shop.house.access.rotate_key("shop", stage.clock())
        assert await answer.content.readuntil(b"\n\n") == b": heartbeat\n\n"
        stage.clock.move(seconds=301)
        while await answer.content.readline():
            pass


async def test_a_stream_ends_when_the_server_stops(stage: Stage) -> None:
    async with listening(stage.shop) as answer:
        stage.shop.house.bell.close()
        while await answer.content.readline():
            pass


async def test_what_another_process_makes_is_heard_within_a_second(
    stage: Stage, database_url: str, tmp_path: Path
) -> None:
    async with running(database_url, tmp_path, stage.clock) as other, listening(stage.shop) as answer:
        other.key = stage.shop.key
        await other.ask("register", {"number": NUMBER})
        await answer.content.readuntil(b"\n\n")
        await other.ask("stoptrack", {"number": NUMBER})
        async with asyncio.timeout(1):
            assert (await hear(answer, 1))[0].event == "TRACKING_STOPPED"


async def test_a_server_with_listeners_stops_in_time(tmp_path: Path, database_url: str) -> None:
    place = Place(tmp_path, database_url)
    key = json.loads(place.run("account", "create", "shop", "--json"))["key"]
    async with place.serving() as server, ClientSession(headers={"17token": key}) as session:
        async with session.get(f"{place.url}/stream") as answer:
            assert await answer.content.readuntil(b"\n\n") == b": heartbeat\n\n"
            server.send_signal(signal.SIGTERM)
            async with asyncio.timeout(3):
                assert await answer.content.read() == b""
        assert await asyncio.to_thread(server.wait, 10) == 0


async def test_tenants_do_not_hear_each_other(stage: Stage) -> None:
    await stage.shop.ask("register", {"number": NUMBER})
    other = await stage.shop.house.access.create("other", None, None, stage.clock())
    await _live(stage, 1)
    async with listening(stage.shop, key=other.key) as answer:
        for _ in range(5):
            assert await answer.content.readuntil(b"\n\n") == b": heartbeat\n\n"
