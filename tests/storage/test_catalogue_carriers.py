"""The carriers that come with the program."""

import itertools
import string

import pytest

from trackway.domain.carrier import Catalogue, Need
from trackway.domain.errors.items import CarrierUnknown, ExtraParameterNeeded
from trackway.storage.given.catalogue_carriers import load_carriers


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_carriers()


@pytest.mark.parametrize(
    ("key", "carrier_id"),
    [
        (3011, "cn.post"),
        (3013, "cn.ems"),
        (8011, "hk.post"),
        (21051, "us.post"),
        (11031, "gb.post"),
        (100001, "dhl"),
        (100002, "ups"),
        (100003, "fedex"),
        (100012, "sf"),
        (190008, "yunexpress"),
        (190094, "4px"),
        (190271, "cainiao"),
        (190316, "sto-global"),
    ],
)
def test_published_keys(catalogue: Catalogue, key: int, carrier_id: str) -> None:
    assert catalogue.by_key(key) is catalogue.by_id(carrier_id)
    assert key in catalogue


def test_a_carrier_nobody_knows(catalogue: Catalogue) -> None:
    with pytest.raises(CarrierUnknown):
        catalogue.by_key(7)
    with pytest.raises(CarrierUnknown):
        catalogue.by_id("moon.post")


def test_ids_are_unique_and_names_are_there_in_three_languages(catalogue: Catalogue) -> None:
    carriers = list(catalogue)
    assert len({carrier.id for carrier in carriers}) == len(carriers)
    assert all(carrier.name_en and carrier.name_zh_hant and carrier.name_zh_hans for carrier in carriers)
    post = catalogue.by_key(8011)
    assert (post.name_en, post.name_zh_hant, post.name_zh_hans) == ("Hongkong Post", "香港郵政", "香港邮政")


def test_a_posts_key_begins_with_its_countrys(catalogue: Catalogue) -> None:
    """T28: of all, two are published otherwise, and two do not exist."""
    odd = {c.key for c in catalogue if c.postal and c.key // 10 != catalogue.country_key(c.country)}
    assert odd == {2122, 12084, 99901, 99902}
    assert not catalogue.by_key(100592).postal


@pytest.mark.parametrize(
    ("country", "service", "key"),
    [
        ("HK", "RT", 8011),
        ("HK", "EA", 8011),
        ("CN", "RR", 3011),
        ("CN", "EE", 3013),
        ("cn", "e", 3013),
        ("VN", "EE", 22043),
        ("DE", "RX", 7044),
        ("DE", "CP", 7041),
        ("NL", "RS", 14044),
        ("US", "", 21051),
    ],
)
def test_the_post_of_a_country_and_its_arms(catalogue: Catalogue, country: str, service: str, key: int) -> None:
    post = catalogue.post_of(country, service)
    assert post is not None
    assert post.key == key


def test_every_country_with_a_carrier_under_100000_has_a_post(catalogue: Catalogue) -> None:
    assert all(catalogue.post_of(c.country) for c in catalogue if c.postal and c.country)
    assert catalogue.post_of("XX") is None


def test_a_country_with_a_key_has_a_post_unless_another_countrys_serves_it(catalogue: Catalogue) -> None:
    served = {"AC", "AD", "AQ", "EH", "FM", "MC", "MH", "NF", "PW"}
    pairs = ("".join(pair) for pair in itertools.product(string.ascii_uppercase, repeat=2))
    assert {country for country in pairs if catalogue.country_key(country) and not catalogue.post_of(country)} == served


def test_a_post_has_a_chinese_name(catalogue: Catalogue) -> None:
    posts = [carrier for carrier in catalogue if carrier.id == f"{carrier.country.lower()}.post"]
    assert len(posts) > 200
    assert not [post.id for post in posts if post.name_zh_hant == post.name_en]


def test_country_keys_both_ways(catalogue: Catalogue) -> None:
    for country, key in {"CN": 301, "HK": 801, "US": 2105, "RU": 1803, "MO": 1301, "TW": 2001, "XK": 1107}.items():
        assert catalogue.country_key(country) == key
        assert catalogue.country(key) == country
    assert catalogue.country_key("XX") == 0
    assert catalogue.country(4) == ""


def test_extra_parameters(catalogue: Catalogue) -> None:
    """T36: one that must be given, one that may, and carriers that do not care."""
    postnl, couriers = catalogue.by_key(14041), catalogue.by_key(100592)
    assert (postnl.needs, postnl.optional) == (Need.COUNTRY_POSTCODE, False)
    postnl.check("FR-12345")
    for wrong in ("", "12345", "FRA-12345", "FR-"):
        with pytest.raises(ExtraParameterNeeded) as needed:
            postnl.check(wrong)
        assert needed.value.need == "country_postcode"
    couriers.check("")
    couriers.check("1-1000000")
    with pytest.raises(ExtraParameterNeeded):
        couriers.check("1000000")
    catalogue.by_key(8011).check("")
    catalogue.by_key(8011).check("whatever\nit is")
