"""`gettracklist` on the wire: its filters read, its pages written (readings T6, T10, T15, T16)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from trackway.domain.errors import Refusal
from trackway.domain.errors.items import CarrierUnknown, FieldInvalid
from trackway.domain.following.listing import PAGE_SIZE, Filter, Listed, Page, Span
from trackway.domain.tracking import Milestone
from trackway.wire.track17.items import RequestRefused
from trackway.wire.track17.track import STATE_CODES, stamp
from trackway.wire.track17.values import plain_json, read_carrier, read_flag, read_number

_ENCODER = msgspec.json.Encoder()
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_LAST = datetime.max.replace(tzinfo=UTC)
_MOST_PAGES = 1 << 31


def read_filter(body: bytes) -> tuple[Filter, int]:
    """The filter and the page number.

    Raises:
        RequestRefused: no JSON object -18010013, a value that cannot be -18010011, a form that cannot be -18010012.
    """
    try:
        asked = msgspec.json.decode(plain_json(body), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise RequestRefused(-18010013, "Submitted data is invalid.") from None
    asked = {name: value for name, value in asked.items() if value is not None and value != ""}
    wanted = Filter(
        number=_number(asked),
        carrier=_carrier(asked),
        milestones=_milestones(asked),
        push_state=_choice(asked, "push_state", range(3)),
        followed=_followed(asked),
        registered=_span(asked, "register_time"),
        tracked=_span(asked, "tracking_time"),
        pushed=_span(asked, "push_time"),
        stopped=_span(asked, "stop_time"),
    )
    return wanted, _choice(asked, "page_no", range(1, _MOST_PAGES)) or 1


def _number(asked: dict[str, Any]) -> str | None:
    try:
        return read_number(asked["number"]) if "number" in asked else None
    except Refusal:
        raise _form("number") from None


def _carrier(asked: dict[str, Any]) -> int | None:
    try:
        return read_carrier(asked.get("carrier")) or None
    except CarrierUnknown:
        raise _value("carrier") from None


def _milestones(asked: dict[str, Any]) -> tuple[Milestone, ...] | None:
    code = _choice(asked, "package_state", frozenset(STATE_CODES.values()))
    return None if code is None else tuple(milestone for milestone, own in STATE_CODES.items() if own == code)


def _followed(asked: dict[str, Any]) -> bool | None:
    try:
        return read_flag("tracking_state", asked["tracking_state"]) if "tracking_state" in asked else None
    except FieldInvalid:
        raise _value("tracking_state") from None


def _choice(asked: dict[str, Any], name: str, allowed: range | frozenset[int]) -> int | None:
    """A whole number, also written as text (T6)."""
    value = asked.get(name)
    if value is None:
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value.strip()[:12])
    if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
        raise _value(name)
    return value


def _span(asked: dict[str, Any], name: str) -> Span:
    """From the first instant to the end of the last: of its second, or of its day where only a day was given.

    What ends with the calendar has no end.
    """
    start, end = _instant(asked, f"{name}_from"), _instant(asked, f"{name}_to")
    ends = end is not None and _LAST - end[0] >= end[1]
    return Span(start[0] if start else None, end[0] + end[1] if end and ends else None)


def _instant(asked: dict[str, Any], name: str) -> tuple[datetime, timedelta] | None:
    """A UTC instant of the form `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`, and how long it is."""
    text = asked.get(name)
    if text is None:
        return None
    for form, length in (("%Y-%m-%d", _DAY), ("%Y-%m-%d %H:%M:%S", _SECOND)):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC), length
        except (ValueError, TypeError):
            continue
    raise _form(name)


def _value(name: str) -> RequestRefused:
    return RequestRefused(-18010011, f"The value of '{name}' is invalid.")


def _form(name: str) -> RequestRefused:
    return RequestRefused(-18010012, f"The format of '{name}' is invalid.")


class ListItem(Struct, kw_only=True):
    """One registered number; a time that never was is left out or null (T16)."""

    number: str
    w1: int
    b: int
    w2: int
    c: int
    e: int
    rt: str
    tt: str | UnsetType = UNSET
    pt: str | UnsetType = UNSET
    ps: int
    st: str | None
    sr: int | None
    ir: bool
    ts: bool
    mc: int
    tag: str | None


class Paging(Struct):
    """Which page this is, and of how many (T15)."""

    data_total: int
    page_total: int
    page_no: int
    page_size: int


class ListItems(Struct):
    """The numbers of one page, newest first."""

    accepted: list[ListItem]


class ListAnswer(Struct):
    """The whole answer of `gettracklist`."""

    code: int
    page: Paging
    data: ListItems


def write_page(page: Page, country_key: Callable[[str], int]) -> bytes:
    """The page; `data` has no `rejected` here (T9)."""
    paging = Paging(
        data_total=page.total,
        page_total=-(-page.total // PAGE_SIZE),
        page_no=page.number,
        page_size=PAGE_SIZE,
    )
    items = [_item(listed, country_key) for listed in page.items]
    return _ENCODER.encode(ListAnswer(code=0, page=paging, data=ListItems(accepted=items)))


def _item(listed: Listed, country_key: Callable[[str], int]) -> ListItem:
    return ListItem(
        number=listed.number,
        w1=listed.carrier,
        b=country_key(listed.origin_country),
        w2=listed.final_carrier,
        c=country_key(listed.destination_country),
        e=STATE_CODES[listed.milestone],
        rt=stamp(listed.registered_at),
        tt=stamp(listed.tracked_at) if listed.tracked_at else UNSET,
        pt=stamp(listed.pushed_at) if listed.pushed_at else UNSET,
        ps=listed.push_status,
        st=stamp(listed.stopped_at) if listed.stopped_at else None,
        sr=listed.stop_reason,
        ir=listed.retracked,
        ts=listed.stopped_at is None,
        mc=listed.carrier_changes,
        tag=listed.tag,
    )
