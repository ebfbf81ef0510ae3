"""Both faces against their own descriptions: whatever is sent, what comes back is documented."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi import checks

from tests.conftest import Clock
from tests.house import Running, running
from trackway.web.openapi import hkpost as openapi_hkpost
from trackway.web.openapi import track17 as openapi_track17
from trackway.wire.hkpost.load import read_item

BASE = "/mailTrackingAPI"
ITEM = Path(__file__).parent.parent / "specs" / "hkpost" / "item.json"
MANY = settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(MANY, max_examples=5, phases=[Phase.generate])
SQLITE, POSTGRES = (pytest.mark.parametrize("database_url", [name], indirect=True) for name in ("sqlite", "postgres"))
TRACK17 = schemathesis.openapi.from_dict(openapi_track17.describe())
HKPOST = schemathesis.openapi.from_dict(openapi_hkpost.describe(BASE))
CODES_IN_200 = checks.negative_data_rejection  # T9, T10, H18: what is wrong with the data is told by a code, with 200
NO_405 = checks.unsupported_method  # T12: the document knows 404 only


class Ticking(Clock):
    """Time goes on at each look, so that no pace is ever too fast (H20)."""

    def __call__(self) -> datetime:
        return self.move(milliseconds=100)


@dataclass(frozen=True)
class Target:
    """Where the house answers, and what lets a caller in."""

    url: str
    key: str
    token: str


@pytest.fixture
def target(database_url: str, tmp_path: Path) -> Iterator[Target]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(running(database_url, tmp_path, Ticking())) as house,
    ):
        yield portal.call(furnish, house)


async def furnish(running: Running) -> Target:
    """What the examples of the descriptions name is there."""
    house, now = running.house, running.clock()
    key = await running.shop()
    await running.ask("register", {"number": "RR123456789CN", "carrier": 3011})
    await house.post.mailroom.load([read_item(ITEM.read_bytes())], now)
    secret = await house.post.mailroom.create_partner("api", now)
    return Target(running.url, key, (await house.post.mailroom.authenticate("api", secret, now)).token)


def ask_track17(case: Any, target: Target) -> None:
    key = {"17token": target.key}
    case.call_and_validate(f"{target.url}/track/v1", headers=key, excluded_checks=[CODES_IN_200, NO_405])


def ask_hkpost(case: Any, target: Target) -> None:
    token = {"Authorization": f"Bearer {target.token}"}
    case.call_and_validate(target.url + BASE, headers=token, excluded_checks=[CODES_IN_200])


@TRACK17.parametrize()
@SQLITE
@MANY
def test_track17(case: Any, target: Target) -> None:
    ask_track17(case, target)


@TRACK17.parametrize()
@POSTGRES
@FEW
def test_track17_on_postgres(case: Any, target: Target) -> None:
    ask_track17(case, target)


@HKPOST.parametrize()
@SQLITE
@MANY
def test_hkpost(case: Any, target: Target) -> None:
    ask_hkpost(case, target)


@HKPOST.parametrize()
@POSTGRES
@FEW
def test_hkpost_on_postgres(case: Any, target: Target) -> None:
    ask_hkpost(case, target)
