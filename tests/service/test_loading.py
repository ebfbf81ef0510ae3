"""A file is loaded a batch at a time, with sums after each and a word on what is refused."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from tests.conftest import NOW
from trackway.domain.post.mail import Country, Item, Scan, Unread
from trackway.service.post.loading import Loaded, Loader, spooled
from trackway.wire.files import Format, read_file

BATCH = 10_000
SCAN = Scan("2026-11-01 09:00", Country("HK"), "EMA")


class Kept:
    """Stands at the end of the belt, where the mailroom is."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def load(self, items: Sequence[Item], now: datetime) -> None:
        assert now == NOW
        self.batches.append(len(items))


async def test_batches_are_kept_in_turn_and_told_of() -> None:
    kept, told, sums = Kept(), list[Unread](), list[int]()
    loader = Loader(load=kept.load, clock=lambda: NOW)
    bad, harmless = Unread("line 2", "no"), Unread("line 3", "passed over", harmless=True)
    entries: list[Item | Unread] = [
        Item(number="RB000000010HK"),
        bad,
        harmless,
        *[Item(number="RB000000010HK", scans=(SCAN,) * 4)] * (BATCH // 4 + 1),
    ]
    loaded = await loader.run(iter(entries), tell=told.append, went=lambda so_far: sums.append(so_far.items))
    assert loaded == Loaded(items=BATCH // 4 + 2, scans=BATCH + 4, refused=1)
    assert kept.batches == [BATCH // 4 + 1, 1]
    assert sums == [BATCH // 4 + 1, BATCH // 4 + 2]
    assert told == [bad, harmless]


async def test_what_comes_in_pieces_is_read_as_one_file() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"itemNo":"RB0000'
        yield b'00010HK"}\n{"itemNo":"x"}\n'

    kept = Kept()
    told: list[Unread] = []
    async with spooled(pieces()) as file:
        loaded = await Loader(load=kept.load, clock=lambda: NOW).run(read_file(file, Format.JSON), tell=told.append)
    assert (loaded.items, loaded.refused) == (1, 1)
    assert told[0].where == "line 2"
