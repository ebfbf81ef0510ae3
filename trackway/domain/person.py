"""Who uses the console, what each may do there, and what was done."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=14)
LINK_LASTS = timedelta(days=1)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256


class Role(StrEnum):
    """What somebody may do: look; work with trackings and pushes; or also change keys, addresses and people."""

    READER = "reader"
    OPERATOR = "operator"
    OWNER = "owner"

    def covers(self, needed: "Role") -> bool:
        """Whether this role may do what `needed` may.

        >>> Role.OPERATOR.covers(Role.READER), Role.OPERATOR.covers(Role.OWNER)
        (True, False)
        """
        ladder = list(Role)
        return ladder.index(self) >= ladder.index(needed)


class LinkKind(StrEnum):
    """What a one-time link opens: the making of the owner, the choice of a password, or the console itself."""

    FIRST = "first"
    PASSWORD = "password"  # noqa: S105  # the name of a kind
    ENTER = "enter"


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who signs in. Without an account they are of the house, and see all accounts."""

    id: int
    name: str
    role: Role
    account: int | None = None
    password: str = ""
    second_factor: str = ""
    second_used: int = 0
    language: str = ""
    disabled: bool = False

    @property
    def of_house(self) -> bool:
        """Whether they may look at every account."""
        return self.account is None


class Session(Struct, frozen=True, kw_only=True):
    """One browser where somebody is signed in, and the account that they look at there."""

    lookup: str
    person: Person
    account: int | None
    begun_at: datetime
    seen_at: datetime
    address: str
    agent: str

    def over(self, now: datetime) -> bool:
        """Whether it was idle for too long, or is too old."""
        return now >= self.seen_at + IDLE or now >= self.begun_at + LONGEST


class Deed(Struct, frozen=True, kw_only=True):
    """Something that somebody changed: who, from where, what, on what, and how."""

    person: str
    action: str
    account: int | None = None
    address: str = ""
    target: str = ""
    detail: str = ""
