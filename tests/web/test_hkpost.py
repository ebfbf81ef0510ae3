"""The operator's face over HTTP: every status, the document's own examples, and nothing else ever (H8, H17, H18)."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from tests.conftest import Clock
from tests.mailrooms import NOWHERE, open_mailroom
from trackway.config import load
from trackway.domain.post.mail import ItemUnknown
from trackway.service.post.mailroom import Mailroom
from trackway.storage.store import Store
from trackway.web.hkpost import routes
from trackway.wire.hkpost.codes import WORDS
from trackway.wire.hkpost.load import read_item

SPECS = Path(__file__).parent.parent / "specs" / "hkpost"
NUMBER = "RB000000010HK"
ASK = "/mailTrackingAPI/api/version/1/mailTracking"
AUTHENTICATE = "/mailTrackingAPI/api/authenticate"
THEN = datetime(2017, 3, 2, 12, 0, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(["A", NUMBER]),
    lambda inner: (
        st.lists(inner, max_size=35)
        | st.dictionaries(st.sampled_from(["lang", "itemNo", "sysId", "sysSecret"]) | st.text(), inner)
    ),
    max_leaves=40,
)


def spec(name: str) -> Any:
    return json.loads((SPECS / f"{name}.json").read_text(encoding="utf-8"))


class Partner:
    """A partner over HTTP, with what it needs to ask."""

    def __init__(self, client: httpx.AsyncClient, mailroom: Mailroom, secret: str, clock: Clock) -> None:
        self.client, self.mailroom, self.secret, self.clock = client, mailroom, secret, clock
        self.token = ""

    async def enter(self) -> None:
        answer = await self.client.post(AUTHENTICATE, json={"sysId": "ann", "sysSecret": self.secret})
        assert answer.status_code == 200
        assert answer.json()["expiry"] == int(self.clock().timestamp()) + 900
        self.token = answer.json()["id_token"]

    async def ask(self, body: Any, *, after_ms: int = 100) -> httpx.Response:
        """Ask once more; bytes go as they are, anything else as JSON."""
        self.clock.move(milliseconds=after_ms)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.client.post(ASK, content=content, headers={"Authorization": f"Bearer {self.token}"})


@pytest.fixture
async def partner(store: Store) -> AsyncIterator[Partner]:
    clock = Clock(THEN)
    mailroom = open_mailroom(store)
    secret = await mailroom.create_partner("ann", clock())
    app = Starlette(routes=routes(mailroom, load(data=NOWHERE), clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://post") as client:
        partner = Partner(client, mailroom, secret, clock)
        await partner.enter()
        yield partner


def _refused(answer: httpx.Response, status: int, http: int = 200) -> None:
    assert answer.status_code == http
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json() == {"status": status, "errMsg": WORDS[status], "itemCount": 0, "deliveryResultList": []}
    assert answer.headers.get("www-authenticate") == ("Bearer" if http == 401 else None)


async def _load(partner: Partner) -> None:
    await partner.mailroom.load([read_item((SPECS / "item.json").read_bytes())], THEN)


async def test_section_4_the_documents_own_example(partner: Partner) -> None:
    await _load(partner)
    answer = await partner.ask(spec("request"))
    assert answer.json() == spec("answer_A")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("lang", ["E", "C", "S"])
async def test_h3_one_language_leaves_the_others_empty(partner: Partner, lang: str) -> None:
    await _load(partner)
    expected = spec("answer_A")
    (result,) = expected["deliveryResultList"]
    for told in (result, *result["itemDeliveryStatusDetailList"]):
        told.update({field: "" for field in told if field[-2:-1] == "_" and field[-1] != lang.lower()})
    assert (await partner.ask({"lang": lang, "itemNo": [NUMBER]})).json() == expected


async def test_h9_an_item_that_is_not_there(partner: Partner) -> None:
    assert (await partner.ask(spec("request"))).json() == spec("unknown_item")


async def test_who_asked_when_is_kept_with_what_was_told(partner: Partner) -> None:
    await _load(partner)
    await partner.ask({"lang": "A", "itemNo": [NUMBER.lower(), "x", "RB000000023HK"]})
    first = partner.clock()
    await partner.ask({"lang": "Z", "itemNo": [NUMBER]})
    await partner.ask({"lang": "E", "itemNo": [NUMBER, NUMBER]})
    items, asked = await partner.mailroom.history(NUMBER, partner.clock())
    assert [item.number for item in items] == [NUMBER]
    assert [(one.sys_id, one.at, one.status) for one in asked] == [
        ("ann", first, 0),
        ("ann", partner.clock(), 0),
        ("ann", partner.clock(), 0),
    ]
    _, missed = await partner.mailroom.history("RB000000023HK", partner.clock())
    assert [(one.at, one.status) for one in missed] == [(first, 1001)]


async def test_the_log_of_who_asked_can_be_off(store: Store) -> None:
    mailroom = open_mailroom(store, hkpost_inquiry_log_days=0)
    await mailroom.create_partner("ann", THEN)
    (ann,) = await mailroom.partners()
    await mailroom.note(ann, [(ItemUnknown(NUMBER), 1001)], THEN)
    assert await mailroom.history(NUMBER, THEN) == ([], [])


async def test_h11_thirty_one_numbers(partner: Partner) -> None:
    assert (await partner.ask({"lang": "A", "itemNo": [NUMBER] * 30})).json()["itemCount"] == 30
    assert (await partner.ask({"lang": "A", "itemNo": [NUMBER] * 31})).json() == spec("too_many")


def test_appendix_a_word_for_word() -> None:
    assert {str(code): words for code, words in WORDS.items()} == spec("appendix_a")


async def test_h7_each_item_has_its_status_and_the_top_is_0(partner: Partner, store: Store) -> None:
    items = [
        {"itemNo": "RB000000023HK", "postingDateTime": "01-01-2016 00:00"},
        {"itemNo": "LK773201020HK", "postingDateTime": "01-03-2017 00:00"},
    ]
    await partner.mailroom.load([read_item(json.dumps(item).encode()) for item in items], THEN)
    secret = await partner.mailroom.create_partner("bob", THEN, prefixes=("RB",))
    partner.token = (await partner.mailroom.authenticate("bob", secret, THEN)).token
    answer = (await partner.ask({"lang": "A", "itemNo": [NUMBER, "x", "RB000000023HK", "LK773201020HK"]})).json()
    told = [(result["status"], result["errMsg"]) for result in answer["deliveryResultList"]]
    assert told == [(code, WORDS[code]) for code in (1001, 1002, 1003, 1004)]
    assert (answer["status"], answer["itemCount"]) == (0, 4)


async def test_h20_too_soon(partner: Partner) -> None:
    await partner.ask(spec("request"))
    _refused(await partner.ask(spec("request"), after_ms=99), 9991)
    assert (await partner.ask(spec("request"), after_ms=1)).json()["status"] == 0


async def test_h18_no_token_a_bad_one_and_an_old_one(partner: Partner) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {partner.token}"},
        {"Authorization": "x"},
    ):
        _refused(await partner.client.post(ASK, json=spec("request"), headers=headers), 9992, 401)
    small = {"Authorization": f"bearer  {partner.token}"}
    assert (await partner.client.post(ASK, json=spec("request"), headers=small)).json()["status"] == 0
    _refused(await partner.ask(spec("request"), after_ms=900_000), 9992, 401)


async def test_h18_a_failed_authenticate(partner: Partner) -> None:
    for sys_id, secret in (("ann", "wrong"), ("eve", partner.secret)):
        answer = await partner.client.post(AUTHENTICATE, json={"sysId": sys_id, "sysSecret": secret})
        _refused(answer, 9992, 401)
    _refused(await partner.client.post(AUTHENTICATE, json={"sysId": "a" * 21, "sysSecret": "x"}), 9998)
    _refused(await partner.client.post(AUTHENTICATE, content=b"sysId=ann"), 9993)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 9993),
        (b"[]", 9993),
        ({"lang": "A", "itemNo": NUMBER}, 9993),
        ({"lang": "X", "itemNo": [NUMBER]}, 9996),
        ({"lang": "A", "itemNo": []}, 9997),
        ({"lang": "A"}, 9997),
        ({"lang": "A", "itemNo": [" "]}, 9998),
    ],
)
async def test_h16_what_is_wrong_with_a_request(partner: Partner, body: Any, status: int) -> None:
    _refused(await partner.ask(body), status)


async def test_h17_the_checks_come_in_their_order(partner: Partner) -> None:
    await partner.mailroom.create_partner("bob", THEN, daily=1)
    secret = await partner.mailroom.rotate("bob")
    partner.token = (await partner.mailroom.authenticate("bob", secret, THEN)).token
    _refused(await partner.ask(b"{"), 9993)
    _refused(await partner.ask(b"{", after_ms=0), 9991)
    _refused(await partner.ask(b"{"), 9994)
    _refused(await partner.ask(b"{", after_ms=0), 9994)
    partner.token = "x"
    _refused(await partner.ask(b"{", after_ms=0), 9992, 401)


async def test_h18_a_store_that_is_gone_is_9999(partner: Partner, store: Store) -> None:
    await store.close()
    _refused(await partner.ask(spec("request")), 9999, 503)
    answer = await partner.client.post(AUTHENTICATE, json={"sysId": "ann", "sysSecret": partner.secret})
    _refused(answer, 9999, 503)


async def test_a_body_over_the_limit_is_a_wrong_format(partner: Partner) -> None:
    _refused(await partner.ask(b'{"lang":"' + b"A" * 1024 * 1024), 9993)


async def test_any_content_type_will_do(partner: Partner) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "nonsense"):
        partner.clock.move(milliseconds=100)
        headers = {"Authorization": f"Bearer {partner.token}", "Content-Type": kind}
        answer = await partner.client.post(ASK, content=json.dumps(spec("request")), headers=headers)
        assert answer.json()["status"] == 0


async def test_other_paths_and_methods_answer_in_the_same_shape(partner: Partner) -> None:
    for path in ("/mailTrackingAPI", "/mailTrackingAPI/", "/mailTrackingAPI/api", f"{ASK}/x", f"{ASK}/"):
        _refused(await partner.client.post(path), 9993, 404)
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        answer = await partner.client.request(method, ASK)
        _refused(answer, 9993, 405)
        assert answer.headers["allow"] == "POST"


@given(body=JSON)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_h8_any_json_gets_a_documented_answer(partner: Partner, body: Any) -> None:
    await partner.enter()
    answer = await partner.ask(body)
    assert answer.status_code == 200
    assert str(answer.json()["status"]) in spec("appendix_a")
    entry = await partner.client.post(AUTHENTICATE, content=json.dumps(body))
    assert (entry.status_code, entry.json()["status"]) in {(200, 9993), (200, 9998), (401, 9992)}


@given(body=st.binary())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_h16_any_bytes_get_a_documented_answer(partner: Partner, body: bytes) -> None:
    await partner.enter()
    _refused(await partner.ask(body), 9996 if body.strip() == b"{}" else 9993)  # the one object in so few bytes
