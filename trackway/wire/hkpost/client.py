"""The Hongkong Post Mail Tracking API read as its client: an answer to reports and faults (readings "As a client")."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from msgspec import Raw, Struct
from msgspec.json import Decoder

from trackway.domain.asking.day import next_day
from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import (
    CarrierDeniedAccess,
    CarrierForgot,
    CarrierLimited,
    CarrierMisunderstood,
    CarrierRefused,
    CarrierUnavailable,
    CarrierUnreadable,
)
from trackway.domain.number import compact
from trackway.domain.tracking import Event, Milestone, Report
from trackway.wire.hkpost.api import Detail, Token, decode
from trackway.wire.hkpost.codes import FormatInvalid

LANGUAGES = ("en", "zh-Hant", "zh-Hans")
DAY_ZONE = "Asia/Hong_Kong"
Judge = Callable[[Iterable[str]], Milestone]

_DONE, _UNKNOWN, _MALFORMED, _DAY_USED_UP = 0, 1001, 1002, 9994
_ITEM_FAULTS: Mapping[int, type[CarrierFault]] = {1003: CarrierForgot, 1004: CarrierRefused}
_FAULTS: Mapping[int, type[CarrierFault]] = {
    9991: CarrierLimited,
    9992: CarrierDeniedAccess,
    9993: CarrierMisunderstood,
    _DAY_USED_UP: CarrierLimited,
    9995: CarrierMisunderstood,
    9996: CarrierMisunderstood,
    9997: CarrierMisunderstood,
    9998: CarrierMisunderstood,
    9999: CarrierUnavailable,
}
_HTTP_FAULTS: Mapping[int, type[CarrierFault]] = {
    HTTPStatus.OK: CarrierUnreadable,
    HTTPStatus.UNAUTHORIZED: CarrierDeniedAccess,
    HTTPStatus.FORBIDDEN: CarrierDeniedAccess,
    HTTPStatus.REQUEST_TIMEOUT: CarrierUnavailable,
    HTTPStatus.TOO_MANY_REQUESTS: CarrierLimited,
}
_SMALLEST_INSTANT = 1_000_000_000
_TIME = re.compile(r"(\d{2})-(\d{2})-(\d{4}) (\d{2}):(\d{2})", re.ASCII)
_COUNTRY = re.compile(r"[A-Za-z]{2}").fullmatch
_MIDNIGHT = 24
_LAST_MINUTE = (_MIDNIGHT, 0)
_FIRST_YEAR = 1990


class _Status(Struct):
    status: int
    errMsg: Any = ""


class _Answer(Struct):
    deliveryResultList: list[Raw]


class _Entry(Struct):
    itemNo: str
    status: int


class _Success(Struct):
    itemDeliveryStatusDetailList: list[Detail]
    orgCnty_code: str | None = None
    destCnty_code: str | None = None


_TOKEN, _STATUS, _ANSWER = Decoder(Token), Decoder(_Status), Decoder(_Answer)
_ENTRY, _SUCCESS = Decoder(_Entry), Decoder(_Success)


def read_token(body: bytes, http: int, now: datetime, told_at: datetime) -> tuple[str, timedelta]:
    """The token and how long it lives. `told_at` is the operator's own clock: a lifetime needs no clock but that.

    Raises:
        CarrierFault: there is none in the answer.
    """
    try:
        token = decode(_TOKEN, body)
    except FormatInvalid:
        raise _fault(body, http, now) from None
    if not token.id_token.strip():
        raise CarrierUnreadable("the token is empty")
    seconds = token.expiry if token.expiry < _SMALLEST_INSTANT else token.expiry - told_at.timestamp()
    return token.id_token, timedelta(seconds=max(0, min(seconds, _SMALLEST_INSTANT)))


def read_answer(
    body: bytes, http: int, numbers: Sequence[str], *, now: datetime, language: str, judge: Judge
) -> dict[str, Report | CarrierFault]:
    """What the answer says of each number, joined by number. `judge` gives an event's texts their milestone.

    Raises:
        CarrierFault: the whole answer is none.
    """
    try:
        done = decode(_STATUS, body).status == _DONE
        entries = decode(_ANSWER, body).deliveryResultList if done else []
    except FormatInvalid:
        raise _fault(body, http, now) from None
    if not done:
        raise _fault(body, http, now)
    told = dict(_named(map(bytes, entries)))
    reader = _Reader(now, language, judge)
    return {number: reader.read(number, told.get(compact(number))) for number in numbers}


def _fault(body: bytes, http: int, now: datetime) -> CarrierFault:
    """The fault that an answer tells: by its status first, by HTTP second."""
    try:
        told = decode(_STATUS, body)
    except FormatInvalid:
        told = _Status(status=_DONE)
    kind = _FAULTS.get(told.status)
    if kind is not None:
        why = f"status {told.status} {told.errMsg}"[:200].rstrip()
        return kind(why, next_day(now, DAY_ZONE) if told.status == _DAY_USED_UP else None)
    usual = CarrierUnavailable if http >= HTTPStatus.INTERNAL_SERVER_ERROR else CarrierMisunderstood
    return _HTTP_FAULTS.get(http, usual)(f"HTTP {http} with an answer that cannot be read")


def _named(entries: Iterable[bytes]) -> Iterable[tuple[str, tuple[int, bytes]]]:
    """Each entry that can be told by its number, with its status; the others are as good as missing."""
    for raw in entries:
        try:
            entry = decode(_ENTRY, raw)
        except FormatInvalid:
            continue
        yield compact(entry.itemNo), (entry.status, raw)


class _Reader:
    """Reads one entry at a time, in one language."""

    def __init__(self, now: datetime, language: str, judge: Judge) -> None:
        self._last_year = now.year + 1
        self._order = sorted(range(len(LANGUAGES)), key=lambda place: LANGUAGES[place] != language)
        self._language = language
        self._judge = judge

    def read(self, number: str, told: tuple[int, bytes] | None) -> Report | CarrierFault:
        """The report on a number, or what stands in its way."""
        if told is None:
            return CarrierUnreadable("the answer has no readable entry for the number")
        status, raw = told
        if status in {_UNKNOWN, _MALFORMED}:
            return Report(number=number, found=False, invalid=status == _MALFORMED, raw=raw.decode(errors="replace"))
        if status != _DONE:
            return _ITEM_FAULTS.get(status, CarrierUnreadable)(f"status {status} for the number")
        try:
            return self._report(number, raw)
        except (FormatInvalid, ValueError) as error:
            return CarrierUnreadable(f"the entry cannot be read: {error}"[:200])

    def _report(self, number: str, raw: bytes) -> Report:
        result = decode(_SUCCESS, raw)
        return Report(
            number=number,
            events=_newest_first([self._event(detail) for detail in result.itemDeliveryStatusDetailList]),
            language=self._language,
            origin=_country(result.orgCnty_code),
            destination=_country(result.destCnty_code),
            raw=raw.decode(errors="replace"),
        )

    def _event(self, detail: Detail) -> Event:
        words = [word.strip() for word in (detail.eventMsg_e, detail.eventMsg_c, detail.eventMsg_s)]
        places = (detail.eventLocation_e, detail.eventLocation_c, detail.eventLocation_s)
        text = self._first(words)
        if not text:
            raise ValueError("an event says nothing")
        return Event(
            time=self._time(detail.eventDateTime),
            text=text,
            place=self._first(places).strip() or detail.eventLocation_code.strip(),
            milestone=self._judge(words),
            translations={language: word for language, word in zip(LANGUAGES, words, strict=True) if word},
        )

    def _first(self, texts: Sequence[str]) -> str:
        """The text in the language wanted, else in the next that has one."""
        return next((texts[place] for place in self._order if texts[place]), "")

    def _time(self, text: str) -> str:
        """`DD-MM-YYYY HH24:MI` as the domain keeps it; 24:00 is the next day's 00:00 (H22)."""
        found = _TIME.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text[:40]!r} is no time")
        day, month, year, hour, minute = map(int, found.groups())
        if not _FIRST_YEAR <= year <= self._last_year or (hour, minute) > _LAST_MINUTE:
            raise ValueError(f"{text[:40]!r} cannot be the time of a scan")
        date = datetime(year, month, day, hour % _MIDNIGHT, minute)  # noqa: DTZ001  # the zone is not told
        return f"{date + timedelta(days=hour // _MIDNIGHT):%Y-%m-%d %H:%M}"


def _country(code: str | None) -> str:
    """The code as ISO 3166 writes it; empty where it is none."""
    text = (code or "").strip()
    return text.upper() if _COUNTRY(text) else ""


def _newest_first(events: list[Event]) -> tuple[Event, ...]:
    """Newest first. Of two at one minute the later is the one that stands later in the carrier's own order (H23)."""
    told_newest_first = bool(events) and events[0].time > events[-1].time
    order = events if told_newest_first else events[::-1]
    return tuple(sorted(order, key=lambda event: event.time, reverse=True))
