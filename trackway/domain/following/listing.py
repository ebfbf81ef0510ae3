"""What `gettracklist` asks for, and what it is given."""

from datetime import datetime

from msgspec import Struct

from trackway.domain.tracking import Milestone

PAGE_SIZE = 40


class Span(Struct, frozen=True):
    """From an instant on, and before another; None where it is open."""

    start: datetime | None = None
    end: datetime | None = None


class Filter(Struct, frozen=True, kw_only=True):
    """Which trackings are asked for; what is None does not matter.

    `push_state` is 0 for never pushed, 1 for a last push that went well, 2 for one that failed.
    """

    number: str | None = None
    carrier: int | None = None
    milestones: tuple[Milestone, ...] | None = None
    push_state: int | None = None
    followed: bool | None = None
    registered: Span = Span()
    tracked: Span = Span()
    pushed: Span = Span()
    stopped: Span = Span()


class Listed(Struct, frozen=True, kw_only=True):
    """One tracking as a list shows it."""

    id: int
    number: str
    carrier: int
    final_carrier: int
    origin_country: str
    destination_country: str
    milestone: Milestone
    registered_at: datetime
    tracked_at: datetime | None
    pushed_at: datetime | None
    push_status: int
    stopped_at: datetime | None
    stop_reason: int | None
    retracked: bool
    carrier_changes: int
    tag: str | None


class Page(Struct, frozen=True, kw_only=True):
    """Forty trackings of a list, newest registered first; `total` counts all that the filter lets through."""

    number: int
    total: int
    items: list[Listed]
