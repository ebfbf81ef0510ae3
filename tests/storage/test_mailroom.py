"""Items keep their scans in order, whatever comes twice, late or bare (H23, H26)."""

import asyncio

import pytest
from msgspec.structs import replace

from tests.conftest import NOW
from tests.mailrooms import BOOK, SILENT, card_of
from trackway.domain.post.card import item_on
from trackway.domain.post.mail import Country, Item, Partner, Scan, Words
from trackway.domain.post.scribe import Scribe
from trackway.storage.post.mailroom import Items, Partners
from trackway.storage.store import Store, open_store

NUMBER = "RT215770195HK"
SCRIBE = Scribe(BOOK)
UNSAID = Words()
HONG_KONG = Country("HK", Words("HONG KONG", "香港", "香港"))


def scan(time: str, what: str, message: Words = UNSAID) -> Scan:
    return Scan(f"2026-11-{time}", HONG_KONG, what, message)


POSTED = scan("01 09:00", "EMA", Words("Posted", "櫃位收件", "柜位收件"))
LEFT = scan("02 10:00", "EMC")
ITEM = Item(
    number=NUMBER,
    posted="2026-11-01 09:00",
    drop_off=Words("Queen's Road Post Office", "皇后大道郵政局", "皇后大道邮政局"),
    origin=HONG_KONG,
    destination=Country("FR", Words("FRANCE", "法國", "法国")),
    milestone=Words("Posted"),
    scans=(POSTED,),
)


@pytest.fixture
def items(store: Store) -> Items:
    return Items(store.main)


async def _found(items: Items, number: str = NUMBER) -> Item:
    return item_on((await items.find({number}))[number])


async def test_what_was_loaded_is_found_and_what_was_not_is_absent(items: Items) -> None:
    bare = replace(ITEM, number="LK773201020HK", scans=())
    await items.load([ITEM, bare], SILENT)
    assert await items.find({NUMBER, "LK773201020HK", "RB000000010HK"}) == {
        NUMBER: card_of(ITEM),
        "LK773201020HK": card_of(bare),
    }
    assert await items.find(set()) == {}


async def test_h23_scans_are_oldest_first_and_those_of_one_minute_as_told(items: Items) -> None:
    same = [scan("03 00:00", what) for what in ("EMD", "EDB", "EDC", "EMA")]
    await items.load([replace(ITEM, scans=(*same[:3], LEFT))], SILENT)
    await items.load([replace(ITEM, scans=(same[3], POSTED))], SILENT)
    assert (await _found(items)).scans == (POSTED, LEFT, *same)


async def test_loading_twice_changes_nothing(items: Items) -> None:
    for _ in range(2):
        await items.load([replace(ITEM, scans=(POSTED, LEFT, POSTED))], SILENT)
    assert (await _found(items)).scans == (POSTED, LEFT)


async def test_texts_are_mended_and_kept_where_none_is_given(items: Items) -> None:
    await items.load([ITEM], SILENT)
    mended = scan("01 09:00", "EMA", Words("Item posted"))
    await items.load([Item(number=NUMBER, drop_off=Words(e="Central"), scans=(mended,))], SILENT)
    found = await _found(items)
    assert found.scans == (scan("01 09:00", "EMA", Words("Item posted", "櫃位收件", "柜位收件")),)
    assert found.drop_off == Words("Central", "皇后大道郵政局", "皇后大道邮政局")
    assert found.destination == ITEM.destination
    assert not found.milestone


async def test_scans_differ_by_time_place_and_what_happened(items: Items) -> None:
    others = (
        replace(LEFT, time="2026-11-02 10:01"),
        replace(LEFT, place=Country("FR")),
        replace(LEFT, place=Country("HK", Words("KOWLOON"))),
        replace(LEFT, what="Left by sea"),
    )
    await items.load([replace(ITEM, scans=(LEFT, *others))], SILENT)
    assert len((await _found(items)).scans) == 5


async def test_h26_the_newest_item_of_a_number_answers(items: Items) -> None:
    again = replace(ITEM, posted="2027-12-01 09:00", scans=(replace(POSTED, time="2027-12-01 09:00"),))
    await items.load([again, ITEM], SILENT)
    assert await _found(items) == again
    await items.load([Item(number=NUMBER, scans=(LEFT,))], SILENT)
    assert LEFT in (await _found(items)).scans


async def test_h26_an_older_item_answers_when_the_newer_one_is_gone(items: Items) -> None:
    again = replace(ITEM, posted="2027-12-01 09:00")
    for item in (ITEM, again):
        await items.load([item], SILENT)
        assert await _found(items) == item
    await items.delete([(NUMBER, again.posted)])
    assert await _found(items) == ITEM
    await items.load([replace(ITEM, posted="2025-01-01 09:00")], SILENT)
    assert await _found(items) == ITEM
    assert [item.posted[:4] for item in await items.history(NUMBER)] == ["2025", "2026"]


@pytest.mark.parametrize("at_once", [True, False])
async def test_numbers_that_differ_in_the_last_letter_alone_are_told_apart(items: Items, *, at_once: bool) -> None:
    numbers = {"RB000000010HK", "RB000000010HL", "RB000000010HM"}
    batch = [replace(ITEM, number=number) for number in sorted(numbers)]
    for run in [batch] if at_once else [[item] for item in batch]:
        await items.load(run, SILENT)
        await items.load(run, SILENT)
    assert await items.find(numbers) == {item.number: card_of(item) for item in batch}
    for item in batch:
        assert await _found(items, item.number) == item
        assert await items.history(item.number) == [item]
    assert "RB000000010HN" not in await items.find({"RB000000010HN"})


async def test_an_item_may_be_told_of_before_it_is_posted(items: Items) -> None:
    await items.load([replace(ITEM, posted="", scans=(POSTED,))], SILENT)
    assert (await _found(items)).posted == ""
    await items.load([replace(ITEM, scans=(LEFT,))], SILENT)
    assert await _found(items) == replace(ITEM, scans=(POSTED, LEFT))


async def test_one_number_may_come_many_times_in_a_batch(items: Items) -> None:
    days = [scan(f"{day:02} 10:00", "EMD") for day in range(1, 29)]
    await items.load([replace(ITEM, scans=(day,)) for day in days], SILENT)
    assert (await _found(items)).scans == tuple(days)


async def test_two_loaders_at_once_do_not_harm_each_other(items: Items, database_url: str) -> None:
    second = await open_store(database_url)
    batch = [replace(ITEM, number=f"RB{serial:09}HK") for serial in range(50)]
    await asyncio.gather(items.load(batch, SILENT), Items(second.main).load(batch[::-1], SILENT))
    await second.close()
    assert len(await items.find({item.number for item in batch})) == 50


async def test_two_loaders_at_once_may_use_numbers_again(items: Items, database_url: str) -> None:
    second = await open_store(database_url)
    numbers = [f"RB{serial:09}HK" for serial in range(50)]
    years = [[replace(ITEM, number=number, posted=f"203{year}-01-01 09:00") for number in numbers] for year in range(4)]
    await items.load(years[0], SILENT)
    loaders = [items, Items(second.main), items]
    await asyncio.gather(*(loader.load(batch, SILENT) for loader, batch in zip(loaders, years[1:], strict=True)))
    await second.close()
    found = await items.find(set(numbers))
    assert [found[number].posted for number in numbers] == ["2033-01-01 09:00"] * 50
    assert [len(await items.history(number)) for number in numbers] == [4] * 50


async def test_two_loaders_at_once_need_not_wait_for_each_other_in_a_circle(items: Items, database_url: str) -> None:
    """Each tells of its own numbers twice, and then of the other's."""
    second = await open_store(database_url)
    serials = [range(50), range(50, 100)]
    low, high = ([replace(ITEM, number=f"RB{serial:09}HK") for serial in half] for half in serials)
    later = [replace(item, scans=(LEFT,)) for item in high]
    loaders = (items.load(low + low + later, SILENT), Items(second.main).load(later + later + low, SILENT))
    await asyncio.gather(*loaders)
    await second.close()
    found = await items.find({item.number for item in low + high})
    assert {len(item_on(card).scans) for card in found.values()} == {1}
    assert len(found) == 100


async def test_texts_that_the_book_has_are_not_kept_and_make_no_second_scan(items: Items) -> None:
    await items.load([ITEM], SILENT)
    bare = replace(POSTED, place=Country("HK"), message=UNSAID)
    await items.load([replace(ITEM, scans=(bare, LEFT))], SCRIBE)
    found = await _found(items)
    assert found.scans == (bare, replace(LEFT, place=Country("HK")))
    assert BOOK.filled(found).origin == ITEM.origin


async def test_a_text_of_the_books_takes_the_place_of_another(items: Items) -> None:
    await items.load([replace(ITEM, scans=(scan("01 09:00", "EMA", Words("Item psted")),))], SCRIBE)
    await items.load([ITEM], SCRIBE)
    assert BOOK.filled(await _found(items)).scans == (POSTED,)


async def test_numbers_are_found_by_their_beginning_a_page_at_a_time(items: Items) -> None:
    numbers = ["RB000000010HK", "RB000000023HK", "RC000000010HK"]
    await items.load([replace(ITEM, number=number) for number in numbers], SILENT)
    await items.load([replace(ITEM, number=numbers[0], posted="2028-01-01 00:00")], SILENT)
    first = await items.beginning("RB", ("", ""), 2)
    assert [(item.number, item.posted[:4]) for item in first] == [(numbers[0], "2026"), (numbers[0], "2028")]
    rest = await items.beginning("RB", (first[-1].number, first[-1].posted), 2)
    assert [item.number for item in rest] == numbers[1:2]
    assert len(await items.beginning("", ("", ""), 9)) == 4
    assert await items.beginning("RB%", ("", ""), 9) == []


async def test_partners_are_kept_by_name(store: Store) -> None:
    partners = Partners(store.main)
    ann = Partner(sys_id="ann", lookup="x", daily=5, interval_ms=0, zone="UTC", prefixes=("RB", "LK"))
    bob = Partner(sys_id="bob", lookup="y")
    assert await partners.create(bob, NOW)
    assert await partners.create(ann, NOW)
    assert not await partners.create(ann, NOW)
    assert await partners.all() == [ann, bob]
    assert await partners.set_disabled("ann", disabled=True)
    assert await partners.set_lookup("ann", "z")
    assert await partners.find("ann") == replace(ann, disabled=True, lookup="z")
    assert await partners.find("eve") is None
    assert not await partners.set_disabled("eve", disabled=True)
    assert not await partners.set_lookup("eve", "z")
