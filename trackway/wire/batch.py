"""What somebody sends in at once, in our own formats: its entries one by one, and what became of each."""

import re
from collections.abc import Sequence

from msgspec import Raw, Struct, json

from trackway.domain.errors.items import FieldInvalid, FieldMissing, NumberMalformed
from trackway.domain.post.mail import ItemMalformed
from trackway.wire.hkpost.api import decode
from trackway.wire.hkpost.codes import FormatInvalid

MOST = 500
_BATCH = json.Decoder(list[Raw])
_AT = re.compile(r" - at `\$\.?([^`]*)`")


class BatchTooLong(FormatInvalid):
    """There are more than 500 entries."""


class Refused(Struct, frozen=True):
    """An entry that is not kept: its place in the batch from 0, the field, empty where it is no one field, and why.

    In an interchange the place is that of the segment where the event begins, from 1.
    """

    index: int
    field: str
    reason: str


class Loaded(Struct, frozen=True):
    """What became of a batch: how many entries are kept, and those that are not."""

    accepted: int
    refused: list[Refused]


class Problem(Struct, frozen=True):
    """Why nothing of a request was done."""

    reason: str


def read_entries(body: bytes, what: str) -> list[bytes]:
    """The entries of a JSON array, unread; `what` they are called.

    Raises:
        FormatInvalid: the body is no JSON array.
        BatchTooLong: it has more than 500 entries.
    """
    given = decode(_BATCH, body)
    if len(given) > MOST:
        raise BatchTooLong(f"{len(given)} {what}, and at most {MOST} are taken at once")
    return [bytes(raw) for raw in given]


def refused(index: int, why: Exception) -> Refused:
    """An entry that is not kept, for that reason."""
    return Refused(index, _field(why), str(why))


def write_loaded(accepted: int, others: Sequence[Refused]) -> bytes:
    """The answer to a batch."""
    return json.encode(Loaded(accepted, list(others)))


def write_problem(reason: str) -> bytes:
    """The answer to a request of which nothing was done."""
    return json.encode(Problem(reason))


def _field(why: Exception) -> str:
    """The field that a refusal is about, empty where it is no one field."""
    match why:
        case FieldInvalid() | FieldMissing():
            return why.field
        case ItemMalformed():
            return "itemNo"
        case NumberMalformed():
            return "number"
    found = _AT.search(str(why))
    return found[1] if found else ""
