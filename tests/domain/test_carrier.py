"""What a carrier wants, and how a catalogue is searched."""

import pytest

from trackway.domain.carrier import Carrier, Catalogue, Need
from trackway.domain.errors.items import ExtraParameterNeeded


def carrier(key: int, carrier_id: str, needs: Need = Need.NOTHING, *, optional: bool = False) -> Carrier:
    names = {"name_en": carrier_id, "name_zh_hant": carrier_id, "name_zh_hans": carrier_id}
    return Carrier(key=key, id=carrier_id, needs=needs, optional=optional, **names)


def test_a_post_has_a_key_below_100000() -> None:
    assert carrier(99_999, "post").postal
    assert not carrier(100_000, "courier").postal


@pytest.mark.parametrize(
    ("need", "right", "wrong"),
    [
        (Need.COUNTRY_POSTCODE, "FR-1000AA", "1000AA"),
        (Need.POSTCODE, "3078CM", "!"),
        (Need.PHONE, "8888", "none"),
        (Need.SHIP_DATE, "2026-11-22", "tomorrow"),
        (Need.SHIP_DATE, "20261122", "2026-13-22"),
        (Need.TYPE_VALUE, "1-1000000", "1000000"),
    ],
)
def test_a_parameter_looks_like_what_is_wanted(need: Need, right: str, wrong: str) -> None:
    """T36."""
    must, may = carrier(1, "must", need), carrier(2, "may", need, optional=True)
    must.check(right)
    may.check(right)
    may.check("")
    for one, param in ((must, ""), (must, wrong), (may, wrong)):
        with pytest.raises(ExtraParameterNeeded) as told:
            one.check(param)
        assert told.value.need == need


def test_express_items_go_to_the_arm_that_a_post_has_for_them() -> None:
    catalogue = Catalogue([carrier(11, "aa.post"), carrier(13, "aa.ems"), carrier(21, "bb.post")], {"AA": 1, "BB": 2})
    posts = {
        (country, service): post.key
        for country in ("AA", "bb")
        for service in ("EE", "RR", "CP", "")
        if (post := catalogue.post_of(country, service))
    }
    assert {post for (country, _), post in posts.items() if country == "bb"} == {21}
    assert {service: post for (country, service), post in posts.items() if country == "AA"} == {
        "EE": 13,
        "RR": 11,
        "CP": 11,
        "": 11,
    }
    assert catalogue.post_of("CC") is None
    assert (catalogue.country_key("aa"), catalogue.country(2), catalogue.country(3)) == (1, "BB", "")
