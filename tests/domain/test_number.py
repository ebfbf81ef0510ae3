"""Numbers as they are kept, and the S10 form."""

from timeit import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackway.domain.errors.items import NumberMalformed
from trackway.domain.number import compact, parse_s10, s10_digit, validate


@pytest.mark.parametrize("given_text", ["ABCDE", " abcde\t", "1" * 50, "RR123456789CN", "1z999AA10123456784"])
def test_five_to_fifty_letters_and_digits_pass(given_text: str) -> None:
    assert validate(given_text) == given_text.strip().upper()


@pytest.mark.parametrize(
    "given_text",
    [
        "",
        "    ",
        "ABCD",
        "1" * 51,
        "RR 123456789 CN",
        "RR-123456789-CN",
        "郵政12345",
        "ıabcde",
        "ſſſſſ",
        "ABCDE\x00",
        "١٢٣٤٥٦",
    ],
)
def test_anything_else_is_refused_with_what_was_sent(given_text: str) -> None:
    with pytest.raises(NumberMalformed) as refused:
        validate(given_text)
    assert refused.value.number == given_text


@given(st.text())
def test_a_kept_number_stays_as_it_is(text: str) -> None:
    try:
        kept = validate(text)
    except NumberMalformed:
        return
    assert validate(kept) == kept == compact(kept)


@pytest.mark.parametrize("text", ["RR473124829GB", "EE471108151FR", "RR287043775IN", "lk773201020hk ", "RT215770195HK"])
def test_right_check_digits(text: str) -> None:
    parsed = parse_s10(text)
    assert parsed is not None
    assert parsed.check


@pytest.mark.parametrize("text", ["RB123456786US", "RB000000010HK", "RR123456789CN"])
def test_wrong_check_digits(text: str) -> None:
    parsed = parse_s10(text)
    assert parsed is not None
    assert not parsed.check


def test_the_parts_and_the_reserved_letters() -> None:
    parsed = parse_s10("RT215770195HK")
    assert parsed is not None
    assert (parsed.service, parsed.serial, parsed.digit, parsed.country) == ("RT", "21577019", 5, "HK")
    reserved = {letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if _reserved(letter)}
    assert reserved == set("JKSTW")


def _reserved(letter: str) -> bool:
    parsed = parse_s10(f"{letter}A123456785HK")
    return parsed is not None and parsed.reserved


@pytest.mark.parametrize(
    "text", ["", "RR12345678GB", "RR1234567890GB", "R1123456789GB", "RR123456789G1", "RR١23456789GB"]
)
def test_other_forms_are_no_s10(text: str) -> None:
    assert parse_s10(text) is None


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_one_wrong_digit_never_goes_unseen(serial: str) -> None:
    right = s10_digit(serial)
    changed = str((int(serial[3]) + 1) % 10)
    if right not in {0, 5}:  # two remainders share these two digits
        assert s10_digit(serial[:3] + changed + serial[4:]) != right


def test_a_number_costs_microseconds() -> None:
    times = 2000
    assert timeit(lambda: validate(" rr473124829gb "), number=times) / times < 50e-6
