"""The 17TRACK API as its client reads it: our questions, and what the answers mean for a number."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
from msgspec import Raw, Struct

from trackway.domain.asking.day import next_day
from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import (
    CarrierDeniedAccess,
    CarrierLimited,
    CarrierMisunderstood,
    CarrierRefused,
    CarrierUnavailable,
    CarrierUnreadable,
)
from trackway.domain.tracking import Event, Milestone, Report, is_time
from trackway.domain.wording import milestone_of

NOT_REGISTERED = -18019902
REGISTERED_BEFORE = -18019901
_NO_ANSWER_YET = -18019909
_NUMBER_MALFORMED = -18010012
_DAY_USED_UP, _QUOTA_USED_UP = -18019907, -18019908
_OUT_OF_ORDER = -18010003
_DENIED = frozenset({-18010001, -18010002, -18010004, -18010005})
_UNAUTHORISED, _TOO_MANY, _OK, _SERVER_ERROR = 401, 429, 200, 500
_LONGEST_WAIT = timedelta(hours=1)
_NOT_FOUND, _EXPIRED, _PICK_UP, _DELIVERED, _ALERT = 0, 20, 30, 40, 50
_STATES = {
    _NOT_FOUND: Milestone.INFO_RECEIVED,
    10: Milestone.IN_TRANSIT,
    _EXPIRED: Milestone.IN_TRANSIT,
    _PICK_UP: Milestone.AVAILABLE_FOR_PICKUP,
    35: Milestone.DELIVERY_FAILURE,
    _DELIVERED: Milestone.DELIVERED,
    _ALERT: Milestone.EXCEPTION,
}
_QUERY_FAULTS: dict[int, CarrierFault] = {
    0: CarrierUnavailable("the service has no answer yet"),
    10: CarrierUnavailable("the service got no answer from the carrier"),
    11: CarrierUnreadable("the service could not read the carrier's answer"),
    12: CarrierRefused("the service was not let in by the carrier"),
}
_LANGUAGES = {"zh-CHS": "zh-Hans", "zh-CHT": "zh-Hant"}


class _Problem(Struct):
    code: int = 0
    message: str = ""


class _Found(Struct):
    number: str
    track: Raw = Raw(b"{}")


class _Rejected(Struct):
    number: str
    error: _Problem


class _Data(Struct):
    accepted: list[_Found] = []
    rejected: list[_Rejected] = []
    errors: list[_Problem] = []


class _Answer(Struct):
    code: int
    data: _Data


class _Event(Struct):
    a: str = ""
    c: str | None = ""
    d: str | None = ""
    z: str | None = ""


class _Track(Struct):
    e: int = 0
    is1: int = 0
    ln1: str | None = None
    z1: list[_Event] | None = None
    z2: list[_Event] | None = None
    z9: list[_Event] | None = None


class Outcome(Struct, frozen=True):
    """What became of a request's items: the tracks by number, and why the others were rejected."""

    tracks: Mapping[str, bytes]
    rejected: Mapping[str, tuple[int, str]]


_ANSWER = msgspec.json.Decoder(_Answer)
_TRACK = msgspec.json.Decoder(_Track)


def item(number: str, carrier: int, param: str = "") -> dict[str, Any]:
    """One item of a request."""
    return {"number": number, "carrier": carrier} | ({"param": param} if param else {})


def read_answer(body: bytes, http: int, retry_after: str | None, now: datetime) -> Outcome:
    """What the service says of each item.

    Raises:
        CarrierFault: the whole request failed.
    """
    if http == _TOO_MANY:
        raise CarrierLimited("HTTP 429", _wait(retry_after, now))
    if http >= _SERVER_ERROR:
        raise CarrierUnavailable(f"HTTP {http}")
    try:
        answer = _ANSWER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        if http == _UNAUTHORISED:
            raise CarrierDeniedAccess("HTTP 401") from None
        raise CarrierUnreadable(f"HTTP {http} with a body that is no answer") from None
    if http != _OK or answer.code or answer.data.errors:
        raise _whole(answer, http)
    return Outcome(
        tracks={found.number: bytes(found.track) for found in answer.data.accepted},
        rejected={one.number: (one.error.code, one.error.message) for one in answer.data.rejected},
    )


def rejection(number: str, code: int, message: str, now: datetime) -> Report | CarrierFault:
    """What it means for a number that its item was rejected."""
    if code == _NO_ANSWER_YET:
        return CarrierUnavailable("the service has no answer yet")
    if code == _NUMBER_MALFORMED:
        return Report(number=number, found=False, invalid=True)
    if code == _DAY_USED_UP:
        return CarrierLimited(f"{code} {message}", next_day(now, "UTC"))
    if code == _QUOTA_USED_UP:
        return CarrierLimited(f"{code} {message}", now + timedelta(days=1))
    return CarrierRefused(f"{code} {message}"[:200])


def read_track(number: str, track: bytes) -> Report | CarrierFault:
    """The report that a track gives; its newest event has the state `e`, the others what their words say.

    `is1` 20 to 22 say that an older answer stands with the service: that is the report then.
    """
    try:
        read = _TRACK.decode(track)
        events = _events(read)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return CarrierUnreadable("a track that cannot be read")
    if not events and read.is1 in _QUERY_FAULTS:
        return _QUERY_FAULTS[read.is1]
    return Report(
        number=number,
        found=bool(events),
        events=events,
        language=_LANGUAGES.get(read.ln1 or "", read.ln1 or ""),
        raw=track.decode(errors="replace"),  # what we do not read was not looked at either
    )


def _whole(answer: _Answer, http: int) -> CarrierFault:
    first = next(iter(answer.data.errors), _Problem(answer.code))
    told = f"{first.code} {first.message}"[:200]
    if http == _UNAUTHORISED or first.code in _DENIED:
        return CarrierDeniedAccess(told)
    return CarrierUnavailable(told) if first.code == _OUT_OF_ORDER else CarrierMisunderstood(told)


def _events(track: _Track) -> tuple[Event, ...]:
    told = [(_time(event.a), event) for part in (track.z1, track.z2, track.z9) for event in part or ()]
    told.sort(key=lambda timed: timed[0], reverse=True)
    return tuple(_event(time, event, track.e, newest=at == 0) for at, (time, event) in enumerate(told))


def _time(text: str) -> str:
    """The time on the clock of the place as the domain keeps it, whichever form of ISO 8601 it came in."""
    if is_time(text):
        return text
    return datetime.fromisoformat(text.strip()).replace(tzinfo=None).isoformat(" ", "seconds")


def _event(time: str, event: _Event, state: int, *, newest: bool) -> Event:
    text = event.z or ""
    milestone = _newest(text, state) if newest else _older(text, state)
    return Event(time=time, text=text, place=event.c or "", detail=event.d or "", milestone=milestone)


def _newest(text: str, state: int) -> Milestone:
    said = milestone_of(text)
    return (
        said if said is Milestone.OUT_FOR_DELIVERY and state == _PICK_UP else _STATES.get(state, Milestone.IN_TRANSIT)
    )


def _older(text: str, state: int) -> Milestone:
    """What the words say; but no words make delivered what the service does not call so."""
    said = milestone_of(text) or Milestone.IN_TRANSIT
    delivered = state in {_DELIVERED, _ALERT}
    return said if delivered or said is not Milestone.DELIVERED else Milestone.IN_TRANSIT


def _wait(retry_after: str | None, now: datetime) -> datetime | None:
    """Until when to wait, an hour at most; None where the service does not say."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return now + min(timedelta(seconds=max(int(text[:9]), 1)), _LONGEST_WAIT)
    try:
        told = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return min(max(told if told.tzinfo else told.replace(tzinfo=now.tzinfo), now), now + _LONGEST_WAIT)
