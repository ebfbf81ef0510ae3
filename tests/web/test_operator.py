"""The operator's systems send scans in: the right key, any batch, and never one item to the harm of another."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from tests.conftest import NOW, Clock
from tests.mailrooms import open_mailroom
from trackway.domain.errors import ConfigError
from trackway.service.post.mailroom import Mailroom
from trackway.service.senders import Sender as Kind
from trackway.service.senders import Senders
from trackway.storage.asking.sender_keys import SenderKeys
from trackway.storage.store import Store
from trackway.storage.vault import Vault
from trackway.web.operator import routes
from trackway.wire.files.emsevt import Profile

NUMBER = "RT215770195HK"
SCAN = {"eventDateTime": "22-11-2026 09:45", "eventLocation_code": "GB", "eventCode": "EMI"}
ITEM: dict[str, Any] = {"itemNo": NUMBER, "itemDeliveryStatusDetailList": [SCAN]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([NUMBER, "20-11-2026 09:00"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["itemNo", "postingDateTime", "itemDeliveryStatusDetailList"]), inner)
    ),
    max_leaves=20,
)


class Sender:
    """One of the operator's systems, with its key."""

    def __init__(self, client: httpx.AsyncClient, mailroom: Mailroom, operators: Senders, key: str) -> None:
        self.client, self.mailroom, self.operators, self.key = client, mailroom, operators, key

    async def send(self, body: Any, key: str | None = None, kind: str = "application/json") -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key if key is None else key}", "Content-Type": kind}
        return await self.client.post("/operator/v1/scans", content=content, headers=headers)


@pytest.fixture
async def sender(store: Store, clock: Clock) -> AsyncIterator[Sender]:
    operators, mailroom = (
        Senders(kind=Kind.OPERATOR, keys=SenderKeys(store.main), vault=Vault(b"k" * 32)),
        open_mailroom(store),
    )
    key = await operators.create_key("sorting", clock())
    app = Starlette(routes=routes(operators, mailroom, Profile(), clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://post") as client:
        yield Sender(client, mailroom, operators, key)


async def test_a_batch_twice_is_there_once(sender: Sender) -> None:
    for _ in range(2):
        answer = await sender.send([ITEM, ITEM | {"itemNo": "LK773201020HK"}])
        assert (answer.status_code, answer.json()) == (200, {"accepted": 2, "refused": []})
    (item,), _ = await sender.mailroom.history(NUMBER, NOW)
    assert [scan.what for scan in item.scans] == ["EMI"]


async def test_a_bad_item_is_told_and_the_others_are_kept(sender: Sender) -> None:
    bad = [
        {"itemNo": "x"},
        {"itemNo": 5},
        ITEM | {"postingDateTime": "soon"},
        ITEM | {"itemDeliveryStatusDetailList": [{"eventDateTime": "22-11-2026 09:45"}]},
        ITEM | {"itemDeliveryStatusDetailList": [{"eventDateTime": 1}]},
        "no item",
        None,
    ]
    answer = (await sender.send([*bad, ITEM])).json()
    assert answer["accepted"] == 1
    assert [(one["index"], one["field"]) for one in answer["refused"]] == [
        (0, "itemNo"),
        (1, "itemNo"),
        (2, "postingDateTime"),
        (3, "eventMsg_e"),
        (4, "itemDeliveryStatusDetailList[0].eventDateTime"),
        (5, ""),
        (6, ""),
    ]
    assert all(one["reason"] for one in answer["refused"])
    assert len((await sender.mailroom.history(NUMBER, NOW))[0]) == 1


async def test_an_interchange_is_taken_by_the_same_door(sender: Sender) -> None:
    event = f"RFF+AWN:{NUMBER}'STS+1+EMI'DTM+334:202611220945:203'LOC+14+GB'"
    bad = "GIN+BX+RB000000010HK'STS+1+EMI'"
    body = f"UNB+UNOA:1+A+B+261123:0910+7'UNH+1+EMSEVT:3:0:UP'{event}{bad}UNT+8+1'UNZ+1+7'".encode()
    for _ in range(2):
        answer = (await sender.send(body, kind="Application/EDIFACT; charset=us-ascii")).json()
        assert answer["accepted"] == 1
        ((at, reason),) = [(one["index"], one["reason"]) for one in answer["refused"]]
        assert (at, "no time" in reason) == (7, True)
    (item,), _ = await sender.mailroom.history(NUMBER, NOW)
    assert [(scan.time, scan.place.code, scan.what) for scan in item.scans] == [("2026-11-22 09:45", "GB", "EMI")]


async def test_only_a_key_that_is_there_opens(sender: Sender) -> None:
    for key in ("", "x", sender.key + "x"):
        refused = await sender.send([ITEM], key)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert refused.json()["reason"]
    await sender.operators.drop_key("sorting")
    assert (await sender.send([ITEM])).status_code == 401
    assert await sender.mailroom.history(NUMBER, NOW) == ([], [])


async def test_keys_have_names(sender: Sender) -> None:
    assert await sender.operators.names() == {"sorting": 0}
    for name in ("sorting", "", "a b", "x" * 41):
        with pytest.raises(ConfigError, match="operator key"):
            await sender.operators.create_key(name, NOW)
    with pytest.raises(ConfigError, match="no operator key"):
        await sender.operators.drop_key("nobody")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{}", 400),
        (b"[1,", 400),
        (b"[][]", 400),
        (b"\xff", 400),
        (b"[]", 200),
        ([1] * 501, 413),
        (b" " * 1048577, 413),
    ],
)
async def test_what_is_no_batch_is_told(sender: Sender, body: Any, status: int) -> None:
    answer = await sender.send(body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json().keys() == ({"accepted", "refused"} if status == 200 else {"reason"})


async def test_only_post_is_answered(sender: Sender) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = await sender.client.request(method, "/operator/v1/scans")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert answer.json()["reason"]


async def test_a_store_that_is_gone_is_503(sender: Sender, store: Store) -> None:
    await store.close()
    assert (await sender.send([ITEM])).status_code == 503


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(items=st.lists(JSON, max_size=5))
async def test_whatever_is_sent_each_item_is_kept_or_told(sender: Sender, items: list[Any]) -> None:
    answer = await sender.send(items)
    assert answer.status_code == 200
    assert answer.json()["accepted"] + len(answer.json()["refused"]) == len(items)
