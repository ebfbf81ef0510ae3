"""What processes share, on both engines."""

import asyncio
from datetime import timedelta

from tests.conftest import NOW
from trackway.storage.passing.shared import SharedMemory
from trackway.storage.store import Store

MINUTE = timedelta(minutes=1)
MS = timedelta(milliseconds=1)


async def test_a_value_lasts_until_it_expires(store: Store) -> None:
    here, there = SharedMemory(store.quick), SharedMemory(store.quick)
    assert await here.get("token", NOW) is None
    await here.put("token", "郵 1", NOW + MINUTE)
    assert await there.get("token", NOW + MINUTE - MS) == "郵 1"
    assert await there.get("token", NOW + MINUTE) is None
    await there.put("token", "2", NOW + 2 * MINUTE)
    assert await here.get("token", NOW + MINUTE) == "2"
    await here.release("token")
    assert await there.get("token", NOW) is None


async def test_one_holds_a_lease_and_a_dead_ones_is_taken_over(store: Store) -> None:
    here, there = SharedMemory(store.quick), SharedMemory(store.quick)
    assert await here.take("seat", NOW, NOW + MINUTE)
    assert not await here.take("seat", NOW, NOW + MINUTE)
    assert not await there.take("seat", NOW + MINUTE - MS, NOW + 2 * MINUTE)
    assert await there.take("seat", NOW + MINUTE, NOW + 2 * MINUTE)
    await here.release("seat")  # too late: it is another's now
    assert not await here.take("seat", NOW + MINUTE, NOW + 2 * MINUTE)
    await there.release("seat")
    assert await here.take("seat", NOW + MINUTE, NOW + 2 * MINUTE)


async def test_of_many_one_takes(store: Store) -> None:
    many = [SharedMemory(store.quick) for _ in range(20)]
    taken = await asyncio.gather(*(one.take("seat", NOW, NOW + MINUTE) for one in many))
    assert sum(taken) == 1


async def test_slots_are_spaced_exactly(store: Store) -> None:
    many = [SharedMemory(store.quick) for _ in range(20)]
    slots = await asyncio.gather(*(one.reserve("send", NOW, 0.12) for one in many))
    assert sorted(slots) == [NOW + place * 120 * MS for place in range(20)]
    later = NOW + MINUTE
    assert await many[0].reserve("send", later, 0.12) == later
    assert await many[1].reserve("send", later, 0) == later


async def test_a_clock_that_was_set_back_does_not_stop_the_pace(store: Store) -> None:
    memory = SharedMemory(store.quick)
    await memory.reserve("send", NOW + timedelta(days=1), 0.12)
    assert await memory.reserve("send", NOW, 0.12) == NOW
