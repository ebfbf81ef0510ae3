"""A CSV file of scans, one a row, with the names of the JSON files as its columns."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from itertools import zip_longest
from typing import Any, BinaryIO

from msgspec.structs import replace

from trackway.domain.errors import Refusal
from trackway.domain.post.mail import Item, Unread
from trackway.wire.files.by_number import by_number
from trackway.wire.hkpost.codes import FormatInvalid
from trackway.wire.hkpost.load import ITEM_COLUMNS, SCAN_COLUMNS, LoadedItem, LoadedScan, item_of

_MOST_SCANS = 200  # of one item at once, so that memory stays flat


def rows(file: BinaryIO) -> Iterator[Item | Unread]:
    """Each item with the scans of all its rows, by number; a row whose scan is empty tells of the item alone.

    The first line names the columns; names that we do not know are passed over. The file is closed at the end.
    """
    with TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="") as text:
        reader = csv.reader(text, strict=True)
        columns = _columns(reader)
        if "itemNo" in columns:
            yield from _joined(by_number(_joined(_read(reader, columns))))
        else:
            yield Unread("", "line 1 does not name the column itemNo")


def _read(reader: Any, columns: Sequence[str]) -> Iterator[Item | Unread]:
    while True:
        try:
            row = next(reader)
            if row:
                yield _item(columns, row)
        except StopIteration:
            return
        except (csv.Error, FormatInvalid, Refusal) as why:
            yield Unread(f"line {reader.line_num}", str(why))


def _columns(reader: Iterator[Sequence[str]]) -> list[str]:
    try:
        return [name.strip() for name in next(reader, ())]
    except csv.Error:
        return []


def _item(columns: Sequence[str], row: Sequence[str]) -> Item:
    if len(row) > len(columns):
        raise FormatInvalid(f"{len(row)} cells, and line 1 names {len(columns)}")
    whole = "".join(row)
    if "\0" in whole:
        raise FormatInvalid("the row holds U+0000, which no store keeps")
    if not whole.isascii() and not _encodes(whole):
        raise FormatInvalid("the row is not UTF-8")
    cells = [(name, cell.strip()) for name, cell in zip_longest(columns, row, fillvalue="")]
    scan = {name: cell for name, cell in cells if cell and name in SCAN_COLUMNS}
    item: dict[str, Any] = {name: cell for name, cell in cells if name in ITEM_COLUMNS}
    return item_of(LoadedItem(itemDeliveryStatusDetailList=[LoadedScan(**scan)] if scan else [], **item))


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _joined(items: Iterable[Item | Unread]) -> Iterator[Item | Unread]:
    """Neighbours that differ in their scans only as one item: it is loaded at once."""
    held: list[Item] = []
    for item in items:
        if isinstance(item, Unread):
            yield item
            continue
        if held and (len(held) == _MOST_SCANS or not _same(item, held[0])):
            yield _one(held)
            held = []
        held.append(item)
    if held:
        yield _one(held)


def _same(one: Item, other: Item) -> bool:
    return one.number == other.number and replace(one, scans=()) == replace(other, scans=())


def _one(held: list[Item]) -> Item:
    return replace(held[0], scans=tuple(scan for item in held for scan in item.scans))
