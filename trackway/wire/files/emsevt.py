"""UPU EDIFACT EMSEVT interchanges: item events that posts send each other.

The layout of the message is in UPU standard M40, which is not public. What is read here stands in public UN/EDIFACT
directories: the syntax, and what RFF, GIN, STS, DTM and LOC mean. Where a partner's messages hold something elsewhere,
`Profile` is the one table to change.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import MsgspecError, Struct, json
from pydifact.constants import Element
from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from pydifact.segments import Segment, SegmentFactory

from trackway.domain.errors import ConfigError, Refusal
from trackway.domain.errors.items import FieldInvalid
from trackway.domain.post.mail import Country, Item, ItemMalformed, Scan, Unread, item_number
from trackway.wire.hkpost.codes import FormatInvalid

_CHUNK = 1 << 16
_LONGEST = 1 << 16
_ADVICE = len("UNA:+.? '")
_SERVICE = {"UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"}
_CODE = re.compile(r"[A-Z]{3}").fullmatch
_COUNTRY = re.compile(r"([A-Z]{2})(?:[A-Z0-9]{3,4})?").fullmatch
# Code list 2379 of the UN/EDIFACT directories. A day without a time is 00:00 (H22).
_TIMES: Mapping[str, str] = {"102": "%Y%m%d", "201": "%y%m%d%H%M", "203": "%Y%m%d%H%M", "204": "%Y%m%d%H%M%S"}

_Place = tuple[str, int, int]


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an event's parts stand: segment, element and component, as in `DTM 1.2`; the first that is told counts."""

    message: str = "EMSEVT"
    number: tuple[str, ...] = ("RFF 1.2", "GIN 2.1")
    event: tuple[str, ...] = ("STS 2.1",)
    time: tuple[str, ...] = ("DTM 1.2",)
    time_format: tuple[str, ...] = ("DTM 1.3",)
    place: tuple[str, ...] = ("LOC 2.1",)


def read_profile(body: bytes) -> Profile:
    """A profile as JSON; what it does not name is as in ours.

    Raises:
        ConfigError: it is none.
    """
    try:
        profile = json.decode(body, type=Profile)
        _places(profile)
    except (MsgspecError, ValueError) as why:
        raise ConfigError(f"emsevt.json: {why}") from None
    return profile


def profile_in(folder: Path) -> Profile:
    """The profile of `emsevt.json` in the folder, ours where there is none.

    Raises:
        ConfigError: the file is no profile.
    """
    own = folder / "emsevt.json"
    return read_profile(own.read_bytes()) if own.exists() else Profile()


def messages(file: BinaryIO, profile: Profile) -> Iterator[Item | Unread]:
    """Each event as an item with one scan, and what is not read. The file is closed at the end."""
    reader = _Reader(profile)
    with file:
        try:
            for at, segment in enumerate(_segments(file), 1):
                yield from reader.read(at, segment)
            yield from reader.end()
        except FormatInvalid as why:
            yield Unread(f"segment {reader.at + 1}", f"the interchange cannot be read from here on: {why}")


class _Plain(SegmentFactory):
    """Segments as they stand: which there may be, M40 says."""

    @staticmethod
    def create_segment(name: str, *elements: Element, **_: Any) -> Segment:
        return Segment(name, *(elements or ("",)))


class _Reader:
    """Reads segment by segment. A part that is told again begins the next event of the same item."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._places = _places(profile)
        self._tags = {tag for tag, _, _ in self._places}
        self._ours = False
        self._number = ""
        self._stood: tuple[_Place, str] | None = None
        self._told: dict[str, str] = {}
        self._begun = 0
        self._passed: dict[str, int] = {}
        self.at = 0

    def read(self, at: int, segment: Segment) -> Iterator[Item | Unread]:
        """What is complete with this segment."""
        self.at = at
        tag = str(segment.tag)
        if tag == "UNH":
            yield from self._open(at, _part(segment, 2, 1))
        elif tag == "UNT":
            yield from self.end()
        elif self._ours and tag in self._tags:
            yield from self._parts(at, segment)
        elif self._ours and tag not in _SERVICE:
            self._passed[tag] = self._passed.get(tag, 0) + 1

    def end(self) -> Iterator[Item | Unread]:
        """What is complete with the end of the message."""
        yield from self._event()
        if self._passed:
            passed = ", ".join(f"{tag} ({count})" for tag, count in sorted(self._passed.items()))
            yield Unread(f"segment {self.at}", f"segments of this message that are not read: {passed}", harmless=True)
        self._ours, self._number, self._passed = False, "", {}

    def _open(self, at: int, kind: str) -> Iterator[Item | Unread]:
        yield from self.end()
        self._ours = kind == self._profile.message
        if not self._ours:
            yield Unread(f"segment {at}", f"a message {kind!r}, and only {self._profile.message} is read")

    def _parts(self, at: int, segment: Segment) -> Iterator[Item | Unread]:
        for place, name in self._places.items():
            if place[0] != segment.tag:
                continue
            value = _part(segment, *place[1:])
            if not (self._means_item(segment, place, value) if name == "number" else value):
                continue
            if name in self._told or name == "number":
                yield from self._event()
            if name == "number":
                self._number = value
            self._begun = self._begun or at
            self._told[name] = value

    def _means_item(self, segment: Segment, place: _Place, value: str) -> bool:
        """Whether the value has a number's form, or stands where the last such one stood: there it is a wrong one."""
        qualifier = _part(segment, 1, 1)
        stands = (place, qualifier if qualifier.isalpha() else "")  # CNI has a count there
        if _is_number(value):
            self._stood = stands
        return stands == self._stood

    def _event(self) -> Iterator[Item | Unread]:
        """The event told so far, if any, and a fresh start."""
        told, begun = self._told, self._begun
        self._told, self._begun = {}, 0
        if told.keys() <= {"number"}:
            return
        try:
            yield Item(number=item_number(self._needed("number", self._number)), scans=(self._scan(told),))
        except (FormatInvalid, Refusal) as why:
            yield Unread(f"segment {begun}", str(why))

    def _scan(self, told: Mapping[str, str]) -> Scan:
        code = self._needed("event", told.get("event", "")).upper()
        if not _CODE(code):
            raise FieldInvalid("event", code)
        return Scan(self._time(told), _place(told.get("place", "")), code)

    def _time(self, told: Mapping[str, str]) -> str:
        value = self._needed("time", told.get("time", ""))
        spelling = _TIMES.get(told.get("time_format", ""))
        if spelling is None:
            raise FieldInvalid("time_format", told.get("time_format", ""))
        try:
            at = datetime.strptime(value, spelling)  # noqa: DTZ007  # local to the place (H22)
        except ValueError:
            raise FieldInvalid("time", value) from None
        if f"{at:{spelling}}" != value:  # digits are missing: it could be read in several ways
            raise FieldInvalid("time", value)
        return f"{at:%Y-%m-%d %H:%M}"

    def _needed(self, name: str, value: str) -> str:
        if not value:
            places = " or ".join(getattr(self._profile, name))
            raise FormatInvalid(f"the event has no {name}: it is looked for in {places}")
        return value


def _places(profile: Profile) -> dict[_Place, str]:
    places = {}
    for name in ("number", "event", "time", "time_format", "place"):
        for place in getattr(profile, name):
            found = re.fullmatch(r"([A-Z]{3}) ([1-9]\d?)\.([1-9]\d?)", place)
            if not found:
                raise ValueError(f"{name}: {place!r} is no place such as DTM 1.2")
            places[found[1], int(found[2]), int(found[3])] = name
    return places


def _part(segment: Segment, element: int, component: int) -> str:
    """A component as text, counted from 1 as in the directories; empty where there is none."""
    if element > len(segment.elements):
        return ""
    value = segment.elements[element - 1]
    parts = value if isinstance(value, list) else [value]
    return str(parts[component - 1]).strip() if component <= len(parts) else ""


def _is_number(text: str) -> bool:
    try:
        item_number(text)
    except ItemMalformed:
        return False
    return True


def _place(text: str) -> Country:
    """The country of an ISO 3166 code, of a UN/LOCODE or of an office's UPU code: the two letters they begin with."""
    found = _COUNTRY(text.upper())
    if text and not found:
        raise FieldInvalid("place", text)
    return Country(found[1] if found else "")


def _segments(file: BinaryIO) -> Iterator[Segment]:
    """Each segment of an interchange; no more than one of them is held.

    Raises:
        FormatInvalid: it is none, or breaks off.
    """
    buffer = _text(file.read(_CHUNK).removeprefix(BOM_UTF8)).lstrip(" \r\n")
    characters, buffer = _characters(buffer)
    whole = _whole(characters)
    parser = Parser(factory=_Plain())
    while True:
        found = whole.match(buffer)
        if found:
            yield from _parsed(parser, found[1], characters)
            buffer = buffer[found.end() :]
            continue
        more = _text(file.read(_CHUNK)) if len(buffer) < _LONGEST else ""
        if not more:
            break
        buffer += more
    if buffer.strip():
        raise FormatInvalid("a segment has no end")


def _parsed(parser: Parser, text: str, characters: Characters) -> list[Segment]:
    try:
        return list(parser.parse(text, characters))
    except (EDISyntaxError, ValueError, LookupError) as why:
        raise FormatInvalid(f"{text[:20]!r} is no segment: {why}") from None


def _characters(text: str) -> tuple[Characters, str]:
    """The service characters, from UNA where it is there, and the text behind it."""
    if not text.startswith(("UNA", "UNB")):
        raise FormatInvalid("an interchange begins with UNA or UNB")
    if text.startswith("UNB"):
        return Characters.from_str("UNA:+.? '"), text
    if len(text) < _ADVICE:
        raise FormatInvalid("UNA names no service characters")
    return Characters.from_str(text[:_ADVICE]), text[_ADVICE:]


def _whole(characters: Characters) -> re.Pattern[str]:
    end, escape = re.escape(characters.segment_terminator), re.escape(characters.escape_character)
    return re.compile(rf"\s*((?:[^{end}{escape}]|{escape}.)*{end})", re.DOTALL)


def _text(body: bytes) -> str:
    """Every byte as one character: what is read of a message is ASCII in all character sets that it may have."""
    return body.decode("latin-1")
