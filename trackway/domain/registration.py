"""What callers ask about numbers, and what becomes of each item asked."""

from msgspec import Struct

from trackway.domain.errors import Refusal
from trackway.domain.tracking import Origin

MAX_ITEMS = 40
MAX_TAG = 100


class Application(Struct, frozen=True, kw_only=True):
    """One number to be registered. Carriers are 0 where none was given (T6)."""

    number: str
    carrier: int = 0
    final_carrier: int = 0
    auto_detection: bool = False
    tag: str | None = None
    param: str = ""


class Subject(Struct, frozen=True, kw_only=True):
    """One number that is asked about; carrier 0 means all of the account's trackings of it."""

    number: str
    carrier: int = 0


class CarrierChange(Struct, frozen=True, kw_only=True):
    """One number whose carriers are to change; 0 where one was not given (T6)."""

    number: str
    carrier_old: int = 0
    carrier_new: int = 0
    final_carrier_old: int = 0
    final_carrier_new: int = 0


class NoteChange(Struct, frozen=True, kw_only=True):
    """One number whose tag or extra parameter is to change; None where one was not given."""

    number: str
    carrier: int = 0
    tag: str | None = None
    param: str | None = None


class Accepted(Struct, frozen=True, kw_only=True):
    """An item that was done; `origin` only where it was registered (T27)."""

    number: str
    carrier: int
    origin: Origin | None = None


class Refused(Struct, frozen=True, kw_only=True):
    """An item that a rule said no to."""

    number: str
    why: Refusal


class Found(Struct, frozen=True, kw_only=True):
    """A tracking with its track as it was written down when it last changed."""

    number: str
    tag: str
    track: str


class Registration(Struct, frozen=True, kw_only=True):
    """One of an account's registrations of a number; `found` is None before an answer. For `guess` see Record."""

    carrier: int
    guess: int
    found: Found | None
