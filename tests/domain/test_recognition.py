"""Which carrier a number tells."""

import pytest

from trackway.domain.carrier import Catalogue
from trackway.domain.recognition import FORMATS, Check, recognise
from trackway.storage.catalogue_carriers import load_carriers


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_carriers()


@pytest.mark.parametrize(
    ("number", "key", "check"),
    [
        ("RT215770195HK", 8011, Check.RIGHT),
        (" ea999580311hk", 8011, Check.RIGHT),
        ("RR123456789CN", 3011, Check.WRONG),
        ("EE123456785CN", 3013, Check.RIGHT),
        ("RB123456786US", 21051, Check.WRONG),
        ("RR473124829GB", 11031, Check.RIGHT),
        ("EE471108151FR", 6051, Check.RIGHT),
    ],
)
def test_an_s10_number_tells_its_post(catalogue: Catalogue, number: str, key: int, check: Check) -> None:
    (candidate,) = recognise(number, catalogue)
    assert (candidate.carrier.key, candidate.format, candidate.check) == (key, "S10", check)
    assert candidate.certain
    assert ("wrong" in candidate.reason) == (check is Check.WRONG)


def test_a_reserved_service_is_noted(catalogue: Catalogue) -> None:
    (candidate,) = recognise("WA123456785HK", catalogue)
    assert candidate.reason == "S10 number of Hongkong Post, service WA is reserved"


@pytest.mark.parametrize(
    ("number", "key", "certain"),
    [
        ("1Z999AA10123456784", 100002, True),
        ("1z5r89390357567127", 100002, True),
        ("986578788855", 100003, False),
        ("790535312317", 100003, False),
        ("3318810025", 100001, False),
        ("8487135506", 100001, False),
    ],
)
def test_a_couriers_own_form(catalogue: Catalogue, number: str, key: int, certain: bool) -> None:  # noqa: FBT001
    best = recognise(number, catalogue)[0]
    assert (best.carrier.key, best.check, best.certain) == (key, Check.RIGHT, certain)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "1234",
        "RR123456789XX",
        "1Z999AA10123456785",
        "986578788856",
        "3318810026",
        "ABCDEFGH",
        "RR12345678 GB",
        "邮",
    ],
)
def test_no_form_is_no_guess(catalogue: Catalogue, number: str) -> None:
    assert recognise(number, catalogue) == ()


def test_every_format_names_a_carrier(catalogue: Catalogue) -> None:
    for form in FORMATS:
        assert not catalogue.by_id(form.carrier).postal
