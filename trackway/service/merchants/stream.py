"""An account's messages as they are made, for those who cannot receive webhooks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

from trackway.domain.errors import AccessDenied, StorageError
from trackway.domain.webhook import Message
from trackway.storage.telling.outbox import Outbox, Render

_MOST = 32
_LOOK_AGAIN = 0.5
_log = structlog.get_logger(__name__)


class Bell:
    """Rung when this process may have made messages; whoever sends or listens wakes up."""

    def __init__(self) -> None:
        self.over = False
        self._next = asyncio.Event()
        self._wakes: list[Callable[[], None]] = []

    def wakes(self, wake: Callable[[], None]) -> None:
        """Call `wake` at every ring from now on."""
        self._wakes.append(wake)

    def ring(self) -> None:
        """There may be something new."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()
        for wake in self._wakes:
            wake()

    def close(self) -> None:
        """Ring for the last time: the server stops, and so do its streams."""
        self.over = True
        self.ring()

    def next(self) -> asyncio.Event:
        """What the next ring will set. Taken before looking for messages, it lets none slip by."""
        return self._next


class Stream:
    """Reads a batch, and no more until it was taken: a listener who is slow or gone costs nothing.

    `heartbeat` is in seconds. What other processes make is looked for twice a second.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        bell: Bell,
        render: Render,
        heartbeat: float,
    ) -> None:
        self._outbox = outbox
        self._bell = bell
        self._render = render
        self._heartbeat = heartbeat

    async def newest(self, account: int) -> int:
        """The account's last message; 0 where it has none."""
        return await self._outbox.newest(account)

    async def resume(self, account: int, last: int) -> int:
        """The message to go on after: `last`, or 0 for what is there where the store has not come to `last` yet."""
        return last if last <= await self.newest(account) else 0

    async def follow(
        self, account: int, after: int, still: Callable[[], Awaitable[object]]
    ) -> AsyncIterator[Sequence[tuple[Message, bytes]]]:
        """Batches of what was made after message `after`, in that order; an empty one says that we are still there.

        It ends when the server stops, the store fails, or `still` raises AccessDenied: the listener would not be let
        in any more.
        """
        time = asyncio.get_running_loop().time
        beat = time()
        try:
            while not self._bell.over:
                rung = self._bell.next()
                batch = await self._outbox.after(account, after, _MOST, self._render)
                if batch or time() >= beat:
                    await still()
                    yield batch
                    beat = time() + self._heartbeat
                if batch:
                    after = batch[-1][0].id
                    await asyncio.sleep(0)  # others have their turn, where neither the store nor the listener waits
                else:
                    await _heard(rung, min(_LOOK_AGAIN, self._heartbeat))
        except (AccessDenied, StorageError) as why:
            _log.info("a stream ended", account=account, why=repr(why))


async def _heard(rung: asyncio.Event, within: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            await rung.wait()
