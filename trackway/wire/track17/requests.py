"""The shapes of the 17TRACK requests, as a client should send them (T5 to T8).

The API is described with them. Requests are read more leniently, an item at a time, with a code for what is wrong.
"""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from trackway.domain.following.registration import MAX_TAG

_DAY, _TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}"
_Key = Annotated[int, Meta(ge=0, lt=1 << 31)] | Annotated[str, Meta(pattern="^[0-9]{0,9}$")] | None
_Words = Annotated[str, Meta(max_length=MAX_TAG)] | None
_When = Annotated[str, Meta(pattern=f"^({_DAY}( {_TIME})?)?$")] | None

_Number = Annotated[str, Meta(pattern="^[A-Za-z0-9]{5,50}$", description="Tracking number.")]
_Carrier = Annotated[_Key, Meta(description='Carrier key; null, 0 and "" mean that none is given.')] | UnsetType
_Tag = Annotated[_Words, Meta(description="The caller's own mark.")] | UnsetType
_Parameter = Annotated[_Words, Meta(description="What the carrier wants beside the number.")] | UnsetType
_Instant = Annotated[_When, Meta(description="UTC, `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`; a day is whole.")] | UnsetType


class Subject(Struct, kw_only=True):
    """A number, with or without its carrier: without, every registration of it is meant."""

    number: _Number
    carrier: _Carrier = UNSET


class Registration(Subject, kw_only=True):
    """A number to register."""

    final_carrier: _Carrier = UNSET
    auto_detection: bool | UnsetType | None = UNSET
    tag: _Tag = UNSET
    param: _Parameter = UNSET
    extra_param: _Parameter = UNSET


class CarrierChange(Struct, kw_only=True):
    """Another carrier for a registered number."""

    number: _Number
    carrier_old: _Carrier = UNSET
    carrier_new: _Carrier = UNSET
    final_carrier_old: _Carrier = UNSET
    final_carrier_new: _Carrier = UNSET


class Notes(Struct, kw_only=True):
    """What is noted with a number; other keys are ignored."""

    tag: _Tag = UNSET
    param: _Parameter = UNSET


class NoteChange(Subject, kw_only=True):
    """Other notes for a registered number."""

    items: Notes


class ListFilter(Struct, kw_only=True):
    """Which registered numbers to list: all that meet every filter; null and "" mean no filter."""

    number: Annotated[str, Meta(pattern="^([A-Za-z0-9]{5,50})?$")] | UnsetType | None = UNSET
    carrier: _Carrier = UNSET
    register_time_from: _Instant = UNSET
    register_time_to: _Instant = UNSET
    tracking_time_from: _Instant = UNSET
    tracking_time_to: _Instant = UNSET
    push_time_from: _Instant = UNSET
    push_time_to: _Instant = UNSET
    push_state: int | str | UnsetType | None = UNSET
    stop_time_from: _Instant = UNSET
    stop_time_to: _Instant = UNSET
    package_state: int | str | UnsetType | None = UNSET
    tracking_state: bool | int | str | UnsetType | None = UNSET
    page_no: int | str | UnsetType | None = UNSET
