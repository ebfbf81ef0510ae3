"""What a shop may set, and that its colours can always be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackway.domain.errors.shops import ColourMalformed, OriginMalformed, ShopNameMalformed
from trackway.domain.shop import colour, contrast, ink_on, logo_type, origins, readable, shop_name

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS, st.sampled_from(["#ffffff", "#121518", "#1a1e22"]))
def test_any_colour_becomes_readable_on_any_ground(shade: str, ground: str) -> None:
    assert contrast(readable(shade, ground), ground) >= 4.5


@given(COLOURS)
def test_black_or_white_is_readable_on_any_colour(shade: str) -> None:
    assert contrast(ink_on(shade), shade) >= 4.5


def test_a_readable_colour_stays_as_it_is() -> None:
    assert readable("#1d5c96", "#ffffff") == "#1d5c96"


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "", "#1234567", "#000000;x", "url(x)", "#00000\u0660"])
def test_what_is_no_colour(text: str) -> None:
    with pytest.raises(ColourMalformed):
        colour(text)


@pytest.mark.parametrize(
    "text",
    [
        "shop.example",
        "http://shop.example",
        "https://shop.example/path",
        "https://shop.example?x",
        "https://user@shop.example",
        "https://",
        "https://*",
        "*",
        "'none'",
        "https://shop.example; script-src *",
        "https://a b",
        "https://[::1",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(OriginMalformed):
        origins([text])


def test_origins_are_kept_once_and_not_too_many() -> None:
    assert origins(["https://A.example", "https://a.example/", "http://localhost:3000", "https://*.b.example"]) == (
        "https://a.example",
        "http://localhost:3000",
        "https://*.b.example",
    )
    with pytest.raises(OriginMalformed):
        origins([f"https://s{at}.example" for at in range(21)])


@pytest.mark.parametrize("text", ["", " ", "x" * 61, "a\u202eb", "a\x00b"])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(ShopNameMalformed):
        shop_name(text)


def test_logos_are_told_by_their_bytes() -> None:
    assert logo_type(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert logo_type(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"
