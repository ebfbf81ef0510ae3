"""What an account's webhook is told: messages, the attempts to deliver them, and when to try again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """What a message says; the words are 17TRACK's."""

    UPDATED = "TRACKING_UPDATED"
    STOPPED = "TRACKING_STOPPED"


class Outcome(StrEnum):
    """Where a message stands; all but the first are final. `kept` is for the stream only: there was no webhook."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    KEPT = "kept"


class News(Struct, frozen=True, kw_only=True):
    """What happened to a tracking, for its account to be told. A manual push is never in place of another message.

    `happened_at` is the newest event's own time, where that is known and the event is new.
    """

    account: int
    tracking: int
    number: str
    carrier: int
    kind: Kind
    manual: bool = False
    happened_at: datetime | None = None


class Message(Struct, frozen=True, kw_only=True):
    """One thing that one account is told. `attempts` counts those that ended."""

    id: int
    account: int
    tracking: int
    number: str
    carrier: int
    kind: Kind
    created_at: datetime
    attempts: int = 0
    first_failed_at: datetime | None = None
    happened_at: datetime | None = None

    @property
    def name(self) -> str:
        """What receivers know it by, the same at every attempt (T4), and new even where a store begins again at 1."""
        return f"msg_{self.created_at:%Y%m%d%H%M%S}_{self.id}"


class Attempt(Struct, frozen=True, kw_only=True):
    """One POST of a message. `status` is -1, and `fault` says why, where no whole HTTP answer came (T16)."""

    at: datetime
    url: str
    status: int
    fault: str
    took_ms: int
    answer: str

    @property
    def delivered(self) -> bool:
        """Whether the receiver has it: 200 and nothing else says so (T2)."""
        return self.status == 200  # noqa: PLR2004  # the document's own figure


def next_due(first_failed_at: datetime, attempts: int, delays: Sequence[float], now: datetime) -> datetime | None:
    """When to try again after `attempts` failures, None when that was the last (T3).

    `delays` are seconds from the first failure, so there is one attempt more than delays. An attempt that came late
    (we were down, the clock was set) leaves at least half the planned pause before the next, never none.
    """
    if attempts > len(delays):
        return None
    delay = delays[attempts - 1]
    pause = delay - (delays[attempts - 2] if attempts > 1 else 0)
    return max(first_failed_at + timedelta(seconds=delay), now + timedelta(seconds=pause / 2))
