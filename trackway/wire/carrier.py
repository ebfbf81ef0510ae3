"""What a courier sends in: a batch of events of its parcels, in our own open format."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, json

from trackway.domain.asking.pushed import MOST_EVENTS, Pushed, identity_of
from trackway.domain.errors import Refusal
from trackway.domain.errors.items import FieldInvalid, FieldMissing
from trackway.domain.number import validate
from trackway.domain.tracking import Event, Milestone
from trackway.domain.wording import milestone_of
from trackway.wire.batch import Refused, read_entries, refused
from trackway.wire.hkpost.api import decode
from trackway.wire.hkpost.codes import FormatInvalid

_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)

Told = Literal[
    "InfoReceived", "InTransit", "AvailableForPickup", "OutForDelivery", "DeliveryFailure", "Delivered", "Exception"
]
_Text = Annotated[str, Meta(max_length=500)]
_Place = Annotated[str, Meta(max_length=200)]
_Word = Annotated[str, Meta(max_length=100)]
_Language = Annotated[str, Meta(pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")]
_Country = Annotated[str, Meta(pattern="^([A-Z]{2})?$")]


class CarrierEvent(Struct, kw_only=True):
    """One thing that happened to a parcel."""

    number: _Word
    time: _Word
    text: _Text
    id: _Word = ""
    place: _Place = ""
    detail: _Text = ""
    milestone: Told | None = None
    language: _Language = ""
    translations: Annotated[dict[_Language, _Text], Meta(max_length=10)] = {}
    origin: _Country = ""
    destination: _Country = ""


_EVENT = json.Decoder(CarrierEvent)


def read_events(body: bytes) -> tuple[list[tuple[int, Pushed]], list[Refused]]:
    """The events that can be kept, each with its place in the batch, and the others.

    Raises:
        FormatInvalid: the body is no JSON array.
        BatchTooLong: it has more than 500 events.
    """
    events: list[tuple[int, Pushed]] = []
    others: list[Refused] = []
    for index, entry in enumerate(read_entries(body, "events")):
        try:
            events.append((index, _read(entry)))
        except (FormatInvalid, Refusal) as why:
            others.append(refused(index, why))
    return events, others


def left_over(events: Sequence[tuple[int, Pushed]], over: Sequence[Pushed]) -> list[Refused]:
    """The events for which there was no room, as the answer tells them."""
    reason = f"there are {MOST_EVENTS} events of this number already"
    return [Refused(index, "number", reason) for index, pushed in events if any(pushed is one for one in over)]


def _read(body: bytes) -> Pushed:
    if b"\\u0000" in body:
        raise FormatInvalid("JSON holds U+0000, which no store keeps")
    given = decode(_EVENT, body)
    if not given.text.strip():
        raise FieldMissing("text")
    milestone = Milestone(given.milestone) if given.milestone else milestone_of(given.text) or Milestone.IN_TRANSIT
    event = Event(
        time=_local(given.time),
        text=given.text.strip(),
        place=given.place.strip(),
        detail=given.detail.strip(),
        milestone=milestone,
        translations=given.translations,
    )
    return Pushed(
        number=validate(given.number),
        identity=given.id or identity_of(event),
        event=event,
        language=given.language,
        origin=given.origin,
        destination=given.destination,
    )


def _local(text: str) -> str:
    """The time on the clock of the place; a zone behind it is passed over, for merchants are told local times."""
    found = _TIME.fullmatch(text.strip())
    try:
        datetime.fromisoformat(f"{found[1]} {found[2]}" if found else "")
    except ValueError:
        raise FieldInvalid("time", text) from None
    return f"{found[1]} {found[2]}" if found else ""
