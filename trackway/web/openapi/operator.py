"""The operator's back door described in OpenAPI 3.1, and the page that shows it."""

from starlette.routing import BaseRoute

from trackway.web.openapi.base import Json, body, document, reference, schemas
from trackway.web.openapi.base import routes as pages
from trackway.web.openapi.batch import failures
from trackway.wire.batch import MOST, Loaded, Problem, Refused
from trackway.wire.hkpost.load import LoadedItem, LoadedScan
from trackway.wire.operator import EDIFACT

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


def routes() -> list[BaseRoute]:
    """The page and its document."""
    return pages(describe(), page=f"{_BASE}/docs", path=f"{_BASE}/openapi.json")


def describe() -> Json:
    """The one operation as an OpenAPI 3.1 document."""
    taken = {"type": "array", "items": reference(LoadedItem), "maxItems": MOST}
    operation = {
        "operationId": "scans",
        "summary": f"What happened to up to {MOST} items; safe to send twice",
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


def _request_body(taken: Json) -> Json:
    given = body("Items with their scans, or an EDIFACT interchange of EMSEVT messages.", taken, [_ITEM], required=True)
    given["content"][EDIFACT] = {"schema": {"type": "string"}}
    return given
