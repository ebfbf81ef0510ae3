"""What a tracking, as it stands, does not allow."""

from datetime import datetime

from trackway.domain.errors import Refusal, TrackwayError


class AlreadyRegistered(Refusal):
    """The account has this number with this carrier already."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} is registered already")
        self.number = number


class NotRegistered(Refusal):
    """The account has no such tracking."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} is not registered")
        self.number = number


class DailyLimitReached(Refusal):
    """The account has registered as many numbers as it may today (T30)."""


class QuotaUsedUp(Refusal):
    """The account has registered as many numbers as it may in all (T30)."""


class NoAnswerYet(Refusal):
    """The tracking has no answer of its carrier yet (T17)."""

    def __init__(self, number: str) -> None:
        super().__init__(f"nothing is known of {number} yet")
        self.number = number


class NotStopped(Refusal):
    """Only a stopped tracking can be followed again."""


class RetrackedBefore(Refusal):
    """A tracking is followed again once, and this one was (T31)."""


class NotFollowed(Refusal):
    """Only a tracking that is followed can be stopped."""


class NothingToChange(Refusal):
    """None of the fields that can be changed was given."""


class NothingPushed(Refusal):
    """There is nothing that could be pushed."""


class AskRefused(TrackwayError):
    """A person wants a carrier to be asked now, and it cannot or need not be; `again_at` is when it may be."""

    def __init__(self, why: str, again_at: datetime | None = None) -> None:
        super().__init__(why)
        self.again_at = again_at
