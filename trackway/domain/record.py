"""A tracking as its account may change it, and what a batch of changes comes to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Record(Struct, frozen=True, kw_only=True):
    """What the rules about changes look at. `answered` says whether the carrier has answered since `awaiting_since`."""

    id: int
    number: str
    carrier: int
    final_carrier: int
    param: str
    tag: str | None
    stopped_at: datetime | None
    retracked: bool
    carrier_changes: int
    awaiting_since: datetime | None
    answered: bool


class Move(Struct, frozen=True, kw_only=True):
    """A record that goes to another first or final carrier; what was said of it before is forgotten (T29)."""

    id: int
    carrier: int
    final_carrier: int


class Plan(Struct, Generic[T], frozen=True, kw_only=True):
    """What becomes of each item, and what is to be done for it in one transaction."""

    outcomes: Sequence[T]
    stopped: Sequence[Record] = ()
    restarted: Sequence[Record] = ()
    deleted: Sequence[Record] = ()
    noted: Sequence[Record] = ()
    moved: Sequence[Move] = ()
    pushed: Sequence[Record] = ()
