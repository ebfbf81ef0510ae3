"""An item comes back from its card as it went onto it."""

from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from tests.mailrooms import card_of
from trackway.domain.post.card import Card, item_on
from trackway.domain.post.mail import Country, Item, Scan, Words

TEXTS = st.text(max_size=6) | st.sampled_from(["\n", '"', '],["', ',["","",""]]', "郵"])
WORDS = st.builds(Words, TEXTS, TEXTS, TEXTS)
COUNTRIES = st.builds(Country, TEXTS, WORDS)
TIME = attrgetter("time")
TIMES = st.datetimes().map(lambda at: f"{at.year:04}-{at:%m-%d %H:%M}")
SCANS = st.builds(Scan, TIMES, COUNTRIES, TEXTS, WORDS)
ITEMS = st.builds(
    Item,
    number=st.just("RB000000010HK"),
    posted=TIMES | st.just(""),
    drop_off=WORDS,
    origin=COUNTRIES,
    destination=COUNTRIES,
    milestone=WORDS,
    scans=st.lists(SCANS, max_size=4, unique_by=TIME).map(lambda scans: tuple(sorted(scans, key=TIME))),
)


@given(ITEMS)
def test_there_and_back(item: Item) -> None:
    assert item_on(card_of(item)) == item


def test_what_is_not_told_takes_no_room() -> None:
    item = Item(
        number="RB000000010HK",
        posted="2026-11-01 09:00",
        origin=Country("HK"),
        scans=(Scan("2026-11-01 09:00", Country("HK"), "EMA"), Scan("2026-11-02 10:30", Country("GB"), "EMI")),
    )
    text = b"""[["","",""],["HK"],[""]]
01-11-2026 09:00
[["HK"],"EMA"]
02-11-2026 10:30
[["GB"],"EMI"]"""
    assert card_of(item) == Card("RB000000010HK", "2026-11-01 09:00", text)
