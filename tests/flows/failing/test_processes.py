"""Real processes: the commands as people type them, servers that are killed and servers that are told to stop."""

import asyncio
import contextlib
import json
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.house import receiver
from tests.processes import Place

NUMBER = "RT215770195HK"


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Place:
    return Place(tmp_path, database_url)


@pytest.fixture
def embedded(tmp_path: Path, sqlite_url: str) -> Place:
    return Place(tmp_path, sqlite_url)


async def counted(session: ClientSession, url: str, line: str) -> str:
    """What /metrics says, as soon as it says `line`: an attempt is counted when it was noted, after it arrived."""
    async with asyncio.timeout(30):
        while True:
            async with session.get(f"{url}/metrics") as answer:
                said = await answer.text()
            if line in said:
                return said


async def call(session: ClientSession, url: str, key: str, endpoint: str, body: Any) -> Any:
    async with session.post(f"{url}/track/v1/{endpoint}", json=body, headers={"17token": key}) as answer:
        return await answer.json()


async def test_the_story_with_commands_alone(place: Place, tmp_path: Path) -> None:
    """Every step as the README has it, with a second process doing the work."""
    item = {
        "itemNo": NUMBER,
        "postingDateTime": "20-11-2026 09:00",
        "orgCnty_code": "HK",
        "destCnty_code": "GB",
        "itemDeliveryStatusDetailList": [
            {"eventDateTime": "20-11-2026 09:00", "eventLocation_code": "HK", "eventMsg_e": "Posted"}
        ],
    }
    (tmp_path / "items.jsonl").write_text(json.dumps(item) + "\n")
    async with place.serving(), receiver() as inbox:
        user = json.loads(place.run("hkpost", "user", "create", "partner", "--json"))
        place.run("hkpost", "load", str(tmp_path / "items.jsonl"))
        shop = json.loads(place.run("account", "create", "shop", "--json"))
        assert len(shop["key"]) == 32
        inbox.key = shop["key"]
        place.run("account", "webhook", "shop", inbox.url)
        options = (
            "--url",
            f"{place.url}/mailTrackingAPI",
            "--sys-id",
            user["sysId"],
            "--sys-secret",
            user["sysSecret"],
        )
        place.run("carrier", "connect", "hongkong-post", *options)
        async with ClientSession() as session:
            answer = await call(session, place.url, shop["key"], "register", [{"number": NUMBER}])
            assert answer["data"]["accepted"][0]["carrier"] == 8011
            async with asyncio.timeout(30):
                await inbox.came.wait()
            info = await call(session, place.url, shop["key"], "gettrackinfo", [{"number": NUMBER}])
            metrics = await counted(session, place.url, 'trackway_deliveries_total{outcome="delivered"} 1.0')
        assert inbox.pushes[0]["data"] == info["data"]["accepted"][0]
        printed = place.run("track", NUMBER)
        assert "Hongkong Post (8011)" in printed
        assert "Posted" in printed
        assert shop["key"] not in metrics


async def test_killing_the_server_loses_nothing_that_was_acknowledged(place: Place) -> None:
    """F01: what was accepted is there, once, and counted once."""
    key = json.loads(place.run("account", "create", "shop", "--json"))["key"]
    accepted: set[str] = set()
    random = Random(20261122)
    serial = iter(range(10_000_000))

    async def register_until_it_dies(session: ClientSession) -> None:
        with contextlib.suppress(ClientError, OSError, TimeoutError):
            while True:
                batch = [{"number": f"RT{next(serial):09}HK"} for _ in range(10)]
                answer = await call(session, place.url, key, "register", batch)
                accepted.update(item["number"] for item in answer["data"]["accepted"])

    for _ in range(6):
        async with place.serving() as server, ClientSession(timeout=ClientTimeout(10)) as session:
            clients = [asyncio.create_task(register_until_it_dies(session)) for _ in range(4)]
            await asyncio.sleep(random.uniform(0.2, 0.6))
            server.send_signal(signal.SIGKILL)
            await asyncio.gather(*clients)
    assert len(accepted) > 100
    async with place.serving(), ClientSession() as session:
        listed: list[str] = []
        page, pages = 1, 1
        while page <= pages:
            answer = await call(session, place.url, key, "gettracklist", {"page_no": page})
            pages = answer["page"]["page_total"]
            listed += [item["number"] for item in answer["data"]["accepted"]]
            page += 1
    assert len(listed) == len(set(listed)) == answer["page"]["data_total"]
    assert accepted <= set(listed)
    assert json.loads(place.run("account", "usage", "shop", "--json"))["used"] == len(listed)


async def test_limits_are_exact_when_eight_servers_register_at_once(place: Place) -> None:
    """F17, F18, T30: each number is accepted once, and no more than the quota or the day allows."""
    keys = [
        json.loads(place.run("account", "create", name, option, "50", "--json"))["key"]
        for name, option in (("shop", "--quota"), ("other", "--daily"))
    ]
    wanted = [[{"number": f"RT{n:09}HK"} for n in range(start, start + 10)] for start in range(0, 80, 10)]
    servers = [place.beside() for _ in range(8)]
    async with contextlib.AsyncExitStack() as stack, ClientSession(timeout=ClientTimeout(60)) as session:
        await asyncio.gather(*(stack.enter_async_context(one.serving("--only", "web")) for one in servers))
        calls = [
            (key, call(session, one.url, key, "register", part)) for key in keys for part in wanted for one in servers
        ]
        answers = zip([key for key, _ in calls], await asyncio.gather(*(answer for _, answer in calls)), strict=True)
        accepted: dict[str, list[str]] = {key: [] for key in keys}
        for key, answer in answers:
            accepted[key] += [item["number"] for item in answer["data"]["accepted"]]
    for key, name in zip(keys, ("shop", "other"), strict=True):
        assert len(accepted[key]) == len(set(accepted[key])) == 50
        assert json.loads(place.run("account", "usage", name, "--json"))["used"] == 50


async def test_a_server_that_is_told_to_stop_stops_cleanly(place: Place) -> None:
    async with place.serving() as server:
        server.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.wait, 20) == 0


async def test_the_wings_run_apart(place: Place) -> None:
    async with place.serving("--only", "worker") as worker, ClientSession() as session:
        async with session.post(f"{place.url}/track/v1/register") as answer:
            assert answer.status == 404
        async with session.get(f"{place.url}/healthz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\n")
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, 20) == 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TRACKWAY_WEBHOOK_TIMEOUT", "soon"),
        ("TRACKWAY_WEBHOOK_RETRY_DELAYS", "600,300"),
        ("TRACKWAY_WEBHOOK_ALLOWED_NETWORKS", "10.0.0.0/33"),
        ("TRACKWAY_MASTER_KEY", "abc"),
        ("TRACKWAY_DATABASE", "mysql://nowhere"),
        ("TRACKWAY_POLL_MIN_INTERVAL", "-1"),
    ],
)
def test_a_bad_setting_is_one_line_and_exit_code_2(embedded: Place, setting: str, value: str) -> None:
    told = embedded.run("account", "list", code=2, **{setting: value})
    assert len(told.strip().splitlines()) == 1
    assert setting.removeprefix("TRACKWAY_").lower() in told


def test_a_port_that_is_taken_is_one_line(embedded: Place) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", embedded.port))
        taken.listen()
        assert "cannot listen" in embedded.run("serve", "--port", str(embedded.port), code=2).splitlines()[-1]


def test_accounts_by_command(embedded: Place) -> None:
    embedded.run("account", "create", "shop", "--quota", "10")
    assert "exists already" in embedded.run("account", "create", "shop", code=2)
    assert "no account" in embedded.run("account", "disable", "nobody", code=2)
    embedded.run("account", "disable", "shop")
    assert json.loads(embedded.run("account", "list", "--json"))["disabled"] is True
    embedded.run("account", "enable", "shop")
    embedded.run("account", "allow-address", "shop", "10.0.0.0/8", "192.168.1.1")
    assert "-18010205" in embedded.run("account", "allow-address", "shop", "nonsense", code=2)
    assert "-18010202" in embedded.run("account", "webhook", "shop", "http://169.254.169.254/latest", code=2)
    assert "-18010201" in embedded.run("account", "webhook", "shop", "", "--test", code=2)
    nobody = f"http://127.0.0.1:{embedded.port}/"
    assert "-18010203" in embedded.run("account", "webhook", "shop", nobody, "--test", code=1)
    assert "-18010206" in embedded.run("webhook", "replay", "shop", "7", code=1)
    key = json.loads(embedded.run("account", "rotate-key", "shop", "--json"))
    assert len(key["key"]) == 32


def test_no_secret_is_in_the_store_in_clear(embedded: Place, tmp_path: Path) -> None:
    key = json.loads(embedded.run("account", "create", "shop", "--json"))["key"]
    secret = json.loads(embedded.run("hkpost", "user", "create", "partner", "--json"))["sysSecret"]
    embedded.run(
        "carrier", "connect", "hongkong-post", "--url", "http://127.0.0.1:1", "--sys-id=x", "--sys-secret", "canary77"
    )
    embedded.run("db", "backup", str(tmp_path / "copy"))
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    for canary in (key, secret, "canary77"):
        assert canary.encode() not in stored
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600


def test_a_copy_of_the_store_is_a_store(embedded: Place, tmp_path: Path) -> None:
    embedded.run("account", "create", "shop")
    embedded.run("db", "backup", str(tmp_path / "copy.sqlite3"))
    copy = f"sqlite:///{tmp_path / 'copy.sqlite3'}"
    assert "shop" in embedded.run("account", "list", TRACKWAY_DATABASE=copy)
    assert "exists" in embedded.run("db", "backup", str(tmp_path / "copy.sqlite3"), code=2)
    assert "version" in embedded.run("db", "upgrade", TRACKWAY_DATABASE=copy)


def test_several_may_open_a_store_that_is_not_there_yet(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 'new' / 'store.sqlite3'}")
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda n: place.run("account", "create", f"shop {n}"), range(6)))
    assert len(place.run("account", "list").splitlines()) == 6
