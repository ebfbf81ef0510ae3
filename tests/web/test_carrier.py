"""A courier sends its own scans in: whoever follows a number is told, each event counts once, none harms another."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Clock
from tests.stage import Stage, staged
from trackway.app.workers import poller_of
from trackway.connectors import inbound
from trackway.domain.asking.planning import Reason
from trackway.domain.asking.pushed import MOST_EVENTS
from trackway.domain.errors import ConfigError
from trackway.storage.asking.askings import Askings
from trackway.worker.poller import Poller

COURIER, OTHER = 100005, 100006
NUMBER = "AB123456789"
POSTED = {"number": NUMBER, "time": "2026-11-20 09:00", "text": "Picked up", "place": "Leeds", "id": "1"}
OUT = {"number": NUMBER, "time": "2026-11-22T08:30:00+01:00", "text": "With the courier", "milestone": "OutForDelivery"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([NUMBER, "2026-11-22 09:45", "Delivered"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["number", "time", "text", "translations"]), inner)
    ),
    max_leaves=20,
)


class Depot(Stage):
    """A courier with a key, a merchant and its receiver."""

    async def open(self) -> None:
        await super().open()
        self.key = await self.shop.house.asking.couriers.create_key("depot", self.clock(), COURIER)

    async def send(self, *events: Any, key: str | None = None) -> tuple[int, Any]:
        body = events[0] if len(events) == 1 and isinstance(events[0], bytes) else json.dumps(events).encode()
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        async with self.shop.session.post(f"{self.shop.url}/carrier/v1/events", data=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def sent(self, *events: Any) -> int:
        status, answer = await self.send(*events)
        assert (status, answer["refused"]) == (200, [])
        return int(answer["accepted"])

    async def follow(self, carrier: int = COURIER) -> None:
        accepted, _ = await self.shop.ask("register", {"number": NUMBER, "carrier": carrier})
        assert accepted

    async def inbound_poller(self) -> Poller:
        asker = (await self.shop.house.asking.roster.askers())[inbound.ID]
        return poller_of(self.shop.house, inbound.ID, {}, told=self.courier.wake, carriers=asker.carriers)

    async def told(self) -> list[Any]:
        """What the merchant has been pushed, once everything that is due was done."""
        poller = await self.inbound_poller()
        while await poller.tick() == 0:
            pass
        await self.deliver()
        return [push["data"]["track"] for push in self.inbox.pushes]


@pytest.fixture
async def depot(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Depot]:
    async with staged(Depot, database_url, tmp_path, clock) as opened:
        yield opened


async def test_a_scan_that_is_sent_is_pushed(depot: Depot) -> None:
    await depot.follow()
    assert await depot.told() == []
    depot.clock.move(minutes=1)
    assert await depot.sent(POSTED, OUT | {"translations": {"fr": "En livraison"}, "destination": "GB"}) == 2
    (track,) = await depot.told()
    assert (track["e"], track["w1"], track["is1"], track["c"], track["ln1"]) == (30, COURIER, 1, 1103, None)
    assert [(event["a"], event["c"], event["z"]) for event in track["z1"]] == [
        ("2026-11-22 08:30:00", "", "With the courier"),
        ("2026-11-20 09:00", "Leeds", "Picked up"),
    ]


async def test_a_number_registered_after_its_events_finds_them(depot: Depot) -> None:
    await depot.sent(POSTED)
    await depot.follow()
    assert [len(track["z1"]) for track in await depot.told()] == [1]


async def test_all_that_follow_it_are_told_and_no_others_number_moves(depot: Depot) -> None:
    await depot.follow()
    await depot.shop.ask(
        "register", {"number": NUMBER, "carrier": OTHER}, {"number": "AB123456780", "carrier": COURIER}
    )
    other = await depot.shop.shop("other")
    await depot.follow()
    await depot.sent(POSTED)
    await depot.told()
    for key, found in ((depot.inbox.key, 1), (other, 1)):
        _, answer = await depot.shop.call("gettrackinfo", [{"number": NUMBER, "carrier": COURIER}], key=key)
        assert len(answer["data"]["accepted"]) == found
    _, answer = await depot.shop.call("gettrackinfo", [{"number": NUMBER, "carrier": OTHER}], key=depot.inbox.key)
    assert answer["data"]["rejected"][0]["error"]["code"] == -18019909


async def test_an_event_counts_once_and_may_be_put_right_under_its_id(depot: Depot) -> None:
    await depot.follow()
    for _ in range(3):
        depot.clock.move(minutes=1)
        await depot.sent(POSTED, POSTED, OUT)
        assert [len(track["z1"]) for track in await depot.told()] == [2]
    await depot.sent(POSTED | {"place": "York"})
    tracks = await depot.told()
    assert (len(tracks), tracks[-1]["z1"][1]["c"]) == (2, "York")


async def test_what_is_sent_is_told_at_once_and_why_it_was_read_is_known(depot: Depot) -> None:
    await depot.follow()
    await depot.told()
    depot.clock.move(seconds=1)
    await depot.sent(POSTED)
    (explanation,) = await depot.shop.house.asking.explanations.of(NUMBER, None, depot.clock())
    (leg,) = explanation.legs
    assert (leg.connector, leg.next_at, leg.next_why) == ("inbound", depot.clock(), "its carrier sent events")
    await depot.told()
    (balance,) = await depot.shop.house.asking.budget.balances(1, depot.clock())
    assert balance.days[0].reasons[Reason.TOLD] == 1


async def test_an_answer_under_way_that_lacks_the_new_event_is_asked_again(depot: Depot) -> None:
    await depot.follow()
    askings, now = Askings(depot.shop.house.store.main), depot.clock()
    (due,) = await askings.claim(COURIER, now, now + timedelta(minutes=1), 10)
    await depot.sent(POSTED)
    (again,) = await askings.claim(COURIER, now, now + timedelta(minutes=2), 10)
    assert (due.number, again.reason) == (again.number, Reason.TOLD)


async def test_an_event_of_no_time_at_all_costs_no_other_answer(depot: Depot) -> None:
    """The empty date of some systems, in the first year there is, at a place ahead of Greenwich."""
    other = "AB123456780"
    await depot.follow()
    await depot.shop.ask("register", {"number": other, "carrier": COURIER})
    await depot.sent(POSTED | {"time": "0001-01-01 00:00:00", "place": "Hong Kong"}, POSTED | {"number": other})
    await depot.told()
    accepted, _ = await depot.shop.ask("gettrackinfo", {"number": NUMBER}, {"number": other})
    assert [one["track"]["z0"]["a"][:4] for one in accepted] == ["0001", POSTED["time"][:4]]


async def test_a_stopped_number_is_not_woken(depot: Depot) -> None:
    await depot.follow()
    await depot.shop.ask("stoptrack", {"number": NUMBER})
    await depot.sent(POSTED)
    poller = await depot.inbound_poller()
    assert await poller.tick() > 0
    assert await depot.shop.code("gettrackinfo", {"number": NUMBER}) == -18019909


BAD: list[tuple[Any, str]] = [
    (POSTED | {"number": "A-1"}, "number"),
    (POSTED | {"number": 5}, "number"),
    ({"time": "2026-11-20 09:00", "text": "x"}, ""),
    (POSTED | {"time": "yesterday"}, "time"),
    (POSTED | {"time": "2026-02-30 09:00"}, "time"),
    (POSTED | {"text": "  "}, "text"),
    (POSTED | {"text": "x" * 501}, "text"),
    (POSTED | {"milestone": "NotFound"}, "milestone"),
    (POSTED | {"destination": "Britain"}, "destination"),
    (POSTED | {"translations": {f"fr-{at:02}": "x" for at in range(11)}}, "translations"),
    (POSTED | {"place": "a\0b"}, ""),
    ("no event", ""),
    (None, ""),
]


async def test_a_bad_event_is_told_and_the_others_are_kept(depot: Depot) -> None:
    status, answer = await depot.send(OUT, *(event for event, _ in BAD), POSTED)
    assert (status, answer["accepted"]) == (200, 2)
    assert [(one["index"], one["field"]) for one in answer["refused"]] == [
        (at, field) for at, (_, field) in enumerate(BAD, 1)
    ]
    assert all(one["reason"] for one in answer["refused"])


async def test_there_is_a_most_of_events_for_a_number(depot: Depot) -> None:
    times = [f"2026-11-{day:02} {hour:02}:00" for day in range(1, 22) for hour in range(24)][: MOST_EVENTS + 2]
    status, answer = await depot.send(*({"number": NUMBER, "time": time, "text": "Scanned"} for time in times))
    assert (status, answer["accepted"]) == (200, MOST_EVENTS)
    assert [one["index"] for one in answer["refused"]] == [MOST_EVENTS, MOST_EVENTS + 1]
    assert "300 events of this number already" in answer["refused"][0]["reason"]


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), (b"{}", 400), (b"[1,", 400), (b"[]", 200), (b"[1" + b",1" * 500 + b"]", 413)]
)
async def test_what_is_no_batch_is_told(depot: Depot, body: bytes, status: int) -> None:
    answered, answer = await depot.send(body)
    assert answered == status
    assert answer.keys() == ({"accepted", "refused"} if status == 200 else {"reason"})


async def test_only_a_carriers_own_key_opens(depot: Depot) -> None:
    operator = await depot.shop.house.post.operators.create_key("sorting", depot.clock())
    for key in ("", "x", operator, depot.inbox.key):
        assert (await depot.send(POSTED, key=key))[0] == 401
    headers = {"Authorization": f"Bearer {depot.key}"}
    async with depot.shop.session.post(f"{depot.shop.url}/operator/v1/scans", data=b"[]", headers=headers) as answer:
        assert answer.status == 401
    async with depot.shop.session.get(f"{depot.shop.url}/carrier/v1/events") as answer:
        assert (answer.status, answer.headers["allow"]) == (405, "POST")
    with pytest.raises(ConfigError, match="a key of that name already"):
        await depot.shop.house.asking.couriers.create_key("sorting", depot.clock(), COURIER)
    with pytest.raises(ConfigError, match="no carrier key"):
        await depot.shop.house.asking.couriers.drop_key("sorting")
    await depot.shop.house.asking.couriers.drop_key("depot")
    assert (await depot.send(POSTED))[0] == 401
    assert inbound.ID not in await depot.shop.house.asking.roster.askers()


async def test_two_who_send_of_one_number_lose_nothing(depot: Depot) -> None:
    events = [POSTED | {"id": str(serial), "time": f"2026-11-20 09:{serial:02}"} for serial in range(20)]
    assert await asyncio.gather(*(depot.sent(event) for event in events)) == [1] * 20
    await depot.follow()
    assert [len(track["z1"]) for track in await depot.told()] == [20]


async def test_a_store_that_is_gone_is_503(depot: Depot) -> None:
    await depot.shop.house.store.close()
    assert (await depot.send(POSTED))[0] == 503


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=st.lists(JSON, max_size=5))
async def test_whatever_is_sent_each_event_is_kept_or_told(depot: Depot, events: list[Any]) -> None:
    status, answer = await depot.send(*events) if events else await depot.send(b"[]")
    assert status == 200
    assert answer["accepted"] + len(answer["refused"]) == len(events)
