"""A number that may be of two carriers: both are asked, the one that knows it has it, and nobody is charged twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Clock
from tests.service.test_registration import applied, desk
from tests.stage import Stage, staged
from trackway.connectors.base import Answers, Inquiry, Limits
from trackway.domain.asking.planning import Reason
from trackway.domain.errors.carriers import CarrierUnavailable
from trackway.domain.errors.trackings import AlreadyRegistered, QuotaUsedUp
from trackway.domain.following import timeline
from trackway.domain.following.registration import Refused, Registered
from trackway.domain.tracking import Event, Origin, Report, Tracking

EXPRESS, PAKET, PUROLATOR = 100001, 7041, 100042
NUMBER = "JD014600006281230704"  # both have numbers of this form, and neither has a check digit in it
POSTED = Event(time="2026-11-20 09:00", text="Posted", place="BONN")


class OneCarrier:
    """A carrier that knows some numbers."""

    limits = Limits(batch=10)

    def __init__(self, key: int) -> None:
        self.id, self.carriers = f"carrier-{key}", frozenset({key})
        self.knows: set[str] = set()
        self.asked: list[str] = []
        self.down = False
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        self.asked += [inquiry.number for inquiry in inquiries]
        if self.meanwhile:
            await self.meanwhile()
        if self.down:
            raise CarrierUnavailable("HTTP 503")
        return {one.number: self._report(one.number) for one in inquiries}

    def _report(self, number: str) -> Report:
        known = number in self.knows
        return Report(number=number, found=known, events=(POSTED,) if known else (), language="en")

    async def close(self) -> None: ...


class Two(Stage):
    """A shop, DHL Express and DHL Paket."""

    async def open(self) -> None:
        await super().open()
        self.express, self.paket = OneCarrier(EXPRESS), OneCarrier(PAKET)
        self.account = (await self.shop.house.access.named("shop")).id

    async def register(self, *numbers: str, **fields: Any) -> list[Registered | Refused]:
        fields = {"auto_detection": True, **fields}
        registration = desk(self.shop.house.store, EXPRESS, PAKET)
        return await registration.register(self.account, applied(*numbers, **fields), self.clock())

    async def ask_all(self, *carriers: OneCarrier, **later: float) -> None:
        self.clock.move(**later)
        for carrier in carriers or (self.express, self.paket):
            poller = self.poller_for(carrier)
            while await poller.tick() == 0:
                pass

    async def tracks(self, carrier: int = 0) -> list[Any]:
        accepted, _ = await self.shop.ask("gettrackinfo", {"number": NUMBER, "carrier": carrier})
        return [item["track"] for item in accepted]

    async def listed(self) -> list[tuple[int, int]]:
        _, page = await self.shop.call("gettracklist", {})
        return [(item["w1"], item["mc"]) for item in page["data"]["accepted"]]

    async def tried(self) -> list[tuple[int, str, bool]]:
        (explanation, *_) = await self.shop.house.asking.explanations.of(NUMBER, None, self.clock())
        return [(leg.carrier, leg.came_back, leg.next_at is not None) for leg in explanation.legs]

    async def used(self) -> int:
        return (await self.shop.house.access.usage(self.account, self.clock())).used


@pytest.fixture
async def two(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Two]:
    async with staged(Two, database_url, tmp_path, clock) as opened:
        yield opened


async def test_the_one_that_knows_the_number_has_it(two: Two) -> None:
    two.paket.knows.add(NUMBER)
    assert await two.register(NUMBER) == [Registered(number=NUMBER, carrier=EXPRESS, origin=Origin.GUESSED)]
    await two.ask_all()
    await two.deliver()
    (push,) = two.inbox.pushes
    assert (push["data"]["track"]["w1"], push["data"]["track"]["e"]) == (PAKET, 10)
    assert await two.listed() == [(PAKET, 0)], "a change by us is none of the account's"
    assert await two.tracks(PAKET) == await two.tracks(EXPRESS) == await two.tracks() == [push["data"]["track"]]
    asked = len(two.express.asked)
    await two.ask_all(days=1)
    assert len(two.express.asked) == asked == 1
    assert len(two.paket.asked) == 2


async def test_what_registration_answered_stays_a_name_for_it(two: Two) -> None:
    """Of another carrier now, it is stopped, noted, changed and not registered again under the first one too."""
    two.paket.knows.add(NUMBER)
    await two.register(NUMBER)
    await two.ask_all()
    (again,) = await two.register(NUMBER)
    assert isinstance(again, Refused)
    assert "registered already" in str(again.why)
    assert await two.used() == 1
    for endpoint in ("stoptrack", "retrack"):
        accepted, _ = await two.shop.ask(endpoint, {"number": NUMBER, "carrier": EXPRESS})
        assert accepted == [{"number": NUMBER, "carrier": PAKET}]
    two.clock.move(days=2)
    change = {"number": NUMBER, "carrier_old": EXPRESS, "carrier_new": PUROLATOR}
    assert (await two.shop.ask("changecarrier", change))[0] == [{"number": NUMBER, "carrier": PUROLATOR}]
    assert await two.listed() == [(PUROLATOR, 1)]


@pytest.mark.parametrize("left", [0, 1, None])
async def test_the_first_guess_named_by_the_caller_is_a_tracking_of_its_own(two: Two, left: int | None) -> None:
    """Whether or not a limit is near."""
    two.paket.knows.add(NUMBER)
    await two.register(NUMBER)
    await two.ask_all()
    await two.shop.house.access.limit("shop", None if left is None else 1 + left, None)
    items = applied(NUMBER, carrier=PAKET) + applied(NUMBER, carrier=EXPRESS)
    known, named = await desk(two.shop.house.store).register(two.account, items, two.clock())
    assert isinstance(known, Refused)
    if left == 0:
        assert isinstance(named, Refused)
        assert isinstance(named.why, QuotaUsedUp)
    else:
        assert named == Registered(number=NUMBER, carrier=EXPRESS, origin=Origin.GIVEN)
    assert await two.used() == 1 + (left != 0)


async def test_of_two_at_once_the_one_that_guesses_again_is_refused_and_the_one_that_names_it_is_not(two: Two) -> None:
    two.paket.knows.add(NUMBER)
    await two.register(NUMBER)
    await two.ask_all()
    registration = desk(two.shop.house.store, EXPRESS, PAKET)
    (guessed,), (named,) = await asyncio.gather(
        registration.register(two.account, applied(NUMBER, auto_detection=True), two.clock()),
        registration.register(two.account, applied(NUMBER, carrier=EXPRESS), two.clock()),
    )
    assert isinstance(guessed, Refused)
    assert isinstance(guessed.why, AlreadyRegistered)
    assert named == Registered(number=NUMBER, carrier=EXPRESS, origin=Origin.GIVEN)
    assert await two.used() == 2


async def test_nobody_knows_it_yet_and_the_first_one_stays(two: Two) -> None:
    await two.register(NUMBER)
    await two.ask_all()
    (track,) = await two.tracks(EXPRESS)
    assert (track["w1"], track["e"], track["is1"]) == (EXPRESS, 0, 2)
    assert two.inbox.pushes == []
    for _ in range(20):
        await two.ask_all(hours=6)
    assert len(two.express.asked) > 15
    assert 5 < len(two.paket.asked) < 12, "a candidate is asked less and less often"
    two.paket.knows.add(NUMBER)
    await two.ask_all(hours=24)
    assert await two.listed() == [(PAKET, 0)]


async def test_the_first_one_knows_it_and_no_other_is_asked_again(two: Two) -> None:
    two.express.knows.add(NUMBER)
    await two.register(NUMBER)
    await two.ask_all(two.paket, two.express)
    two.paket.knows.add(NUMBER)
    for _ in range(3):
        await two.ask_all(days=1)
    assert await two.listed() == [(EXPRESS, 0)]
    assert two.paket.asked == [NUMBER]
    assert await two.tried() == [(EXPRESS, "an answer", False), (PAKET, "the carrier does not know the number", False)]


async def test_what_was_tried_is_told(two: Two) -> None:
    two.paket.down = True
    await two.register(NUMBER)
    await two.ask_all()
    assert [said for _, said, _ in await two.tried()] == ["the carrier does not know the number", "no answer: HTTP 503"]
    two.paket.down = False
    two.paket.knows.add(NUMBER)
    await two.ask_all(hours=4)
    assert await two.tried() == [(PAKET, "an answer", False), (EXPRESS, "the carrier does not know the number", False)]
    (day,) = [await two.shop.house.asking.budget._ledger.day("carrier-7041", two.clock().date(), *_day(two))]  # noqa: SLF001
    assert {reason: count for reason, count in day.reasons.items() if count} == {Reason.CANDIDATE: 2}


def _day(two: Two) -> Any:
    return two.clock().replace(hour=0), two.clock().replace(hour=23)


async def test_a_candidate_that_the_account_follows_already_is_left_alone(two: Two) -> None:
    two.paket.knows.add(NUMBER)
    await two.register(NUMBER)
    await two.register(NUMBER, carrier=PAKET, auto_detection=False)
    await two.ask_all(two.paket)
    await two.ask_all()
    assert sorted(await two.listed()) == [(PAKET, 0), (EXPRESS, 0)]
    assert [track["w1"] for track in await two.tracks(EXPRESS)] == [EXPRESS]


async def test_what_is_changed_while_a_candidate_is_asked_costs_no_other_answer(two: Two) -> None:
    other = "JD014600006281230705"
    await two.register(NUMBER, other)
    await two.ask_all(two.express)
    two.paket.knows |= {NUMBER, other}
    two.paket.meanwhile = lambda: two.shop.ask("changecarrier", {"number": NUMBER, "carrier_new": PUROLATOR})
    await two.ask_all(two.paket)
    assert sorted(two.paket.asked) == [NUMBER, other], "one call for both, and no second one"
    assert sorted(await two.listed()) == [(PAKET, 0), (PUROLATOR, 1)]


async def test_an_answer_that_nobody_foresaw_costs_no_other(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "JD014600006281230705"
    two.express.knows |= {NUMBER, other}
    await two.register(NUMBER, other)
    merge = timeline.merge

    def stumbling(tracking: Tracking, *more: Any) -> timeline.Change:
        if tracking.number == NUMBER:
            raise ArithmeticError
        return merge(tracking, *more)

    monkeypatch.setattr(timeline, "merge", stumbling)
    await two.ask_all(two.express)
    accepted, rejected = await two.shop.ask("gettrackinfo", {"number": NUMBER}, {"number": other})
    assert [one["number"] for one in accepted] == [other]
    assert [one["number"] for one in rejected] == [NUMBER]
    assert sorted(two.express.asked) == [NUMBER, other]
    assert (await two.tried())[0][1] == "an answer that cannot be read"


async def test_a_carrier_that_nobody_asks_is_no_candidate(two: Two) -> None:
    await desk(two.shop.house.store, EXPRESS).register(two.account, applied(NUMBER, auto_detection=True), two.clock())
    assert [carrier for carrier, _, _ in await two.tried()] == [EXPRESS]


async def test_a_number_followed_again_is_asked_of_all_only_while_nobody_knows_it(two: Two) -> None:
    await two.register(NUMBER)
    await two.ask_all()
    await two.shop.ask("stoptrack", {"number": NUMBER})
    await two.ask_all(days=2)
    assert len(two.paket.asked) == 1
    await two.shop.ask("retrack", {"number": NUMBER})
    await two.ask_all()
    assert len(two.paket.asked) == 2
