"""The one door to carriers, with several processes' desks on one store, on both engines (F20)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import NOW, Clock
from trackway.connectors.base import Answers, Inquiry, Limits
from trackway.domain.asking.ledger import Call, Patience
from trackway.domain.asking.planning import Reason
from trackway.domain.errors import CarrierFault, StorageError
from trackway.domain.errors.carriers import CarrierDeniedAccess, CarrierLimited, CarrierUnavailable, CarrierUnreadable
from trackway.domain.tracking import Event, Report
from trackway.service.asking.inquiry import Desk, Replies
from trackway.storage.asking.ledger import Ledger
from trackway.storage.asking.pauses import Pauses
from trackway.storage.passing.allowance import Allowance
from trackway.storage.passing.shared import SharedMemory
from trackway.storage.store import Store

HONG_KONG = Limits(batch=30, spacing=0.12, per_day=100_000, day_zone="Asia/Hong_Kong", in_flight=1)
TWO = [Inquiry(number="RT215770195HK"), Inquiry(number="EA999580311HK")]
MS = timedelta(milliseconds=1)
Act = Callable[[Sequence[Inquiry]], Awaitable[Answers]]


class Carrier:
    """A connector that does as a test says, and notes when it was called and how many calls were under way."""

    id = "carrier"
    carriers = frozenset({8011})

    def __init__(self, clock: Clock, act: Act | None = None, limits: Limits = HONG_KONG) -> None:
        self.clock = clock
        self.limits = limits
        self.act = act or _found
        self.called_at: list[datetime] = []
        self.ended_at: list[datetime] = []
        self.most = self.now = 0

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        self.called_at.append(self.clock())
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            return await self.act(inquiries)
        finally:
            self.now -= 1
            self.ended_at.append(self.clock())

    async def close(self) -> None: ...


async def _found(inquiries: Sequence[Inquiry]) -> Answers:
    return {inquiry.number: Report(number=inquiry.number) for inquiry in inquiries}


def failing(*faults: Exception | None) -> Act:
    """One fault for each call in turn, then answers."""
    left = list(faults)

    async def act(inquiries: Sequence[Inquiry]) -> Answers:
        fault = left.pop(0) if left else None
        if fault is not None:
            raise fault
        return await _found(inquiries)

    return act


def desk(store: Store, clock: Clock, timeout: float = 5, observe: Callable[[Call], None] = lambda _: None) -> Desk:
    """Another process's desk; its sleep moves the clock of all."""

    async def sleep(seconds: float) -> None:
        wake = clock() + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        clock.now = max(clock.now, wake)

    return Desk(
        shared=SharedMemory(store.quick),
        allowance=Allowance(store.quick),
        ledger=Ledger(store.quick),
        pauses=Pauses(SharedMemory(store.quick)),
        patience=Patience(faults=3),
        clock=clock,
        timeout=timeout,
        observe=observe,
        sleep=sleep,
    )


def fault_of(replies: Replies) -> CarrierFault:
    """The fault that all numbers have."""
    faults = list(replies.answers.values())
    assert set(replies.answers) == {inquiry.number for inquiry in TWO}
    assert faults[0] is faults[1]
    assert isinstance(faults[0], CarrierFault)
    return faults[0]


async def test_every_number_is_answered_and_the_time_is_taken(store: Store, clock: Clock) -> None:
    async def act(inquiries: Sequence[Inquiry]) -> Answers:
        clock.move(milliseconds=250)
        return await _found(inquiries[:1])

    replies = await desk(store, clock).ask(Carrier(clock, act), TWO)
    assert replies.took_ms == 250
    assert replies.answers[TWO[0].number] == Report(number=TWO[0].number)
    assert isinstance(replies.answers[TWO[1].number], CarrierUnreadable)


async def test_calls_of_all_processes_are_spaced_and_one_at_a_time(store: Store, clock: Clock) -> None:
    async def act(inquiries: Sequence[Inquiry]) -> Answers:
        clock.move(milliseconds=7)
        await asyncio.sleep(0)
        return await _found(inquiries)

    carrier = Carrier(clock, act)
    desks = [desk(store, clock, timeout=3600) for _ in range(5)]  # those who wait move the clock for all
    await asyncio.gather(*(one.ask(carrier, TWO) for one in desks for _ in range(4)))
    assert len(carrier.called_at) == 20
    assert carrier.most == 1
    gaps = [after - before for before, after in zip(carrier.called_at, carrier.called_at[1:], strict=False)]
    assert min(gaps) >= 120 * MS


async def test_the_pace_counts_from_the_end_of_a_call(store: Store, clock: Clock) -> None:
    """A request may leave long after its slot began, as when a token had to be fetched first."""

    async def slow(inquiries: Sequence[Inquiry]) -> Answers:
        clock.move(milliseconds=400)
        return await _found(inquiries)

    carrier = Carrier(clock, slow)
    for one in (desk(store, clock), desk(store, clock)):
        await one.ask(carrier, TWO)
    assert carrier.called_at[1] - carrier.ended_at[0] == 120 * MS


async def test_a_carrier_may_take_several_calls_at_one_time(store: Store, clock: Clock) -> None:
    gate = asyncio.Event()

    async def act(inquiries: Sequence[Inquiry]) -> Answers:
        if carrier.now == 3:
            gate.set()
        await gate.wait()
        return await _found(inquiries)

    carrier = Carrier(clock, act, Limits(in_flight=3))
    await asyncio.gather(*(desk(store, clock).ask(carrier, TWO) for _ in range(3)))
    assert carrier.most == 3


async def test_the_place_of_a_process_that_died_is_free_again(store: Store, clock: Clock) -> None:
    assert await SharedMemory(store.quick).take("place:carrier:0", NOW, NOW + timedelta(seconds=10))
    replies = await desk(store, clock, timeout=5).ask(Carrier(clock), TWO)
    assert replies.answers[TWO[0].number] == Report(number=TWO[0].number)
    assert NOW + timedelta(seconds=10) <= clock() < NOW + timedelta(seconds=11)


async def test_places_that_stay_taken_are_a_fault(store: Store, clock: Clock) -> None:
    assert await SharedMemory(store.quick).take("place:carrier:0", NOW, NOW + timedelta(days=1))
    carrier = Carrier(clock)
    assert isinstance(fault_of(await desk(store, clock).ask(carrier, TWO)), CarrierLimited)
    assert carrier.called_at == []


async def test_the_days_budget_is_one_for_all_and_ends_at_the_carriers_midnight(store: Store, clock: Clock) -> None:
    carrier = Carrier(clock, limits=Limits(per_day=3, day_zone="Asia/Hong_Kong"))
    desks = [desk(store, clock) for _ in range(4)]
    replies = [await one.ask(carrier, TWO) for one in desks]
    assert len(carrier.called_at) == 3
    midnight = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert fault_of(replies[3]).retry_at == midnight
    clock.now = midnight - MS
    assert fault_of(await desks[0].ask(carrier, TWO)).retry_at == midnight
    clock.now = midnight
    await desks[0].ask(carrier, TWO)
    assert len(carrier.called_at) == 4
    ledger, day = Ledger(store.quick), timedelta(days=1)
    days = [await ledger.day("carrier", NOW.date(), begin, begin + day) for begin in (midnight - day, midnight)]
    assert [one.left for one in days] == [0, 2]


async def test_what_was_left_of_a_day_is_what_its_last_call_left(store: Store) -> None:
    """A call that was counted just before midnight may have begun after it."""
    ledger = Ledger(store.quick)
    for seconds, left in enumerate((7, 100, 99)):
        await ledger.note(
            Call(
                connector="carrier",
                at=NOW + timedelta(seconds=seconds),
                left=left,
                items=1,
                answers=1,
                faults=0,
                limited=False,
                failed=False,
                took_ms=1,
                reasons={},
            )
        )
    day = await ledger.day("carrier", NOW.date(), NOW, NOW + timedelta(days=1))
    assert (day.calls, day.left) == (3, 99)


async def test_a_carrier_that_wants_no_more_today_is_left_alone_by_all(store: Store, clock: Clock) -> None:
    """9994."""
    midnight = NOW + timedelta(hours=4)
    carrier = Carrier(clock, failing(CarrierLimited("status 9994", midnight)))
    assert fault_of(await desk(store, clock).ask(carrier, TWO)).retry_at == midnight
    clock.now = midnight - MS
    assert fault_of(await desk(store, clock).ask(carrier, TWO)).retry_at == midnight
    assert len(carrier.called_at) == 1
    clock.now = midnight
    await desk(store, clock).ask(carrier, TWO)
    assert len(carrier.called_at) == 2


async def test_told_to_be_slower_we_wait_and_ask_once_more(store: Store, clock: Clock) -> None:
    """9991."""
    carrier = Carrier(clock, failing(CarrierLimited("status 9991")))
    replies = await desk(store, clock).ask(carrier, TWO)
    assert replies.answers[TWO[0].number] == Report(number=TWO[0].number)
    assert carrier.called_at[1] - carrier.called_at[0] >= timedelta(seconds=1)
    carrier = Carrier(clock, failing(CarrierLimited("status 9991"), CarrierLimited("status 9991")))
    assert isinstance(fault_of(await desk(store, clock).ask(carrier, TWO)), CarrierLimited)
    assert len(carrier.called_at) == 2


async def test_a_whole_calls_fault_is_each_numbers(store: Store, clock: Clock) -> None:
    denied = CarrierDeniedAccess("status 9992")
    assert fault_of(await desk(store, clock).ask(Carrier(clock, failing(denied)), TWO)) is denied


async def test_a_carrier_that_hangs_is_unavailable_and_its_place_is_free_again(store: Store, clock: Clock) -> None:
    async def hang(_: Sequence[Inquiry]) -> Answers:
        await asyncio.Event().wait()
        return {}

    one = desk(store, clock, timeout=0.02)
    assert isinstance(fault_of(await one.ask(Carrier(clock, hang), TWO)), CarrierUnavailable)
    assert (await one.ask(Carrier(clock), TWO)).answers[TWO[0].number] == Report(number=TWO[0].number)


async def test_a_connector_that_breaks_is_a_fault_and_told_in_the_log(
    store: Store, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Carrier(clock, failing(KeyError("itemNo")))
    assert isinstance(fault_of(await desk(store, clock).ask(broken, TWO)), CarrierUnreadable)
    assert "a connector failed" in capsys.readouterr().out


@pytest.mark.parametrize("time", ["yesterday", "2026-02-30 10:00", "2026-11-22T10:00:00+08:00", "2026-11-22", ""])
async def test_an_answer_with_a_time_that_nobody_can_read_harms_no_other(store: Store, clock: Clock, time: str) -> None:
    """Whatever a plugin brings: what is done with an answer afterwards can count on its times."""
    bad, good = (
        Report(number=one.number, events=(Event(time=at, text="Posted"),))
        for one, at in zip(TWO, (time, "2026-11-22 10:00"), strict=True)
    )

    async def answer(_: Sequence[Inquiry]) -> Answers:
        return {bad.number: bad, good.number: good}

    answers = (await desk(store, clock).ask(Carrier(clock, answer), TWO)).answers
    assert isinstance(answers[bad.number], CarrierUnreadable)
    assert answers[good.number] == good


async def test_what_no_text_can_hold_never_gets_as_far_as_the_store(store: Store, clock: Clock) -> None:
    """PostgreSQL keeps no NUL: it would refuse all the answers that came with it."""

    async def act(inquiries: Sequence[Inquiry]) -> Answers:
        bad, worse = (inquiry.number for inquiry in inquiries)
        return {bad: Report(number=bad, language="e\0n"), worse: CarrierDeniedAccess("not\0this one")}

    answers = list((await desk(store, clock).ask(Carrier(clock, act), TWO)).answers.values())
    assert isinstance(answers[0], CarrierUnreadable)
    assert str(answers[1]) == "not this one"


async def test_a_store_that_is_away_is_no_fault_of_the_carrier(store: Store, clock: Clock) -> None:
    with pytest.raises(StorageError):
        await desk(store, clock).ask(Carrier(clock, failing(StorageError("gone"))), TWO)


async def test_one_that_is_stopped_gives_its_place_back(store: Store, clock: Clock) -> None:
    begun = asyncio.Event()

    async def hang(_: Sequence[Inquiry]) -> Answers:
        begun.set()
        await asyncio.Event().wait()
        return {}

    task = asyncio.create_task(desk(store, clock).ask(Carrier(clock, hang), TWO))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await desk(store, clock).ask(Carrier(clock), TWO)
    assert clock() - NOW < timedelta(seconds=1)


# The ledger, and pauses after faults


async def test_each_call_is_noted_with_what_it_came_to_and_why_it_was_made(store: Store, clock: Clock) -> None:
    async def act(inquiries: Sequence[Inquiry]) -> Answers:
        clock.move(milliseconds=250)
        return await _found(inquiries[:1])

    seen: list[Call] = []
    one = desk(store, clock, observe=seen.append)
    await one.ask(Carrier(clock, act), TWO, {Reason.NEW: 1, Reason.RETRY: 1})
    await one.ask(Carrier(clock, failing(CarrierUnavailable("HTTP 503"))), TWO)
    await one.ask(Carrier(clock, failing(CarrierLimited("HTTP 429"))), TWO, {Reason.PLAN: 2})
    day = await Ledger(store.quick).day("carrier", NOW.date(), NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert (day.calls, day.items, day.answers, day.faults, day.limited, day.failed) == (4, 8, 3, 5, 1, 1)
    assert day.took_ms == 250
    assert {reason: count for reason, count in day.reasons.items() if count} == {
        Reason.NEW: 1,
        Reason.RETRY: 1,
        Reason.PERSON: 2,
        Reason.PLAN: 4,
    }
    assert [call.left for call in seen] == [99_999, 99_998, 99_997, 99_996]


async def test_a_carrier_that_keeps_failing_is_paused_and_one_call_tries_it_again(
    store: Store, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    down = CarrierUnavailable("HTTP 503")
    carrier = Carrier(clock, failing(*[down] * 4))
    desks = [desk(store, clock) for _ in range(3)]
    for one in desks:
        assert fault_of(await one.ask(carrier, TWO)) is down
    paused = await desks[0].pause("carrier")
    assert paused is not None
    assert (paused.until - clock(), paused.why) == (
        timedelta(seconds=60),
        "3 calls in a row failed, the last: HTTP 503",
    )
    assert fault_of(await desks[0].ask(carrier, TWO)).retry_at == paused.until
    assert len(carrier.called_at) == 3
    clock.now = paused.until
    assert await desks[0].pause("carrier") is None
    await desks[1].ask(carrier, TWO)
    longer = await desks[0].pause("carrier")
    assert longer is not None
    assert (longer.until - clock(), longer.faults) == (timedelta(seconds=120), 4)
    clock.now = longer.until
    await desks[2].ask(carrier, TWO)
    assert await desks[0].pause("carrier") is None
    assert [len(carrier.called_at), capsys.readouterr().out.count("[error")] == [5, 1]
    carrier.act = failing(down, down)
    for one in desks:
        await one.ask(carrier, TWO)
    assert await desks[0].pause("carrier") is None, "the count begins anew after an answer"


async def test_the_call_after_a_pause_is_one_for_all_processes(store: Store, clock: Clock) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(inquiries: Sequence[Inquiry]) -> Answers:
        asked.set()
        await answer.wait()
        return await _found(inquiries)

    carrier = Carrier(clock, failing(*[CarrierUnavailable("HTTP 503")] * 3), Limits(in_flight=4))
    one, other = desk(store, clock), desk(store, clock)
    for _ in range(3):
        await one.ask(carrier, TWO)
    clock.move(seconds=60)
    carrier.act = slow
    test = asyncio.create_task(one.ask(carrier, TWO))
    await asked.wait()
    assert await other.pause("carrier") is not None
    assert isinstance(fault_of(await other.ask(carrier, TWO)), CarrierLimited)
    answer.set()
    assert (await test).answers[TWO[0].number] == Report(number=TWO[0].number)
    assert await other.pause("carrier") is None
    assert len(carrier.called_at) == 4


async def test_a_fault_of_one_number_alone_pauses_nothing(store: Store, clock: Clock) -> None:
    async def act(inquiries: Sequence[Inquiry]) -> Answers:
        return {inquiry.number: CarrierUnreadable("no JSON") for inquiry in inquiries}

    one = desk(store, clock)
    for _ in range(5):
        await one.ask(Carrier(clock, act), TWO)
    assert await one.pause("carrier") is None
