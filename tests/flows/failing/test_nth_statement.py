"""Fail the n-th statement of each change, for every n: whatever fails, nothing is half done (F22)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.conftest import Clock
from tests.stage import NUMBER, Stage, staged
from trackway.storage.database import Database, Row, Transaction, Work
from trackway.storage.statement import Statement

T = TypeVar("T")
OTHER = "RR473124829CN"
UNSOUND = {
    "a tracking without legs": "SELECT COUNT(*) FROM tracking WHERE NOT EXISTS "
    "(SELECT 1 FROM leg WHERE leg.tracking_id = tracking.id)",
    "followed and not asked, or the other way round": "SELECT COUNT(*) FROM tracking JOIN leg ON leg.tracking_id = id "
    "WHERE (stopped_at IS NULL) <> (due_at IS NOT NULL)",
    "registered and not counted": "SELECT CASE WHEN SUM(used) < (SELECT COUNT(*) FROM tracking) THEN 1 ELSE 0 END "
    "FROM account",
    "stopped and not told": "SELECT COUNT(*) FROM tracking WHERE stopped_at IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM message WHERE tracking_id = tracking.id AND kind = 'TRACKING_STOPPED')",
    "a stop told twice": "SELECT COUNT(*) FROM (SELECT 1 FROM message WHERE kind = 'TRACKING_STOPPED' "
    "GROUP BY tracking_id HAVING COUNT(*) > 1) AS twice",
    "changed and not counted, or the other way round": "SELECT COUNT(*) FROM tracking JOIN leg ON tracking_id = id "
    "WHERE position = 1 AND leg.carrier <> tracking.carrier",
}


class Broken(Exception):
    """What the store raises here: something that nobody expects."""


class Breaker:
    """Breaks one statement of what a store is asked to write."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 0
        write = database.write

        async def breaking(work: Work[T]) -> T:
            async def counted(transaction: Transaction) -> T:
                return await work(_Counting(transaction, self))

            return await write(counted)

        monkeypatch.setattr(database, "write", breaking)


class _Counting:
    def __init__(self, transaction: Transaction, breaker: Breaker) -> None:
        self._transaction, self._breaker, self.alone = transaction, breaker, transaction.alone

    async def fetch(self, statement: Statement, **values: Any) -> list[Row]:
        self._breaker.left -= 1
        if self._breaker.left == 0:
            raise Broken
        return await self._transaction.fetch(statement, **values)

    async def each(self, statement: Statement, values: Sequence[Mapping[str, Any]]) -> None:
        self._breaker.left -= 1
        if self._breaker.left == 0:
            raise Broken
        await self._transaction.each(statement, values)


def calling(endpoint: str, *items: dict[str, Any]) -> Callable[[Stage], Awaitable[Any]]:
    async def step(stage: Stage) -> Any:
        return await stage.shop.call(endpoint, list(items))

    return step


async def polling(stage: Stage) -> None:
    stage.clock.move(days=1)
    await stage.poller.tick()


async def ageing(stage: Stage) -> None:
    stage.clock.move(days=31)
    await stage.janitor.tick()


STEPS = {
    "register": calling("register", {"number": OTHER, "final_carrier": 8011}, {"number": NUMBER}),
    "stop": calling("stoptrack", {"number": NUMBER}),
    "delete": calling("deletetrack", {"number": NUMBER}),
    "move": calling("changecarrier", {"number": NUMBER, "carrier_new": 3011, "final_carrier_new": 21051}),
    "push": calling("push", {"number": NUMBER}),
    "note": calling("changeinfo", {"number": NUMBER, "items": {"tag": "x"}}),
    "poll": polling,
    "age": ageing,
}


@pytest.mark.parametrize("name", STEPS)
async def test_nothing_is_half_done(
    name: str, database_url: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(Stage, database_url, tmp_path, clock) as stage:
        await stage.scan(1)
        await stage.shop.ask("register", {"number": NUMBER})
        await stage.poll()
        await stage.scan(3)
        breaker = Breaker(stage.shop.house.store.main, monkeypatch)
        broken = await break_each_statement(STEPS[name], stage, breaker)
        assert broken >= 2


async def break_each_statement(step: Callable[[Stage], Awaitable[Any]], stage: Stage, breaker: Breaker) -> int:
    """Run the step with its first statement broken, then its second, and so on until there is none left to break."""
    for n in range(1, 100):
        breaker.left = n
        with suppress(Broken):
            answer = await step(stage)
            assert breaker.left > 0 or answer[0] == 500
        worked, breaker.left = breaker.left > 0, 0
        for what, statement in UNSOUND.items():
            ((count,),) = await stage.shop.house.store.main.read(Statement(statement))
            assert not count, (n, what)
        if worked:
            return n - 1
    raise AssertionError("the step never ran out of statements")
