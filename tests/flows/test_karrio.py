"""From a carrier's own answer, through karrio and our poller, to a merchant's push."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import Clock
from tests.connectors.carrier_server import carrier, sample
from tests.house import receiver, running
from trackway import app
from trackway.worker.courier import Courier

pytest.importorskip("karrio.core", reason="KARRIO IS MISSING: pip install trackway[karrio]")

SIGNED_IN = {"client_id": "app", "client_secret": "s3cret"}


class Asked(NamedTuple):
    """A connector with its account, a number with its carrier, and the state that the answer gives it."""

    connector: str
    account: dict[str, str]
    file: str
    number: str
    carrier: int
    state: int


ASKED = (
    Asked("karrio-usps", SIGNED_IN, "usps.TrackingResponse.json", "9400109104250532908587", 21051, 40),
    Asked("karrio-gls", SIGNED_IN, "gls.TrackingResponse.json", "36301917596", 100005, 10),
    Asked(
        "karrio-dpd",
        {"delis_id": "d", "password": "s3cret"},
        "dpd.TrackingResponse.xml",
        "05308817361138",
        100007,
        35,
    ),
)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.connector)
async def test_a_carriers_answer_becomes_a_push(
    sqlite_template: Path, tmp_path: Path, clock: Clock, asked: Asked
) -> None:
    body = sample(asked.file)
    for stored in sqlite_template.parent.glob("*.sqlite3"):
        (tmp_path / stored.name).write_bytes(stored.read_bytes())
    store = f"sqlite:///{tmp_path / sqlite_template.name}"
    async with carrier() as end, receiver() as inbox, running(store, tmp_path, clock) as shop:
        inbox.key = await shop.shop()
        await shop.house.webhooks.set_url("shop", inbox.url)
        await shop.house.asking.connections.put(asked.connector, {**asked.account, "url": end.url}, clock())
        end.body = body
        await shop.ask("register", {"number": asked.number, "carrier": asked.carrier})
        settings = (await shop.house.asking.connections.all())[asked.connector]
        poller = app.poller(shop.house, asked.connector, settings, told=lambda: None)
        while await poller.tick() == 0:
            pass
        courier = next(loop for loop in app.workers(shop.house) if isinstance(loop, Courier))
        while await courier.tick() == 0:
            await courier.landed()
        await poller.let_go(1)
    (push,) = inbox.pushes
    assert (push["data"]["number"], push["data"]["track"]["e"]) == (asked.number, asked.state)
    assert push["data"]["track"]["is1"] == 1
