"""The carrier of parcels that do not exist, and the numbers that its page hands out."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.docs.pages import page
from tests.house import Running, running
from trackway.app.workers import poller_of
from trackway.connectors.base import Connector, Inquiry, Kit
from trackway.connectors.registry import make
from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import CarrierLimited, CarrierUnavailable, CarrierUnreadable
from trackway.domain.simulation import PACES, Face, Story, parcel_of
from trackway.domain.tracking import Milestone, Report
from trackway.storage.passing.shared import SharedMemory
from trackway.storage.store import Store
from trackway.storage.vault import Vault

PASTED = dict(re.findall(r"^\| (\w+) \| `(\w+)` \|", page("simulated.md"), re.MULTILINE))


@pytest.fixture
def kit(clock: Clock, store: Store) -> Kit:
    shared = SharedMemory(store.quick)
    return Kit(shared=shared, sealer=Vault(bytes(32)), clock=clock, sleep=asyncio.sleep, timeout=1)


@pytest.fixture
async def shop(sqlite_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(sqlite_url, tmp_path, clock) as opened:
        await opened.shop()
        yield opened


async def ask(connector: Connector, number: str) -> Report | CarrierFault:
    return (await connector.ask([Inquiry(number=number)]))[number]


async def told(connector: Connector, number: str) -> Report:
    answer = await ask(connector, number)
    assert isinstance(answer, Report)
    return answer


def test_the_page_has_a_number_for_every_story_and_every_pace() -> None:
    assert list(PASTED) == [story.value for story in Story]
    assert {word: parcel.story for word, number in PASTED.items() if (parcel := parcel_of(number))} == {
        story.value: story for story in Story
    }
    assert len(re.findall(r"^\| \d \|", page("simulated.md"), re.MULTILINE)) == len(PACES)
    every = set(re.findall(r"`(SIM[A-Z]+[0-9]\w+)`", page("simulated.md")))
    assert {parcel.face for number in every if (parcel := parcel_of(number))} == set(Face)
    assert all(parcel_of(number) for number in every)
    dated = re.findall(r"`(SIM\w+T\w+)`", page("simulated.md"))
    assert dated
    assert all(parcel_of(number) for number in dated)


@pytest.mark.parametrize("number", PASTED.values())
async def test_a_pasted_number_begins_when_it_is_first_asked_for_and_ends(kit: Kit, clock: Clock, number: str) -> None:
    connector = make("simulated", {}, kit)
    first = await told(connector, number)
    assert [event.milestone for event in first.events] in ([Milestone.INFO_RECEIVED], [Milestone.INFO_RECEIVED] * 2)
    clock.move(seconds=20)
    last = await told(make("simulated", {}, kit), number)
    assert last.found
    assert last.destination
    assert max(event.time for event in last.events) > max(event.time for event in first.events)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("SIMOUTAGE1001", CarrierUnavailable),
        ("SIMLIMITED1001", CarrierLimited),
        ("SIMNONSENSE1001", CarrierUnreadable),
    ],
)
async def test_faults_come_and_go(kit: Kit, clock: Clock, number: str, kind: type[CarrierFault]) -> None:
    connector = make("simulated", {}, kit)
    await told(connector, number)
    clock.move(seconds=1)
    assert isinstance(await ask(connector, number), kind)
    clock.move(seconds=3)
    assert len((await told(connector, number)).events) == 5
    assert isinstance(await ask(connector, number.replace("1001", "0001")), kind)


async def test_a_number_may_say_when_it_begins(kit: Kit, clock: Clock) -> None:
    connector = make("simulated", {}, kit)
    number = "SIMNORMAL4T2026112212011"
    assert (await told(connector, number)).found is False
    clock.move(minutes=2)
    assert [event.time for event in (await told(connector, number)).events] == [
        "2026-11-22 12:02:00",
        "2026-11-22 12:01:00",
    ]


async def test_another_number_is_no_parcel(kit: Kit) -> None:
    connector = make("simulated", {}, kit)
    assert (await told(connector, "SIMMOON1001")).invalid
    assert connector.carriers == frozenset({900_000, 900_005, 99_901, 99_902})
    await connector.close()


async def test_a_registered_number_is_recognised_followed_and_told(shop: Running, clock: Clock) -> None:
    accepted, _ = await shop.ask("register", {"number": "SIMFAILED1001"})
    assert accepted == [{"origin": 1, "number": "SIMFAILED1001", "carrier": 900_000}]
    poller = poller_of(shop.house, "simulated", {}, told=lambda: None)
    states = []
    for _ in range(5):
        while await poller.tick() == 0:
            pass
        ((track,), _) = await shop.ask("gettrackinfo", {"number": "SIMFAILED1001"})
        states.append(track["track"]["e"])
        clock.move(days=1)
    assert (states[0], states[-1]) == (0, 40)


async def test_a_posts_parcel_is_followed_to_the_post_abroad(shop: Running, clock: Clock) -> None:
    accepted, _ = await shop.ask("register", {"number": "SIMPOSTNORMAL1001"})
    assert accepted == [{"origin": 1, "number": "SIMPOSTNORMAL1001", "carrier": 99_901}]
    poller = poller_of(shop.house, "simulated", {}, told=lambda: None)
    legs = []
    for _ in range(4):
        while await poller.tick() == 0:
            pass
        ((track,), _) = await shop.ask("gettrackinfo", {"number": "SIMPOSTNORMAL1001"})
        legs.append((track["track"]["w1"], track["track"]["w2"], track["track"]["e"]))
        clock.move(days=1)
    assert (legs[0], legs[-1]) == ((99_901, 0, 0), (99_901, 99_902, 40))
    assert [event["c"] for event in track["track"]["z1"]] == ["HONG KONG"] * 3
    assert len(track["track"]["z2"]) == 4


async def test_a_carrier_that_does_not_move_it_says_so(kit: Kit) -> None:
    connector = make("simulated", {}, kit)
    answers = await connector.ask([Inquiry(number="SIMNORMAL1001", carrier=99_902)])
    answer = answers["SIMNORMAL1001"]
    assert isinstance(answer, Report)
    assert answer.invalid
