"""Which carrier a number tells."""

import string
from functools import partial
from timeit import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.corpus import accuracy
from trackway.domain.carrier import Catalogue
from trackway.domain.recognising.formats import FORMATS, Format
from trackway.domain.recognising.recognition import Candidate, Check, recognise
from trackway.storage.given.catalogue_carriers import load_carriers

CATALOGUE = load_carriers()
BY_CHECK = [form for form in FORMATS if form.check]
VALID = (
    ("1Z999AA10123456784", "ups", True),
    ("1z5r89390357567127", "ups", True),
    ("K2479825491", "ups", False),
    ("J4603636537", "ups", False),
    ("986578788855", "fedex", False),
    ("790535312317", "fedex", False),
    ("041441760228964", "fedex", False),
    ("568283610012000", "fedex", False),
    ("9611020987654312345672", "fedex", True),
    ("1001921334250001000300779017972697", "fedex", False),
    ("000123450000000027", "fedex", False),
    ("61299998820821171811", "fedex", False),
    ("9261292700768711948021", "us.post", True),
    ("420221539101026837331000039521", "us.post", True),
    ("71123456789123456787", "us.post", False),
    ("03071790000523483741", "us.post", False),
    ("3318810025", "dhl", False),
    ("8487135506", "dhl", False),
    ("73891051146", "dhl", False),
    ("7035114477138472", "ca.post", False),
    ("0073938000549297", "ca.post", False),
    ("520127751300", "purolator", False),
    ("C11031500001879", "ontrac", True),
    ("D10011354453707", "ontrac", True),
    ("07209562763", "old-dominion", False),
    ("007110601632532948375179276A", "dpd.de", True),
    ("%007110601632532948375179276A", "dpd.de", True),
    ("008182709980000020033350276C", "dpd.de", True),
)
UNCHECKED = (
    ("TBA502887274000", "amazon.us"),
    ("GM2951173225174494", "de.ecommerce-us"),
    ("JJD000390007882823561", "dhl"),
    ("MI123456789012345678", "ups"),
    ("LX17635036", "lasership"),
    ("1LSCX1234567890", "lasership"),
    ("3SABCD1234567", "nl.postnl"),
    ("SF1234567890123", "sf"),
    ("YT2012345678901234", "yunexpress"),
    ("YT1234567890123", "yto"),
    ("4PX3000123456789CN", "4px"),
    ("LP00123456789012", "cainiao"),
    ("JT3012345678901", "jt.cn"),
    ("UA123456789YP", "yanwen"),
    ("6A12345678901", "fr.post"),
    ("XT260262675TS", "chronopost"),
    ("PQ4F6P0704104480181750G", "es.post"),
    ("AB1234567", "gb.ems"),
    ("15501234567890", "dpd.gb"),
    ("01234567890123", "dpd.de"),
    ("ABC123456789", "purolator"),
    ("JDQ012345601000910502", "au.post"),
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


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


@given(
    st.from_regex(r"[A-Z]{2}[0-9]{9}[A-Z]{2}", fullmatch=True),
    st.sampled_from(["HK", "GB", "CN", "FR", "JP", "US", ""]),
)
def test_of_an_s10_number_its_post_alone_is_certain(number: str, country: str) -> None:
    """So whoever registers one need not look at all couriers."""
    number = number[:11] + (country or number[11:])
    post = CATALOGUE.post_of(number[-2:], number[:2])
    certain = [one.carrier for one in recognise(number, CATALOGUE) if one.certain]
    assert certain == ([post] if post else [])


def test_a_reserved_service_is_noted(catalogue: Catalogue) -> None:
    (candidate,) = recognise("WA123456785HK", catalogue)
    assert candidate.reason == "S10 number of Hongkong Post, service WA is reserved"


@pytest.mark.parametrize(("number", "carrier", "certain"), VALID)
def test_a_couriers_own_form(number: str, carrier: str, certain: bool) -> None:  # noqa: FBT001
    best = recognise(number, CATALOGUE)[0]
    assert (best.carrier.id, best.check, best.certain) == (carrier, Check.RIGHT, certain)
    assert best.reason.endswith("its check digit is right")


@pytest.mark.parametrize(("number", "carrier"), UNCHECKED)
def test_a_form_without_a_check_digit_is_never_certain(number: str, carrier: str) -> None:
    best = recognise(number, CATALOGUE)[0]
    assert (best.carrier.id, best.check, best.certain) == (carrier, Check.NONE, False)


@pytest.mark.parametrize(("number", "carrier"), [(number.upper(), carrier) for number, carrier, _ in VALID])
def test_a_changed_check_digit_is_told_and_ranked_last(number: str, carrier: str) -> None:
    places = string.digits if number[-1].isdigit() else string.ascii_uppercase
    for other in set(places) - {number[-1]}:
        found = recognise(number[:-1] + other, CATALOGUE)
        own = next(candidate for candidate in found if candidate.carrier.id == carrier)
        assert (own.check, own.certain) == (Check.WRONG, False) or own.format in {"USPS, 20 digits", "UPS, 18 digits"}
        marks = [candidate.check for candidate in found]
        assert marks == sorted(marks, key=[Check.RIGHT, Check.NONE, Check.WRONG].index)


def test_a_number_that_two_couriers_share_names_both() -> None:
    shared = recognise("9261292700768711948021", CATALOGUE)
    assert [candidate.carrier.id for candidate in shared] == ["us.post", "fedex", "de.ecommerce-us"]
    twelve = recognise("986578788855", CATALOGUE)
    assert (twelve[0].carrier.id, twelve[0].check.value) == ("fedex", "right")
    assert {candidate.carrier.id for candidate in twelve} >= {"purolator", "de.parcels", "gls"}


@pytest.mark.parametrize(
    "number", ["", "1234", "RR123456789XX", "ABCDEFGH", "RR12345678 GB", "邮", "１２３４５６７８９０１２"]
)
def test_no_form_is_no_guess(number: str) -> None:
    assert recognise(number, CATALOGUE) == ()


def test_every_format_names_a_carrier_and_only_a_checked_one_is_distinct() -> None:
    for form in FORMATS:
        assert CATALOGUE.by_id(form.carrier)
        assert form.check or not form.distinct or form.carrier.startswith("simulated")
        assert form.lengths
        assert form.begins


@given(st.data())
def test_every_number_made_by_a_forms_check_digit_is_recognised(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(BY_CHECK))
    start = data.draw(st.from_regex(form.pattern, fullmatch=True))
    made = _completed(form, start)
    if made is None:  # no last place is right with these places before it
        return
    own = _of(form, recognise(made, CATALOGUE))
    assert own.check is Check.RIGHT
    assert own.certain or not form.distinct


def _completed(form: Format, text: str) -> str | None:
    assert form.check
    endings = (text[:-1] + last for last in string.digits + string.ascii_uppercase)
    return next((one for one in endings if form.pattern.fullmatch(one) and form.check(one)), None)


def _of(form: Format, found: tuple[Candidate, ...]) -> Candidate:
    return next(candidate for candidate in found if candidate.carrier.id == form.carrier)


@given(st.sampled_from(FORMATS), st.data())
def test_a_form_is_found_by_its_length_and_first_place(form: Format, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(form.pattern, fullmatch=True))
    assert len(text) in form.lengths
    assert _of(form, recognise(text, CATALOGUE))


@given(st.one_of(st.text(), st.text("0123456789ABCXYZ%", max_size=40)))
def test_no_text_is_too_strange(text: str) -> None:
    found = recognise(text, CATALOGUE)
    assert len({candidate.carrier.key for candidate in found}) == len(found)


def test_published_numbers_tell_their_carriers() -> None:
    told = accuracy(CATALOGUE)
    assert told.among >= 0.99, told.missed
    assert told.first >= 0.92, told.missed
    assert told.kept_out >= 0.97, told.missed


def test_telling_carriers_costs_microseconds() -> None:
    times = 500
    for number in ("986578788855", "9261292700768711948021", "RR473124829GB", "HELLOWORLD"):
        assert timeit(partial(recognise, number, CATALOGUE), number=times) / times < 200e-6
