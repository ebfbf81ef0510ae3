"""A tracking as its account may change it, and what a batch of changes comes to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Record(Struct, frozen=True, kw_only=True):
    """What the rules about changes look at. `answered` says whether the carrier has answered since `awaiting_since`.

    `guess` is the carrier that registration answered with, where another one turned out to know the number, else 0.
    `final_found` says that an answer told the final carrier, so that nobody gave it.
    """

    id: int
    number: str
    carrier: int
    guess: int
    final_carrier: int
    param: str
    tag: str | None
    stopped_at: datetime | None
    retracked: bool
    carrier_changes: int
    awaiting_since: datetime | None
    answered: bool
    final_found: bool


class _OfCarrier(Protocol):
    @property
    def carrier(self) -> int: ...

    @property
    def guess(self) -> int: ...


R = TypeVar("R", bound=_OfCarrier)


def meant(known: Collection[R], carrier: int) -> list[R]:
    """Those of a number's registrations that a caller means who names a carrier, all for 0.

    The carrier that registration answered with still names one whose carrier turned out to be another.
    """
    if not carrier:
        return list(known)
    return [one for one in known if one.carrier == carrier] or [one for one in known if one.guess == carrier]


class Move(Struct, frozen=True, kw_only=True):
    """A record that goes to another first or final carrier; what was said of it before is forgotten (T29)."""

    id: int
    carrier: int
    final_carrier: int
    origin_country: str
    param: str


class Plan(Struct, Generic[T], frozen=True, kw_only=True):
    """What becomes of each item, and what is to be done for it in one transaction."""

    outcomes: Sequence[T]
    stopped: Sequence[Record] = ()
    restarted: Sequence[Record] = ()
    deleted: Sequence[Record] = ()
    noted: Sequence[Record] = ()
    moved: Sequence[Move] = ()
    pushed: Sequence[Record] = ()
