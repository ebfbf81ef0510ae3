"""Each example of the 17TRACK document, sent to a running server or held against what we write."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.conftest import Clock
from tests.house import Running, running
from trackway.domain.tracking import Event, Leg, Milestone, Position, QueryState, Tracking
from trackway.domain.webhook import Kind
from trackway.storage.given.catalogue_carriers import load_carriers
from trackway.wire import webhook
from trackway.wire.track17.track import write_track

FOLDER = Path(__file__).parent / "track17"
KEY = "6A8D7CFC3F7A41149E0A4EE8ABD0DD8A"
DONE = [{"number": "RR123456789CN", "carrier": 3011}]
LATER = {"zex", "z9", "ln9", "ygt9", "ylt9"}


def example(name: str) -> Any:
    return msgspec.json.decode((FOLDER / f"{name}.json").read_bytes())


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(database_url, tmp_path, clock) as opened:
        await opened.shop()
        yield opened


async def answer(shop: Running, endpoint: str) -> Any:
    status, answered = await shop.call(endpoint, example(f"{endpoint}.request"))
    assert status == 200
    return answered


async def test_register_answers_the_documents_request_with_the_documents_answer(shop: Running) -> None:
    assert await answer(shop, "register") == example("register.answer")


async def test_what_is_registered_is_changed_stopped_followed_and_deleted_as_documented(
    shop: Running, clock: Clock
) -> None:
    await answer(shop, "register")
    informed = await answer(shop, "changeinfo")
    assert informed["data"]["accepted"] == DONE
    assert list(informed["data"]) == list(example("changeinfo.answer")["data"])
    for endpoint in ("stoptrack", "retrack"):
        answered = await answer(shop, endpoint)
        assert answered["data"]["accepted"] == example(f"{endpoint}.answer")["data"]["accepted"]
    clock.move(days=2)
    assert await answer(shop, "changecarrier") == example("changecarrier.answer")
    listed = await answer(shop, "gettracklist")
    assert listed["data"] == {"accepted": []}
    assert (await answer(shop, "deletetrack"))["data"]["rejected"][0]["error"]["code"] == -18019902
    status, deleted = await shop.call("deleteTrack", [{"number": "RR123456789CN", "carrier": 3013}])
    assert (status, set(deleted["data"]["accepted"][0])) == (200, {"number", "carrier"})


async def test_push_and_gettrackinfo_take_the_documents_requests(shop: Running) -> None:
    await answer(shop, "register")
    assert (await answer(shop, "push"))["data"]["rejected"][0]["error"]["code"] == -18010204
    assert (await answer(shop, "gettrackinfo"))["data"]["rejected"][0]["error"]["code"] == -18019909


async def test_a_listed_tracking_has_the_documents_fields(shop: Running) -> None:
    await answer(shop, "register")
    await shop.ask("stoptrack", {"number": "RR123456789CN"})
    _, listed = await shop.call("gettracklist", {})
    (documented,) = example("gettracklist.answer")["data"]["accepted"]
    (item,) = listed["data"]["accepted"]
    assert [name for name in documented if name not in {"tt", "pt"}] == list(item)
    for name in item.keys() - {"tag"}:
        assert type(item[name]) is type(documented[name]), name


def events(given: list[dict[str, str]], *milestones: Milestone) -> tuple[Event, ...]:
    return tuple(
        Event(time=event["a"], text=event["z"], place=event["c"], detail=event["d"], milestone=milestone)
        for event, milestone in zip(given, milestones or [Milestone.IN_TRANSIT] * len(given), strict=True)
    )


def tracking_of(track: dict[str, Any], number: str, countries: tuple[str, str]) -> Tracking:
    legs = [
        Leg(
            position=position,
            carrier=track[f"w{position}"],
            state=QueryState.ANSWERED,
            events=events(track[f"z{position}"]),
            language={"zh-CHS": "zh-Hans", None: ""}.get(track[f"ln{position}"], track[f"ln{position}"]),
            asked_at=instant(track[f"ylt{position}"]),
            took_ms=track[f"ygt{position}"],
        )
        for position in (Position.FIRST, Position.FINAL)
        if track[f"w{position}"]
    ]
    return Tracking(
        id=1,
        account=1,
        number=number,
        carrier=track["w1"],
        registered_at=datetime(2020, 1, 1, tzinfo=UTC),
        origin_country=countries[0],
        destination_country=countries[1],
        milestone=Milestone.IN_TRANSIT,
        legs=tuple(legs),
    )


def instant(text: str) -> datetime | None:
    return None if text.startswith("2079") else datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("documented", "number", "countries", "slips"),
    [
        # its z0 is not the newest of its z1 and z2, and a final leg with events has is2 0 and no language
        (
            example("gettrackinfo.answer")["data"]["accepted"][0]["track"],
            "RM101474005CN",
            ("CN", "RU"),
            {"z0", "is2", "ln2"},
        ),
        (example("updated.push")["data"]["track"], "STOAA0000272952YQ", ("CN", "US"), set()),
    ],
)
def test_a_track_is_written_as_documented(
    documented: dict[str, Any], number: str, countries: tuple[str, str], slips: set[str]
) -> None:
    tracking = tracking_of(documented, number, countries)
    track = msgspec.json.decode(write_track(tracking, load_carriers().country_key), type=dict[str, Any])
    assert set(track) == set(documented)
    for name in documented.keys() - slips - LATER - {"hs"}:
        assert track[name] == documented[name], name
    assert set(documented["zex"]) <= set(track["zex"])
    assert isinstance(track["hs"], int)


def test_the_stopped_push_is_the_documents_byte_for_byte() -> None:
    """T1: the golden signature."""
    documented = example("stopped.push")
    data = webhook.stopped("RM101474005CN", 3011, None)
    assert webhook.sign(Kind.STOPPED, data, KEY) == documented["sign"]
    assert webhook.body(Kind.STOPPED, data, KEY) == msgspec.json.encode(documented)


def test_the_updated_push_has_the_documents_shape() -> None:
    documented = example("updated.push")
    data = webhook.updated(documented["data"]["number"], "", msgspec.json.encode(documented["data"]["track"]))
    written = msgspec.json.decode(webhook.body(Kind.UPDATED, data, KEY))
    assert written["data"] == documented["data"]
    assert list(written) == list(documented)
