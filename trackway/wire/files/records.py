"""A file of JSON values, one a line or all in one array, read one value at a time."""

import json
from collections.abc import Iterator
from io import BufferedReader, RawIOBase, TextIOWrapper
from itertools import chain
from typing import BinaryIO, TextIO, cast

from trackway.domain.errors import Refusal
from trackway.domain.post.mail import Item, Unread
from trackway.wire.hkpost.codes import FormatInvalid
from trackway.wire.hkpost.load import read_item

_CHUNK = 1 << 16
_LONGEST = 1 << 20
_BLANKS = b"\xef\xbb\xbf \t\r\n"


def records(file: BinaryIO) -> Iterator[Item | Unread]:
    """Each value as an item; blank lines are passed over. The file is closed at the end."""
    for line, value in _values(file):
        try:
            yield read_item(value) if isinstance(value, bytes) else value
        except (FormatInvalid, Refusal) as why:
            yield Unread(f"line {line}", str(why))


def _values(file: BinaryIO) -> Iterator[tuple[int, bytes | Unread]]:
    """Each value with the line on which it begins, unread."""
    with BufferedReader(cast("RawIOBase", file)) as reader:
        if not reader.peek(_CHUNK).lstrip(_BLANKS).startswith(b"["):
            yield from ((at, line) for at, line in enumerate(reader, 1) if line.strip(_BLANKS))
            return
        with TextIOWrapper(reader, "utf-8-sig", errors="surrogateescape", newline="") as text:
            yield from _elements(text)


def _elements(file: TextIO) -> Iterator[tuple[int, bytes | Unread]]:
    decoder, buffer, line = json.JSONDecoder(), file.read(_CHUNK), 1
    while True:
        rest = buffer.lstrip(" \t\r\n,[")
        line += buffer.count("\n", 0, len(buffer) - len(rest))
        if rest.startswith("]"):
            if _goes_on(file, rest[1:]):
                yield line, Unread("", f"what follows the array, which ends on line {line}, is not read")
            return
        try:
            _, end = decoder.raw_decode(rest)
        except (ValueError, RecursionError):
            more = file.read(_CHUNK) if len(rest) < _LONGEST else ""
            if not more:
                yield line, Unread("", f"the array cannot be read from line {line} on")
                return
            buffer = rest + more
            continue
        yield line, rest[:end].encode(errors="surrogateescape")
        line += rest.count("\n", 0, end)
        buffer = rest[end:]


def _goes_on(file: TextIO, rest: str) -> bool:
    """Whether anything but blanks comes after this, or in it."""
    return any(map(str.strip, chain([rest], iter(lambda: file.read(_CHUNK), ""))))
