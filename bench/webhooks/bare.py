"""The bare loop: aiohttp that posts the same bytes and keeps nothing."""

import asyncio
import time
from collections.abc import Iterator
from itertools import cycle

import aiohttp
import msgspec

from bench.tracks import encoded_tracks
from bench.webhooks.news import HANGING, house_of, news_of
from bench.webhooks.plan import IN_FLIGHT, Order, Outcome
from trackway.cli.serve import settle
from trackway.wire import webhook

Ready = tuple[str, bytes, dict[str, str]]


async def bare(order: Order) -> None:
    """As many connections as Trackway may have, each posting as fast as it is answered."""
    ready = await _ready(order)
    settle()
    outcome = Outcome(deliveries=0, took=0, cpu=time.process_time())
    begun = time.perf_counter()

    async def post_on() -> None:
        while time.perf_counter() - begun < order.seconds:
            url, content, headers = next(ready)
            async with session.post(url, data=content, headers=headers) as answer:
                await answer.read()
                outcome.deliveries += answer.status == 200

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(post_on() for _ in range(IN_FLIGHT)))
    outcome.took, outcome.cpu = time.perf_counter() - begun, time.process_time() - outcome.cpu
    print(msgspec.json.encode(outcome).decode())


async def _ready(order: Order) -> Iterator[Ready]:
    """Every message of the good receivers, put into words and signed before the clock starts, again and again."""
    tracks = cycle(encoded_tracks(500))
    ready: list[Ready] = []
    async with house_of(order) as house:
        urls = {account.id: account.webhook_url for account in await house.access.accounts()}
        keys = {account: (await house.access.signing_keys(account, house.clock()))[0] for account in urls}
        for one in await news_of(house):
            if one.account != HANGING:
                key, data = keys[one.account], webhook.updated(one.number, None, next(tracks).encode())
                content = webhook.body(one.kind, data, key)
                name = f"msg_20261120093000_{-one.tracking}"
                headers = webhook.headers(name, 1, house.clock(), content, key)
                ready.append((urls[one.account], content, headers))
    return cycle(ready)
