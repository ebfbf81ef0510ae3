"""The 17TRACK Track API v1.0 on the wire: the items of requests read (readings T5 to T8, T10)."""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from trackway.domain.errors import Refusal
from trackway.domain.errors import items as errors
from trackway.domain.following.registration import (
    MAX_ITEMS,
    Application,
    CarrierChange,
    NoteChange,
    Refused,
    Subject,
)
from trackway.wire.track17.values import (
    plain_json,
    read_carrier,
    read_flag,
    read_number,
    read_tag,
    read_text,
    shown,
)

T = TypeVar("T")
Plain = TypeVar("Plain", Subject, Application)
_NUMBERS = re.compile(r"[0-9A-Z]*")


class RequestRefused(Exception):
    """The whole request is refused before any item is looked at (T10)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class _Loose(Struct):
    """An item as it came, nothing checked."""

    number: Any = None
    carrier: Any = None
    final_carrier: Any = None
    auto_detection: Any = None
    tag: Any = None
    extra_param: Any = None
    param: Any = None
    carrier_old: Any = None
    carrier_new: Any = None
    final_carrier_old: Any = None
    final_carrier_new: Any = None
    items: Any = None


_ITEMS = msgspec.json.Decoder(list[_Loose])
_SUBJECTS = msgspec.json.Decoder(list[Subject])
_APPLICATIONS = msgspec.json.Decoder(list[Application])
_RAWS = msgspec.json.Decoder(list[Raw])
_ITEM = msgspec.json.Decoder(_Loose)
_ENCODER = msgspec.json.Encoder()


def read_applications(body: bytes) -> list[Application | Refused]:
    """The items of `register`, each with its own refusal where it has one.

    Raises:
        RequestRefused: not JSON, not an array, or more than 40 items (T10).
    """
    plain = _plain(_APPLICATIONS, body)
    return [*plain] if plain else [_checked(item, _application) for item in _items(body)]


def read_subjects(body: bytes) -> list[Subject | Refused]:
    """The items of every endpoint that names numbers, with or without their carrier.

    Raises:
        RequestRefused: not JSON, not an array, or more than 40 items (T10).
    """
    plain = _plain(_SUBJECTS, body)
    return [*plain] if plain else [_checked(item, _subject) for item in _items(body)]


def read_carrier_changes(body: bytes) -> list[CarrierChange | Refused]:
    """The items of `changecarrier`.

    Raises:
        RequestRefused: not JSON, not an array, or more than 40 items (T10).
    """
    return [_checked(item, _carrier_change) for item in _items(body)]


def read_note_changes(body: bytes) -> list[NoteChange | Refused]:
    """The items of `changeinfo`: an array of them, or one alone (T7).

    Raises:
        RequestRefused: not JSON, of another shape, or more than 40 items (T10).
    """
    body = plain_json(body).strip()
    return [_checked(item, _note_change) for item in _items(b"[%b]" % body if body.startswith(b"{") else body)]


def _plain(decoder: msgspec.json.Decoder[list[Plain]], body: bytes) -> list[Plain] | None:
    """The items of a body in which each is as it should be: it costs a quarter. None for any other."""
    try:
        items = decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    good = len(items) <= MAX_ITEMS and _NUMBERS.fullmatch("".join([item.number for item in items]))
    return items if good else None


def _items(body: bytes) -> Sequence[_Loose | None]:
    """The items, None for one that is no object."""
    body = plain_json(body)
    try:
        items: Sequence[_Loose | None] = _ITEMS.decode(body)
    except msgspec.ValidationError:
        items = _one_by_one(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise _invalid() from None
    if len(items) > MAX_ITEMS:
        raise RequestRefused(-18010014, f"Tracking numbers exceed {MAX_ITEMS} limit.")
    return items


def _one_by_one(body: bytes) -> list[_Loose | None]:
    try:
        return [_item(raw) for raw in _RAWS.decode(body)]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise _invalid() from None


def _item(raw: Raw) -> _Loose | None:
    try:
        return _ITEM.decode(raw)
    except msgspec.ValidationError:
        return None


def _invalid() -> RequestRefused:
    return RequestRefused(-18010013, "Submitted data is invalid.")


def _checked(item: _Loose | None, read: Callable[[_Loose], T]) -> T | Refused:
    if item is None:
        return Refused(number="", why=errors.ItemUnreadable())
    try:
        return read(item)
    except Refusal as why:
        return Refused(number=_asked(item.number), why=why)


def _asked(number: object) -> str:
    """The number as it came, empty where none did."""
    return number if isinstance(number, str) else "" if number is None else shown(number)


def _application(item: _Loose) -> Application:
    return Application(
        number=read_number(item.number),
        carrier=read_carrier(item.carrier),
        final_carrier=read_carrier(item.final_carrier),
        auto_detection=read_flag("auto_detection", item.auto_detection),
        tag=read_tag(item.tag),
        param=read_text("param", item.param) or read_text("extra_param", item.extra_param),
    )


def _carrier_change(item: _Loose) -> CarrierChange:
    return CarrierChange(
        number=read_number(item.number),
        carrier_old=read_carrier(item.carrier_old),
        carrier_new=read_carrier(item.carrier_new),
        final_carrier_old=read_carrier(item.final_carrier_old),
        final_carrier_new=read_carrier(item.final_carrier_new),
    )


def _note_change(item: _Loose) -> NoteChange:
    items = item.items or {}
    if not isinstance(items, dict):
        raise errors.FieldInvalid("items", shown(items))
    param, extra = items.get("param"), items.get("extra_param")
    if not param and extra is not None:
        param = extra
    return NoteChange(
        number=read_number(item.number),
        carrier=read_carrier(item.carrier),
        tag=read_tag(items.get("tag")),
        param=None if param is None else read_text("param", param),
    )


def _subject(item: _Loose) -> Subject:
    return Subject(number=read_number(item.number), carrier=read_carrier(item.carrier))
