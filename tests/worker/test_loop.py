"""A loop outlives what a tick meets, wakes when told, and stops in time."""

import asyncio

from structlog.testing import capture_logs

from trackway.domain.errors import StorageError
from trackway.worker.loop import Loop


class Counting(Loop):
    """Ticks as its script says: a pause, or an error to raise; afterwards it asks for an hour's pause."""

    name = "counting"

    def __init__(self, *script: float | Exception) -> None:
        super().__init__(sleep=self.nap)
        self.script = list(script)
        self.naps: list[float] = []
        self.idle = asyncio.Event()
        self.ticks = 0
        self.limit = -1.0

    async def nap(self, seconds: float) -> None:
        """Only the hour takes time."""
        self.naps.append(seconds)
        if seconds == 3600:
            self.idle.set()
            await asyncio.Event().wait()

    async def tick(self) -> float:
        self.ticks += 1
        step = self.script.pop(0) if self.script else 3600
        if isinstance(step, Exception):
            raise step
        return step

    async def let_go(self, limit: float) -> None:
        self.limit = limit


async def test_no_pause_while_there_is_more_to_do() -> None:
    loop = Counting(0, 0, 1, 0)
    loop.start()
    await loop.idle.wait()
    assert loop.ticks == 5
    assert loop.naps == [1, 3600]
    await loop.stop(5)
    assert 4 < loop.limit <= 5


async def test_waking_ends_the_pause() -> None:
    loop = Counting()
    loop.start()
    await loop.idle.wait()
    loop.idle.clear()
    loop.wake()
    await loop.idle.wait()
    assert loop.ticks == 2
    await loop.stop(5)


async def test_failures_are_told_sparsely_and_pauses_rise() -> None:
    loop = Counting(*[StorageError("away") for _ in range(20)], ValueError("a slip of ours"))
    loop.name = "rising"
    with capture_logs() as logs:
        loop.start()
        await loop.idle.wait()
        await loop.stop(5)
    assert loop.naps[:7] == [0.25, 0.5, 1, 2, 4, 5, 5]
    assert max(loop.naps[:-1]) == 5
    assert [log["failures"] for log in logs if log["event"] == "tick failed"] == [1, 2, 4, 8, 16]
    assert logs[-1]["event"] == "tick works again"
    assert {log["loop"] for log in logs} == {"rising"}


async def test_a_slip_is_told_with_its_trace_and_does_not_end_the_loop() -> None:
    loop = Counting(ValueError("a slip of ours"))
    with capture_logs() as logs:
        loop.start()
        await loop.idle.wait()
        await loop.stop(5)
    assert isinstance(logs[0]["exc_info"], ValueError)
    assert loop.ticks == 2


class Stuck(Counting):
    """A tick that never ends."""

    async def tick(self) -> float:
        self.idle.set()
        await asyncio.Event().wait()
        return 0


async def test_a_tick_that_hangs_does_not_hold_up_the_end() -> None:
    loop = Stuck()
    loop.start()
    await loop.idle.wait()
    await asyncio.wait_for(loop.stop(0.05), 2)
    assert loop.limit == 0


async def test_a_loop_that_never_began_can_be_stopped() -> None:
    loop = Counting()
    await loop.stop(1)
    assert loop.ticks == 0
