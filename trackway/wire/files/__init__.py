"""Files of mail items, in each way in which they are written, read one item at a time."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from trackway.domain.post.mail import Item, Unread
from trackway.wire.files.emsevt import Profile, messages
from trackway.wire.files.records import records
from trackway.wire.files.rows import rows

_ENDINGS = {".csv": "csv", ".edi": "emsevt", ".edifact": "emsevt"}


class Format(StrEnum):
    """How a file holds items."""

    JSON = "json"
    CSV = "csv"
    EMSEVT = "emsevt"


def format_of(file: str) -> Format:
    """The format that the name's ending tells; JSON where it tells none."""
    return Format(_ENDINGS.get(Path(file).suffix.lower(), "json"))


def read_file(file: BinaryIO, kind: Format, profile: Profile | None = None) -> Iterator[Item | Unread]:
    """Each item of a file, and what of it is not read; the file is closed at the end. `profile` is for EMSEVT."""
    match kind:
        case Format.CSV:
            return rows(file)
        case Format.EMSEVT:
            return messages(file, profile or Profile())
        case Format.JSON:
            return records(file)
