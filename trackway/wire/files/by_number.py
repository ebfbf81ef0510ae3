"""A file's items in the order of their numbers, however many there are: what does not fit into memory waits on disk."""

import heapq
from collections.abc import Iterable, Iterator
from operator import attrgetter
from tempfile import TemporaryFile
from typing import IO

from msgspec import json

from trackway.domain.post.mail import Item, Unread

_IN_MEMORY = 100_000  # scans
_MOST_FILES = 100  # a process may open about a thousand
_NUMBER = attrgetter("number")
_DECODER, _ENCODER = json.Decoder(Item), json.Encoder()


def by_number(entries: Iterable[Item | Unread]) -> Iterator[Item | Unread]:
    """The same entries: what is not read as it comes, then the items by number, those of one number as they came."""
    files: list[IO[bytes]] = []
    held, scans = list[Item](), 0
    try:
        for entry in entries:
            if isinstance(entry, Unread):
                yield entry
                continue
            held.append(entry)
            scans += 1 + len(entry.scans)
            if scans >= _IN_MEMORY:
                files.append(_written(sorted(held, key=_NUMBER)))
                held, scans = [], 0
            if len(files) == _MOST_FILES:
                files.append(_written(_merged(files)))
                _close(files[:-1])
                del files[:-1]
        yield from _merged(files, sorted(held, key=_NUMBER))
    finally:
        _close(files)


def _written(items: Iterable[Item]) -> IO[bytes]:
    file = TemporaryFile()  # noqa: SIM115  # whoever asked for it closes it
    file.writelines(_ENCODER.encode(item) + b"\n" for item in items)
    file.seek(0)
    return file


def _merged(files: Iterable[IO[bytes]], *held: Iterable[Item]) -> Iterator[Item]:
    return heapq.merge(*(map(_DECODER.decode, file) for file in files), *held, key=_NUMBER)


def _close(files: Iterable[IO[bytes]]) -> None:
    for file in files:
        file.close()
