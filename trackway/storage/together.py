"""Do in one go what many ask for at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Made = TypeVar("Made")
_ENOUGH = 64


class Together(Generic[Asked, Made]):
    """Whatever is asked for while one batch is being done is the next batch; alone, one waits a turn of the loop."""

    def __init__(self, do: Callable[[Sequence[Asked]], Awaitable[Sequence[Made]]]) -> None:
        self._do = do
        self._asked: list[tuple[Asked, asyncio.Future[Made]]] = []
        self._running: asyncio.Task[None] | None = None

    async def one(self, item: Asked) -> Made:
        """What comes of one item; raises what its whole batch met."""
        outcome: asyncio.Future[Made] = asyncio.get_running_loop().create_future()
        self._asked.append((item, outcome))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await outcome

    async def _run(self) -> None:
        while self._asked:
            await self._all_who_come()
            batch, self._asked = self._asked, []
            try:
                outcomes = await self._do([item for item, _ in batch])
            except Exception as error:  # noqa: BLE001  # it belongs to those who asked
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
            else:
                for (_, future), outcome in zip(batch, outcomes, strict=True):
                    if not future.done():
                        future.set_result(outcome)
        self._running = None

    async def _all_who_come(self) -> None:
        """Wait as long as each turn of the loop brings somebody: one batch of many costs less than two of some."""
        before = 0
        while before < len(self._asked) < _ENOUGH:
            before = len(self._asked)
            await asyncio.sleep(0)
