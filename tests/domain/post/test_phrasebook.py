"""The texts that come with Trackway, and how they fill what a scan lacks (H4, H5, H24)."""

import csv
from importlib import resources
from pathlib import Path

import pytest

from tests.mailrooms import BOOK
from trackway.domain.post.card import Card, item_on
from trackway.domain.post.mail import Country, Item, Scan, Words
from trackway.domain.post.phrasebook import Phrasebook, Wording
from trackway.domain.post.scribe import Scribe
from trackway.storage.given.catalogue import seeded_countries, seeded_wordings

UNSAID = Words()
CODES = [f"EM{letter}" for letter in "ABCDEFGHIJK"] + [f"ED{letter}" for letter in "ABCDEFGHX"]
CODES += [f"EX{letter}" for letter in "ABCDX"]


def _item(what: str, message: Words = UNSAID, milestone: Words = UNSAID) -> Item:
    scan = Scan("2026-11-01 09:00", Country("KR"), what, message)
    return Item(number="RT215770195HK", destination=Country("NZ"), milestone=milestone, scans=(scan,))


def test_h24_every_country_has_a_name_in_capitals_and_two_chinese_ones() -> None:
    known = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    for code in (line[:2] for line in known.splitlines() if not line.startswith("#")):
        name = BOOK.filled(Item(number="", origin=Country(code))).origin.name
        assert name.e == name.e.upper()
        assert all((name.e, name.c, name.s)), code


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("HK", Words("HONG KONG", "香港", "香港")),
        ("MO", Words("MACAO", "澳門", "澳门")),
        ("TW", Words("TAIWAN", "台灣", "台湾")),
        ("CN", Words("CHINA", "中國", "中国")),
        ("KR", Words("SOUTH KOREA", "韓國", "韩国")),
        ("NZ", Words("NEW ZEALAND", "新西蘭", "新西兰")),
    ],
)
def test_h24_the_reviewed_names(code: str, name: Words) -> None:
    assert BOOK.filled(Item(number="", origin=Country(code))).origin.name == name


@pytest.mark.parametrize("code", CODES)
def test_a_bare_code_gets_its_message_and_its_milestone(code: str) -> None:
    filled = BOOK.filled(_item(code))
    milestone, message = filled.milestone, filled.scans[0].message
    assert all((milestone.e, milestone.c, milestone.s, message.e, message.c, message.s))


def test_h5_milestone_and_message_are_two_vocabularies() -> None:
    filled = BOOK.filled(_item("EMI"))
    assert filled.scans[0].message == Words("Delivered", "成功派遞", "成功派递")
    assert filled.milestone == Words("Delivered", "已成功派遞", "已成功派递")


def test_a_message_is_known_whatever_its_case_and_full_stop() -> None:
    (scan,) = BOOK.filled(_item("posted.", Words("posted."))).scans
    assert scan.message == Words("posted.", "櫃位收件", "柜位收件")


def test_what_was_told_is_kept() -> None:
    own = Words("Delivered", "送到了")
    filled = BOOK.filled(_item("EMI", own, milestone=Words("Delivered")))
    assert filled.scans[0].message == Words("Delivered", "送到了", "成功派递")
    assert filled.milestone == Words("Delivered", "已成功派遞", "已成功派递")
    assert filled.scans[0].place.name == Words("SOUTH KOREA", "韓國", "韩国")


def test_nothing_is_made_up() -> None:
    unknown = _item("Fell off a ferry", Words("Fell off a ferry"))
    assert BOOK.filled(unknown).scans[0].message == Words("Fell off a ferry")
    assert not BOOK.filled(unknown).milestone
    assert not BOOK.filled(Item(number="", origin=Country("XX"))).origin.name


def _bare(item: Item) -> Item:
    """The item as it is kept."""
    return item_on(Card(item.number, item.posted, Scribe(BOOK).text("", item).encode()))


def test_what_the_book_says_anyway_is_not_kept_and_comes_back() -> None:
    told = BOOK.filled(_item("EMI"))
    assert _bare(told).scans == _item("EMI").scans
    assert BOOK.filled(_bare(told)) == told


@pytest.mark.parametrize(
    "message",
    [
        Words("Delivered"),
        Words("Delivered", "送到了"),
        Words("", "成功派遞"),
        Words("Item delivered"),
        Words("Delivered.", "成功派遞", "成功派递"),
        Words("Posted", "櫃位收件"),
        Words("Fell off a ferry"),
    ],
)
@pytest.mark.parametrize("coded", [True, False])
def test_taking_away_and_filling_in_changes_no_words(message: Words, *, coded: bool) -> None:
    told = _item("EMI" if coded else message.e or message.c, message)
    assert BOOK.filled(_bare(told)) == BOOK.filled(told)
    assert _bare(_bare(told)) == _bare(told)


def test_a_text_that_is_the_books_own_follows_the_book() -> None:
    bare = _bare(BOOK.filled(_item("EMI")))
    other = Phrasebook([Wording(key="EMI", code="EMI", message=Words("Handed over"))], [])
    assert other.filled(bare).scans[0].message == Words("Handed over")


def test_an_operators_own_file_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "countries.csv").write_text("code,name_e,name_c,name_s\nFR,GAUL,高盧,高卢\n", encoding="utf-8")
    book = Phrasebook(seeded_wordings(tmp_path), seeded_countries(tmp_path))
    filled = book.filled(Item(number="", origin=Country("FR"), destination=Country("HK")))
    assert filled.origin.name == Words("GAUL", "高盧", "高卢")
    assert not filled.destination.name


def test_every_wording_has_a_key_of_its_own() -> None:
    keys = [wording.key for wording in seeded_wordings(Path("/nowhere"))]
    assert len(set(keys)) == len(keys)
    assert {"EMA", "posting/collection"} <= set(keys)


def test_each_text_says_which_of_its_words_are_our_translation() -> None:
    source = (resources.files("trackway.data") / "hkpost_texts.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(source.splitlines()):
        assert row["ours"] in {"", "message", "milestone", "milestone message"}
