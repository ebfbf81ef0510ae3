"""Paces and day counts are exact, however many processes share them (H20, H21, T13)."""

import asyncio
import json
import sys

import pytest

from bench.exact import ask, judge
from tests.conftest import Clock
from trackway.domain.errors.access import DayLimitReached, TooFast
from trackway.storage.passing.allowance import Allowance
from trackway.storage.statement import Statement
from trackway.storage.store import Store

_SEEN = Statement("SELECT (SELECT COUNT(*) FROM pace) + (SELECT COUNT(*) FROM tally)")
_CALLER = """
import asyncio, json, sys
from datetime import UTC, datetime
from trackway.storage.passing.allowance import Allowance
from trackway.storage.database import to_ms
from trackway.storage.store import open_store

async def main():
    store = await open_store(sys.argv[1])
    allowance, calls = Allowance(store.quick), []
    for _ in range(400):
        now = datetime.now(UTC)
        calls.append((to_ms(now), await allowance.pace("s", now, 20, 3), await allowance.count("s", 1, 250)))
    await store.close()
    print(json.dumps(calls))

asyncio.run(main())
"""


@pytest.fixture
def allowance(store: Store) -> Allowance:
    return Allowance(store.quick)


async def test_h20_a_call_within_the_window_waits_and_moves_nothing(allowance: Allowance, clock: Clock) -> None:
    assert await allowance.pace("a", clock(), 100, 1) == 0
    assert await allowance.pace("a", clock.move(milliseconds=99), 100, 1) == pytest.approx(0.001)
    assert await allowance.pace("b", clock(), 100, 1) == 0
    assert await allowance.pace("a", clock.move(milliseconds=1), 100, 1) == 0


async def test_t13_three_calls_go_in_any_second(allowance: Allowance, clock: Clock) -> None:
    for after in (0, 300, 300):
        assert await allowance.pace("k", clock.move(milliseconds=after), 1000, 3) == 0
    assert await allowance.pace("k", clock.move(milliseconds=300), 1000, 3) == pytest.approx(0.1)
    assert await allowance.pace("k", clock.move(milliseconds=100), 1000, 3) == 0
    assert await allowance.pace("k", clock.move(milliseconds=299), 1000, 3) == pytest.approx(0.001)
    assert await allowance.pace("k", clock.move(milliseconds=1), 1000, 3) == 0


async def test_a_clock_that_is_set_back_locks_nobody_out(allowance: Allowance, clock: Clock) -> None:
    for _ in range(3):
        assert await allowance.pace("k", clock(), 1000, 3) == 0
    clock.move(hours=-1)
    for _ in range(3):
        assert await allowance.pace("k", clock(), 1000, 3) == 0
    assert await allowance.pace("k", clock(), 1000, 3) == pytest.approx(1)


async def test_h21_a_day_has_so_many_calls(allowance: Allowance) -> None:
    assert [await allowance.count("a", 1, 2) for _ in range(3)] == [True, True, False]
    assert await allowance.count("a", 2, 2)
    assert await allowance.count("b", 1, 2)


async def test_no_limit_costs_no_statement(allowance: Allowance, store: Store, clock: Clock) -> None:
    assert await allowance.pace("a", clock(), 1000, 0) == 0
    assert await allowance.count("a", 1, 0)
    await allowance.admit("a", clock(), window_ms=0, most=1, day=1, limit=0)
    assert [tuple(row) for row in await store.quick.read(_SEEN)] == [(0,)]


async def test_h20_a_call_that_is_refused_by_one_leaves_no_mark_in_the_other(
    allowance: Allowance, clock: Clock
) -> None:
    async def admit() -> None:
        await allowance.admit("a", clock(), window_ms=100, most=1, day=1, limit=2)

    await admit()
    with pytest.raises(TooFast):
        await admit()
    clock.move(milliseconds=100)
    await admit()
    clock.move(milliseconds=100)
    for _ in range(2):
        with pytest.raises(DayLimitReached):
            await admit()


async def test_callers_at_once_in_one_process_share_the_limits(allowance: Allowance, clock: Clock) -> None:
    waits = await asyncio.gather(*(allowance.pace("a", clock(), 1000, 3) for _ in range(20)))
    assert waits.count(0) == 3
    counted = await asyncio.gather(*(allowance.count("a", 1, 7) for _ in range(20)))
    assert counted.count(True) == 7


async def _call(url: str) -> list[tuple[int, float, bool]]:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", _CALLER, url, stdout=asyncio.subprocess.PIPE)
    told, _ = await child.communicate()
    calls: list[tuple[int, float, bool]] = json.loads(told)
    return calls


async def test_processes_share_the_limits_exactly(store: Store, database_url: str) -> None:
    several = await asyncio.gather(*(_call(database_url) for _ in range(3)))
    calls = [call for calls in several for call in calls]
    assert sum(counted for _, _, counted in calls) == 250
    passed = sorted(at for at, wait, _ in calls if not wait)
    assert all(later - first >= 20 for first, later in zip(passed, passed[3:], strict=False))
    assert len(passed) > 3
    for at, wait, _ in calls:
        if wait:
            assert sum(other > at - 20 for other in passed) >= 3


async def test_h20_h21_eight_processes_of_one_partner_are_admitted_exactly(store: Store, database_url: str) -> None:
    verdict = await ask(database_url, processes=8, calls=800, limit=4)
    assert verdict.calls == 800
    assert 0 < verdict.let_in <= 4
    assert (verdict.violations, verdict.wrong) == (0, 0)


def test_the_judge_of_eight_processes_sees_what_is_wrong() -> None:
    assert judge([(0, "in"), (99, "in")], 9).violations == 1
    assert judge([(0, "in"), (100, "in"), (200, "in")], 2).violations == 1
    assert judge([(0, "in"), (100, "fast"), (101, "day")], 9).wrong == 2
    assert judge([(0, "in"), (99, "fast"), (101, "day")], 1).wrong == 0
