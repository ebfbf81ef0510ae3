"""One SQL statement, written once and spelled for each engine.

The text is SQL that SQLite and PostgreSQL share, with `:name` for a value and seven words of our own:

* `@any(name type)`: `column @any(numbers text)` is true where the column is in the list `name`
* `@rows(name: a text, b bigint)`: the list of tuples `name` as a table with the columns a, b and `ordinal`
* `@few(name: a text, b bigint)`: the same without `ordinal`, for some dozens of tuples, once and alone in a statement
* `@bytes(column)`: the text of the column as UTF-8 bytes, which spares decoding what is only passed on
* `@prefix(column name)`: true where the column begins with the text `name`, told from an index (see schema)
* `@locked`: nobody else changes what is read until the transaction ends (SQLite has one writer: nothing to do)
* `@skip_locked`: the same, and pass over what others have locked

`@rows` travels as one JSON value to SQLite and as one array a column to PostgreSQL, so a request of forty items is one
round trip on either engine. `@few` is spelled out for SQLite, which costs a third less of it than to read JSON.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec

_ANY = re.compile(r"@any\((\w+) ([\w ]+)\)")
_ROWS = re.compile(r"@rows\((\w+): ([^)]*)\)")
_FEW = re.compile(r"@few\((\w+): ([^)]*)\)")
_BYTES = re.compile(r"@bytes\((\w+)\)")
_PREFIX = re.compile(r"@prefix\((\w+) (\w+)\)")
_VALUE = re.compile(r"(?<![:\w]):([a-z_]\w*)")


def _columns(spec: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind in (part.strip().split(" ", 1) for part in spec.split(","))]


def _sqlite_rows(match: re.Match[str]) -> str:
    picked = (f"json_extract(value, '$[{at}]') AS {name}" for at, (name, _) in enumerate(_columns(match[2])))
    return f"(SELECT key AS ordinal, {', '.join(picked)} FROM json_each(:{match[1]}))"


def _postgres_rows(match: re.Match[str]) -> str:
    columns = _columns(match[2])
    arrays = (f"CAST(:{_array(match[1], at)} AS {kind}[])" for at, (_, kind) in enumerate(columns))
    names = ", ".join(name for name, _ in columns)
    return f"(SELECT * FROM unnest({', '.join(arrays)}) WITH ORDINALITY AS given({names}, ordinal))"


def _array(name: str, at: int) -> str:
    return f"{name}__{at}"


class _Few:
    """What SQLite takes of a statement with `@few`: values by place, and a text for each number of tuples."""

    def __init__(self, head: str, name: str, spec: str, tail: str) -> None:
        columns = _columns(spec)
        named = ", ".join(f"column{at} AS {column}" for at, (column, _) in enumerate(columns, 1))
        self._name = name
        self._before, self._after = _VALUE.findall(head), _VALUE.findall(tail)
        self._head = f"{_VALUE.sub('?', head)}(SELECT {named} FROM (VALUES "
        self._tuple = f"({', '.join('?' * len(columns))})"
        self._tail = f")){_VALUE.sub('?', tail)}"
        self._texts: dict[int, str] = {}

    def spelled(self, values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """The text for as many tuples as there are, and all values in its order."""
        tuples = values[self._name]
        if (count := len(tuples)) not in self._texts:
            self._texts[count] = f"{self._head}{', '.join([self._tuple] * count)}{self._tail}"
        before, after = ([values[name] for name in names] for names in (self._before, self._after))
        return self._texts[count], [*before, *chain.from_iterable(tuples), *after]


class Statement:
    """A statement in both spellings; SQLite takes values by name, PostgreSQL by place in `order`."""

    __slots__ = ("_as_json", "_few", "_lists", "_rows", "order", "postgres", "sqlite")

    def __init__(self, text: str) -> None:
        few = _FEW.split(text)
        self._few = _Few(*few) if len(few) > 1 else None
        text = _FEW.sub(r"@rows(\1: \2)", text)
        self._lists = tuple(match[1] for match in _ANY.finditer(text))
        self._rows = tuple((match[1], len(_columns(match[2]))) for match in _ROWS.finditer(text))
        self._as_json = self._lists + tuple(name for name, _ in self._rows)
        sqlite = _ROWS.sub(_sqlite_rows, text)
        sqlite = _ANY.sub(r"IN (SELECT value FROM json_each(:\1))", sqlite)
        sqlite = _BYTES.sub(r"CAST(\1 AS BLOB)", sqlite)
        sqlite = _PREFIX.sub(r"(\1 >= :\2 AND \1 < (:\2 || char(1114111)))", sqlite)
        self.sqlite = sqlite.replace("@skip_locked", "").replace("@locked", "")
        postgres = _ROWS.sub(_postgres_rows, text)
        postgres = _ANY.sub(r"= ANY(CAST(:\1 AS \2[]))", postgres)
        postgres = _BYTES.sub(r"convert_to(\1, 'UTF8')", postgres)
        postgres = _PREFIX.sub(r"(\1 ~>=~ :\2 AND \1 ~<~ (:\2 || chr(1114111)))", postgres)
        postgres = postgres.replace("@skip_locked", "FOR UPDATE SKIP LOCKED")
        postgres = postgres.replace("@locked", "FOR NO KEY UPDATE")  # others may still refer to the row
        self.order = tuple(dict.fromkeys(_VALUE.findall(postgres)))
        self.postgres = _VALUE.sub(lambda match: f"${self.order.index(match[1]) + 1}", postgres)

    def for_sqlite(self, values: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | Sequence[Any]]:
        """The text and the values as SQLite takes them: few rows spelled out, other lists as JSON."""
        if self._few:
            return self._few.spelled(values)
        if not self._as_json:
            return self.sqlite, values
        return self.sqlite, {**values, **{name: _json(values[name]) for name in self._as_json}}

    def for_postgres(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """The values as PostgreSQL takes them: by place, lists as arrays, rows as one array a column."""
        if self._rows:
            arrays = (
                (name, at, [row[at] for row in values[name]]) for name, width in self._rows for at in range(width)
            )
            values = {**values, **{_array(name, at): column for name, at, column in arrays}}
        return [values[name] for name in self.order]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
