"""The first story, whole: an operator's scan becomes a merchant's push, over real HTTP at every step."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.stage import NUMBER, Stage, staged
from trackway.app.workers import poller_of


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    async with staged(Stage, database_url, tmp_path, clock) as opened:
        yield opened


async def test_from_scan_to_push(stage: Stage) -> None:
    await stage.scan(1)
    accepted, _ = await stage.shop.ask("register", {"number": NUMBER, "tag": "order 7"})
    assert accepted == [{"origin": 1, "number": NUMBER, "carrier": 8011}]
    await stage.poll()
    await stage.deliver()
    (push,) = stage.inbox.pushes
    assert push["event"] == "TRACKING_UPDATED"
    assert list(push["data"]) == ["number", "tag", "track"]
    assert push["data"] == await stage.info()
    track = push["data"]["track"]
    assert (track["e"], track["w1"], track["is1"], track["b"], track["c"]) == (10, 8011, 1, 801, 1103)
    assert track["z0"] == {"a": "2026-11-20 09:00", "b": None, "c": "HONG KONG", "d": "", "z": "Posted"}


async def test_only_a_change_is_pushed(stage: Stage) -> None:
    await stage.scan(2)
    await stage.shop.ask("register", {"number": NUMBER})
    for _ in range(5):
        await stage.poll(days=1)
        await stage.deliver()
    assert len(stage.inbox.pushes) == 1
    for count in (3, 4):
        await stage.scan(count)
        await stage.poll(days=1)
        await stage.deliver()
    assert [push["data"]["track"]["e"] for push in stage.inbox.pushes] == [10, 30, 40]
    assert stage.inbox.pushes[-1]["data"]["track"]["f"] == 2
    assert len(stage.inbox.pushes[-1]["data"]["track"]["z1"]) == 4


async def test_a_number_that_the_post_does_not_know(stage: Stage) -> None:
    """T38."""
    await stage.shop.ask("register", {"number": NUMBER})
    await stage.poll()
    await stage.deliver()
    assert stage.inbox.pushes == []
    track = (await stage.info())["track"]
    assert (track["e"], track["is1"], track["z1"]) == (0, 2, [])
    assert "z0" not in track


async def test_a_failed_push_is_tried_again_until_the_receiver_says_200(stage: Stage) -> None:
    """T2, T3: only 200 counts; +10, +30, +60 minutes from the first failure."""
    stage.inbox.answers = [500, 204, 302]
    await stage.scan(1)
    await stage.shop.ask("register", {"number": NUMBER})
    await stage.poll()
    await stage.deliver()
    for minutes, attempts in ((9, 1), (1, 2), (20, 3), (29, 3), (1, 4), (600, 4)):
        await stage.deliver(minutes=minutes)
        assert len(stage.inbox.pushes) == attempts
    assert len({headers["webhook-id"] for headers in stage.inbox.headers}) == 1
    assert len({push["sign"] for push in stage.inbox.pushes}) == 1
    _, listed = await stage.shop.call("gettracklist", {"push_state": 1})
    assert listed["data"]["accepted"][0]["ps"] == 200


async def test_stopping_is_told_once(stage: Stage) -> None:
    """T32: by request, and by age."""
    await stage.scan(1)
    await stage.shop.ask("register", {"number": NUMBER})
    await stage.poll()
    await stage.shop.ask("stoptrack", {"number": NUMBER})
    await stage.shop.ask("retrack", {"number": NUMBER})
    await stage.poll(days=1)
    await stage.deliver()
    await stage.janitor.tick()
    stage.clock.move(days=31)
    for _ in range(3):
        await stage.janitor.tick()
        await stage.deliver()
    assert [push["event"] for push in stage.inbox.pushes].count("TRACKING_STOPPED") == 2
    assert stage.inbox.pushes[-1]["data"] == {"number": NUMBER, "carrier": 8011, "tag": ""}
    _, listed = await stage.shop.call("gettracklist", {})
    assert [(item["sr"], item["ir"], item["ts"]) for item in listed["data"]["accepted"]] == [(1, True, False)]
    stage.clock.move(days=91)
    await stage.janitor.tick()
    assert await stage.shop.code("gettrackinfo", {"number": NUMBER}) == -18019902


async def test_a_manual_push_is_sent_each_time(stage: Stage) -> None:
    """T33."""
    await stage.scan(1)
    await stage.shop.ask("register", {"number": NUMBER})
    await stage.poll()
    await stage.deliver()
    for _ in range(2):
        assert (await stage.shop.ask("push", {"number": NUMBER}))[0] == [{"number": NUMBER, "carrier": 8011}]
    await stage.deliver()
    assert len(stage.inbox.pushes) == 3
    assert len({headers["webhook-id"] for headers in stage.inbox.headers}) == 3


async def test_the_last_answer_stays_when_the_post_is_away(stage: Stage) -> None:
    """is1 20: the carrier is down, an older answer stands."""
    await stage.scan(1)
    await stage.shop.ask("register", {"number": NUMBER})
    await stage.poll()
    before = (await stage.info())["track"]
    await stage.poller.stop(1)
    settings = {"url": "http://127.0.0.1:9/gone", "sys_id": "partner", "sys_secret": "x"}
    stage.poller = poller_of(stage.shop.house, "hongkong-post", settings, told=stage.courier.wake)
    await stage.poll(days=1)
    after = (await stage.info())["track"]
    assert after["is1"] == 20
    assert (after["z1"], after["e"], after["hs"]) == (before["z1"], before["e"], before["hs"])


async def test_changing_the_carrier_forgets_what_the_wrong_one_said(stage: Stage) -> None:
    """T29."""
    await stage.scan(1)
    await stage.shop.ask("register", {"number": NUMBER})
    await stage.poll()
    await stage.shop.ask("changecarrier", {"number": NUMBER, "carrier_new": 3011})
    assert await stage.shop.code("gettrackinfo", {"number": NUMBER}) == -18019909
    _, listed = await stage.shop.call("gettracklist", {})
    assert [(item["w1"], item["mc"], item["e"]) for item in listed["data"]["accepted"]] == [(3011, 1, 0)]


async def test_two_accounts_follow_one_number_with_one_question(stage: Stage) -> None:
    await stage.scan(1)
    other = await stage.shop.shop("other")
    await stage.shop.ask("register", {"number": NUMBER})
    stage.shop.key = stage.inbox.key
    await stage.shop.ask("register", {"number": NUMBER})
    await stage.poll()
    for key in (other, stage.inbox.key):
        status, answer = await stage.shop.call("gettrackinfo", [{"number": NUMBER}], key=key)
        assert (status, len(answer["data"]["accepted"])) == (200, 1)
    await stage.deliver()
    assert len(stage.inbox.pushes) == 1
