"""EDIFACT interchanges are read as far as public directories say what they hold, and told where they do not."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackway.domain.errors import ConfigError
from trackway.domain.post.mail import Country, Item, Scan, Unread
from trackway.wire.files import Format, format_of, read_file
from trackway.wire.files.emsevt import Profile, messages, read_profile

HEAD = "UNB+UNOA:1+GBA+HKA+261123:0910+77'\r\nUNH+1+EMSEVT:3:0:UP'\r\nBGM+14'\r\n"
TAIL = "UNT+9+1'\r\nUNZ+1+77'\r\n"
ONE = "RFF+AWN:RB000000010HK'STS+1+EMD'DTM+334:202611221745:203'LOC+14+GBLONA'"


def _read(text: str, profile: Profile | None = None) -> list[Item | Unread]:
    return list(messages(BytesIO(text.encode("latin-1")), profile or Profile()))


def _items(text: str, profile: Profile | None = None) -> list[Item]:
    return [entry for entry in _read(text, profile) if isinstance(entry, Item)]


def _event(code: str, time: str, place: str = "", number: str = "RB000000010HK") -> Item:
    return Item(number=number, scans=(Scan(time, Country(place), code),))


def test_an_event_is_read_with_its_item_time_and_place() -> None:
    assert _read(HEAD + ONE + TAIL) == [
        _event("EMD", "2026-11-22 17:45", "GB"),
        Unread("segment 8", "segments of this message that are not read: BGM (1)", harmless=True),
    ]


def test_events_of_one_item_and_of_the_next_stand_one_after_the_other() -> None:
    more = "STS+1+EMG'DTM+334:20261123:102'LOC+14+GB'GIN+BX+LK773201020HK'DTM+334:2611240800:201'STS+1+EMI'"
    assert _items(HEAD + ONE + more + TAIL) == [
        _event("EMD", "2026-11-22 17:45", "GB"),
        _event("EMG", "2026-11-23 00:00", "GB"),
        _event("EMI", "2026-11-24 08:00", number="LK773201020HK"),
    ]


def test_a_reference_that_is_no_item_number_is_not_taken_for_one() -> None:
    other = ONE.replace("STS", "RFF+AAQ:HKHKGAGBLONAAUN60123'STS")
    assert _items(HEAD + other + TAIL) == [_event("EMD", "2026-11-22 17:45", "GB")]


@pytest.mark.parametrize("heads", [["RFF+AWN:"] * 3, ["GIN+BX+"] * 3, ["CNI+1+", "CNI+2+", "CNI+3+"]])
def test_a_malformed_number_ends_the_one_before(heads: list[str]) -> None:
    first, bad, last = (ONE.replace("RFF+AWN:", head) for head in heads)
    bad = bad.replace("RB000000010HK", "RB12345678HK") + "RFF+AAQ:HKHKGAGBLON'" + ONE[ONE.index("STS") :]
    profile = Profile(number=("RFF 1.2", "GIN 2.1", "CNI 2.1"))
    why = "'RB12345678HK' has not the form of an item number"
    assert _read(HEAD + first + bad + last.replace("EMD", "EMG") + TAIL, profile)[:-1] == [
        _event("EMD", "2026-11-22 17:45", "GB"),
        Unread("segment 8", why),
        Unread("segment 13", why),
        _event("EMG", "2026-11-22 17:45", "GB"),
    ]


def test_an_empty_number_ends_the_one_before() -> None:
    _, second, _ = _read(HEAD + ONE + ONE.replace("RB000000010HK", "") + TAIL)
    assert second == Unread("segment 8", "the event has no number: it is looked for in RFF 1.2 or GIN 2.1")


def test_of_two_places_in_one_segment_the_one_that_holds_no_number_ends_none() -> None:
    profile = Profile(number=("RFF 1.2", "RFF 1.4"))
    text = ONE.replace("0010HK", "0010HK::second") + ONE.replace("AWN:", "AWN:::")
    assert _items(HEAD + text + TAIL, profile) == [_event("EMD", "2026-11-22 17:45", "GB")] * 2


def test_other_service_characters_are_those_of_una() -> None:
    text = (HEAD + ONE + TAIL).replace("'", "~").replace("+", "|").replace(":", "^")
    assert _items("UNA^|.? ~" + text) == [_event("EMD", "2026-11-22 17:45", "GB")]


def test_an_escaped_terminator_ends_nothing() -> None:
    assert _items(HEAD + "FTX+AAI+++it?'s here??'" + ONE + TAIL) == [_event("EMD", "2026-11-22 17:45", "GB")]


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        ("RFF+AWN:RB000000010HK'", "", "the event has no number: it is looked for in RFF 1.2 or GIN 2.1"),
        ("STS+1+EMD'", "", "the event has no event: it is looked for in STS 2.1"),
        ("STS+1+EMD'", "STS+1+21'", "event cannot be '21'"),
        ("DTM+334:202611221745:203'", "", "the event has no time"),
        ("202611221745:203", "202613221745:203", "time cannot be '202613221745'"),
        ("202611221745:203", "2026112217:203", "time cannot be '2026112217'"),
        ("202611221745:203", "099911221745:203", "time cannot be '099911221745'"),
        ("202611221745:203", "202611221745:718", "time_format cannot be '718'"),
        ("GBLONA", "Paris FR", "place cannot be 'Paris FR'"),
    ],
)
def test_what_an_event_lacks_is_told_with_its_segment_and_the_next_is_read(was: str, now: str, why: str) -> None:
    assert was in ONE
    first, second, _ = _read(HEAD + ONE.replace(was, now) + ONE.replace("EMD", "EMG") + TAIL)
    assert isinstance(first, Unread)
    assert first.where == "segment 4"
    assert why in first.why
    assert second == _event("EMG", "2026-11-22 17:45", "GB")


def test_a_number_with_nothing_behind_it_is_no_event() -> None:
    assert _items(HEAD + "RFF+AWN:RB000000010HK'" + TAIL) == []


def test_a_byte_order_mark_is_none_of_the_interchange() -> None:
    body = b"\xef\xbb\xbf" + (HEAD + ONE + TAIL).encode()
    assert next(messages(BytesIO(body), Profile())) == _event("EMD", "2026-11-22 17:45", "GB")


def test_other_messages_are_passed_over_and_told() -> None:
    text = HEAD + ONE + "UNT+9+1'UNH+2+PREDES:2:1:UP'RFF+AWN:RB000000010HK'STS+1+EMD'UNT+3+2'" + TAIL
    assert len(_items(text)) == 1
    assert Unread("segment 9", "a message 'PREDES', and only EMSEVT is read") in _read(text)


@pytest.mark.parametrize("rest", ["RFF+AWN:RB", "+++'", "unh+1'", "A'"])
def test_what_breaks_off_is_told_and_what_came_before_is_kept(rest: str) -> None:
    entries = _read(HEAD + ONE + "UNT+9+1'" + rest)
    assert entries[0] == _event("EMD", "2026-11-22 17:45", "GB")
    assert isinstance(entries[-1], Unread)
    assert "cannot be read from here on" in entries[-1].why


@pytest.mark.parametrize("text", ["", "[]", "UNA", "\x00", "é"])
def test_what_is_no_interchange_is_told(text: str) -> None:
    (unread,) = _read(text)
    assert isinstance(unread, Unread)
    assert "segment 1" in unread.where


@given(st.binary(max_size=60), st.booleans())
def test_whatever_comes_is_an_item_or_told(body: bytes, headed: bool) -> None:  # noqa: FBT001  # hypothesis gives it
    for entry in messages(BytesIO(HEAD.encode() * headed + body), Profile()):
        assert isinstance(entry, Item | Unread)


@given(st.text("UNABHTRF+:?'~123 \n", max_size=60))
def test_whatever_is_nearly_an_interchange_is_an_item_or_told(text: str) -> None:
    assert all(isinstance(entry, Item | Unread) for entry in _read(text) + _read(HEAD + text))


def test_a_large_interchange_is_read_a_piece_at_a_time() -> None:
    events = "".join(ONE.replace("0010", f"{serial:04}") for serial in range(3000))
    assert len(_items(HEAD + events + TAIL)) == 3000


def test_a_profile_says_where_a_partner_puts_things() -> None:
    profile = read_profile(b'{"number":["CNI 2.1"],"event":["STS 3.2"],"place":["NAD 2.1"]}')
    text = "CNI+1+RB000000010HK'STS+1++X:EMD'DTM+7:202611221745:203'NAD+CA+GB'"
    assert _items(HEAD + text + TAIL, profile) == [_event("EMD", "2026-11-22 17:45", "GB")]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"number":"RFF 1.2"}', b'{"number":["RFF"]}', b'{"numbers":[]}'])
def test_a_profile_that_is_none_is_told(body: bytes) -> None:
    with pytest.raises(ConfigError, match="emsevt"):
        read_profile(body)


def test_the_ending_of_a_name_tells_the_format() -> None:
    assert format_of("a/b.EDI") is Format.EMSEVT
    assert format_of("a.csv") is Format.CSV
    assert format_of("-") is Format.JSON
    (first, *_) = read_file(BytesIO((HEAD + ONE + TAIL).encode()), Format.EMSEVT)
    assert first == _items(HEAD + ONE + TAIL)[0]
