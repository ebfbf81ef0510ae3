"""An account's messages as they are made."""

import asyncio

from tests.conftest import Clock
from tests.postroom import Postroom, render
from trackway.service.merchants.stream import Bell, Stream
from trackway.storage.store import Store


async def test_who_hears_a_long_history_lets_others_have_their_turn(store: Store, clock: Clock) -> None:
    """Also where neither the store nor the listener ever lets us wait."""
    room = Postroom(store, clock)
    await room.account(1)
    await room.tracking(1)
    for _ in range(100):
        await room.put(room.news(1))
    await room.outbox.after(1, 0, 100, render)
    stream = Stream(outbox=room.outbox, bell=Bell(), render=render, heartbeat=60)
    heard, turns = list[int](), list[int]()

    async def still() -> None:
        """Nothing is looked up: it is remembered."""

    async for batch in stream.follow(1, 0, still):
        heard.append(len(batch))
        asyncio.get_running_loop().call_soon(turns.append, len(batch))
        if sum(heard) == 100:
            break
        assert turns == heard[:-1]
    assert heard == [32, 32, 32, 4]
