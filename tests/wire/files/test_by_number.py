"""Items come by number, however little memory there is."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackway.domain.post.mail import Country, Item, Scan, Unread, Words
from trackway.wire.files import by_number as module
from trackway.wire.files.by_number import by_number

SCAN = Scan("2026-11-01 09:00", Country("HK", Words("HONG KONG", "香港")), "EMA", Words("Posted\n", "櫃位"))
ITEMS = st.builds(
    Item,
    number=st.sampled_from(["RB000000010HK", "RB000000023HK", "LK773201020HK"]),
    posted=st.sampled_from(["", "2026-11-01 09:00"]),
    drop_off=st.builds(Words, st.text(max_size=3)),
    scans=st.sampled_from([(), (SCAN,), (SCAN, SCAN)]),
)


@pytest.fixture
def _little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IN_MEMORY", 3)
    monkeypatch.setattr(module, "_MOST_FILES", 3)


@pytest.mark.usefixtures("_little_memory")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ITEMS, max_size=30))
def test_those_of_one_number_stay_as_they_came(items: list[Item]) -> None:
    assert list(by_number(items)) == sorted(items, key=lambda item: item.number)


@pytest.mark.usefixtures("_little_memory")
def test_what_is_not_read_is_told_as_it_comes() -> None:
    bad, items = Unread("line 2", "no"), [Item(number="RB000000010HK")] * 9
    assert list(by_number([*items, bad])) == [bad, *items]


@pytest.mark.usefixtures("_little_memory")
def test_nothing_stays_open_where_the_reader_stops_early() -> None:
    def entries() -> Iterator[Item | Unread]:
        yield from [Item(number="RB000000010HK")] * 9
        yield Unread("line 10", "no")

    reading = by_number(entries())
    assert next(reading) == Unread("line 10", "no")
    reading.close()  # type: ignore[attr-defined]  # an open file that is forgotten is a warning, and so a failure
