"""One file of items on its way into the store, and what became of it."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from trackway.app import House
from trackway.cli.records import records
from trackway.cli.rows import rows
from trackway.domain.errors import Refusal
from trackway.domain.mail import Item
from trackway.wire.hkpost_codes import FormatInvalid
from trackway.wire.hkpost_load import read_item

_BATCH = 500
_MOST_SCANS = 200  # of one item in one statement, so that memory stays flat


class Format(StrEnum):
    """How a file holds items."""

    JSON = "json"
    CSV = "csv"


def format_of(file: str) -> Format:
    """The format that the name's ending tells; JSON where it tells none."""
    return Format.CSV if Path(file).suffix.lower() == ".csv" else Format.JSON


class Loading:
    """Reads one file and keeps what can be kept, a batch at a time."""

    def __init__(self, file: BinaryIO, kind: Format, *, refuse: Callable[[str], None]) -> None:
        self._file = file
        self._kind = kind
        self._tell = refuse
        self.items = self.scans = self.refused = 0

    async def load(self, house: House, *, went: Callable[[int], None] = lambda _: None) -> None:
        """Put the readable items into the store; `went` is told how many bytes were read."""
        items = self._read() if self._kind is Format.JSON else _joined(self._read())
        while batch := list(islice(items, _BATCH)):
            await house.mailroom.load(batch, house.clock())
            self.items += len(batch)
            self.scans += sum(len(item.scans) for item in batch)
            if not self._file.closed:
                went(self._file.tell())

    def _read(self) -> Iterator[Item]:
        try:
            for line, raw in self._values():
                if isinstance(raw, FormatInvalid):
                    self._refuse(f"line {line}: {raw}")
                    continue
                try:
                    yield read_item(raw)
                except (FormatInvalid, Refusal) as error:
                    self._refuse(f"line {line}: {error}")
        except FormatInvalid as error:
            self._refuse(str(error))

    def _values(self) -> Iterable[tuple[int, bytes | FormatInvalid]]:
        return rows(self._file) if self._kind is Format.CSV else records(self._file)

    def _refuse(self, why: str) -> None:
        self.refused += 1
        self._tell(why)


def _joined(items: Iterable[Item]) -> Iterator[Item]:
    """Neighbours that differ in their scans only as one item: one statement may touch an item only once."""
    held: list[Item] = []
    for item in items:
        if held and (replace(item, scans=()) != replace(held[0], scans=()) or len(held) == _MOST_SCANS):
            yield _one(held)
            held = []
        held.append(item)
    if held:
        yield _one(held)


def _one(held: list[Item]) -> Item:
    return replace(held[0], scans=tuple(scan for item in held for scan in item.scans))
