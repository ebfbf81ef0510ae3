"""The words of the Hongkong Post Mail Tracking API v1.0, as server and as client (readings H1 to H26)."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import MsgspecError, Struct, json

from trackway.domain.errors import Refusal
from trackway.domain.mail import MAX_NUMBERS, Item, Scan, Words
from trackway.wire.hkpost_codes import (
    WORDS,
    FormatInvalid,
    InputInvalid,
    LanguageInvalid,
    NumbersMissing,
    NumbersTooMany,
    code_of,
)

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


def write_answer(lang: str, asked: Sequence[str], outcomes: Sequence[Item | Refusal]) -> bytes:
    """The answer of `mailTracking`: a result for each number as it was sent, in one language or all (H2 to H10)."""
    speak = _LANGUAGES[lang]
    results = [_result(speak, number, outcome) for number, outcome in zip(asked, outcomes, strict=True)]
    return _ENCODER.encode(Answer(status=0, itemCount=len(results), deliveryResultList=results))


def statuses(outcomes: Sequence[Item | Refusal]) -> list[int]:
    """The status of each outcome (H7)."""
    return [code_of(outcome) if isinstance(outcome, Refusal) else 0 for outcome in outcomes]


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


def write_time(time: str) -> str:
    """`YYYY-MM-DD HH:MM` as `DD-MM-YYYY HH24:MI`, and nothing for nothing (H22).

    >>> write_time("2017-02-27 16:00")
    '27-02-2017 16:00'
    """
    return f"{time[8:10]}-{time[5:7]}-{time[:4]}{time[10:]}" if time else ""


def _result(speak: Speak, number: str, outcome: Item | Refusal) -> Result:
    if isinstance(outcome, Refusal):
        code = code_of(outcome)
        return Result(itemNo=number, status=code, errMsg=WORDS[code])
    drop_off, origin, destination, milestone = map(
        speak, (outcome.drop_off, outcome.origin.name, outcome.destination.name, outcome.milestone)
    )
    return Result(
        itemNo=number,
        postingDateTime=write_time(outcome.posted),
        dropOffPoint_e=drop_off[0],
        dropOffPoint_c=drop_off[1],
        dropOffPoint_s=drop_off[2],
        orgCnty_code=outcome.origin.code,
        orgCnty_e=origin[0],
        orgCnty_c=origin[1],
        orgCnty_s=origin[2],
        destCnty_code=outcome.destination.code,
        destCnty_e=destination[0],
        destCnty_c=destination[1],
        destCnty_s=destination[2],
        milestone_e=milestone[0],
        milestone_c=milestone[1],
        milestone_s=milestone[2],
        itemDeliveryStatusDetailList=[_detail(speak, scan) for scan in outcome.scans],
    )


def _detail(speak: Speak, scan: Scan) -> Detail:
    place, message = speak(scan.place.name), speak(scan.message)
    return Detail(
        eventDateTime=write_time(scan.time),
        eventLocation_code=scan.place.code,
        eventLocation_e=place[0],
        eventLocation_c=place[1],
        eventLocation_s=place[2],
        eventMsg_e=message[0],
        eventMsg_c=message[1],
        eventMsg_s=message[2],
    )
