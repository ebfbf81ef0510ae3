"""The signature is the document's, over the very bytes that are sent; Standard Webhooks verifies beside it."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import standardwebhooks.webhooks
import svix.webhooks

from trackway.domain.webhook import Kind
from trackway.wire import webhook

KEY = "6A8D7CFC3F7A41149E0A4EE8ABD0DD8A"
TRICKY = '电子信息已收到 \u2028\u2029 a/b </script> "q" \\ \b\f\n\r\t\x00\x1b\x7f é 🚚 ß'


def test_the_documents_own_signature() -> None:
    data = webhook.stopped("RM101474005CN", 3011, "")
    assert data == b'{"number":"RM101474005CN","carrier":3011,"tag":""}'
    assert webhook.sign(Kind.STOPPED, data, KEY) == "a829f039332706b9b888eba84b77bd01f425ed327d2c4a92b50bba5beb0a0260"


def test_no_tag_is_an_empty_tag() -> None:
    assert webhook.stopped("RM101474005CN", 3011, None) == webhook.stopped("RM101474005CN", 3011, "")
    assert webhook.updated("RM1", None, b"{}") == b'{"number":"RM1","tag":"","track":{}}'


def _as_a_receiver_verifies(content: bytes, key: str) -> bool:
    """Parse, write `data` again as most languages would, hash: the document's own recipe."""
    told = json.loads(content)
    data = json.dumps(told["data"], separators=(",", ":"), ensure_ascii=False)
    signed = hashlib.sha256(f"{told['event']}/{data}/{key}".encode()).hexdigest()
    return bool(signed == told["sign"])


@pytest.mark.parametrize("text", ["", "plain", "电子信息已收到", "\u2028", TRICKY, "a/b", "\ud7ff\ue000\uffff"])
def test_a_receiver_that_writes_the_data_again_gets_the_same_signature(text: str) -> None:
    track = msgspec.json.encode({"e": 10, "w1": 3011, "ln2": None, "z1": [{"z": text, "b": None}], "ok": False})
    for kind, data in (
        (Kind.UPDATED, webhook.updated("RR123456789CN", text, track)),
        (Kind.STOPPED, webhook.stopped("RR123456789CN", 3011, text)),
    ):
        content = webhook.body(kind, data, KEY)
        assert data in content
        assert list(json.loads(content)) == ["sign", "event", "data"]
        assert _as_a_receiver_verifies(content, KEY)
        assert not _as_a_receiver_verifies(content, KEY[::-1])
        assert not _as_a_receiver_verifies(content.replace(b"RR123456789CN", b"RR123456789HK"), KEY)


def test_the_keys_of_an_update_are_in_their_order() -> None:
    data = webhook.updated("STOAA0000272952YQ", "t", b'{"b":301}')
    assert list(json.loads(data)) == ["number", "tag", "track"]
    assert json.loads(data)["track"] == {"b": 301}


@pytest.mark.parametrize("library", [standardwebhooks.webhooks, svix.webhooks], ids=["standardwebhooks", "svix"])
def test_the_libraries_verify_the_headers(library: Any) -> None:
    now = datetime.now(UTC)
    content = webhook.body(Kind.STOPPED, webhook.stopped("RM101474005CN", 3011, TRICKY), KEY)
    headers = webhook.headers("msg_20261122120000_7", 2, now, content, KEY)
    verifier = library.Webhook("whsec_" + base64.b64encode(KEY.encode()).decode())
    verifier.verify(content, headers)
    with pytest.raises(library.WebhookVerificationError):
        verifier.verify(content + b" ", headers)
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["webhook-id"] == "msg_20261122120000_7"
    assert headers["webhook-attempt"] == "2"
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    assert headers["user-agent"].startswith("Trackway/")
