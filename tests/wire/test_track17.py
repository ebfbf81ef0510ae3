"""Requests of the 17TRACK API read, and outcomes written (T5 to T10, T14, T26)."""

import importlib
import pkgutil

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackway.domain import errors
from trackway.domain.errors import Refusal
from trackway.domain.errors.items import ExtraParameterNeeded, NumberMalformed
from trackway.domain.following.registration import (
    Accepted,
    Application,
    Found,
    NoteChange,
    Refused,
    Registered,
    Subject,
)
from trackway.domain.tracking import Origin
from trackway.wire.track17 import answers as track17
from trackway.wire.track17 import items as track17_items
from trackway.wire.track17.codes import REFUSALS, problem_of
from trackway.wire.track17.values import plain_json


def test_an_item_with_everything() -> None:
    body = b"""[{"number":" rr123456789cn ","extra_param":"FR-1","carrier":"3011","final_carrier":21051,
        "auto_detection":true,"tag":"MyId","whatever":{"is":["ignored"]}}]"""
    assert track17_items.read_applications(body) == [
        Application(
            number="RR123456789CN",
            carrier=3011,
            final_carrier=21051,
            auto_detection=True,
            tag="MyId",
            param="FR-1",
        )
    ]


@pytest.mark.parametrize("unset", ["null", "0", '""'])
def test_what_is_not_set(unset: str) -> None:
    """T6."""
    (item,) = track17_items.read_applications(b'\xef\xbb\xbf[{"number":"RR123456789CN","carrier":%s}]' % unset.encode())
    assert item == Application(number="RR123456789CN")


@pytest.mark.parametrize(
    ("item", "code", "message"),
    [
        ('{"number":"1234"}', -18010012, "The format of '1234' is invalid."),
        ('{"number":"RR 123"}', -18010012, "The format of 'RR 123' is invalid."),
        ('{"number":1234}', -18010012, "The format of '1234' is invalid."),
        ('{"number":1234567.5}', -18010012, "The format of '1234567.5' is invalid."),
        ('{"number":true}', -18010012, "The format of 'true' is invalid."),
        ('{"number":"é2345678"}', -18010012, "The format of 'é2345678' is invalid."),
        ('{"number":"ab123\u017f"}', -18010012, "The format of 'ab123\u017f' is invalid."),
        ('{"number":"AB123\\ud83d"}', -18010012, "The format of 'AB123\ufffd' is invalid."),
        ("{}", -18010010, "The field of 'number' is required."),
        ('{"number":null}', -18010010, "The field of 'number' is required."),
        ('"RR123456789CN"', -18010013, "Submitted data is invalid."),
        ('{"number":"RR123456789CN","carrier":"abc"}', -18019910, "The carrier key 'abc' is incorrect."),
        ('{"number":"RR123456789CN","carrier":true}', -18019910, "The carrier key 'true' is incorrect."),
        ('{"number":"RR123456789CN","carrier":-3}', -18019910, "The carrier key '-3' is incorrect."),
        ('{"number":"RR123456789CN","tag":7.5}', -18010015, "The value '7.5' of the field 'tag' is invalid."),
        (
            '{"number":"RR123456789CN","auto_detection":"yes"}',
            -18010015,
            "The value 'yes' of the field 'auto_detection' is invalid.",
        ),
    ],
)
def test_a_bad_item_is_refused_and_its_neighbours_go_on(item: str, code: int, message: str) -> None:
    good, bad, also_good = track17_items.read_applications(
        f'[{{"number":"GOOD1"}},{item},{{"number":"GOOD2"}}]'.encode()
    )
    assert (good, also_good) == (Application(number="GOOD1"), Application(number="GOOD2"))
    assert isinstance(bad, Refused)
    assert problem_of(bad.why) == (code, message)


@pytest.mark.parametrize("missing", ["{}", '{"number":null}', '{"number":""}', '{"carrier":3011}', "7"])
def test_an_item_without_a_number_is_refused_under_none(missing: str) -> None:
    (refused,) = track17_items.read_subjects(f"[{missing}]".encode())
    assert isinstance(refused, Refused)
    assert refused.number == ""


def test_a_whole_number_is_its_digits() -> None:
    """T6: in some languages a text of digits becomes a number by itself."""
    body = b'[{"number":961207123456,"tag":1007,"param":3078,"carrier":100003}]'
    assert track17_items.read_applications(body) == [
        Application(number="961207123456", tag="1007", param="3078", carrier=100003)
    ]
    (note,) = track17_items.read_note_changes(b'{"number":961207123456,"items":{"tag":1007}}')
    assert note == NoteChange(number="961207123456", tag="1007")


@pytest.mark.parametrize(
    ("flag", "meant"),
    [("true", True), ("1", True), ('"1"', True), ('"True"', True), ("0", False), ('"false"', False), ('""', False)],
)
def test_a_flag_may_be_a_number_or_a_text(flag: str, meant: bool) -> None:  # noqa: FBT001
    (item,) = track17_items.read_applications(f'[{{"number":"GOOD1","auto_detection":{flag}}}]'.encode())
    assert item == Application(number="GOOD1", auto_detection=meant)


@pytest.mark.parametrize("items", [b"{}", b"[]", b"null", b'""'])
def test_no_items_are_no_items_however_they_are_written(items: bytes) -> None:
    """PHP writes a map without a key as `[]`."""
    assert track17_items.read_note_changes(b'[{"number":"GOOD1","items":%b}]' % items) == [NoteChange(number="GOOD1")]


def test_strings_may_stand_in_single_quotes() -> None:
    """T5: 17TRACK takes them, and so clients send them."""
    body = b"""[{'number': 'rr123456789cn', 'carrier': '3011', 'tag': 'it\\'s \\"7\\" and "8"'},
        {"number":"GOOD1","tag":"'"}]"""
    assert track17_items.read_applications(body) == [
        Application(number="RR123456789CN", carrier=3011, tag="""it's "7" and "8\""""),
        Application(number="GOOD1", tag="'"),
    ]


def test_half_of_an_emoji_is_no_harm() -> None:
    """JavaScript cuts texts so, and writes what is left."""
    body = rb"""[{"number":"GOOD1","tag":"\ud83d\ude00\uD83D"},
        {"number":"GOOD2","tag":"\\ud83d \uDE00"},{"number":"GOOD3"}]"""
    assert track17_items.read_applications(body) == [
        Application(number="GOOD1", tag="\U0001f600\ufffd"),
        Application(number="GOOD2", tag="\\ud83d \ufffd"),
        Application(number="GOOD3"),
    ]


@given(st.recursive(st.text(), lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts)))
def test_json_is_left_as_it_is(value: object) -> None:
    body = msgspec.json.encode(value)
    assert plain_json(body) == body


@pytest.mark.parametrize("part", [b"'", b'"', b"\\'", b'\\"', b"'\\", b"\"'", b"\\"])
def test_no_body_takes_long(part: bytes) -> None:
    """Each byte is looked at once: a second look for each quote would take hours."""
    with pytest.raises(track17_items.RequestRefused):
        track17_items.read_subjects(b"'" + part * (1024 * 1024 // len(part)))


def test_a_tag_of_100_characters_passes_and_101_do_not() -> None:
    items = track17_items.read_applications(
        msgspec.json.encode([{"number": "GOOD1", "tag": "郵" * n} for n in (100, 101)])
    )
    assert isinstance(items[0], Application)
    assert isinstance(items[1], Refused)


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"{}", b"null", b'"a"', b"[", b"[{]", b"\xff\xfe", b'[{"number":"\\ud8"}]', b"[" * 9999],
)
def test_a_body_of_another_shape_is_refused_whole(body: bytes) -> None:
    with pytest.raises(track17_items.RequestRefused) as refused:
        track17_items.read_subjects(body)
    assert refused.value.code == -18010013


def test_forty_items_pass_and_41_do_not() -> None:
    assert len(track17_items.read_subjects(msgspec.json.encode([{"number": "GOOD1"}] * 40))) == 40
    with pytest.raises(track17_items.RequestRefused) as refused:
        track17_items.read_subjects(msgspec.json.encode([{"number": "GOOD1"}] * 41))
    assert (refused.value.code, refused.value.message) == (-18010014, "Tracking numbers exceed 40 limit.")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda c: (
            st.lists(c)
            | st.dictionaries(st.sampled_from(["number", "carrier", "tag", "param", "auto_detection"]) | st.text(), c)
        ),
    )
)
def test_whatever_comes_is_read_or_refused(value: object) -> None:
    try:
        items = track17_items.read_applications(msgspec.json.encode(value))
    except track17_items.RequestRefused:
        return
    for item in items:
        assert isinstance(item, Application | Refused)
        if isinstance(item, Refused):
            assert problem_of(item.why)[0] < 0


def test_outcomes_stand_in_the_order_asked() -> None:
    written = track17.write_outcomes(
        [
            Registered(origin=Origin.RECOGNISED, number="RR123456789CN", carrier=3011),
            Refused(number="1234", why=NumberMalformed("1234")),
            Accepted(number="RR123456789CN", carrier=3013),
        ]
    )
    assert written == (
        b'{"code":0,"data":{"accepted":[{"origin":1,"number":"RR123456789CN","carrier":3011},'
        b'{"number":"RR123456789CN","carrier":3013}],'
        b'"rejected":[{"number":"1234","error":{"code":-18010012,"message":"The format of \'1234\' is invalid."}}]}}'
    )


def test_tracks_go_out_as_they_were_stored() -> None:
    """T17."""
    written = track17.write_tracks(
        [
            Found("RM101474005CN", 3011, 0, "", b'{"b":301}'),
            Refused(number="1234", why=NumberMalformed("1234")),
            Found("RM101474005HK", 8011, 0, '"\u90f5', b"{}"),
        ]
    )
    assert written.decode() == (
        '{"code":0,"data":{"accepted":[{"number":"RM101474005CN","tag":"","track":{"b":301}},'
        '{"number":"RM101474005HK","tag":"\\"\u90f5","track":{}}],'
        '"rejected":[{"number":"1234","error":{"code":-18010012,"message":"The format of \'1234\' is invalid."}}]}}'
    )


def test_no_tracks_are_an_empty_list() -> None:
    assert track17.write_tracks([]) == b'{"code":0,"data":{"accepted":[],"rejected":[]}}'


def test_a_request_refused_whole_has_errors_and_no_accepted() -> None:
    """T10, T11."""
    assert track17.write_problem(-18010002, "Access token is invalid.", top=401) == (
        b'{"code":401,"data":{"errors":[{"code":-18010002,"message":"Access token is invalid."}]}}'
    )


def test_every_refusal_has_a_code() -> None:
    for file in pkgutil.iter_modules(errors.__path__):
        importlib.import_module(f"{errors.__name__}.{file.name}")

    def leaves(kind: type[Refusal]) -> list[type[Refusal]]:
        return [leaf for sub in kind.__subclasses__() for leaf in leaves(sub)] or [kind]

    ours = {kind for kind in leaves(Refusal) if kind.__module__.startswith(f"{errors.__name__}.")}
    assert ours - {ExtraParameterNeeded} == set(REFUSALS)


@pytest.mark.parametrize(
    ("items", "param"),
    [
        ({"param": "1000AA", "extra_param": "1000BB"}, "1000AA"),
        ({"param": None, "extra_param": "1000BB"}, "1000BB"),
        ({"param": "", "extra_param": "1000BB"}, "1000BB"),
        ({"param": "", "extra_param": None}, ""),
        ({"extra_param": ""}, ""),
        ({"tag": "mine"}, None),
    ],
)
def test_a_note_may_have_either_name_of_the_parameter(items: dict[str, object], param: str | None) -> None:
    """T8."""
    (change,) = track17_items.read_note_changes(msgspec.json.encode({"number": "GOOD1", "items": items}))
    assert isinstance(change, NoteChange)
    assert change.param == param


def test_subjects() -> None:
    assert track17_items.read_subjects(b'[{"number":"rt215770195hk","carrier":8011}]') == [
        Subject(number="RT215770195HK", carrier=8011)
    ]


_PLAIN = st.fixed_dictionaries(
    {
        "number": st.sampled_from(
            ["RR123456789CN", "GOOD1", "good1", " GOOD1", "GOOD1\n", "BAD!", "", "A" * 51, 5, None]
        )
    },
    optional={
        "carrier": st.sampled_from([0, 3011, 8011.0, 1 << 31, -1, "3011", "", None, True]),
        "final_carrier": st.sampled_from([0, 21051, "x"]),
        "auto_detection": st.sampled_from([True, False, None, 1]),
        "tag": st.sampled_from(["", "mine", "郵" * 100, "郵" * 101, "a\0", "a\n", None, 7]),
        "param": st.sampled_from(["", "1000AA", " 1000AA", "1000AA\n", "x" * 101, "a\0b", None, 7]),
        "extra_param": st.sampled_from(["1000AA", None]),
        "more": st.just(1),
    },
)


@given(st.lists(_PLAIN, min_size=1, max_size=3))
def test_what_is_read_at_one_glance_is_what_is_read_item_by_item(items: list[dict[str, object]]) -> None:
    """A byte order mark is what no quick look gets past."""
    body = msgspec.json.encode(items)
    for read in (track17_items.read_applications, track17_items.read_subjects):
        quick, slow = (
            [(one.number, problem_of(one.why)) if isinstance(one, Refused) else one for one in read(given)]
            for given in (body, b"\xef\xbb\xbf" + body)
        )
        assert quick == slow
