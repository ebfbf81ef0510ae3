"""A postal item that is followed by two posts (T28), and the turns that time alone brings (T23, T31)."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.stage import Stage, staged
from trackway.connectors.base import Answers, Inquiry, Limits
from trackway.domain.tracking import Event, Milestone, Report
from trackway.worker.poller import Poller

NUMBER = "RR473124829CN"
FEDEX = 100003


class ChinaPost:
    """The post at the origin: knows every number, says what the test says."""

    id = "china-post"
    carriers = frozenset({3011, 3013, FEDEX})
    limits = Limits(batch=30)

    def __init__(self) -> None:
        self.events = [Event(time="2026-11-18 10:00", text="Posted", place="SHENZHEN")]
        self.destination = ""

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        events = tuple(self.events)
        return {
            inquiry.number: Report(
                number=inquiry.number, events=events, language="en", origin="CN", destination=self.destination
            )
            for inquiry in inquiries
        }

    async def close(self) -> None:
        pass


class TwoPosts(Stage):
    origin: ChinaPost
    origin_poller: Poller

    async def open(self) -> None:
        await super().open()
        self.origin = ChinaPost()
        self.origin_poller = self.poller_for(self.origin)

    async def poll_origin(self, **later: float) -> None:
        self.clock.move(**later)
        while await self.origin_poller.tick() == 0:
            pass


@pytest.fixture
async def posts(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[TwoPosts]:
    async with staged(TwoPosts, database_url, tmp_path, clock) as opened:
        yield opened


async def info(posts: TwoPosts) -> dict[str, object]:
    accepted, _ = await posts.shop.ask("gettrackinfo", {"number": NUMBER})
    return dict(accepted[0]["track"])


async def test_the_destinations_post_is_asked_once_it_is_known(posts: TwoPosts) -> None:
    await posts.shop.ask("register", {"number": NUMBER})
    await posts.poll_origin()
    assert [(await info(posts))[name] for name in ("w1", "w2", "is1", "is2", "c")] == [3011, 0, 1, 0, 0]
    posts.origin.destination = "HK"
    await posts.poll_origin(days=1)
    assert [(await info(posts))[name] for name in ("w1", "w2", "is1", "is2", "c")] == [3011, 8011, 1, 0, 801]
    await posts.scan(4, NUMBER)
    await posts.poll()
    await posts.deliver()
    track = await info(posts)
    assert [track[name] for name in ("w2", "is2", "ln2", "e", "f")] == [8011, 1, "en", 40, 3]
    assert [event["z"] for event in track["z1"]] == ["Posted"]  # type: ignore[attr-defined]
    assert len(track["z2"]) == 4  # type: ignore[arg-type]
    assert track["z0"]["z"] == "Delivered"  # type: ignore[index]
    assert posts.inbox.pushes[-1]["data"]["track"] == track
    _, listed = await posts.shop.call("gettracklist", {"carrier": 3011})
    assert [(item["w1"], item["w2"]) for item in listed["data"]["accepted"]] == [(3011, 8011)]


async def test_a_final_carrier_that_was_given_is_asked_from_the_start(posts: TwoPosts) -> None:
    await posts.scan(1, NUMBER)
    await posts.shop.ask("register", {"number": NUMBER, "final_carrier": 8011})
    await posts.poll()
    track = await info(posts)
    assert [track[name] for name in ("w1", "w2", "is1", "is2")] == [3011, 8011, 0, 1]
    await posts.poll_origin()
    track = await info(posts)
    assert [track["is1"], track["is2"]] == [1, 1]


async def test_another_first_carrier_takes_along_the_final_one_that_was_given_and_no_other(posts: TwoPosts) -> None:
    """T29: one that the wrong carrier's answer told goes with that answer."""
    given = "RR473124815CN"
    await posts.shop.ask("register", {"number": NUMBER}, {"number": given, "final_carrier": 8011})
    posts.origin.destination = "HK"
    await posts.poll_origin()
    assert (await info(posts))["w2"] == 8011
    change = [{"number": number, "carrier_old": 3011, "carrier_new": 3013} for number in (NUMBER, given)]
    assert len((await posts.shop.ask("changecarrier", *change))[0]) == 2
    _, listed = await posts.shop.call("gettracklist", {"carrier": 3013})
    assert {item["number"]: item["w2"] for item in listed["data"]["accepted"]} == {NUMBER: 0, given: 8011}
    posts.origin.destination = "GB"
    await posts.poll_origin()
    assert [(await info(posts))[name] for name in ("w1", "w2", "c")] == [3013, 0, 1103]


async def test_two_answers_that_come_at_once_are_both_kept(posts: TwoPosts) -> None:
    await posts.scan(2, NUMBER)
    await posts.shop.ask("register", {"number": NUMBER, "final_carrier": 8011})
    await posts.origin_poller.tick()
    await posts.poller.tick()
    track = await info(posts)
    assert (len(track["z1"]), len(track["z2"])) == (1, 2)  # type: ignore[arg-type]


async def test_what_is_too_long_on_its_way_expires_and_then_stops(posts: TwoPosts) -> None:
    """T23: 30 days for couriers; a new event brings it back."""
    await posts.shop.ask("register", {"number": NUMBER}, {"number": "ABC12345", "carrier": FEDEX})
    await posts.poll_origin()
    await posts.deliver()
    posts.clock.move(days=30)
    await posts.janitor.tick()
    await posts.deliver()
    _, listed = await posts.shop.call("gettracklist", {})
    assert {item["number"]: (item["e"], item["sr"]) for item in listed["data"]["accepted"]} == {
        NUMBER: (10, 1),
        "ABC12345": (20, 1),
    }
    accepted, _ = await posts.shop.ask("gettrackinfo", {"number": "ABC12345"})
    assert accepted[0]["track"]["e"] == 20
    assert [push["event"] for push in posts.inbox.pushes].count("TRACKING_STOPPED") == 2


async def test_an_expired_item_moves_again_with_its_next_event(database_url: str, tmp_path: Path, clock: Clock) -> None:
    settings = {"stop_after_days": 100, "expire_after_days": 10}
    async with staged(TwoPosts, database_url, tmp_path, clock, **settings) as posts:
        await posts.shop.ask("register", {"number": "ABC12345", "carrier": FEDEX})
        await posts.poll_origin()
        clock.move(days=11)
        await posts.janitor.tick()
        for event, expected in ((None, 20), (Event(time="2026-12-04 08:00", text="Arrived"), 10)):
            posts.origin.events += [event] if event else []
            await posts.poll_origin(days=1)
            accepted, _ = await posts.shop.ask("gettrackinfo", {"number": "ABC12345"})
            assert accepted[0]["track"]["e"] == expected
        posts.origin.events.append(Event(time="2026-12-06 08:00", text="Delivered", milestone=Milestone.DELIVERED))
        await posts.poll_origin(days=1)
        clock.move(days=15)
        await posts.janitor.tick()
        _, listed = await posts.shop.call("gettracklist", {})
        assert [(item["e"], item["sr"]) for item in listed["data"]["accepted"]] == [(40, 1)]
