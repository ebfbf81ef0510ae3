"""The 17TRACK error codes: one table from our errors to their code and English text (readings T11, T14)."""

from collections.abc import Callable

from trackway.domain.errors import AccessDenied, Refusal, access, changes, items, trackings, webhooks

REFUSALS: dict[type[Refusal], tuple[int, Callable[..., str]]] = {
    items.FieldMissing: (-18010010, lambda why: f"The field of '{why.field}' is required."),
    items.NumberMalformed: (-18010012, lambda why: f"The format of '{why.number}' is invalid."),
    items.ItemUnreadable: (-18010013, lambda _: "Submitted data is invalid."),
    items.FieldInvalid: (-18010015, lambda why: f"The value '{why.value}' of the field '{why.field}' is invalid."),
    items.FinalCarrierNotPostal: (-18010016, lambda _: "Only a postal carrier can have a final carrier."),
    webhooks.WebhookAddressEmpty: (-18010201, lambda _: "The webhook address cannot be empty."),
    webhooks.WebhookTestFailed: (-18010203, lambda why: f"The webhook test failed, HTTP status code: {why.status}."),
    access.NetworkMalformed: (-18010205, lambda _: "The format of the IP address is invalid."),
    access.NetworksTooMany: (-18010205, lambda why: f"The address list has at most {why.most} entries."),
    trackings.NothingPushed: (-18010206, lambda _: "The push failed."),
    webhooks.WebhookAddressMissing: (-18010204, lambda _: "No webhook address is set, so nothing can be pushed."),
    webhooks.WebhookAddressMalformed: (-18010202, lambda _: "The format of the webhook address is invalid."),
    changes.OldCarrierNeeded: (
        -18019801,
        lambda _: "The number is registered with several carriers, please name the existing one [carrier_old].",
    ),
    changes.NewCarrierWrong: (
        -18019802,
        lambda why: f"The new carrier [carrier_new] '{why.carrier}' may be incorrect.",
    ),
    changes.SameCarrier: (-18019803, lambda _: "The carriers of a change cannot be the same."),
    changes.NewCarrierNeeded: (-18019804, lambda _: "Either [carrier_new] or [final_carrier_new] must be given."),
    changes.OldCarrierWrong: (
        -18019805,
        lambda why: (
            f"The tracking number '{why.number}' is not registered with the carrier '{why.carrier}', "
            "or [carrier_old] is incorrect."
        ),
    ),
    changes.ChangeOfStopped: (
        -18019806,
        lambda _: "The carrier of a stopped number cannot be changed, please retrack it first.",
    ),
    changes.TooManyCarrierChanges: (-18019807, lambda _: "The carrier was changed as often as it can be."),
    changes.AwaitingAnswer: (
        -18019808,
        lambda _: "There is no result since the last registration or change, please wait for it before a change.",
    ),
    changes.NewCarrierTaken: (
        -18019809,
        lambda why: f"The number is registered with the carrier '{why.carrier}' already.",
    ),
    changes.OldCarrierAmbiguous: (
        -18019810,
        lambda _: "More than one registration meets the conditions of the change.",
    ),
    trackings.NothingToChange: (-18019811, lambda _: "There is no valid item to change."),
    trackings.AlreadyRegistered: (
        -18019901,
        lambda why: f"The tracking number '{why.number}' has been registered, don't need to repeat registration.",
    ),
    trackings.NotRegistered: (
        -18019902,
        lambda why: f"The tracking number '{why.number}' does not register, please register first.",
    ),
    items.CarrierNotRecognised: (-18019903, lambda _: "The carrier cannot be recognised, please give its key."),
    trackings.NotStopped: (-18019904, lambda _: "Retrack is not allowed. You can only retrack stopped number."),
    trackings.RetrackedBefore: (-18019905, lambda _: "Each number can be retracked only once."),
    trackings.NotFollowed: (-18019906, lambda _: "You can only stop a number that is being tracked."),
    trackings.DailyLimitReached: (-18019907, lambda _: "The daily limit is reached."),
    trackings.QuotaUsedUp: (-18019908, lambda _: "The quota is used up."),
    trackings.NoAnswerYet: (-18019909, lambda _: "No tracking information at this time."),
    items.CarrierUnknown: (-18019910, lambda why: f"The carrier key '{why.carrier}' is incorrect."),
}

NEEDS = {
    "country_postcode": (-18010018, "The country code and the postcode are needed as a parameter, such as 'FR-12345'."),
    "postcode": (-18010019, "The postcode is needed as a parameter, such as '3078CM'."),
    "phone": (-18010020, "The phone number is needed as a parameter, such as '8888'."),
    "type_value": (-18010015, "The parameter is wrong; give its type and its value, such as '1-1000000'."),
    "ship_date": (-18010022, "The ship date is needed as a parameter, such as '2024-01-01'."),
}

DENIALS: dict[type[AccessDenied], tuple[int, str]] = {
    access.AddressNotAllowed: (-18010001, "IP address is not in whitelist."),
    access.KeyUnknown: (-18010002, "Access token is invalid."),
    access.AccountDisabled: (-18010004, "Account is disabled."),
    access.KeyMissing: (-18010005, "Unauthorized access."),
}

REQUESTS = {
    -18010011: "A filter has a value that it cannot have.",
    -18010012: "A filter is not of the form that it must have.",
    -18010013: "The body is not JSON, or not of the shape that the request wants.",
    -18010014: "More than 40 items in one request.",
}

INTERNAL = (-18010003, "Internal service error, please retry later.")
NOWHERE = (404, "There is no such address; see the documentation.")
TOO_MANY = (429, "Too many requests, please slow down.")


def problem_of(why: Refusal) -> tuple[int, str]:
    """The code and the message of a refused item."""
    if isinstance(why, items.ExtraParameterNeeded):
        return NEEDS[why.need]
    code, text = REFUSALS[type(why)]
    return code, text(why)
