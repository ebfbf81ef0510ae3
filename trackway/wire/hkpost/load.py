"""Items as the operator loads them: the names of `deliveryResultList`, and a UPU event code in an event."""

import re
from functools import lru_cache
from typing import Any

from msgspec import json

from trackway.domain.errors.items import FieldInvalid
from trackway.domain.post.card import day_first
from trackway.domain.post.mail import Country, Item, Scan, Words, item_number
from trackway.wire.hkpost.api import Detail, Result, decode, read_time
from trackway.wire.hkpost.codes import FormatInvalid

_MOST = 255  # a scan is known by its words and place, and an index takes no longer ones
_COUNTRY = re.compile(r"[A-Z]{2}|").fullmatch
_EVENT = re.compile(r"[A-Z]{3}|").fullmatch


class LoadedScan(Detail, kw_only=True):
    """A `Detail`, with the UPU event code where it is known."""

    eventCode: str = ""


class LoadedItem(Result, kw_only=True):
    """A `Result` whose status is not looked at."""

    itemDeliveryStatusDetailList: list[LoadedScan] = []  # type: ignore[assignment]  # noqa: RUF012  # msgspec copies it


SCAN_COLUMNS = frozenset(LoadedScan.__struct_fields__)
ITEM_COLUMNS = frozenset(LoadedItem.__struct_fields__) - {"status", "errMsg", "itemDeliveryStatusDetailList"}
_ITEM = json.Decoder(LoadedItem)


def read_item(body: bytes) -> Item:
    """One object of a file.

    Raises:
        FormatInvalid: it has another shape.
        ItemMalformed: the number has not the form of one (H12).
        FieldInvalid: a field has a value that it cannot have.
    """
    if b"\\u0000" in body:
        raise FormatInvalid("JSON holds U+0000, which no store keeps")
    return item_of(decode(_ITEM, body))


def item_of(given: LoadedItem) -> Item:
    """The item that was given.

    Raises:
        ItemMalformed: the number has not the form of one (H12).
        FieldInvalid: a field has a value that it cannot have.
    """
    return Item(
        number=item_number(given.itemNo),
        posted=_time("postingDateTime", given.postingDateTime) if given.postingDateTime else "",
        drop_off=Words(given.dropOffPoint_e, given.dropOffPoint_c, given.dropOffPoint_s),
        origin=_country("orgCnty_code", given.orgCnty_code, given.orgCnty_e, given.orgCnty_c, given.orgCnty_s),
        destination=_country(
            "destCnty_code", given.destCnty_code, given.destCnty_e, given.destCnty_c, given.destCnty_s
        ),
        milestone=Words(given.milestone_e, given.milestone_c, given.milestone_s),
        scans=tuple(map(_scan, given.itemDeliveryStatusDetailList)),
    )


def write_item(item: Item) -> LoadedItem:
    """The item as a file holds it: `read_item` reads it again."""
    return LoadedItem(
        itemNo=item.number,
        postingDateTime=day_first(item.posted),
        **_words("dropOffPoint", item.drop_off),
        orgCnty_code=item.origin.code,
        **_words("orgCnty", item.origin.name),
        destCnty_code=item.destination.code,
        **_words("destCnty", item.destination.name),
        **_words("milestone", item.milestone),
        itemDeliveryStatusDetailList=list(map(_loaded, item.scans)),
    )


def _loaded(scan: Scan) -> LoadedScan:
    said = {scan.message.e, scan.message.c, scan.message.s}
    return LoadedScan(
        eventDateTime=day_first(scan.time),
        eventLocation_code=scan.place.code,
        **_words("eventLocation", scan.place.name),
        eventCode=scan.what if _EVENT(scan.what) and scan.what not in said else "",
        **_words("eventMsg", scan.message),
    )


def _words(field: str, words: Words) -> dict[str, Any]:
    return {f"{field}_e": words.e, f"{field}_c": words.c, f"{field}_s": words.s}


def _scan(given: LoadedScan) -> Scan:
    place = _country(
        "eventLocation_code",
        given.eventLocation_code,
        given.eventLocation_e,
        given.eventLocation_c,
        given.eventLocation_s,
    )
    code = given.eventCode.upper()
    if not _EVENT(code):
        raise FieldInvalid("eventCode", given.eventCode)
    what = code or given.eventMsg_e or given.eventMsg_c or given.eventMsg_s
    if not 0 < len(what) <= _MOST:
        raise FieldInvalid("eventMsg_e", what[:_MOST])
    message = Words(given.eventMsg_e, given.eventMsg_c, given.eventMsg_s)
    return Scan(_time("eventDateTime", given.eventDateTime), place, what, message)


@lru_cache(maxsize=4096)  # a file tells of few countries again and again
def _country(field: str, code: str, e: str, c: str, s: str) -> Country:
    if not _COUNTRY(code.upper()):
        raise FieldInvalid(field, code)
    if len(e) > _MOST:
        raise FieldInvalid(field.replace("_code", "_e"), e[:_MOST])
    return Country(code.upper(), Words(e, c, s))


def _time(field: str, text: str) -> str:
    try:
        return read_time(text)
    except ValueError:
        raise FieldInvalid(field, text) from None
