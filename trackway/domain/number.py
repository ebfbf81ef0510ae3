"""Tracking numbers: how they are kept, and the S10 form that the world's posts share."""

import re
from operator import mul

from msgspec import Struct

from trackway.domain.errors.items import NumberMalformed

_NUMBER = re.compile(r"[A-Z0-9]{5,50}").fullmatch
_S10 = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})").fullmatch
like_s10 = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}").fullmatch  # of a number as it is kept, whatever its check digit
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_RESERVED = frozenset("JKSTW")


def compact(text: str) -> str:
    """The number as it is kept: without the blanks around it, in capitals (T26).

    >>> compact("  rr473124829gb ")
    'RR473124829GB'
    """
    return text.strip().upper()


def validate(text: str) -> str:
    """The number as it is kept, once it is 5 to 50 letters and digits (T26).

    >>> validate(" rb123456785gb")
    'RB123456785GB'

    Raises:
        NumberMalformed: it is anything else.
    """
    number = compact(text)
    # U+0131 and U+017F become I and S in capitals: only what was ASCII before may pass.
    if not text.isascii() or _NUMBER(number) is None:
        raise NumberMalformed(text)
    return number


class S10(Struct, frozen=True):
    """A number of the Universal Postal Union's standard S10: `RR` `47312482` `9` `GB`."""

    service: str
    serial: str
    digit: int
    country: str

    @property
    def check(self) -> bool:
        """Whether the check digit is the right one.

        >>> parse_s10("RR473124829GB").check, parse_s10("RR123456789CN").check
        (True, False)
        """
        return self.digit == s10_digit(self.serial)

    @property
    def reserved(self) -> bool:
        """Whether the service begins with a letter that the standard keeps for later."""
        return self.service[0] in _RESERVED


def parse_s10(text: str) -> S10 | None:
    """The parts of a number of S10's form, whatever its check digit; None for any other.

    >>> parse_s10("LK773201020HK")
    S10(service='LK', serial='77320102', digit=0, country='HK')
    >>> parse_s10("1Z999AA10123456784") is None
    True
    """
    found = _S10(compact(text))
    return S10(found[1], found[2], int(found[3]), found[4]) if found else None


def s10_digit(serial: str) -> int:
    """The check digit that belongs to eight digits.

    >>> s10_digit("47312482"), s10_digit("28704377"), s10_digit("77320102")
    (9, 5, 0)
    """
    total: int = sum(map(mul, _WEIGHTS, map(int, serial)))
    rest = 11 - total % 11
    return {10: 0, 11: 5}.get(rest, rest)
