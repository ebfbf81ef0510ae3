"""What an operator's own systems send in: a batch of items as `hkpost load` reads them, or an interchange."""

from io import BytesIO

from trackway.domain.errors import Refusal
from trackway.domain.post.mail import Item, Unread
from trackway.wire.batch import Refused, read_entries, refused
from trackway.wire.files.emsevt import Profile, messages
from trackway.wire.hkpost.codes import FormatInvalid
from trackway.wire.hkpost.load import read_item

EDIFACT = "application/edifact"  # RFC 1767


def read_batch(body: bytes) -> tuple[list[Item], list[Refused]]:
    """The items that can be kept, and the others.

    Raises:
        FormatInvalid: the body is no JSON array.
        BatchTooLong: it has more than 500 items.
    """
    items: list[Item] = []
    others: list[Refused] = []
    for index, entry in enumerate(read_entries(body, "items")):
        try:
            items.append(read_item(entry))
        except (FormatInvalid, Refusal) as why:
            others.append(refused(index, why))
    return items, others


def read_interchange(body: bytes, profile: Profile) -> tuple[list[Item], list[Refused]]:
    """The events of an EDIFACT interchange that can be kept, and the others."""
    entries = list(messages(BytesIO(body), profile))
    unread = [entry for entry in entries if isinstance(entry, Unread) and not entry.harmless]
    others = [Refused(int(one.where.rpartition(" ")[2]), "", one.why) for one in unread]
    return [entry for entry in entries if isinstance(entry, Item)], others
