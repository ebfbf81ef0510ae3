"""Clients that others wrote for 17TRACK work when their base URL is changed, and one that takes nothing unknown."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest
import seventeentrack.profile
from seventeentrack import Client
from seventeentrack.errors import InvalidTrackingNumberError

from tests.conftest import Clock
from tests.house import Running, running
from tests.stage import NUMBER, Stage, staged
from trackway.app.workers import poller_of


async def test_seventeentrack(database_url: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """seventeentrack 2022.4.6: add, list, rename, summary, packages."""
    async with staged(Stage, database_url, tmp_path, clock) as stage:
        shop = stage.shop
        await stage.scan(4)
        monkeypatch.setattr(seventeentrack.profile, "V1_API_URL", f"{shop.url}/track/v1")
        client = Client(session=shop.session)
        client.profile._api_token = shop.key  # noqa: SLF001  # what its own users do, for it cannot log in elsewhere
        await client.profile.add_package(NUMBER, friendly_name="A book")
        await client.profile.add_package_with_carrier("ABC12345", carrier="FedEx")
        with pytest.raises(InvalidTrackingNumberError, match="has been registered"):
            await client.profile.add_package(NUMBER)
        assert await client.profile.packages() == []
        await stage.poll()
        (package,) = await client.profile.packages()
        assert (package.tracking_number, package.status, package.info_text) == (NUMBER, "Delivered", "Delivered")
        assert (package.location, package.timestamp.isoformat()) == ("UNITED KINGDOM", "2026-11-22T09:45:00+00:00")
        await client.profile.set_friendly_name(NUMBER, "Another book")
        summary = await client.profile.summary()
        assert (summary["Delivered"], summary["Not Found"]) == (1, 1)
        await shop.ask("stoptrack", {"number": NUMBER})
        assert (await client.profile.summary())["Delivered"] == 0
        assert (await client.profile.summary(show_archived=True))["Delivered"] == 1


async def answer_everything(shop: Running) -> None:
    """Let the simulated carriers answer for all that is due, and again for what that made due."""
    await shop.house.asking.connections.put("simulated", {}, shop.clock())
    for _ in range(2):
        for asker in (await shop.house.asking.roster.askers()).values():
            poller = poller_of(shop.house, asker.connector, asker.settings, told=lambda: None, carriers=asker.carriers)
            while await poller.tick() == 0:
                pass
            await poller.stop(1)


async def run(program: str, script: str, *words: str) -> str:
    """What a client in another language prints."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"NOT TESTED: there is no {program} here to run a client with")
    path = Path(__file__).parent / "clients" / script
    process = await asyncio.create_subprocess_exec(found, str(path), *words, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    return printed.decode()


async def test_a_client_that_takes_nothing_unknown(database_url: str, tmp_path: Path, clock: Clock) -> None:
    """Every answer of every endpoint goes into typed objects of PHP: no key more or less, no null, no other type."""
    both, one, none = "SIMPOSTNORMAL0001", "SIMNORMAL0001", "SIMNORMAL9T2099010100001"
    async with running(database_url, tmp_path, clock) as shop:
        await shop.shop()
        await shop.house.merchants.webhooks.set_url("shop", "http://127.0.0.1:9/inbox")
        await shop.ask("register", *({"number": number} for number in (both, one, none)))
        await answer_everything(shop)
        printed = await run("php", "strict.php", f"{shop.url}/track/v1", shop.key, both, one, none)
        assert json.loads(printed) == [
            [both, 40, [3, 4, 0], "Delivered"],
            [one, 40, [7, 0, 0], "Delivered"],
            [none, 0, [0, 0, 0], None],
            [],
            [3, 3],
            ["register", 1, [-18010012]],
            ["changeinfo", 1, []],
            ["changeinfo", 0, [-18019811]],
            ["push", 1, []],
            ["stopTrack", 1, [-18019906]],
            ["Retrack", 1, []],
            ["changecarrier", 0, [-18019802]],
            ["deleteTrack", 1, []],
        ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it is about HTTP alone
async def test_the_stock_client_of_java(database_url: str, tmp_path: Path, clock: Clock) -> None:
    """It offers HTTP/2 with each request, and sends the body behind the offer."""
    async with running(database_url, tmp_path, clock) as shop:
        await shop.shop()
        printed = await run("java", "Stock.java", f"{shop.url}/track/v1", shop.key, NUMBER)
        registered, looked_up, deleted = (json.loads(line)["data"] for line in printed.splitlines())
        assert registered["accepted"] == [{"origin": 1, "number": NUMBER, "carrier": 8011}]
        assert looked_up["rejected"][0]["error"]["code"] == -18019909
        assert deleted["accepted"] == [{"number": NUMBER, "carrier": 8011}]
