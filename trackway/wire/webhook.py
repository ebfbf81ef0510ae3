"""How a webhook looks: 17TRACK's body with its signature, and the headers of Standard Webhooks beside it (T1, T4).

`data` is encoded once; the same bytes are signed, sent and kept for later attempts.
"""

import base64
import hashlib
import hmac
from datetime import datetime

import msgspec

from trackway import __version__
from trackway.domain.webhook import Kind

_ENCODER = msgspec.json.Encoder()
_AGENT = f"Trackway/{__version__}"


def stopped(number: str, carrier: int, tag: str | None) -> bytes:
    """The data of TRACKING_STOPPED; `tag` is always there."""
    return _ENCODER.encode({"number": number, "carrier": carrier, "tag": tag or ""})


def updated(number: str, tag: str | None, track: bytes) -> bytes:
    """The data of TRACKING_UPDATED round a track that is encoded already."""
    return b"%b,%b}" % (_ENCODER.encode({"number": number, "tag": tag or ""})[:-1], b'"track":' + track)


def sign(event: Kind, data: bytes, key: str) -> str:
    """The document's signature: the hexadecimal SHA-256 of `event/data/key`. It is no HMAC, and must stay so."""
    return hashlib.sha256(b"%b/%b/%b" % (event.encode(), data, key.encode())).hexdigest()


def body(event: Kind, data: bytes, key: str) -> bytes:
    """The whole body, with the very bytes of `data` in it."""
    return b'{"sign":"%b","event":"%b","data":%b}' % (sign(event, data, key).encode(), event.encode(), data)


def headers(name: str, attempt: int, now: datetime, content: bytes, *keys: str) -> dict[str, str]:
    """The headers of one attempt on the message `name`; attempts count from 1.

    `webhook-signature` is that of Standard Webhooks with each key, whose secret is `whsec_` + base64 of the key.
    """
    timestamp = str(int(now.timestamp()))
    signed = b"%b.%b.%b" % (name.encode(), timestamp.encode(), content)
    digests = [base64.b64encode(hmac.digest(key.encode(), signed, "sha256")) for key in keys]
    return {
        "content-type": "application/json; charset=utf-8",  # without it some read Latin-1, and sign that
        "user-agent": _AGENT,
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-attempt": str(attempt),
        "webhook-signature": " ".join([f"v1,{digest.decode()}" for digest in digests]),
    }
