"""`trackway demo`: an operator, a merchant and a webhook inbox in one process, with items that move while you look."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from trackway.app.house import House
from trackway.cli.serve import start
from trackway.config import Config, load
from trackway.domain.errors import ConfigError
from trackway.domain.following.registration import Application
from trackway.domain.person import Role
from trackway.domain.simulation import Story
from trackway.domain.webhook import Kind
from trackway.wire.hkpost.api import Detail, Result
from trackway.wire.hkpost.load import read_item
from trackway.wire.webhook import sign

ACCOUNT, PARTNER, PERSON = "demo-shop", "demo_partner", "demo"
_PARCELS = 42
_HONG_KONG = ZoneInfo("Asia/Hong_Kong")
_BEAT = 4.0
_HOST = "127.0.0.1"
_STATES = {
    0: "not found",
    10: "in transit",
    20: "expired",
    30: "pick up",
    35: "undelivered",
    40: "delivered",
    50: "alert",
}
_out = Console(highlight=False, soft_wrap=True)

# What happens to each item: destination, then code, country and text of scan after scan.
STORIES = {
    "RT215770195HK": (
        "GB",
        (
            ("HK", "Posted"),
            ("HK", "Process completed for departure"),
            ("HK", "Handed over to carrier / Left for destination"),
            ("GB", "Arrived at processing centre (inward office of exchange)"),
            ("GB", "Presented to customs"),
            ("GB", "Released from Customs"),
            ("GB", "Arrived at delivery office"),
            ("GB", "Delivered"),
        ),
    ),
    "RC933607107HK": (
        "US",
        (
            ("HK", "Posted"),
            ("HK", "Handed over to carrier / Left for destination"),
            ("US", "Arrived at processing centre (inward office of exchange)"),
            ("US", "Unsuccessful Delivery"),
            ("US", "Delivered"),
        ),
    ),
    "LK773201020HK": ("HK", (("HK", "Posted"), ("HK", "Arrived at delivery office"), ("HK", "Delivered"))),
}


class Inbox:
    """The merchant's receiver: checks each push's signature from the raw body and prints what it says."""

    def __init__(self) -> None:
        self.key = ""

    async def receive(self, request: Request) -> Response:
        """200 for a push that is signed with the account's key, else 401."""
        body = await request.body()
        push = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        event, given = msgspec.json.decode(push["event"], type=Kind), msgspec.json.decode(push["sign"])
        right = sign(event, bytes(push["data"]), self.key) == given
        said = msgspec.json.decode(push["data"])
        if said["number"] in STORIES:
            self._print(event, said, right)
        return PlainTextResponse("", 200 if right else 401)

    @staticmethod
    def _print(event: str, said: dict[str, object], right: bool) -> None:  # noqa: FBT001
        track = said.get("track")
        line = f"{event}  {said['number']}"
        if isinstance(track, dict):
            newest = track.get("z0", {})
            line += f"  {_STATES[track['e']]:<11}  {newest.get('c', '')}: {newest.get('z', '')}"
        mark = "[green]signature right[/]" if right else "[red]signature wrong[/]"
        _out.print(f"[bold cyan]webhook <-[/] {line}  {mark}")


def demo(
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8017,
    data: Annotated[
        Path | None, typer.Option("--data", help="Keep the demo's store here; else it is forgotten.")
    ] = None,
) -> None:
    """Serve a living demo: items unfold every few seconds, and their news arrives at a built-in webhook inbox."""
    with tempfile.TemporaryDirectory(prefix="trackway-demo-", ignore_cleanup_errors=True) as folder:
        _serve(data or Path(folder), port)


def _serve(data: Path, port: int) -> None:
    inbox, stage = Inbox(), _Stage(port)

    def settings() -> Config:
        networks = f"{_HOST}/32"
        quick: dict[str, object] = {
            "poll_min_interval": 1.0,
            "poll_max_interval": 2.0,
            "log_level": "error",  # the faults that some parcels simulate are no news here
            "key_change_delay": 0,
        }
        return load(
            data=data, database=f"sqlite:///{data / 'demo.sqlite3'}", webhook_allowed_networks=networks, **quick
        )

    def routes(_: House) -> Sequence[BaseRoute]:
        return [Route("/demo/inbox", inbox.receive, methods=["POST"])]

    start(settings, _HOST, port, started=lambda house: stage.begin(house, inbox), routes=routes)


class _Stage:
    """Sets the demo up once the server listens, and then lets its items move."""

    def __init__(self, port: int) -> None:
        self._url = f"http://{_HOST}:{port}"
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, house: House, inbox: Inbox) -> None:
        """Make the operator, the partner and the merchant, print how to call, and start the items."""
        now = house.clock()
        inbox.key = await _key(house, now)
        secret = await _secret(house, now)
        await house.merchants.webhooks.set_url(ACCOUNT, f"{self._url}/demo/inbox")
        settings = {"url": f"{self._url}{house.config.hkpost_base_path}", "sys_id": PARTNER, "sys_secret": secret}
        await house.asking.connections.put("hongkong-post", settings, now)
        await house.asking.connections.put("simulated", {}, now)
        _print_welcome(self._url, house.config.hkpost_base_path, inbox.key, secret, await _link(house, now))
        account = await house.access.named(ACCOUNT)
        await house.merchants.registration.register(account.id, [*_parcels(now), *map(_application, STORIES)], now)
        task = asyncio.create_task(self._unfold(house))
        self._tasks.add(task)

    async def _unfold(self, house: House) -> None:
        """Scan after scan, one item at a time; when all have arrived they stay as they are."""
        begun = house.clock().astimezone(_HONG_KONG)
        longest = max(len(scans) for _, scans in STORIES.values())
        for beat in range(longest):
            for number, (destination, scans) in STORIES.items():
                if beat < len(scans):
                    item = _item(number, destination, scans[: beat + 1], begun)
                    await house.post.mailroom.load([read_item(msgspec.json.encode(item))], house.clock())
                    await asyncio.sleep(_BEAT / len(STORIES))


async def _key(house: House, now: datetime) -> str:
    """The demo account's key, new at every start."""
    try:
        return (await house.access.create(ACCOUNT, None, None, now)).key
    except ConfigError:
        return (await house.access.rotate_key(ACCOUNT, now)).key


async def _secret(house: House, now: datetime) -> str:
    """The demo partner's secret, new at every start."""
    try:
        return await house.post.mailroom.create_partner(PARTNER, now)
    except ConfigError:
        return await house.post.mailroom.rotate(PARTNER)


async def _link(house: House, now: datetime) -> str:
    """What signs the demo's person in, new at every start."""
    with suppress(ConfigError):
        await house.staff.people.add(PERSON, Role.OWNER, None, now)
    return (await house.staff.people.enter_link(PERSON, now)).token


def _parcels(now: datetime) -> Iterator[Application]:
    """Parcels that do not exist, of every story, which began some days ago and take a day for each step."""
    for at in range(_PARCELS):
        story, begun = list(Story)[at % len(Story)], now - timedelta(days=at * 5 % 17, hours=at)
        number = f"SIM{story}9T{begun:%Y%m%d%H%M}{100 + at}"
        yield Application(number=number, tag=f"order {1000 + at}")


def _application(number: str) -> Application:
    return Application(number=number)


def _item(number: str, destination: str, scans: Sequence[tuple[str, str]], begun: datetime) -> Result:
    """The item as an operator's file has it; scans are a few hours apart, all past by the clock of their place."""
    times = [begun - timedelta(hours=6 * (9 - at)) for at in range(len(scans))]
    details = [
        Detail(eventDateTime=f"{time:%d-%m-%Y %H:%M}", eventLocation_code=country, eventMsg_e=text)
        for time, (country, text) in zip(times, scans, strict=True)
    ]
    return Result(
        itemNo=number,
        postingDateTime=f"{times[0]:%d-%m-%Y %H:%M}",
        dropOffPoint_e="Queen's Road Post Office",
        orgCnty_code="HK",
        destCnty_code=destination,
        itemDeliveryStatusDetailList=details,
    )


def _print_welcome(url: str, base: str, key: str, secret: str, link: str) -> None:
    authenticate = f"""curl -s {url}{base}/api/authenticate -d '{{"sysId":"{PARTNER}","sysSecret":"{secret}"}}'"""
    lines = f"""
Trackway's demo runs at {url}  (stop it with Ctrl-C)

The console, where this signs you in, once:
  {url}/console/link/{link}

The merchant {ACCOUNT} has the key {key}
  curl -s {url}/track/v1/gettrackinfo -H '17token: {key}' -d '[{{"number":"RT215770195HK"}}]'
  curl -s {url}/track/v1/gettracklist -H '17token: {key}' -d '{{}}'

The partner {PARTNER} has the secret {secret}
  TOKEN=$({authenticate} | sed 's/.*"id_token":"\\([^"]*\\).*/\\1/')
  curl -s {url}{base}/api/version/1/mailTracking -H "Authorization: Bearer $TOKEN" \\
       -d '{{"lang":"A","itemNo":["RT215770195HK"]}}'

Three items are on their way. Every change is pushed to {url}/demo/inbox and printed here. In the console there are
{_PARCELS} simulated ones beside them, in many states:
"""
    _out.print(lines, markup=False)
