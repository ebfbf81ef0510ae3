"""A card tells what was told last, and keeps what was not told again."""

from tests.mailrooms import BOOK, SILENT
from trackway.domain.post.card import Card, item_on
from trackway.domain.post.mail import Country, Item, Scan, Words
from trackway.domain.post.phrasebook import Phrasebook
from trackway.domain.post.scribe import Scribe

NUMBER = "RB000000010HK"
POSTED = Scan("2026-11-01 09:00", Country("HK"), "EMA")
LEFT = Scan("2026-11-02 10:00", Country("HK"), "EMC", Words("Left by sea"))
ITEM = Item(number=NUMBER, origin=Country("HK"), milestone=Words("Posted"), scans=(POSTED, LEFT))


def _told(kept: str, told: Item, scribe: Scribe | None = None) -> Item:
    return item_on(Card(NUMBER, "", (scribe or Scribe(BOOK)).text(kept, told).encode()))


def test_the_same_again_changes_nothing() -> None:
    text = Scribe(BOOK).text("", ITEM)
    assert text == SILENT.text("", ITEM)
    assert Scribe(BOOK).text(text, ITEM) == text


def test_a_scan_comes_between_those_that_are_there() -> None:
    between = Scan("2026-11-01 09:01", Country("HK"), "EMB")
    assert _told(SILENT.text("", ITEM), Item(number=NUMBER, scans=(between,))).scans == (POSTED, between, LEFT)


def test_what_is_not_told_again_stays_but_the_milestone() -> None:
    told = _told(
        SILENT.text("", ITEM), Item(number=NUMBER, scans=(Scan(LEFT.time, LEFT.place, "EMC", Words(c="離開")),))
    )
    assert (told.origin, told.milestone) == (Country("HK"), Words())
    assert told.scans == (POSTED, Scan(LEFT.time, LEFT.place, "EMC", Words("Left by sea", "離開")))


def test_a_text_that_the_book_has_by_now_follows_it() -> None:
    named = Country("ZZ", Words("NOWHERE"))
    text = Scribe(Phrasebook([], [])).text(
        "", Item(number=NUMBER, origin=named, scans=(Scan(LEFT.time, named, "EMC"),))
    )
    told = _told(text, Item(number=NUMBER), Scribe(Phrasebook([], [named])))
    assert (told.origin, told.scans[0].place) == (Country("ZZ"), Country("ZZ"))
