"""What can be wrong with a change of carrier (T28, T29)."""

from trackway.domain.errors import Refusal


class CarrierChangeRefused(Refusal):
    """The root of what can be wrong with a change of carrier; `number` and `carrier` are those of the request."""

    def __init__(self, number: str, carrier: int = 0) -> None:
        super().__init__(f"the carrier of {number} cannot be changed")
        self.number, self.carrier = number, carrier


class OldCarrierNeeded(CarrierChangeRefused):
    """The number is registered with several carriers, and which one to change was not said."""


class NewCarrierWrong(CarrierChangeRefused):
    """There is no carrier with the new key."""


class SameCarrier(CarrierChangeRefused):
    """The new carrier is the old one."""


class NewCarrierNeeded(CarrierChangeRefused):
    """Neither a new first nor a new final carrier was given."""


class OldCarrierWrong(CarrierChangeRefused):
    """The number is not registered with what is said to be its carrier."""


class ChangeOfStopped(CarrierChangeRefused):
    """A stopped tracking keeps its carrier until it is followed again."""


class TooManyCarrierChanges(CarrierChangeRefused):
    """The carrier was changed as often as it may be (T29)."""


class AwaitingAnswer(CarrierChangeRefused):
    """The carrier has not answered since the registration or the last change (T29)."""


class NewCarrierTaken(CarrierChangeRefused):
    """The number is registered with the new carrier already."""


class OldCarrierAmbiguous(CarrierChangeRefused):
    """More than one registration of the number has the old final carrier that was given."""
