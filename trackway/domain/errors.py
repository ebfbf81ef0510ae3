"""Everything that can go wrong, on one screen. Errors carry facts, never an API code or an HTTP status."""

from datetime import datetime


class TrackwayError(Exception):
    """The root: catch it to catch whatever Trackway itself raises."""


class ConfigError(TrackwayError):
    """A setting or a command line that cannot work; told in one line, exit code 2."""


class StorageError(TrackwayError):
    """The store could not read or write; nothing of the request was kept, and it may be sent again."""


class AccessDenied(TrackwayError):
    """The whole request is refused before any of it is done."""


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


class SignInFailed(AccessDenied):
    """The name, its password or the code from the second factor is wrong; which of them is not said."""


class LinkSpent(AccessDenied):
    """A one-time link that was used, is too old, or is none of ours."""


class NameTaken(ConfigError):
    """Somebody has that name already."""


class NameMalformed(ConfigError):
    """A name is not 1 to 100 printable characters."""


class PasswordWeak(ConfigError):
    """A password is too short, too long, or the name itself."""


class PasswordWrong(ConfigError):
    """The password that a change asks for is not the one."""


class CodeWrong(ConfigError):
    """The code does not belong to the second factor that is to be set up."""


class LastOwner(ConfigError):
    """Nobody would be left who may change people."""


class PersonUnknown(ConfigError):
    """There is nobody of that name."""


class ShopNameMalformed(ConfigError):
    """A shop's name is not 1 to 60 printable characters."""

    def __init__(self, name: str) -> None:
        super().__init__(f"shop name {name[:80]!r}: give 1 to 60 printable characters")
        self.name = name


class ColourMalformed(ConfigError):
    """A colour is not six hexadecimal digits after a #."""

    def __init__(self, colour: str) -> None:
        super().__init__(f"colour {colour[:20]!r}: give #rrggbb")
        self.colour = colour


class OriginMalformed(ConfigError):
    """What may show a page in a frame is no origin, or there are more than twenty."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"origin {origin[:100]!r}: give at most 20, each as https://shop.example and nothing behind it"
        )
        self.origin = origin


class LogoUnfit(ConfigError):
    """A logo is larger than 64 KiB, or neither PNG, JPEG nor WebP."""

    def __init__(self, size: int) -> None:
        super().__init__(f"a logo of {size} bytes: give a PNG, JPEG or WebP image of at most 64 KiB")
        self.size = size


class LinkUnknown(TrackwayError):
    """A public link that opens nothing, or nothing any more."""


class Refusal(TrackwayError):
    """A rule said no to one item. It is that item's outcome; the others go on."""


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


class WebhookAddressMissing(Refusal):
    """A webhook is needed and none is set."""


class WebhookAddressEmpty(Refusal):
    """A webhook is to be tested and none was given."""


class WebhookTestFailed(Refusal):
    """A webhook answered its test with another status than 200 (T35)."""

    def __init__(self, status: int) -> None:
        super().__init__("only 200 counts")
        self.status = status


class NothingPushed(Refusal):
    """There is nothing that could be pushed."""


class NetworkMalformed(Refusal):
    """An entry of an address list is no address or network."""

    def __init__(self, network: str) -> None:
        super().__init__(f"{network[:80]!r}: give an address or a network, such as 203.0.113.7 or 203.0.113.0/24")
        self.network = network[:80]


class NetworksTooMany(Refusal):
    """An address list would be longer than `most` entries."""

    def __init__(self, most: int) -> None:
        super().__init__(f"an address list has at most {most} entries")
        self.most = most


class WebhookAddressMalformed(Refusal):
    """The webhook address is not one that we may call; the message says why, and `flaw` in one word."""

    def __init__(self, why: str, flaw: str) -> None:
        super().__init__(why)
        self.flaw = flaw


class AskRefused(TrackwayError):
    """A person wants a carrier to be asked now, and it cannot or need not be; `again_at` is when it may be."""

    def __init__(self, why: str, again_at: datetime | None = None) -> None:
        super().__init__(why)
        self.again_at = again_at


class CarrierFault(TrackwayError):
    """An asking that brought no answer. Raised by connectors, caught where askings are recorded.

    `alarm` asks for a person: going on alone will not mend it. `retry_at` is the earliest useful next asking.
    """

    alarm = False

    def __init__(self, why: str, retry_at: datetime | None = None) -> None:
        super().__init__(why)
        self.retry_at = retry_at


class CarrierUnavailable(CarrierFault):
    """The carrier is down, hangs, or says that it is out of service."""


class CarrierUnreadable(CarrierFault):
    """The carrier answered something that cannot be read."""


class CarrierLimited(CarrierFault):
    """The carrier, or our own budget with it, allows no more for now."""


class CarrierForgot(CarrierFault):
    """The carrier knows the item, but it is too old to be told."""


class CarrierRefused(CarrierFault):
    """The carrier knows the item and will not tell us."""


class CarrierDeniedAccess(CarrierRefused):
    """The carrier does not accept our credentials."""

    alarm = True


class CarrierMisunderstood(CarrierFault):
    """The carrier says that our request is wrong: our own mistake."""

    alarm = True
