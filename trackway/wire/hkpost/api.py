"""The words of the Hongkong Post Mail Tracking API v1.0, as server and as client (readings H1 to H26)."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, TypeVar

from msgspec import MsgspecError, Struct, json

from trackway.domain.errors import Refusal
from trackway.domain.post.card import Card, day_first, read_about, read_said
from trackway.domain.post.mail import MAX_NUMBERS, Words
from trackway.domain.post.phrasebook import Phrasebook
from trackway.wire.hkpost.codes import (
    WORDS,
    FormatInvalid,
    InputInvalid,
    LanguageInvalid,
    NumbersMissing,
    NumbersTooMany,
    code_of,
)

K = TypeVar("K")
T = TypeVar("T")
Speak = Callable[[Words], tuple[str, str, str]]


class Credentials(Struct, kw_only=True):
    """The body of `authenticate`, section 3."""

    sysId: str
    sysSecret: str


class Token(Struct, kw_only=True):
    """The answer of `authenticate`, section 3; `expiry` is Unix seconds (H19)."""

    id_token: str
    expiry: int


class Detail(Struct, kw_only=True):
    """One event of an item, section 4; `eventDateTime` is `DD-MM-YYYY HH24:MI` at the event's place (H22)."""

    eventDateTime: str = ""
    eventLocation_code: str = ""
    eventLocation_e: str = ""
    eventLocation_c: str = ""
    eventLocation_s: str = ""
    eventMsg_e: str = ""
    eventMsg_c: str = ""
    eventMsg_s: str = ""


class Result(Struct, kw_only=True):
    """One item of `deliveryResultList`, section 4."""

    itemNo: str = ""
    status: int = 0
    errMsg: str = ""
    postingDateTime: str = ""
    dropOffPoint_e: str = ""
    dropOffPoint_c: str = ""
    dropOffPoint_s: str = ""
    orgCnty_code: str = ""
    orgCnty_e: str = ""
    orgCnty_c: str = ""
    orgCnty_s: str = ""
    destCnty_code: str = ""
    destCnty_e: str = ""
    destCnty_c: str = ""
    destCnty_s: str = ""
    milestone_e: str = ""
    milestone_c: str = ""
    milestone_s: str = ""
    itemDeliveryStatusDetailList: list[Detail] = []


class Answer(Struct, kw_only=True):
    """The whole answer of `mailTracking`, section 4 (H2, H8)."""

    status: int
    errMsg: str = ""
    itemCount: int = 0
    deliveryResultList: list[Result] = []


class Inquiry(Struct, kw_only=True):
    """The body of `mailTracking`, section 4 (H1)."""

    lang: str | None = None
    itemNo: list[str] | None = None


_CREDENTIALS = json.Decoder(Credentials)
_INQUIRY = json.Decoder(Inquiry)
_ENCODER = json.Encoder()
_BOM = "\N{BOM}".encode()
_TIME = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4}) ([0-9]{2}):([0-9]{2})").fullmatch
_SYS_ID_BYTES, _SECRET_BYTES = 20, 36
_BEFORE_POSTED = b',"status":0,"errMsg":"","postingDateTime":"'
_TIME_OF_FIRST, _TIME_OF_NEXT = b'{"eventDateTime":"', b',{"eventDateTime":"'
_BEFORE_HEAD = b'{"itemNo":"","status":0,"errMsg":"","postingDateTime":"'
_CLOSED, _NEXT, _LAST = b"]}", b"]},", b"]}]}"
_REMEMBERED = 16_384
_UNSAID = Words()
_LANGUAGES: dict[str, Speak] = {
    "A": lambda words: (words.e, words.c, words.s),
    "E": lambda words: (words.e, "", ""),
    "C": lambda words: ("", words.c, ""),
    "S": lambda words: ("", "", words.s),
}


def decode(decoder: json.Decoder[T], body: bytes) -> T:
    """The body in the decoder's shape.

    Raises:
        FormatInvalid: it has another (H16).
    """
    try:
        return decoder.decode(body.removeprefix(_BOM))
    except (MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatInvalid(str(error)) from None


def read_credentials(body: bytes) -> Credentials:
    """The body of `authenticate`.

    Raises:
        FormatInvalid: it has another shape.
        InputInvalid: one of the two is blank, or longer than section 3 allows (H16).
    """
    given = decode(_CREDENTIALS, body)
    for text, most in ((given.sysId, _SYS_ID_BYTES), (given.sysSecret, _SECRET_BYTES)):
        if not text.strip() or len(text.encode()) > most:
            raise InputInvalid
    return given


def read_inquiry(body: bytes) -> tuple[str, list[str]]:
    """The language and the numbers of `mailTracking`, checked in the order of H17.

    Raises:
        RequestRefused: what is wrong with it.
    """
    given = decode(_INQUIRY, body)
    if given.lang not in _LANGUAGES:
        raise LanguageInvalid
    if not given.itemNo:
        raise NumbersMissing
    if len(given.itemNo) > MAX_NUMBERS:
        raise NumbersTooMany
    if not all(map(str.strip, given.itemNo)):
        raise InputInvalid
    return given.lang, given.itemNo


def write_token(token: str, expiry: int) -> bytes:
    """The answer of `authenticate`."""
    return _ENCODER.encode(Token(id_token=token, expiry=expiry))


def write_refusal(code: int) -> bytes:
    """The answer to a request that is refused as a whole (H8)."""
    return _ENCODER.encode(Answer(status=code, errMsg=WORDS[code]))


class _Made(dict[K, T]):
    """What each of many texts becomes, made once; all are forgotten when they become too many."""

    def __init__(self, make: Callable[[K], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: K) -> T:
        if len(self) >= _REMEMBERED:
            self.clear()
        made = self[text] = self._make(text)
        return made


class Writer:
    """Writes answers of `mailTracking` with the texts of one book.

    What many items share is written once and kept: an event at a place, a time of posting, countries with a milestone.
    """

    def __init__(self, book: Phrasebook) -> None:
        self.book = book
        self._means = _Made[bytes, bool](lambda line: bool(self._meaning(line))).__getitem__
        self._posted = _Made(_posted).__getitem__
        self._heads = {lang: _Made(partial(self._head, speak)).__getitem__ for lang, speak in _LANGUAGES.items()}
        self._events = {lang: _Made(partial(self._event, speak)).__getitem__ for lang, speak in _LANGUAGES.items()}

    def answer(self, lang: str, asked: Sequence[str], outcomes: Sequence[Card | Refusal]) -> bytes:
        """A result for each number as it was sent, one at least, in one language or all (H2 to H10)."""
        pieces = [b'{"status":0,"errMsg":"","itemCount":%d,"deliveryResultList":[' % len(asked)]
        for number, outcome in zip(asked, outcomes, strict=True):
            pieces += _failed(number, outcome) if isinstance(outcome, Refusal) else self._told(lang, number, outcome)
            pieces.append(_NEXT)
        pieces[-1] = _LAST
        return b"".join(pieces)

    def _told(self, lang: str, number: str, card: Card) -> list[bytes]:
        """A result up to the end of its list of events."""
        lines = card.text.split(b"\n")
        said = lines[2::2]
        lines[0] = self._heads[lang](lines[0] + b"\n" + next(filter(self._means, reversed(said)), b""))
        if said:
            lines[0] += _TIME_OF_FIRST
            lines[2::2] = map(self._events[lang], said)
            lines[-1] = lines[-1].removesuffix(_TIME_OF_NEXT)
        return [b'{"itemNo":', _ENCODER.encode(number), self._posted(card.posted), *lines]

    def _meaning(self, line: bytes) -> Words:
        said = read_said(line.decode())
        return self.book.meaning(said.what, said.message)

    def _head(self, speak: Speak, lines: bytes) -> bytes:
        """A result from behind the value of `postingDateTime` to the opening of its list of events.

        It follows from two lines: what is told about the item, and the newest that was said and means a milestone.
        """
        about, _, newest = lines.partition(b"\n")
        told, meant = read_about(about.decode()), self._meaning(newest) if newest else _UNSAID
        result = Result(
            **_spoken("dropOffPoint", speak(told.drop_off)),
            **_spoken("orgCnty", speak(self.book.country(told.origin).name), told.origin.code),
            **_spoken("destCnty", speak(self.book.country(told.destination).name), told.destination.code),
            **_spoken("milestone", speak(self.book.milestone(told.milestone, [meant]))),
        )
        return _ENCODER.encode(result)[len(_BEFORE_HEAD) : -len(_CLOSED)]

    def _event(self, speak: Speak, line: bytes) -> bytes:
        """What was said in a scan: all from the end of its time to the beginning of the next one's."""
        said = read_said(line.decode())
        detail = Detail(
            **_spoken("eventLocation", speak(self.book.country(said.place).name), said.place.code),
            **_spoken("eventMsg", speak(self.book.message(said.what, said.message))),
        )
        return _ENCODER.encode(detail)[len(_TIME_OF_FIRST) :] + _TIME_OF_NEXT


def statuses(outcomes: Sequence[Card | Refusal]) -> list[int]:
    """The status of each outcome (H7)."""
    return [code_of(outcome) if isinstance(outcome, Refusal) else 0 for outcome in outcomes]


@lru_cache(_REMEMBERED)
def read_time(text: str) -> str:
    """`DD-MM-YYYY HH24:MI` as `YYYY-MM-DD HH:MM` (H22).

    >>> read_time("27-02-2017 16:00")
    '2017-02-27 16:00'

    Raises:
        ValueError: it is no such time.
    """
    parts = _TIME(text)
    if parts is None:
        raise ValueError(text)
    day, month, year, hour, minute = parts.groups()
    datetime(int(year), int(month), int(day), int(hour), int(minute))  # noqa: DTZ001  # only whether there is one
    return f"{year}-{month}-{day} {hour}:{minute}"


def _posted(time: str) -> bytes:
    return _BEFORE_POSTED + day_first(time).encode()


def _failed(number: str, why: Refusal) -> list[bytes]:
    """A result up to the end of its list of events."""
    code = code_of(why)
    return [_ENCODER.encode(Result(itemNo=number, status=code, errMsg=WORDS[code])).removesuffix(_CLOSED)]


def _spoken(field: str, words: tuple[str, str, str], code: str | None = None) -> dict[str, Any]:
    """The fields of a text in three languages, and of the code that it names."""
    fields = {f"{field}_{language}": word for language, word in zip("ecs", words, strict=True)}
    return fields if code is None else {f"{field}_code": code, **fields}
