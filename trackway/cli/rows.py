"""A CSV file of scans, one a row, as the JSON values that the other files hold."""

import csv
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from itertools import zip_longest
from typing import BinaryIO

from msgspec import json

from trackway.wire.hkpost_codes import FormatInvalid
from trackway.wire.hkpost_load import ITEM_COLUMNS, SCAN_COLUMNS

_SCANS = "itemDeliveryStatusDetailList"


def rows(file: BinaryIO) -> Iterator[tuple[int, bytes | FormatInvalid]]:
    """Each row with the line on which it ends: an item with its one scan, or with none where all of the scan is empty.

    The first line names the columns; names that we do not know are passed over. The file is closed at the end.

    Raises:
        FormatInvalid: the first line does not name `itemNo`.
    """
    with TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="") as text:
        reader = csv.reader(text, strict=True)
        columns = _columns(reader)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield reader.line_num, FormatInvalid(str(error))
                continue
            if row:
                yield reader.line_num, _value(columns, row)


def _columns(reader: Iterator[Sequence[str]]) -> list[str]:
    try:
        columns = [name.strip() for name in next(reader, ())]
    except csv.Error:
        columns = []
    if "itemNo" not in columns:
        raise FormatInvalid("line 1 does not name the column itemNo")
    return columns


def _value(columns: Sequence[str], row: Sequence[str]) -> bytes | FormatInvalid:
    if len(row) > len(columns):
        return FormatInvalid(f"{len(row)} cells, and line 1 names {len(columns)}")
    cells = {name: cell.strip() for name, cell in zip_longest(columns, row, fillvalue="")}
    item: dict[str, object] = {name: cell for name, cell in cells.items() if name in ITEM_COLUMNS}
    scan = {name: cell for name, cell in cells.items() if cell and name in SCAN_COLUMNS}
    try:
        return json.encode(item | {_SCANS: [scan] if scan else []})
    except UnicodeEncodeError:
        return FormatInvalid("the row is not UTF-8")
