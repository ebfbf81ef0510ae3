"""The operator changes its texts, and every server tells the new ones soon after."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.conftest import NOW
from tests.mailrooms import open_mailroom, open_texts
from trackway.domain.errors.items import FieldInvalid
from trackway.domain.post.mail import Country, Item, Scan, Words
from trackway.domain.post.phrasebook import Wording
from trackway.service.post.texts import Texts
from trackway.storage.store import Store

LATER = NOW + timedelta(seconds=5)
ITEM = Item(number="RT215770195HK", origin=Country("HK"), scans=(Scan("2026-11-03 09:00", Country("FR"), "EMI"),))
OURS = Words("Delivered", "成功派遞", "成功派递")
THEIRS = Wording(key="EMI", milestone=Words("Done"), message=Words("Handed over", "已交收件人", "已交收件人"))


@pytest.fixture
def texts(store: Store) -> Texts:
    return open_texts(store)


async def _told(texts: Texts, now: Any = LATER) -> tuple[Words, Words]:
    filled = (await texts.book(now)).filled(ITEM)
    return filled.scans[0].message, filled.milestone


async def test_a_change_is_told_by_another_server_within_five_seconds(store: Store, texts: Texts) -> None:
    other = open_texts(store)
    before = await other.book(NOW)
    assert await texts.set_wordings([THEIRS]) == 1
    assert await other.book(NOW + timedelta(seconds=4)) is before
    assert await _told(other) == (THEIRS.message, THEIRS.milestone)
    assert await other.book(LATER + timedelta(seconds=5)) is await other.book(LATER)


async def test_what_was_loaded_may_be_loaded_again_after_a_country_is_renamed(store: Store) -> None:
    """Partners' feeds go on with the name that came with Trackway."""
    mailroom, texts = open_mailroom(store), open_texts(store)
    feed = replace(ITEM, scans=(Scan("2026-11-03 09:00", Country("FR", Words("FRANCE", "法國", "法国")), "EMI"),))
    gaul = Words("GAUL", "高盧", "高卢")
    for now in (NOW, LATER):
        await mailroom.load([feed], now)
        await texts.set_countries([Country("FR", gaul)])
    (item,), _ = await mailroom.history(ITEM.number, LATER)
    assert [scan.place for scan in item.scans] == [Country("FR", gaul)]


async def test_a_feed_that_goes_on_with_a_name_of_before_tells_the_same_scans(store: Store) -> None:
    """Whichever of the names that the country had, and also when it has the first again."""
    mailroom, texts = open_mailroom(store), open_texts(store)
    gaul, francia = Words("GAUL", "高盧", "高卢"), Words("FRANCIA", "法蘭克", "法兰克")

    async def load_all(now: datetime) -> Sequence[Country]:
        for name in (Words("GAUL"), gaul, francia, Words("FRANCE", "法國", "法国")):
            scan = Scan("2026-11-03 09:00", Country("FR", name), "EMI")
            await mailroom.load([replace(ITEM, scans=(scan,))], now)
        (item,), _ = await mailroom.history(ITEM.number, now)
        return [scan.place for scan in item.scans]

    for name in (gaul, francia, gaul, francia):
        await texts.set_countries([Country("FR", name)])
    assert await load_all(NOW) == [Country("FR", francia)]
    assert await texts.revert_country("FR")
    assert await load_all(LATER) == [Country("FR", Words("FRANCE", "法國", "法国"))]


async def test_a_name_of_before_is_nobodys_name_now(texts: Texts) -> None:
    """What tells it keeps it, where there is no other."""
    utopia = Country("XU", Words("UTOPIA"))
    await texts.set_countries([utopia])
    await texts.revert_country("XU")
    book = await texts.book(NOW)
    assert (book.country(Country("XU")), book.bare(utopia)) == (Country("XU"), utopia)
    assert all(country != utopia for country, _ in await texts.countries())


async def test_what_is_in_the_store_already_follows_the_change(store: Store) -> None:
    mailroom, texts = open_mailroom(store), open_texts(store)
    await mailroom.load([ITEM], NOW)
    await texts.set_wordings([THEIRS])
    ((item,), _) = await mailroom.history(ITEM.number, LATER)
    assert item.scans[0].message == THEIRS.message
    (found,) = await mailroom.search("rt2", LATER)
    assert found == item


async def test_going_back_brings_ours(texts: Texts) -> None:
    await texts.set_wordings([THEIRS])
    assert await texts.revert_wording("EMI")
    assert not await texts.revert_wording("EMI")
    assert (await _told(texts))[0] == OURS


async def test_setting_our_own_words_is_no_change(texts: Texts) -> None:
    (ours,) = [wording for wording, _ in await texts.wordings() if wording.key == "EMI"]
    await texts.set_wordings([THEIRS])
    assert await texts.set_wordings([ours]) == 0
    assert (ours, False) in await texts.wordings()


async def test_a_message_of_ones_own_is_known_by_its_english(texts: Texts) -> None:
    ferry = Wording(
        key="Fell off a ferry.",
        milestone=Words("Lost", "遺失", "遗失"),
        message=Words("Fell off a ferry", "墮海", "堕海"),
    )
    await texts.set_wordings([ferry])
    book = await texts.book(LATER)
    said = Words("FELL OFF A FERRY")
    filled = book.filled(Item(number="", scans=(Scan("2026-11-03 09:00", Country(), "FELL OFF A FERRY", said),)))
    assert filled.scans[0].message == Words("FELL OFF A FERRY", "墮海", "堕海")
    assert filled.milestone == ferry.milestone
    assert (await texts.wordings())[-1] == (replace(ferry, key="fell off a ferry"), True)


async def test_the_english_that_a_code_had_before_is_still_known(texts: Texts) -> None:
    await texts.set_wordings([THEIRS])
    free = Item(number="", scans=(Scan("2026-11-03 09:00", Country(), "Delivered", Words("Delivered")),))
    assert (await texts.book(LATER)).filled(free).scans[0].message == OURS


async def test_countries_are_changed_the_same_way(texts: Texts) -> None:
    gaul = Country("FR", Words("GAUL", "高盧", "高卢"))
    assert await texts.set_countries([gaul, Country("ZZ", Words("NOWHERE"))]) == 2
    assert (gaul, True) in await texts.countries()
    assert (await texts.book(LATER)).country(Country("FR")) == gaul
    assert await texts.revert_country("FR")
    assert await texts.revert_country("ZZ")
    assert not any(own for _, own in await texts.countries())


@pytest.mark.parametrize(
    ("wording", "field"),
    [
        (Wording(key=""), "key"),
        (Wording(key="x" * 256, milestone=Words("a"), message=Words("a")), "key"),
        (Wording(key="a", code="em", milestone=Words("a"), message=Words("a")), "code"),
        (Wording(key="EMI", milestone=Words("a"), message=Words("", "送到")), "message_e"),
        (Wording(key="EMI", milestone=Words(), message=Words("a")), "milestone_e"),
        (Wording(key="EMI", milestone=Words("a"), message=Words("a", "b" * 256)), "message_c"),
        (Wording(key="EMI", milestone=Words("a", "", "\0"), message=Words("a")), "milestone_s"),
        (Wording(key="EMI", milestone=Words(" a"), message=Words("a")), "milestone_e"),
    ],
)
async def test_what_cannot_be_used_is_refused_and_nothing_is_changed(
    texts: Texts, wording: Wording, field: str
) -> None:
    with pytest.raises(FieldInvalid, match=field):
        await texts.set_wordings([THEIRS, wording])
    assert not any(own for _, own in await texts.wordings())


@pytest.mark.parametrize(
    "country", [Country("F", Words("A")), Country("fr", Words("A")), Country("FR", Words("", "a"))]
)
async def test_a_country_that_cannot_be_used_is_refused(texts: Texts, country: Country) -> None:
    with pytest.raises(FieldInvalid):
        await texts.set_countries([country])
