"""A postal operator on a loopback port: it speaks the API, keeps count of what it was asked, and fails to order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

SECRET = "9546d6a3-bef9-409f-b985-c39655a1c3a1"
Fault = Callable[[web.Request], Any]


def scan(time: str, message: str, **more: str) -> dict[str, str]:
    """One event; Chinese texts are made up from the English one."""
    place = {"eventLocation_e": "HONG KONG", "eventLocation_c": "香港", "eventLocation_s": "香港"}
    texts = {"eventMsg_e": message, "eventMsg_c": f"{message}(繁)", "eventMsg_s": f"{message}(简)"}
    return {"eventDateTime": time, "eventLocation_code": "HK", **place, **texts, **more}


def item(number: str, *scans: dict[str, str], **more: object) -> dict[str, Any]:
    """One entry of an answer."""
    return {
        "itemNo": number,
        "status": 0,
        "errMsg": "",
        "postingDateTime": "01-11-2026 09:00",
        "orgCnty_code": "HK",
        "destCnty_code": "GB",
        "itemDeliveryStatusDetailList": list(scans),
        **more,
    }


class Post:
    """The operator. `tokens` and `calls` are what it was asked; `fault` may answer a call instead of it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.items: dict[str, dict[str, Any]] = {}
        self.tokens: list[str] = []
        self.revoked: set[str] = set()
        self.calls: list[dict[str, Any]] = []
        self.sent_at: list[datetime] = []
        self.life = 900.0
        self.expiry: Callable[[], object] = lambda: int(self.clock().timestamp() + self.life)
        self.fault: Fault | None = None
        self.token_fault: Fault | None = None
        self.url = ""

    def reply(self, body: object, status: int = 200, **headers: str) -> web.Response:
        date = {"Date": format_datetime(self.clock(), usegmt=True)}
        return web.json_response(body, status=status, headers={**date, **headers})

    def refuse(self, code: int, http: int = 200) -> Fault:
        body = {"status": code, "errMsg": f"words of {code}", "itemCount": 0, "deliveryResultList": []}
        return lambda _: self.reply(body, http)

    async def authenticate(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        if self.token_fault is not None:
            return await _awaited(self.token_fault(request))
        if given != {"sysId": "partner", "sysSecret": SECRET}:
            return web.Response(status=401, text="Unauthorized")
        return self.reply({"id_token": self.tokens[-1], "expiry": self.expiry()})

    async def track(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.calls.append(asked)
        self.sent_at.append(self.clock())
        bearer = request.headers["Authorization"].removeprefix("Bearer ")
        if bearer not in self.tokens or bearer in self.revoked:
            return web.Response(status=401, text="<h1>Unauthorized</h1>")
        if self.fault is not None:
            return await _awaited(self.fault(request))
        return self.answer([self.items.get(number, item(number, status=1001)) for number in asked["itemNo"]])

    def answer(self, entries: object, status: int = 0) -> web.Response:
        count = len(entries) if isinstance(entries, list) else 0
        return self.reply({"status": status, "errMsg": "", "itemCount": count, "deliveryResultList": entries})


async def _awaited(answer: Any) -> web.StreamResponse:
    result: web.StreamResponse = await answer if asyncio.iscoroutine(answer) else answer
    return result


@asynccontextmanager
async def serve(post: Post) -> AsyncIterator[Post]:
    """The operator while it is open for business, at `post.url`."""
    app = web.Application()
    app.router.add_post("/mailTrackingAPI/api/authenticate", post.authenticate)
    app.router.add_post("/mailTrackingAPI/api/version/1/mailTracking", post.track)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        post.url = f"http://127.0.0.1:{port}/mailTrackingAPI"
        yield post
    finally:
        await runner.cleanup()
