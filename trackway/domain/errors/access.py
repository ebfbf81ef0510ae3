"""Who may not call, or not now, and what is wrong with a list of addresses."""

from trackway.domain.errors import AccessDenied, Refusal


class KeyMissing(AccessDenied):
    """No key was sent."""


class KeyUnknown(AccessDenied):
    """The key, the token or the name with its secret is not one of ours, or not any more."""


class AccountDisabled(AccessDenied):
    """The key is right, and its account is switched off."""


class AddressNotAllowed(AccessDenied):
    """The caller's address is not on the account's list."""


class TooFast(AccessDenied):
    """The caller's pace is above its limit; `retry_after` is in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"too many requests, try again in {retry_after:.3f} s")
        self.retry_after = retry_after


class DayLimitReached(AccessDenied):
    """The caller has used up the calls of its day."""


class NetworkMalformed(Refusal):
    """An entry of an address list is no address or network."""

    def __init__(self, network: str) -> None:
        super().__init__(f"{network[:80]!r}: give an address or a network, such as 203.0.113.7 or 203.0.113.0/24")
        self.network = network[:80]


class NetworksTooMany(Refusal):
    """An address list would be longer than it may be."""

    def __init__(self, most: int) -> None:
        super().__init__(f"an address list has at most {most} entries")
        self.most = most
