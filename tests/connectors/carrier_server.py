"""Any carrier on a loopback port: signs us in, and answers every question with what the test puts down."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "karrio_samples"
_TOKEN = {"access_token": "t0ken", "expires_in": 3600, "issued_at": "1700000000000", "token_type": "Bearer"}
_LOGIN = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<n:getAuthResponse xmlns:n="http://dpd.com/common/service/types/LoginService/2.1"><return>'
    "<delisId>d</delisId><authToken>t0ken</authToken><depot>0530</depot>"
    "<authTokenExpires>2099-01-01T00:00:00.00</authTokenExpires></return></n:getAuthResponse></s:Body></s:Envelope>"
)


def sample(name: str) -> bytes:
    """A recorded answer; the test is skipped, and says so, where they are not."""
    if not SAMPLES.is_dir():
        pytest.skip(f"RECORDED ANSWERS ARE MISSING: {os.path.relpath(SAMPLES)} is not there")
    return (SAMPLES / name).read_bytes()


class Carrier:
    """`body`, `status` and `headers` are its answers; `asked` is what it was asked, `sign_ins` how often we came in."""

    def __init__(self) -> None:
        self.url, self.body, self.status = "", b"", 200
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.sign_ins, self.sign_in_status = 0, 200
        self.hang, self.came = False, asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.lower()
        if "token" in path or "login" in path:
            self.sign_ins += 1
            if "login" in path:
                return web.Response(text=_LOGIN, status=self.sign_in_status)
            body = _TOKEN if self.sign_in_status == 200 else {"error": "invalid_client"}
            return web.json_response(body, status=self.sign_in_status)
        self.asked.append(request.path)
        self.came.set()
        if self.hang:
            await asyncio.Event().wait()
        return web.Response(body=self.body, status=self.status, headers=self.headers)


@asynccontextmanager
async def carrier() -> AsyncIterator[Carrier]:
    """The carrier while it is open for business."""
    open_one = Carrier()
    application = web.Application()
    application.router.add_route("*", "/{any:.*}", open_one.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        open_one.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield open_one
    finally:
        await runner.cleanup()
