"""What callers ask about numbers, and what becomes of each item asked."""

from typing import Annotated

from msgspec import Meta, Struct

from trackway.domain.errors import Refusal
from trackway.domain.tracking import Origin

MAX_ITEMS = 40
MAX_TAG = 100

# How each is once it is read: what comes so already is decoded straight into an item, without a second look.
# The letters of numbers are looked at for all of a request at once, see the wire's items.
_Number = Annotated[str, Meta(min_length=5, max_length=50)]
_Key = Annotated[int, Meta(ge=0, lt=1 << 31)]
_Tag = Annotated[str, Meta(max_length=MAX_TAG, pattern=r"^[^\0]*\Z")]
_Param = Annotated[str, Meta(max_length=MAX_TAG, pattern=r"^(?!\s)[^\0]*(?<!\s)\Z")]


class Application(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number to be registered. Carriers are 0 where none was given (T6)."""

    number: _Number
    carrier: _Key = 0
    final_carrier: _Key = 0
    auto_detection: bool = False
    tag: _Tag | None = None
    param: _Param = ""


class Subject(Struct, frozen=True, kw_only=True):
    """One number that is asked about; carrier 0 means all of the account's trackings of it."""

    number: _Number
    carrier: _Key = 0


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


# What became of an item is written as it is, its fields in the document's order.


class Accepted(Struct, frozen=True, kw_only=True):
    """An item that was done."""

    number: str
    carrier: int


class Registered(Struct, frozen=True, kw_only=True):
    """A number that was registered; `origin` tells how its carrier was found (T27)."""

    origin: Origin
    number: str
    carrier: int


class Refused(Struct, frozen=True, kw_only=True):
    """An item that a rule said no to."""

    number: str
    why: Refusal


class Found(Struct, frozen=True):
    """One of an account's registrations of a number, with the JSON of its track as written when it last changed.

    `track` is None before an answer. For `guess` see Record.
    """

    number: str
    carrier: int
    guess: int
    tag: str
    track: bytes | None
