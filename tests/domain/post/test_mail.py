"""The operator's rules: the form of a number (H12), retention (H13), who sees what (H14)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackway.domain.post.mail import ItemMalformed, Partner, Retention, item_number, months_before

NOON = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["RB000000010HK", " rb000000010hk\t", "RT215770195HK"])
def test_h12_a_number_is_trimmed_and_put_in_capitals(text: str) -> None:
    assert item_number(text) == text.strip().upper()


@pytest.mark.parametrize(
    "text", ["", "RB00000001HK", "RB0000000100HK", "R1000000010HK", "RB00000001OHK", "RB٠٠٠٠٠٠٠١٠HK"]
)
def test_h12_any_other_form_is_malformed(text: str) -> None:
    with pytest.raises(ItemMalformed):
        item_number(text)


def test_h12_a_letter_that_becomes_two_in_capitals_is_none_of_ours() -> None:
    with pytest.raises(ItemMalformed):
        item_number("ß000000010HK")


def test_h12_the_check_digit_is_tested_only_if_asked() -> None:
    assert item_number("RT215770195HK", check_digit=True) == "RT215770195HK"
    with pytest.raises(ItemMalformed):
        item_number("RB000000010HK", check_digit=True)


@given(st.text(max_size=16))
def test_h12_whatever_is_kept_has_the_form(text: str) -> None:
    try:
        number = item_number(text)
    except ItemMalformed:
        return
    assert number.isascii()
    assert len(number) == 13


@pytest.mark.parametrize(
    ("posted", "covered"),
    [("2026-02-28 12:00", True), ("2026-02-28 11:59", False), ("", True), ("2026-08-31 12:00", True)],
)
def test_h13_an_item_is_told_for_six_months(posted: str, *, covered: bool) -> None:
    assert Retention(6).covers("RB000000010HK", posted, NOON) is covered


def test_h13_a_service_may_have_its_own_period_and_0_is_for_ever() -> None:
    old = "2025-01-01 00:00"
    retention = Retention(6, {"R": 1, "RB": 24, "LK": 0})
    assert retention.covers("RB000000010HK", old, NOON)
    assert retention.covers("LK773201020HK", old, NOON)
    assert not retention.covers("RT215770195HK", "2026-07-30 12:00", NOON)
    assert Retention(0).covers("RT215770195HK", old, NOON)


def test_h13_months_end_where_the_month_does() -> None:
    assert months_before(datetime(2024, 3, 31, 1, 2, tzinfo=UTC), 1) == "2024-02-29 01:02"
    assert months_before(datetime(2026, 1, 15, 0, 0, tzinfo=UTC), 1) == "2025-12-15 00:00"
    assert months_before(NOON, 1_000_000) == ""


def test_h13_months_are_counted_on_the_clock_that_is_given() -> None:
    for hours in (0, 8, -5):
        local = NOON.astimezone(timezone(timedelta(hours=hours)))
        assert months_before(local, 1) == f"2026-07-31 {12 + hours:02}:00"


def test_h14_prefixes_say_what_a_partner_sees() -> None:
    assert Partner(sys_id="a", lookup="").sees("RB000000010HK")
    picky = Partner(sys_id="a", lookup="", prefixes=("RT", "LK7"))
    assert picky.sees("LK773201020HK")
    assert not picky.sees("RB000000010HK")


def test_h21_a_partner_has_a_day_of_its_own() -> None:
    late = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert Partner(sys_id="a", lookup="").local(late).day == 23
    assert Partner(sys_id="a", lookup="", zone="UTC").local(late).day == 22
