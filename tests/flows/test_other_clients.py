"""Clients that others wrote for 17TRACK work when their base URL is changed."""

from pathlib import Path

import pytest
import seventeentrack.profile
from seventeentrack import Client
from seventeentrack.errors import InvalidTrackingNumberError

from tests.conftest import Clock
from tests.flows.test_story import NUMBER, Stage
from tests.house import receiver, running


async def test_seventeentrack(database_url: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """seventeentrack 2022.4.6: add, list, rename, summary, packages."""
    async with running(database_url, tmp_path, clock) as shop, receiver() as inbox:
        stage = Stage(shop, inbox)
        await stage.open()
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
        await stage.poller.stop(1)
