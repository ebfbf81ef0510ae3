"""A whole file of items on its way into the store, and what became of it."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from msgspec import Struct

from trackway.domain.post.mail import Item, Unread

Entries = Iterator[Item | Unread]
_BATCH = (
    10_000  # scans: each batch rewrites many pages of the store, so that many small ones cost more than a large one
)
_IN_MEMORY = 1 << 20


class Loaded(Struct):
    """How much of a file is in the store by now, and how much of it was refused."""

    items: int = 0
    scans: int = 0
    refused: int = 0


class Loader:
    """Keeps what can be kept, a batch at a time, so that memory stays flat; `load` is the mailroom's."""

    def __init__(
        self, *, load: Callable[[Sequence[Item], datetime], Awaitable[None]], clock: Callable[[], datetime]
    ) -> None:
        self._load = load
        self._clock = clock

    async def run(
        self, entries: Entries, *, tell: Callable[[Unread], None], went: Callable[[Loaded], None] = lambda _: None
    ) -> Loaded:
        """What became of the entries. `tell` hears of each that is not kept, `went` of the sums after each batch.

        The entries are read on a thread: a server answers meanwhile.
        """
        loaded = Loaded()
        while batch := await asyncio.to_thread(_batch, entries):
            items = [entry for entry in batch if isinstance(entry, Item)]
            if items:
                await self._load(items, self._clock())
            for unread in (entry for entry in batch if isinstance(entry, Unread)):
                loaded.refused += not unread.harmless
                tell(unread)
            loaded.items += len(items)
            loaded.scans += sum(len(item.scans) for item in items)
            went(loaded)
        return loaded


def _batch(entries: Entries) -> list[Item | Unread]:
    batch, scans = [], 0
    for entry in entries:
        batch.append(entry)
        scans += max(1, len(entry.scans)) if isinstance(entry, Item) else 1
        if scans >= _BATCH:
            break
    return batch


@asynccontextmanager
async def spooled(chunks: AsyncIterable[bytes]) -> AsyncIterator[BinaryIO]:
    """What comes in pieces as one file, on disk where it is large."""
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        async for chunk in chunks:
            await asyncio.to_thread(file.write, chunk)
        file.seek(0)
        yield cast("BinaryIO", file)
