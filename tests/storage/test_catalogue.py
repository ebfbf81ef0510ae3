"""The texts that come with Trackway, and how they fill what a scan lacks (H4, H5, H24)."""

import csv
from importlib import resources
from pathlib import Path

import pytest

from tests.mailrooms import NOWHERE
from trackway.domain.mail import Country, Item, Scan, Words
from trackway.storage.catalogue import Catalogue

UNSAID = Words()
CODES = [f"EM{letter}" for letter in "ABCDEFGHIJK"] + [f"ED{letter}" for letter in "ABCDEFGHX"]
CODES += [f"EX{letter}" for letter in "ABCDX"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(NOWHERE)


def _item(what: str, message: Words = UNSAID, milestone: Words = UNSAID) -> Item:
    scan = Scan("2026-11-01 09:00", Country("KR"), what, message)
    return Item(number="RT215770195HK", destination=Country("NZ"), milestone=milestone, scans=(scan,))


def test_h24_every_country_has_a_name_in_capitals_and_two_chinese_ones(catalogue: Catalogue) -> None:
    known = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    for code in (line[:2] for line in known.splitlines() if not line.startswith("#")):
        name = catalogue.filled(Item(number="", origin=Country(code))).origin.name
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
def test_h24_the_reviewed_names(catalogue: Catalogue, code: str, name: Words) -> None:
    assert catalogue.filled(Item(number="", origin=Country(code))).origin.name == name


@pytest.mark.parametrize("code", CODES)
def test_a_bare_code_gets_its_message_and_its_milestone(catalogue: Catalogue, code: str) -> None:
    filled = catalogue.filled(_item(code))
    milestone, message = catalogue.milestone(filled), filled.scans[0].message
    assert all((milestone.e, milestone.c, milestone.s, message.e, message.c, message.s))


def test_h5_milestone_and_message_are_two_vocabularies(catalogue: Catalogue) -> None:
    filled = catalogue.filled(_item("EMI"))
    assert filled.scans[0].message == Words("Delivered", "成功派遞", "成功派递")
    assert catalogue.milestone(filled) == Words("Delivered", "已成功派遞", "已成功派递")


def test_a_message_is_known_whatever_its_case_and_full_stop(catalogue: Catalogue) -> None:
    (scan,) = catalogue.filled(_item("posted.", Words("posted."))).scans
    assert scan.message == Words("posted.", "櫃位收件", "柜位收件")


def test_what_was_told_is_kept(catalogue: Catalogue) -> None:
    own = Words("Delivered", "送到了")
    filled = catalogue.filled(_item("EMI", own, milestone=Words("Delivered")))
    assert filled.scans[0].message == Words("Delivered", "送到了", "成功派递")
    assert filled.milestone == Words("Delivered", "已成功派遞", "已成功派递")
    assert filled.scans[0].place.name == Words("SOUTH KOREA", "韓國", "韩国")


def test_nothing_is_made_up(catalogue: Catalogue) -> None:
    unknown = _item("Fell off a ferry", Words("Fell off a ferry"))
    assert catalogue.filled(unknown).scans[0].message == Words("Fell off a ferry")
    assert not catalogue.milestone(unknown)
    assert not catalogue.filled(Item(number="", origin=Country("XX"))).origin.name


def test_an_operators_own_file_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "countries.csv").write_text("code,name_e,name_c,name_s\nFR,GAUL,高盧,高卢\n", encoding="utf-8")
    filled = Catalogue(tmp_path).filled(Item(number="", origin=Country("FR"), destination=Country("HK")))
    assert filled.origin.name == Words("GAUL", "高盧", "高卢")
    assert not filled.destination.name


def test_each_text_says_which_of_its_words_are_our_translation() -> None:
    source = (resources.files("trackway.data") / "hkpost_texts.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(source.splitlines()):
        assert row["ours"] in {"", "message", "milestone", "milestone message"}
