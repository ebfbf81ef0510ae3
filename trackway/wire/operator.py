"""What an operator's own systems send in: a batch of items as `hkpost load` reads them, and what became of each."""

import re
from collections.abc import Sequence
from io import BytesIO

from msgspec import Raw, Struct, json

from trackway.domain.errors import Refusal
from trackway.domain.errors.items import FieldInvalid, FieldMissing
from trackway.domain.post.mail import Item, ItemMalformed, Unread
from trackway.wire.files.emsevt import Profile, messages
from trackway.wire.hkpost.api import decode
from trackway.wire.hkpost.codes import FormatInvalid
from trackway.wire.hkpost.load import read_item

MOST_ITEMS = 500
EDIFACT = "application/edifact"  # RFC 1767
_BATCH = json.Decoder(list[Raw])
_AT = re.compile(r" - at `\$\.?([^`]*)`")


class BatchTooLong(FormatInvalid):
    """There are more than 500 items."""


class Refused(Struct, frozen=True):
    """An item that is not kept: its place in the batch from 0, the field, empty where it is no one field, and why.

    In an interchange the place is that of the segment where the event begins, from 1.
    """

    index: int
    field: str
    reason: str


class Loaded(Struct, frozen=True):
    """What became of a batch: how many items are kept, and those that are not."""

    accepted: int
    refused: list[Refused]


class Problem(Struct, frozen=True):
    """Why nothing of a request was done."""

    reason: str


def read_batch(body: bytes) -> tuple[list[Item], list[Refused]]:
    """The items that can be kept, and the others.

    Raises:
        FormatInvalid: the body is no JSON array.
        BatchTooLong: it has more than 500 items.
    """
    given = decode(_BATCH, body)
    if len(given) > MOST_ITEMS:
        raise BatchTooLong(f"{len(given)} items, and at most {MOST_ITEMS} are taken at once")
    items: list[Item] = []
    refused: list[Refused] = []
    for index, raw in enumerate(given):
        try:
            items.append(read_item(bytes(raw)))
        except (FormatInvalid, Refusal) as why:
            refused.append(Refused(index, field_of(why), str(why)))
    return items, refused


def read_interchange(body: bytes, profile: Profile) -> tuple[list[Item], list[Refused]]:
    """The events of an EDIFACT interchange that can be kept, and the others."""
    entries = list(messages(BytesIO(body), profile))
    unread = [entry for entry in entries if isinstance(entry, Unread) and not entry.harmless]
    refused = [Refused(int(one.where.rpartition(" ")[2]), "", one.why) for one in unread]
    return [entry for entry in entries if isinstance(entry, Item)], refused


def write_loaded(accepted: int, refused: Sequence[Refused]) -> bytes:
    """The answer to a batch."""
    return json.encode(Loaded(accepted, list(refused)))


def write_problem(reason: str) -> bytes:
    """The answer to a request of which nothing was done."""
    return json.encode(Problem(reason))


def field_of(why: Exception) -> str:
    """The field that a refusal is about, empty where it is no one field."""
    if isinstance(why, FieldInvalid | FieldMissing):
        return why.field
    if isinstance(why, ItemMalformed):
        return "itemNo"
    found = _AT.search(str(why))
    return found[1] if found else ""
