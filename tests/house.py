"""A whole house for flow tests: real HTTP on loopback, a real store, and a clock that the test moves."""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from aiohttp import ClientSession, web

from tests.conftest import Clock
from trackway.app.house import House, open_house
from trackway.app.web import web_wing
from trackway.config import Config, load
from trackway.web.around.protocol import PlainHttp
from trackway.wire.webhook import sign

LOOPBACK = "127.0.0.0/8"


class Receiver:
    """A merchant's webhook on loopback: keeps what it was sent, and answers what the test says."""

    def __init__(self) -> None:
        self.pushes: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.answers: list[int] = []
        self.came = asyncio.Event()
        self.url = ""
        self.key = ""

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        raw = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        push = msgspec.json.decode(body, type=dict[str, Any])
        assert push["sign"] == sign(push["event"], bytes(raw["data"]), self.key)
        self.pushes.append(push)
        self.came.set()
        self.headers.append(request.headers)
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    inbox = Receiver()
    application = web.Application()
    application.router.add_post("/inbox", inbox.receive)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    inbox.url = f"http://127.0.0.1:{runner.addresses[0][1]}/inbox"
    try:
        yield inbox
    finally:
        await runner.cleanup()


class Running:
    """A house that answers on loopback."""

    def __init__(self, house: House, url: str, session: ClientSession, clock: Clock) -> None:
        self.house, self.url, self.session, self.clock = house, url, session, clock
        self.key = ""

    async def shop(self, name: str = "shop", **limits: Any) -> str:
        key = await self.house.access.create(name, limits.get("quota"), limits.get("daily"), self.clock())
        self.key = key.key
        return key.key

    async def call(self, endpoint: str, body: Any, key: str | None = None, **headers: str) -> tuple[int, Any]:
        """The HTTP status and the JSON answer of one call to the 17TRACK face."""
        sent = body if isinstance(body, bytes) else msgspec.json.encode(body)
        url, token = f"{self.url}/track/v1/{endpoint}", self.key if key is None else key
        async with self.session.post(url, data=io.BytesIO(sent), headers={"17token": token, **headers}) as answer:
            return answer.status, msgspec.json.decode(await answer.read())

    async def ask(self, endpoint: str, *items: Any) -> tuple[list[Any], list[Any]]:
        """The accepted and the rejected items of one call."""
        status, answer = await self.call(endpoint, list(items))
        assert (status, answer["code"]) == (200, 0), answer
        return answer["data"]["accepted"], answer["data"]["rejected"]

    async def code(self, endpoint: str, item: Any) -> int:
        """The error code of the one item that is refused."""
        accepted, rejected = await self.ask(endpoint, item)
        assert not accepted
        return int(rejected[0]["error"]["code"])


@asynccontextmanager
async def running(database_url: str, data: Path, clock: Clock, **settings: Any) -> AsyncIterator[Running]:
    """A house on that store, its web wing served; the workers' ticks are the test's."""
    given: dict[str, Any] = {"pace_per_second": 0, "webhook_allowed_networks": LOOPBACK, **settings}
    config: Config = load(data=data, database=database_url, **given)
    async with open_house(config, clock) as house, serving(web_wing(house)) as url, ClientSession() as session:
        yield Running(house, url, session, clock)


@asynccontextmanager
async def serving(application: Any) -> AsyncIterator[str]:
    """The URL of an ASGI application that is served by a real server."""
    config = uvicorn.Config(
        application, port=0, http=PlainHttp, ws="none", lifespan="off", log_config=None, proxy_headers=False
    )
    server = uvicorn.Server(config)
    server.config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    main = asyncio.create_task(server.main_loop())
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await main
        await server.shutdown()


def numbers(accepted: Sequence[Mapping[str, Any]]) -> list[str]:
    return [item["number"] for item in accepted]
