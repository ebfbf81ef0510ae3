"""Requests are refused in the documented order, answers carry the documented words (H1 to H11, H15 to H17, H22)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mailrooms import BOOK, card_of
from trackway.domain.errors import StorageError
from trackway.domain.errors.access import AccountDisabled, DayLimitReached, KeyMissing, KeyUnknown, TooFast
from trackway.domain.errors.items import FieldInvalid
from trackway.domain.post.card import day_first
from trackway.domain.post.mail import (
    Country,
    Item,
    ItemExpired,
    ItemHidden,
    ItemMalformed,
    ItemUnknown,
    MailRefusal,
    Scan,
    Words,
)
from trackway.wire.hkpost.api import (
    Writer,
    read_credentials,
    read_inquiry,
    read_time,
    write_refusal,
    write_token,
)
from trackway.wire.hkpost.codes import (
    CODES,
    WORDS,
    FormatInvalid,
    InputInvalid,
    LanguageInvalid,
    NumbersMissing,
    NumbersTooMany,
    RequestRefused,
    code_of,
)
from trackway.wire.hkpost.load import read_item

NUMBER = "RB000000010HK"
ITEM = Item(
    number=NUMBER,
    posted="2017-02-27 16:00",
    drop_off=Words("e1", "c1", "s1"),
    origin=Country("HK", Words("e2", "c2", "s2")),
    destination=Country("FR", Words("e3", "c3", "s3")),
    milestone=Words("e4", "c4", "s4"),
    scans=(Scan("2017-03-01 11:00", Country("HK", Words("e5", "c5", "s5")), "EMI", Words("e6", "c6", "s6")),),
)
LOADED: dict[str, Any] = {
    "itemNo": NUMBER,
    "postingDateTime": "27-02-2017 16:00",
    "itemDeliveryStatusDetailList": [{"eventDateTime": "01-03-2017 11:00", "eventMsg_e": "Delivered"}],
}


def _inquiry(lang: Any = "A", numbers: Any = (NUMBER,)) -> bytes:
    return json.dumps({"lang": lang, "itemNo": numbers}).encode()


def test_h1_the_request_is_a_language_and_an_array() -> None:
    assert read_inquiry(_inquiry("E", [NUMBER, "x"])) == ("E", [NUMBER, "x"])
    assert read_inquiry(b"\xef\xbb\xbf" + _inquiry() + b"\r\n") == ("A", [NUMBER])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"A"',
        b"{",
        b"\xff",
        b'{"lang":"\xff"}',
        b'{"lang":"\\ud800"}',
        b'{"x":' + b"[" * 100_000,
        _inquiry(lang=1),
        _inquiry(numbers=NUMBER),
        _inquiry(numbers=[5]),
        _inquiry(numbers=[None]),
        _inquiry(numbers={"itemNo": NUMBER}),
    ],
)
def test_h16_what_is_no_json_or_of_another_type_is_a_wrong_format(body: bytes) -> None:
    with pytest.raises(FormatInvalid):
        read_inquiry(body)


@pytest.mark.parametrize("lang", [None, "", "a", "AE", "B", "EN", " A"])
def test_h15_a_language_is_one_of_four_letters(lang: str | None) -> None:
    with pytest.raises(LanguageInvalid):
        read_inquiry(_inquiry(lang))


@pytest.mark.parametrize("numbers", [None, []])
def test_h16_no_numbers(numbers: list[str] | None) -> None:
    with pytest.raises(NumbersMissing):
        read_inquiry(_inquiry(numbers=numbers))


def test_h11_thirty_numbers_and_no_more() -> None:
    assert len(read_inquiry(_inquiry(numbers=[NUMBER] * 30))[1]) == 30
    with pytest.raises(NumbersTooMany):
        read_inquiry(_inquiry(numbers=[NUMBER] * 31))


@pytest.mark.parametrize("blank", ["", "  ", "\u3000"])
def test_h16_a_blank_entry_is_an_invalid_input(blank: str) -> None:
    with pytest.raises(InputInvalid):
        read_inquiry(_inquiry(numbers=[NUMBER, blank]))


def test_h17_language_before_no_numbers_before_too_many_before_blank() -> None:
    with pytest.raises(LanguageInvalid):
        read_inquiry(_inquiry("x", []))
    with pytest.raises(NumbersTooMany):
        read_inquiry(_inquiry(numbers=[""] * 31))


def test_h16_credentials_are_bounded_in_bytes() -> None:
    given = read_credentials(json.dumps({"sysId": "a" * 20, "sysSecret": "b" * 36}).encode())
    assert (given.sysId, given.sysSecret) == ("a" * 20, "b" * 36)
    for sys_id, secret in (("a" * 21, "b"), ("郵" * 7, "b"), ("a", "b" * 37), (" ", "b"), ("a", "")):
        with pytest.raises(InputInvalid):
            read_credentials(json.dumps({"sysId": sys_id, "sysSecret": secret}).encode())
    for body in (b"{}", b'{"sysId":"a"}', b'{"sysId":"a","sysSecret":null}', b'{"sysId":1,"sysSecret":"b"}'):
        with pytest.raises(FormatInvalid):
            read_credentials(body)


def test_section_3_the_token() -> None:
    assert json.loads(write_token("x.y.z", 1_700_000_000)) == {"id_token": "x.y.z", "expiry": 1_700_000_000}


def test_h8_a_refused_request_has_all_four_keys() -> None:
    assert json.loads(write_refusal(9993)) == {
        "status": 9993,
        "errMsg": "Invalid API format",
        "itemCount": 0,
        "deliveryResultList": [],
    }


@pytest.mark.parametrize(("lang", "told"), [("A", "ecs"), ("E", "e"), ("C", "c"), ("S", "s")])
def test_h3_the_other_languages_are_there_and_empty(lang: str, told: str) -> None:
    (result,) = json.loads(Writer(BOOK).answer(lang, [NUMBER], [card_of(ITEM)]))["deliveryResultList"]
    (detail,) = result["itemDeliveryStatusDetailList"]
    for field, value in (*result.items(), *detail.items()):
        language = field[-1] if field[-2:-1] == "_" else ""
        if language:
            assert bool(value) is (language in told), field
            assert not value or value[0] == language
    assert (result["postingDateTime"], detail["eventDateTime"]) == ("27-02-2017 16:00", "01-03-2017 11:00")
    assert (result["orgCnty_code"], detail["eventLocation_code"]) == ("HK", "HK")


def test_h10_results_keep_order_duplicates_and_spelling() -> None:
    asked, card = [" rb000000010hk", "nonsense", NUMBER, NUMBER], card_of(ITEM)
    answer = json.loads(Writer(BOOK).answer("A", asked, [card, ItemMalformed("nonsense"), card, card]))
    assert [result["itemNo"] for result in answer["deliveryResultList"]] == asked
    assert [result["status"] for result in answer["deliveryResultList"]] == [0, 1002, 0, 0]
    assert (answer["status"], answer["itemCount"], answer["errMsg"]) == (0, 4, "")


def test_pieces_that_are_forgotten_are_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(BOOK)
    told = writer.answer("E", [NUMBER], [card_of(ITEM)])
    monkeypatch.setattr("trackway.wire.hkpost.api._REMEMBERED", 1)
    assert writer.answer("E", [NUMBER], [card_of(ITEM)]) == told
    assert Writer(BOOK).answer("E", [NUMBER], [card_of(ITEM)]) == told


def test_an_item_without_scans_has_an_empty_list() -> None:
    posted = card_of(Item(number=NUMBER, origin=Country("HK"), milestone=Words("Posted")))
    answer = json.loads(Writer(BOOK).answer("E", [NUMBER, NUMBER], [posted, posted]))
    for result in answer["deliveryResultList"]:
        assert (result["itemDeliveryStatusDetailList"], result["postingDateTime"]) == ([], "")
        assert (result["orgCnty_e"], result["milestone_e"]) == ("HONG KONG", "Posted")


def test_each_error_has_its_code() -> None:
    expected: list[tuple[Exception, int]] = [
        (ItemUnknown(NUMBER), 1001),
        (ItemMalformed(NUMBER), 1002),
        (ItemExpired(NUMBER), 1003),
        (ItemHidden(NUMBER), 1004),
        (TooFast(1), 9991),
        (KeyMissing(), 9992),
        (KeyUnknown(), 9992),
        (AccountDisabled(), 9992),
        (FormatInvalid(), 9993),
        (DayLimitReached(), 9994),
        (NumbersTooMany(), 9995),
        (LanguageInvalid(), 9996),
        (NumbersMissing(), 9997),
        (InputInvalid(), 9998),
        (StorageError(), 9999),
        (KeyError(), 9999),
    ]
    assert [code_of(error) for error, _ in expected] == [code for _, code in expected]
    assert {*CODES.values(), 0} == set(WORDS)
    for kind in (*MailRefusal.__subclasses__(), *RequestRefused.__subclasses__()):
        assert kind in CODES


@pytest.mark.parametrize("text", ["", "1-3-2017 11:00", "31-02-2017 11:00", "01-03-2017 24:00", "2017-03-01 11:00"])
def test_h22_a_time_is_padded_and_there(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_time(text)


@given(st.datetimes())
def test_h22_times_go_there_and_back(at: Any) -> None:
    assert day_first(read_time(f"{at.day:02}-{at.month:02}-{at.year:04} {at:%H:%M}")) == (
        f"{at.day:02}-{at.month:02}-{at.year:04} {at:%H:%M}"
    )


def test_an_item_is_loaded_by_the_names_of_the_answer() -> None:
    assert read_item(json.dumps(LOADED).encode()) == Item(
        number=NUMBER,
        posted="2017-02-27 16:00",
        scans=(Scan("2017-03-01 11:00", Country(), "Delivered", Words("Delivered")),),
    )


def test_a_scan_may_bring_a_code_alone() -> None:
    scan = {"eventDateTime": "01-03-2017 11:00", "eventCode": "emi", "eventLocation_code": "hk"}
    item = read_item(json.dumps(LOADED | {"itemDeliveryStatusDetailList": [scan]}).encode())
    assert item.scans == (Scan("2017-03-01 11:00", Country("HK"), "EMI", Words()),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"postingDateTime": "2017-02-27"},
        {"orgCnty_code": "HKG"},
        {"itemDeliveryStatusDetailList": [{"eventDateTime": "01-03-2017 11:00"}]},
        {"itemDeliveryStatusDetailList": [{"eventDateTime": "", "eventMsg_e": "x"}]},
        {"itemDeliveryStatusDetailList": [{"eventDateTime": "01-03-2017 11:00", "eventCode": "DELIVERED"}]},
        {"itemDeliveryStatusDetailList": [{"eventDateTime": "01-03-2017 11:00", "eventMsg_e": "x" * 256}]},
        {
            "itemDeliveryStatusDetailList": [
                {"eventDateTime": "01-03-2017 11:00", "eventCode": "EMI", "eventLocation_e": "x" * 256}
            ]
        },
    ],
)
def test_a_value_that_cannot_be_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(FieldInvalid):
        read_item(json.dumps(LOADED | wrong).encode())


@pytest.mark.parametrize(
    "wrong", [{"itemNo": 5}, {"postingDateTime": None}, {"milestone_e": "a\0b"}, {"itemDeliveryStatusDetailList": {}}]
)
def test_another_type_is_a_wrong_format(wrong: dict[str, Any]) -> None:
    with pytest.raises(FormatInvalid):
        read_item(json.dumps(LOADED | wrong).encode())
