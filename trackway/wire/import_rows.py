"""Numbers as people paste them or keep them in a spreadsheet: one a line, with or without a heading."""

import csv
import io
from collections.abc import Iterator, Sequence

from msgspec import Struct

from trackway.domain.errors import ConfigError

MOST_ROWS = 10_000
_NAMES = {
    "number": (
        "number",
        "tracking number",
        "tracking no",
        "tracking",
        "no",
        "單號",
        "单号",
        "號碼",
        "号码",
        "追蹤號碼",
    ),
    "carrier": ("carrier", "courier", "carrier key", "承運商", "承运商", "運輸商", "运输商"),
    "tag": ("tag", "order", "order number", "reference", "標籤", "标签", "訂單", "订单", "訂單號", "订单号"),
    "param": ("param", "parameter", "extra", "參數", "参数"),
}
_COLUMN_OF = {name: column for column, names in _NAMES.items() for name in names}
_MARKS = "\t;,"


class Row(Struct, frozen=True, kw_only=True):
    """One line as it was written; `line` counts from 1."""

    line: int
    number: str
    carrier: str = ""
    tag: str = ""
    param: str = ""


class TooManyRows(ConfigError):
    """More lines than are taken at once."""


def read_rows(text: str) -> list[Row]:
    r"""The lines that say anything, in their order.

    The mark between cells is the tab, semicolon or comma that the first line has most of. A first line that names
    `number` is a heading; without one the cells are number, carrier, tag and parameter.

    >>> [(row.line, row.number, row.tag) for row in read_rows("Tag;Number\nA-1;RR473124829GB\n\n;LK773201020HK")]
    [(2, 'RR473124829GB', 'A-1'), (4, 'LK773201020HK', '')]

    Raises:
        TooManyRows: there are more than 10,000.
    """
    text = text.removeprefix("\ufeff")
    first = text.lstrip().partition("\n")[0]
    mark = max(_MARKS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    rows = list(_rows(reader))
    if len(rows) > MOST_ROWS:
        raise TooManyRows(f"{len(rows)} lines; {MOST_ROWS} are taken at once")
    return rows


def _rows(reader: Iterator[Sequence[str]]) -> Iterator[Row]:
    columns: Sequence[str] | None = None
    line = 0
    while True:
        line = reader.line_num + 1  # type: ignore[attr-defined]  # csv's reader counts the lines
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield Row(line=line, number="")
            continue
        if not any(cells):
            continue
        if columns is None:
            named = [_COLUMN_OF.get(cell.casefold(), "") for cell in cells]
            columns = named if "number" in named else list(_NAMES)
            if "number" in named:
                continue
        given = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
        yield Row(line=line, **given) if "number" in given else Row(line=line, number="", **given)
