"""What is asked with is part of the question (T36)."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.stage import Stage, staged
from trackway.connectors.base import Answers, Inquiry, Limits
from trackway.domain.tracking import Event, Report

POSTNL, NUMBER = 14041, "ABC12345"


class PostNL:
    """Its answer tells for which postcode it was asked."""

    id, carriers, limits = "postnl", frozenset({POSTNL}), Limits(batch=40)

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        self.calls.append([one.param for one in inquiries])
        return {one.number: self._report(one) for one in inquiries}

    def _report(self, inquiry: Inquiry) -> Report:
        posted = Event(time="2026-11-20 09:00", text=f"Posted to {inquiry.param}")
        return Report(number=inquiry.number, found=True, events=(posted,), language="en")

    async def close(self) -> None: ...


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    async with staged(Stage, database_url, tmp_path, clock) as opened:
        yield opened


async def test_two_accounts_get_the_answers_to_what_each_gave(stage: Stage) -> None:
    keys = [stage.inbox.key, await stage.shop.shop("another")]
    postnl = PostNL()
    for key, param in zip(keys, ("NL-1000AA", "NL-2000BB"), strict=True):
        await stage.shop.call("register", [{"number": NUMBER, "carrier": POSTNL, "param": param}], key)
    poller = stage.poller_for(postnl)
    while await poller.tick() == 0:
        pass
    assert sorted(postnl.calls) == [["NL-1000AA"], ["NL-2000BB"]]
    answers = [await stage.shop.call("gettrackinfo", [{"number": NUMBER}], key) for key in keys]
    texts = [answer["data"]["accepted"][0]["track"]["z0"]["z"] for _, answer in answers]
    assert texts == ["Posted to NL-1000AA", "Posted to NL-2000BB"]
