"""What can be wrong with a webhook's address."""

from trackway.domain.errors import Refusal


class WebhookAddressMissing(Refusal):
    """A webhook is needed and none is set."""


class WebhookAddressEmpty(Refusal):
    """A webhook is to be tested and none was given."""


class WebhookAddressMalformed(Refusal):
    """The webhook address is not one that we may call.

    The message says why, and `flaw` in one word.
    """

    def __init__(self, why: str, flaw: str) -> None:
        super().__init__(why)
        self.flaw = flaw


class WebhookTestFailed(Refusal):
    """A webhook answered its test with another status than 200 (T35)."""

    def __init__(self, status: int) -> None:
        super().__init__("only 200 counts")
        self.status = status
