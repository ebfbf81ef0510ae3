"""An operator, a partner's account at it, a merchant and its receiver, for the stories that they are in together."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tests.conftest import Clock
from tests.house import Receiver, Running, receiver, running
from trackway.app.workers import judgement_of, poller_of, worker_wing
from trackway.connectors.base import Connector
from trackway.storage.asking.askings import Askings
from trackway.storage.telling.outbox import Outbox
from trackway.wire.hkpost.load import read_item
from trackway.worker.courier import Courier
from trackway.worker.janitor import Janitor
from trackway.worker.loop import Loop
from trackway.worker.poller import Poller

NUMBER = "RT215770195HK"
SCANS = [
    ("20-11-2026 09:00", "HK", "Posted"),
    ("21-11-2026 18:30", "HK", "Handed over to carrier / Left for destination"),
    ("22-11-2026 06:15", "GB", "Arrived at delivery office"),
    ("22-11-2026 09:45", "GB", "Delivered"),
]


class Stage:
    """An operator, a partner's account at it, a merchant and its receiver; the test drives the workers."""

    def __init__(self, shop: Running, inbox: Receiver) -> None:
        self.shop, self.inbox, self.clock = shop, inbox, shop.clock
        loops: list[Loop] = worker_wing(shop.house)
        self.courier = next(loop for loop in loops if isinstance(loop, Courier))
        self.janitor = next(loop for loop in loops if isinstance(loop, Janitor))
        self.poller: Poller

    async def open(self) -> None:
        house, now = self.shop.house, self.clock()
        self.inbox.key = await self.shop.shop()
        await house.merchants.webhooks.set_url("shop", self.inbox.url)
        settings = {
            "url": self.shop.url + house.config.hkpost_base_path,
            "sys_id": "partner",
            "sys_secret": await house.post.mailroom.create_partner("partner", now, interval_ms=0),
        }
        self.poller = poller_of(house, "hongkong-post", settings, told=self.courier.wake)

    async def scan(self, count: int, number: str = NUMBER) -> None:
        """The operator loads the item with its first `count` scans."""
        details = [
            {"eventDateTime": time, "eventLocation_code": country, "eventMsg_e": text}
            for time, country, text in SCANS[:count]
        ]
        item = {
            "itemNo": number,
            "postingDateTime": SCANS[0][0],
            "orgCnty_code": "HK",
            "destCnty_code": "GB",
            "itemDeliveryStatusDetailList": details,
        }
        await self.shop.house.post.mailroom.load([read_item(msgspec.json.encode(item))], self.clock())

    async def poll(self, **later: float) -> None:
        self.clock.move(**later)
        while await self.poller.tick() == 0:
            pass

    async def deliver(self, **later: float) -> None:
        """Every delivery that is due now, and what comes due by it."""
        self.clock.move(**later)
        while await self.courier.tick() == 0:
            await self.courier.landed()

    async def info(self) -> Any:
        accepted, _ = await self.shop.ask("gettrackinfo", {"number": NUMBER})
        return accepted[0]

    def poller_for(self, connector: Connector) -> Poller:
        """A poller that asks a carrier of the test's own."""
        house = self.shop.house
        return Poller(
            connector=connector,
            carriers=connector.carriers,
            desk=house.asking.desk,
            askings=Askings(house.store.main),
            judgement=judgement_of(house),
            announce=Outbox.put,
            clock=self.clock,
            timeout=20,
            told=self.courier.wake,
            observe=lambda *_: None,
        )


S = TypeVar("S", bound=Stage)


@asynccontextmanager
async def staged(
    kind: Callable[[Running, Receiver], S], database_url: str, data: Path, clock: Clock, **settings: Any
) -> AsyncIterator[S]:
    """A stage of that kind, open, on a house that is set so."""
    async with running(database_url, data, clock, **settings) as shop, receiver() as inbox:
        stage = kind(shop, inbox)
        await stage.open()
        try:
            yield stage
        finally:
            await stage.poller.stop(1)
