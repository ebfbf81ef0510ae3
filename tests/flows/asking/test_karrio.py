"""From a carrier's own answer, through karrio and our poller, to a merchant's push."""

from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.connectors.carrier_server import carrier, sample
from tests.connectors.test_karrio import ACCOUNTS, FOUND, Told
from tests.house import receiver, running
from trackway.app.workers import poller_of, worker_wing
from trackway.domain.tracking import Milestone
from trackway.worker.courier import Courier

pytest.importorskip("karrio.core", reason="KARRIO IS MISSING: pip install trackway[karrio]")

KEYS = {
    "karrio-usps": 21051,
    "karrio-ups": 100002,
    "karrio-fedex": 100003,
    "karrio-dhl-express": 100001,
    "karrio-dhl-parcel-de": 7041,
    "karrio-dpd": 100007,
    "karrio-gls": 100005,
    "karrio-laposte": 6051,
    "karrio-canadapost": 3041,
    "karrio-australiapost": 1151,
}
STATES = {Milestone.IN_TRANSIT: 10, Milestone.DELIVERY_FAILURE: 35, Milestone.DELIVERED: 40}
NUMBERS = {"karrio-australiapost": "LX123456785AU"}  # by its number the recorded one would be the American post's


@pytest.mark.parametrize("told", FOUND, ids=lambda told: told.connector)
async def test_a_carriers_answer_becomes_a_push(sqlite_url: str, tmp_path: Path, clock: Clock, told: Told) -> None:
    number = NUMBERS.get(told.connector, told.number)
    body = sample(told.file).replace(told.number.encode(), number.encode())
    async with carrier() as end, receiver() as inbox, running(sqlite_url, tmp_path, clock) as shop:
        inbox.key = await shop.shop()
        await shop.house.merchants.webhooks.set_url("shop", inbox.url)
        await shop.house.asking.connections.put(told.connector, {**ACCOUNTS[told.connector], "url": end.url}, clock())
        end.body = body
        await shop.ask("register", {"number": number, "carrier": KEYS[told.connector]})
        settings = (await shop.house.asking.connections.all())[told.connector]
        poller = poller_of(shop.house, told.connector, settings, told=lambda: None)
        while await poller.tick() == 0:
            pass
        courier = next(loop for loop in worker_wing(shop.house) if isinstance(loop, Courier))
        while await courier.tick() == 0:
            await courier.landed()
        await poller.let_go(1)
    (push,) = inbox.pushes
    assert (push["data"]["number"], push["data"]["track"]["e"]) == (number, STATES[told.newest[2]])
    assert push["data"]["track"]["is1"] == 1
