"""What karrio reads out of a carrier's answer, as our worker hands it over, and what it means to us.

Karrio writes local times as if they were UTC, so only the hour on the wall is kept. Its word on an event is often its
word on the whole item, so an event's own text comes first.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import CarrierDeniedAccess, CarrierLimited, CarrierUnavailable, CarrierUnreadable
from trackway.domain.number import compact
from trackway.domain.tracking import Event, Milestone, Report
from trackway.domain.wording import milestone_of


class Account(Struct, frozen=True, kw_only=True):
    """The first line that a worker is told: whom to ask, as whom, where, and for how many seconds at most.

    `secrets` are those of the settings' values that must never be told back.
    """

    carrier: str
    settings: dict[str, str | bool]
    secrets: tuple[str, ...] = ()
    url: str
    timeout: float


class Happening(Struct, frozen=True, kw_only=True):
    """An event as karrio has it."""

    date: str = ""
    time: str = ""
    timestamp: str = ""
    text: str = ""
    code: str = ""
    place: str = ""
    status: str = ""


class Item(Struct, frozen=True, kw_only=True):
    """What the carrier says of one number."""

    number: str = ""
    happenings: tuple[Happening, ...] = ()
    status: str = ""
    origin: str = ""
    destination: str = ""


class Answer(Struct, frozen=True, kw_only=True):
    """What came of one question.

    `said` are the carrier's own words on what is wrong, `status` is the HTTP status that ended it, `signing_in` whether
    that was of its request for a token, `trouble` what went wrong before there was one.
    """

    items: tuple[Item, ...] = ()
    said: tuple[str, ...] = ()
    status: int = 0
    signing_in: bool = False
    retry_after: str = ""
    trouble: str = ""
    away: bool = False
    raw: str = ""


_WORDS = {
    "pending": Milestone.INFO_RECEIVED,
    "picked_up": Milestone.IN_TRANSIT,
    "in_transit": Milestone.IN_TRANSIT,
    "delivery_delayed": Milestone.IN_TRANSIT,
    "on_hold": Milestone.EXCEPTION,
    "return_to_sender": Milestone.EXCEPTION,
    "cancelled": Milestone.EXCEPTION,
    "out_for_delivery": Milestone.OUT_FOR_DELIVERY,
    "delivery_failed": Milestone.DELIVERY_FAILURE,
    "ready_for_pickup": Milestone.AVAILABLE_FOR_PICKUP,
    "delivered": Milestone.DELIVERED,
}
_COUNTRY = re.compile(r"[A-Z]{2}").fullmatch
_LIMITED = re.compile(r"too many requests|quota|rate.?limit|spike arrest|throttl|limit exceeded", re.IGNORECASE).search
_DENIED = re.compile(r"authenti|authori|credential|password|invalid_client|api.?key", re.IGNORECASE).search
_INVALID = re.compile(r"invalid inquiry number|trackingnumber\.invalid|n.est pas valide", re.IGNORECASE).search
_UNKNOWN = re.compile(
    r"(?:not|cannot be|could not be) ?found|no (?:tracking )?(?:data|record|information|shipments?|pin history)"
    r"|does not exist|invalid tracking id|tracking id is invalid|unknown (?:number|item|parcel|tracking)|aucun ",
    re.IGNORECASE,
).search
_AWAY = re.compile(r"unavailable|temporarily|timed? ?out|maintenance|out of service", re.IGNORECASE).search
_DENYING, _LIMITING, _NOT_THERE, _SERVERS = {401, 403}, 429, 404, 500
_A_WHILE, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_LONGEST_WHY = 200
_NOON = 12


def read_answer(
    answer: Answer, number: str, *, now: datetime, language: str, codes: Mapping[str, Milestone] | None = None
) -> Report:
    """The report on a number; `codes` are the carrier's own event codes whose meaning is known.

    Raises:
        CarrierFault: there is none, and the fault says why.
    """
    item = _item(answer, number)
    if item is None or not item.happenings:
        _check_access(answer, now)
        if item is None:
            return _not_known(answer, number)
    return Report(
        number=number,
        events=_events(item, answer.raw, codes or {}),
        language=language,
        origin=_country(item.origin),
        destination=_country(item.destination),
        raw=answer.raw,
    )


def is_of_all(fault: CarrierFault, answer: Answer) -> bool:
    """Whether a fault is that of the account or the carrier, whichever number was asked for."""
    denied = answer.signing_in or answer.status in _DENYING
    return isinstance(fault, CarrierLimited) or denied or answer.away or answer.status >= _SERVERS


def _item(answer: Answer, number: str) -> Item | None:
    """The item that was asked for; where a number was used twice, the one that moved last."""
    same = [item for item in answer.items if compact(item.number) == number]
    if not same and len(answer.items) == 1:
        same = list(answer.items)
    return max(same, key=lambda item: max(map(_time, item.happenings), default=""), default=None)


def _check_access(answer: Answer, now: datetime) -> None:
    why = _why(answer)
    if answer.status == _LIMITING or _LIMITED(why):
        wait = timedelta(seconds=int(answer.retry_after[:9])) if answer.retry_after.isdecimal() else _A_WHILE
        raise CarrierLimited(why, retry_at=now + min(wait, _LONGEST_WAIT))
    if answer.status in _DENYING or (answer.signing_in and answer.status < _SERVERS) or _DENIED(why):
        raise CarrierDeniedAccess(why)


def _not_known(answer: Answer, number: str) -> Report:
    """The report where the carrier says that it does not know the number."""
    why = _why(answer)
    if _INVALID(why):
        return Report(number=number, found=False, invalid=True, raw=answer.raw)
    if _UNKNOWN(why) or answer.status == _NOT_THERE:
        return Report(number=number, found=False, raw=answer.raw)
    if answer.away or answer.status >= _SERVERS or _AWAY(why):
        raise CarrierUnavailable(why)
    raise CarrierUnreadable(why)


def _why(answer: Answer) -> str:
    """What is wrong, in the carrier's words or else in ours."""
    said = "; ".join(answer.said) or answer.trouble
    http = f"HTTP {answer.status}" if answer.status else ""
    return " ".join(filter(None, (http, said)))[:_LONGEST_WHY] or "the answer says nothing of the number"


def _events(item: Item, raw: str, codes: Mapping[str, Milestone]) -> tuple[Event, ...]:
    """All events that have a time, newest first; karrio's word counts for the newest alone, where no other is had."""
    dated = [(_on_the_wall(time, raw), happening) for happening in item.happenings if (time := _time(happening))]
    newest = max(range(len(dated)), key=lambda index: dated[index][0], default=0)
    events = []
    for index, (time, happening) in enumerate(dated):
        known = codes.get(happening.code) or milestone_of(happening.text)
        last_word = _WORDS.get(happening.status or item.status) if index == newest else None
        milestone = known or last_word or Milestone.IN_TRANSIT
        text = happening.text or happening.code
        events.append(Event(time=time, text=text, place=happening.place, milestone=milestone, code=happening.code))
    return tuple(sorted(events, key=lambda event: event.time, reverse=True))


def _time(happening: Happening) -> str:
    """`YYYY-MM-DD HH:MM[:SS]` as on the wall there, empty where that is no time."""
    if happening.timestamp:
        told = happening.timestamp[:19].replace("T", " ")
    else:
        told = f"{happening.date} {happening.time[:5] or '00:00'}"
    try:
        datetime.fromisoformat(told)
    except ValueError:
        return ""
    return told


def _on_the_wall(time: str, raw: str) -> str:
    """The same time, in the afternoon where the carrier wrote PM, which karrio passes over."""
    if "M<" not in raw and 'M"' not in raw:
        return time
    at = datetime.fromisoformat(time)
    hour = at.hour % _NOON or _NOON
    told = f"{at.month}/{at.day}/{at.year} {hour}:{at:%M:%S}"
    morning, afternoon = f"{told} AM" in raw, f"{told} PM" in raw
    if morning == afternoon:
        return time
    return f"{at.replace(hour=at.hour % _NOON + _NOON * afternoon):%Y-%m-%d %H:%M:%S}"


def _country(text: str) -> str:
    return text if _COUNTRY(text) else ""
