"""What can be wrong with one item of a request as it is written."""

from trackway.domain.errors import Refusal


class FieldMissing(Refusal):
    """A field that is needed was not given."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is needed")
        self.field = field


class FieldInvalid(Refusal):
    """A field has a value that it cannot have."""

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{field} cannot be {value!r}")
        self.field, self.value = field, value


class ItemUnreadable(Refusal):
    """An item is not of the shape that the request wants."""


class NumberMalformed(Refusal):
    """A tracking number is not 5 to 50 letters and digits (T26)."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number!r} is not 5 to 50 letters and digits")
        self.number = number


class CarrierUnknown(Refusal):
    """A carrier key that no catalogue entry has."""

    def __init__(self, carrier: object) -> None:
        super().__init__(f"there is no carrier {carrier}")
        self.carrier = carrier


class CarrierNotRecognised(Refusal):
    """No carrier was given, and the number does not tell one (T27)."""


class FinalCarrierNotPostal(Refusal):
    """A final carrier was asked for behind a carrier that is not a post (T28)."""


class ExtraParameterNeeded(Refusal):
    """The carrier wants something beside the number; `need` names it (T36)."""

    def __init__(self, need: str) -> None:
        super().__init__(f"the carrier needs {need}")
        self.need = need
