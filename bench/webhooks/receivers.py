"""Twenty receivers that note the ids of what comes, the first of which never answers."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bench.webhooks.plan import RECEIVERS, Order


async def receivers(_: Order) -> None:
    """Listen, and print the ports; one more port tells the counts."""
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
