"""The values in a 17TRACK request, each read by itself; clients write them in many ways (T5, T6, T26)."""

import re

import msgspec

from trackway.domain.errors import items as errors
from trackway.domain.following.registration import MAX_TAG

_SHOWN = 60
_NUMBER = re.compile(r"[0-9A-Za-z]{5,50}")
_FLAGS = {"": False, "0": False, "false": False, "1": True, "true": True}
_STRING = re.compile(rb'"(?:[^"\\]|\\.?)*(?:"|\Z)|\'((?:[^\'\\]|\\.?)*)(?:\'|\Z)', re.DOTALL)
_HIGH, _LOW = rb"u(?i:d[89ab][0-9a-f]{2})", rb"u(?i:d[c-f][0-9a-f]{2})"
_ESCAPE = re.compile(rb"\\%b\\%b|\\(%b|%b)|\\." % (_HIGH, _LOW, _HIGH, _LOW), re.DOTALL)
_SIGN = re.compile(rb'\\.|"', re.DOTALL)
_ENCODER = msgspec.json.Encoder()


def plain_json(body: bytes) -> bytes:
    """The body without a byte order mark, its strings in double quotes: 17TRACK takes single ones as well (T5).

    Half of an emoji, which JavaScript leaves where it cuts a text, becomes the sign for what cannot be read.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")
    if b"\\ud" in body or b"\\uD" in body:
        body = _ESCAPE.sub(lambda escape: b"\\ufffd" if escape[1] else escape[0], body)
    return _STRING.sub(_in_double_quotes, body) if b"'" in body else body


def _in_double_quotes(string: re.Match[bytes]) -> bytes:
    if string[1] is None:
        return string[0]
    return b'"%b"' % _SIGN.sub(lambda sign: {b"\\'": b"'", b'"': b'\\"'}.get(sign[0], sign[0]), string[1])


def read_number(value: object) -> str:
    """A tracking number, trimmed and upper-cased (T26).

    Raises:
        FieldMissing: none was given.
        NumberMalformed: it is not 5 to 50 letters and digits.
    """
    if value is None or value == "":
        raise errors.FieldMissing("number")
    text = _as_text(value)
    number = text.strip() if isinstance(text, str) else ""
    if not _NUMBER.fullmatch(number):
        raise errors.NumberMalformed(shown(value))
    return number.upper()


def read_carrier(value: object) -> int:
    """A carrier key, 0 where none was given (T6).

    Raises:
        CarrierUnknown: it is no whole number.
    """
    if value is None or value == "":
        return 0
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value.strip()[:12])
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 31:
        raise errors.CarrierUnknown(shown(value))
    return value


def read_tag(value: object) -> str | None:
    """The caller's own mark, at most 100 characters; None where none was given.

    Raises:
        FieldInvalid: it is no text or whole number, or too long.
    """
    text = _as_text(value)
    if text is not None and (not isinstance(text, str) or len(text) > MAX_TAG or "\0" in text):
        raise errors.FieldInvalid("tag", shown(value))
    return text


def read_text(field: str, value: object) -> str:
    """A short text, empty where none was given.

    Raises:
        FieldInvalid: it is no text or whole number, or too long.
    """
    if value is None:
        return ""
    text = _as_text(value)
    if not isinstance(text, str) or len(text) > MAX_TAG or "\0" in text:
        raise errors.FieldInvalid(field, shown(value))
    return text.strip()


def read_flag(field: str, value: object) -> bool:
    """Yes or no, also written as 1 or 0, or as text; no where none was given (T6).

    Raises:
        FieldInvalid: it is neither.
    """
    flag = _FLAGS.get("" if value is None else _whole(value).strip().lower())
    if flag is None:
        raise errors.FieldInvalid(field, shown(value))
    return flag


def shown(value: object) -> str:
    """A value as it may stand in an answer: whole if short."""
    text = _whole(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _as_text(value: object) -> object:
    """A whole number is the text of its digits: what a caller counts is no text in every language (T6)."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _whole(value: object) -> str:
    return value if isinstance(value, str) else _ENCODER.encode(value).decode()
