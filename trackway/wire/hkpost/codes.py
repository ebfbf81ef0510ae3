"""The status codes of the Hongkong Post Mail Tracking API: one table from our errors, and Appendix A's words."""

from trackway.domain.errors import AccessDenied, TrackwayError
from trackway.domain.errors.access import DayLimitReached, TooFast
from trackway.domain.post.mail import ItemExpired, ItemHidden, ItemMalformed, ItemUnknown


class RequestRefused(TrackwayError):
    """The whole request is refused before any item is looked at."""


class FormatInvalid(RequestRefused):
    """Not JSON, not an object, or a field of another type (H16)."""


class LanguageInvalid(RequestRefused):
    """`lang` is not one of A, E, C, S (H15)."""


class NumbersMissing(RequestRefused):
    """There is no item number (H16)."""


class NumbersTooMany(RequestRefused):
    """There are more than 30 item numbers (H11)."""


class InputInvalid(RequestRefused):
    """The right shape with a value that cannot be used (H16)."""


DENIED, BAD_FORMAT, UNAVAILABLE = 9992, 9993, 9999
CODES: dict[type[Exception], int] = {
    ItemUnknown: 1001,
    ItemMalformed: 1002,
    ItemExpired: 1003,
    ItemHidden: 1004,
    TooFast: 9991,
    AccessDenied: DENIED,
    FormatInvalid: BAD_FORMAT,
    DayLimitReached: 9994,
    NumbersTooMany: 9995,
    LanguageInvalid: 9996,
    NumbersMissing: 9997,
    InputInvalid: 9998,
    Exception: UNAVAILABLE,
}

WORDS = {
    0: "Success",
    1001: "item number does not exist",
    1002: "Invalid item number format",
    1003: "Tracking period has been expired",
    1004: "Item no not allowed to enquiry",
    9991: "Exceed API request frequency",
    DENIED: "Invalid Credential",
    BAD_FORMAT: "Invalid API format",
    9994: "Exceed API request limit",
    9995: "Exceed the max. enquiry items",
    9996: "Invalid Language",
    9997: "Empty item number array",
    9998: "Invalid input",
    UNAVAILABLE: "Service temporary unavailable",
}


def code_of(error: Exception) -> int:
    """The status that tells the error; whatever is not foreseen is our own fault: 9999."""
    return next(CODES[kind] for kind in type(error).__mro__ if kind in CODES)
