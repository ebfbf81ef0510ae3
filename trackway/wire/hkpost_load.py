"""Items as the operator loads them: the names of `deliveryResultList`, and a UPU event code in an event."""

import re
from collections.abc import Iterator

from msgspec import Struct, json
from msgspec.structs import astuple

from trackway.domain.errors import FieldInvalid
from trackway.domain.mail import Country, Item, Scan, Words, item_number
from trackway.wire.hkpost import Detail, Result, decode, read_time

_MOST = 255  # a scan is found by its words, and an index takes no longer ones
_COUNTRY = re.compile(r"[A-Z]{2}|").fullmatch
_EVENT = re.compile(r"[A-Z]{3}|").fullmatch


class LoadedScan(Detail, kw_only=True):
    """A `Detail`, with the UPU event code where it is known."""

    eventCode: str = ""


class LoadedItem(Result, kw_only=True):
    """A `Result` whose status is not looked at."""

    itemDeliveryStatusDetailList: list[LoadedScan] = []  # type: ignore[assignment]  # noqa: RUF012  # msgspec copies it


_ITEM = json.Decoder(LoadedItem)


def read_item(body: bytes) -> Item:
    """One object of a file.

    Raises:
        FormatInvalid: it has another shape.
        ItemMalformed: the number has not the form of one (H12).
        FieldInvalid: a field has a value that it cannot have.
    """
    given = decode(_ITEM, body)
    for field, text in _texts(given):
        if len(text) > _MOST or "\0" in text:
            raise FieldInvalid(field, text[:_MOST])
    return Item(
        number=item_number(given.itemNo),
        posted=_time("postingDateTime", given.postingDateTime) if given.postingDateTime else "",
        drop_off=Words(given.dropOffPoint_e, given.dropOffPoint_c, given.dropOffPoint_s),
        origin=_country("orgCnty", given),
        destination=_country("destCnty", given),
        milestone=Words(given.milestone_e, given.milestone_c, given.milestone_s),
        scans=tuple(map(_scan, given.itemDeliveryStatusDetailList)),
    )


def _texts(given: Struct) -> Iterator[tuple[str, str]]:
    for field, value in zip(given.__struct_fields__, astuple(given), strict=True):
        if isinstance(value, str):
            yield field, value
        elif isinstance(value, list):
            for inner in value:
                yield from _texts(inner)


def _scan(given: LoadedScan) -> Scan:
    message = Words(given.eventMsg_e, given.eventMsg_c, given.eventMsg_s)
    code = given.eventCode.upper()
    if not _EVENT(code):
        raise FieldInvalid("eventCode", given.eventCode)
    what = code or message.e or message.c or message.s
    if not what:
        raise FieldInvalid("eventMsg_e", "")
    return Scan(_time("eventDateTime", given.eventDateTime), _country("eventLocation", given), what, message)


def _country(field: str, given: Struct) -> Country:
    code, *names = (getattr(given, f"{field}_{part}") for part in ("code", "e", "c", "s"))
    if not _COUNTRY(code.upper()):
        raise FieldInvalid(f"{field}_code", code)
    return Country(code.upper(), Words(*names))


def _time(field: str, text: str) -> str:
    try:
        return read_time(text)
    except ValueError:
        raise FieldInvalid(field, text) from None
