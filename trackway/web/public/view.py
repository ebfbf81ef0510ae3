"""A tracking as its recipient reads it: in their language, and nothing of ours."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from trackway.domain.carrier import Carrier
from trackway.domain.post.mail import Country, Words
from trackway.domain.post.phrasebook import Wording, folded
from trackway.domain.tracking import Event, Milestone, Tracking

_STEPS = (
    {Milestone.NOT_FOUND, Milestone.INFO_RECEIVED},
    {Milestone.IN_TRANSIT, Milestone.EXPIRED, Milestone.EXCEPTION},
    {Milestone.OUT_FOR_DELIVERY, Milestone.AVAILABLE_FOR_PICKUP, Milestone.DELIVERY_FAILURE},
    {Milestone.DELIVERED},
)
_TROUBLE = {Milestone.EXPIRED, Milestone.EXCEPTION, Milestone.DELIVERY_FAILURE}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Line(Struct, frozen=True, kw_only=True):
    """One event. `language` is that of its text where it is not the page's."""

    time: str
    shown: str
    text: str
    language: str
    place: str


class Parcel(Struct, frozen=True, kw_only=True):
    """What the page says. `step` is how far it has come, from 0 to 3; `trouble` that something is in the way."""

    number: str
    milestone: Milestone
    step: int
    trouble: bool
    carriers: Sequence[str]
    origin: str
    destination: str
    lines: Sequence[Line]


class Dictionary:
    """What carriers, countries and posts' phrases are called in the three languages."""

    def __init__(
        self, *, carriers: Iterable[Carrier], countries: Iterable[Country], wordings: Iterable[Wording]
    ) -> None:
        self._carriers = {carrier.key: carrier for carrier in carriers}
        self._countries = {country.code: country.name for country in countries}
        self._places = {name.e.upper(): name for name in self._countries.values()}
        self._phrases = {folded(wording.message.e): wording.message for wording in wordings}

    def carrier(self, key: int, language: str) -> str:
        """The carrier's name, empty where it is not known."""
        return self._carriers[key].name(language) if key in self._carriers else ""

    def country(self, code: str, language: str) -> str:
        """The country's name, or its code where that is all we know."""
        name = self._countries.get(code, Words())
        return _chosen(name, language) or name.e.title() or code

    def place(self, text: str, language: str) -> str:
        """The place, translated where it is a country."""
        return _chosen(self._places.get(text.upper(), Words()), language) or text

    def phrase(self, text: str, language: str) -> str:
        """What a post says, in that language; empty where we cannot tell."""
        return _chosen(self._phrases.get(folded(text), Words()), language)


def parcel_of(tracking: Tracking, dictionary: Dictionary, language: str) -> Parcel:
    """The parcel in that language, without what carriers say that it may not even be with."""
    legs = [leg for leg in tracking.legs if not leg.position.is_candidate]
    lines = [(event, leg.language) for leg in legs for event in leg.events]
    lines.sort(key=lambda line: line[0].time, reverse=True)
    names = [dictionary.carrier(leg.carrier, language) for leg in legs]
    return Parcel(
        number=tracking.number,
        milestone=tracking.milestone,
        step=next(step for step, states in enumerate(_STEPS) if tracking.milestone in states),
        trouble=tracking.milestone in _TROUBLE,
        carriers=list(dict.fromkeys(filter(None, names))),
        origin=dictionary.country(tracking.origin_country, language),
        destination=dictionary.country(tracking.destination_country, language),
        lines=[_line(event, spoken, dictionary, language) for event, spoken in lines],
    )


def _line(event: Event, spoken: str, dictionary: Dictionary, language: str) -> Line:
    text = event.translations.get(language, "")
    if not text and spoken != language:
        text = dictionary.phrase(event.text, language)
    day, _, clock = event.time.partition(" ")
    place = dictionary.place(event.place, language)
    return Line(
        time=event.time.replace(" ", "T"),
        shown=f"{_day(day, language)}{', ' if language == 'en' else ' '}{clock[:5]}".rstrip(", "),
        text=text or event.text,
        language="" if text or spoken == language else spoken,
        place=", ".join(dict.fromkeys(part for part in (place, event.detail) if part)),
    )


def _day(day: str, language: str) -> str:
    year, month, date = (int(part) for part in day.split("-"))
    return f"{date} {_MONTHS[month - 1]} {year}" if language == "en" else f"{year}年{month}月{date}日"


def _chosen(name: Words, language: str) -> str:
    return {"zh-Hant": name.c, "zh-Hans": name.s}.get(language, "")
