"""The operator's back door described in OpenAPI 3.1, and the page that shows it."""

from starlette.routing import BaseRoute

from trackway.web.openapi.base import Json, body, document, reference, schemas
from trackway.web.openapi.base import routes as pages
from trackway.wire.hkpost.load import LoadedItem, LoadedScan
from trackway.wire.operator import EDIFACT, MOST_ITEMS, Loaded, Problem, Refused

_BASE = "/operator/v1"
_TIME = {"description": "`DD-MM-YYYY HH24:MI`, local to the place", "examples": ["20-11-2026 09:00"]}
_MEANINGS: dict[str, dict[str, Json]] = {
    "LoadedItem": {
        "itemNo": {"description": "Two letters, nine digits, two letters."},
        "status": {"description": "Not looked at."},
        "errMsg": {"description": "Not looked at."},
        "postingDateTime": _TIME,
    },
    "LoadedScan": {
        "eventDateTime": _TIME,
        "eventCode": {"description": "The UPU event code, such as `EMI`; without it a message is needed."},
    },
    "Refused": {
        "index": {"description": "The item's place in the batch, from 0."},
        "field": {"description": "The field that is wrong; empty where it is no one field."},
    },
}
_SCAN = LoadedScan(eventDateTime="22-11-2026 09:45", eventLocation_code="GB", eventCode="EMI")
_ITEM = LoadedItem(itemNo="RT215770195HK", postingDateTime="20-11-2026 09:00", itemDeliveryStatusDetailList=[_SCAN])
_LOADED = Loaded(1, [Refused(1, "itemNo", "'RT21577019HK' has not the form of an item number")])
_FAILURES = {
    "400": ("The body is no JSON array.", "JSON is malformed: invalid character (byte 0)"),
    "401": ("The key is not accepted.", "the {sender} key is missing, or is none of ours"),
    "405": ("Another method than POST.", "only POST is answered here"),
    "413": ("More than 1 MiB, or more entries than are taken at once.", "the body is larger than 1 MiB, or broke off"),
    "503": ("The server cannot keep anything for now.", "nothing was kept; send it again later"),
}
_HEADERS = {"401": "WWW-Authenticate", "405": "Allow"}


def routes() -> list[BaseRoute]:
    """The page and its document."""
    return pages(describe(), page=f"{_BASE}/docs", path=f"{_BASE}/openapi.json")


def describe() -> Json:
    """The one operation as an OpenAPI 3.1 document."""
    taken = {"type": "array", "items": reference(LoadedItem), "maxItems": MOST_ITEMS}
    operation = {
        "operationId": "scans",
        "summary": f"What happened to up to {MOST_ITEMS} items; safe to send twice",
        "requestBody": _request_body(taken),
        "responses": {"200": body("What became of the batch.", reference(Loaded), _LOADED), **failures("operator")},
    }
    return document(
        title="Trackway for the operator's own systems",
        description="Scans come in here, and partners are told of them by the Mail Tracking API.",
        server=_BASE,
        paths={"/scans": {"post": operation}},
        components={
            "schemas": schemas([LoadedItem], [Loaded, Problem], _MEANINGS),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    )


def failures(sender: str) -> Json:
    """The answers to a batch of which nothing was done, as a sender of that kind is told them."""
    return {
        status: body(description, reference(Problem), Problem(reason.format(sender=sender)), headers=_headers(status))
        for status, (description, reason) in _FAILURES.items()
    }


def _request_body(taken: Json) -> Json:
    given = body("Items with their scans, or an EDIFACT interchange of EMSEVT messages.", taken, [_ITEM], required=True)
    given["content"][EDIFACT] = {"schema": {"type": "string"}}
    return given


def _headers(status: str) -> Json:
    name = _HEADERS.get(status)
    return {name: {"required": True, "schema": {"type": "string"}}} if name else {}
