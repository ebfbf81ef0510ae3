"""Many ask at once and are answered in one go, each with its own."""

import asyncio
from collections.abc import Sequence

import pytest

from trackway.storage.together import Together


class Work:
    """Doubles numbers, a batch at a time, when the test says so."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = asyncio.Event()

    async def do(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        await self.go.wait()
        if 13 in items:
            raise ValueError("no 13")
        return [item * 2 for item in items]


async def test_what_comes_while_one_batch_is_done_is_the_next() -> None:
    work = Work()
    together = Together(work.do)
    first = asyncio.create_task(together.one(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [asyncio.create_task(together.one(item)) for item in range(2, 6)]
    await asyncio.sleep(0)
    work.go.set()
    assert await asyncio.gather(first, *rest) == [2, 4, 6, 8, 10]
    assert work.batches == [[1], [2, 3, 4, 5]]
    assert await together.one(7) == 14


async def test_who_comes_within_a_turn_of_the_loop_is_taken_along() -> None:
    work = Work()
    work.go.set()
    together = Together(work.do)
    asked = []
    for item in range(1, 5):
        asked.append(asyncio.create_task(together.one(item)))
        await asyncio.sleep(0)
    assert await asyncio.gather(*asked) == [2, 4, 6, 8]
    assert work.batches == [[1, 2, 3, 4]]


async def test_a_crowd_without_end_keeps_nobody_waiting() -> None:
    work = Work()
    work.go.set()
    together = Together(work.do)
    first = asyncio.create_task(together.one(0))
    crowd = []
    while not first.done():
        crowd.append(asyncio.create_task(together.one(1)))
        await asyncio.sleep(0)
        assert len(crowd) < 100
    assert len(work.batches[0]) >= 64
    await asyncio.gather(*crowd)


async def test_a_failure_is_its_own_batchs_and_one_who_leaves_harms_nobody() -> None:
    work = Work()
    work.go.set()
    together = Together(work.do)
    asked = [asyncio.create_task(together.one(item)) for item in (1, 2, 3)]
    await asyncio.sleep(0)
    asked[1].cancel()
    assert [await asked[0], await asked[2]] == [2, 6]
    with pytest.raises(ValueError, match="13"):
        await together.one(13)
    assert await together.one(4) == 8
