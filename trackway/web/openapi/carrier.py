"""The couriers' door described in OpenAPI 3.1, and the page that shows it."""

from starlette.routing import BaseRoute

from trackway.web.openapi.base import Json, body, document, reference, schemas
from trackway.web.openapi.base import routes as pages
from trackway.web.openapi.batch import failures
from trackway.wire.batch import MOST, Loaded, Problem, Refused
from trackway.wire.carrier import CarrierEvent

_BASE = "/carrier/v1"
_MEANINGS: dict[str, dict[str, Json]] = {
    "CarrierEvent": {
        "number": {"description": "The tracking number, 5 to 50 letters and digits.", "examples": ["AB123456789"]},
        "time": {
            "description": "`YYYY-MM-DD HH:MM`, with seconds or without, local to the place; a zone is passed over.",
            "examples": ["2026-11-22 09:45"],
        },
        "text": {"description": "What happened, in words for the receiver; not empty."},
        "id": {
            "description": "Your own id of the event. What comes again under it takes the place of what it said "
            "before; without it an event is known by its time, text and place."
        },
        "place": {"description": "Where, in words."},
        "detail": {"description": "More about it."},
        "milestone": {"description": "The state that the event brings; without it we read the words."},
        "language": {"description": "The language tag of the text, such as `en`."},
        "translations": {"description": "The text in other languages, by language tag."},
        "origin": {"description": "The country of origin, ISO 3166 alpha-2."},
        "destination": {"description": "The country of destination, ISO 3166 alpha-2."},
    },
    "Refused": {
        "index": {"description": "The event's place in the batch, from 0."},
        "field": {"description": "The field that is wrong; empty where it is no one field."},
    },
}
_EVENT = CarrierEvent(number="AB123456789", time="2026-11-22 09:45", text="Delivered", place="London", id="scan-81723")
_LOADED = Loaded(1, [Refused(1, "time", "time cannot be 'yesterday'")])


def routes() -> list[BaseRoute]:
    """The page and its document."""
    return pages(describe(), page=f"{_BASE}/docs", path=f"{_BASE}/openapi.json")


def describe() -> Json:
    """The one operation as an OpenAPI 3.1 document."""
    taken = {"type": "array", "items": reference(CarrierEvent), "maxItems": MOST}
    operation = {
        "operationId": "events",
        "summary": f"Up to {MOST} events of your parcels; safe to send twice",
        "requestBody": body("Events, of any of your parcels and in any order.", taken, [_EVENT], required=True),
        "responses": {"200": body("What became of the batch.", reference(Loaded), _LOADED), **failures("carrier")},
    }
    return document(
        title="Trackway for couriers",
        description="A courier sends in what happened to its parcels; every merchant that follows one is told.",
        server=_BASE,
        paths={"/events": {"post": operation}},
        components={
            "schemas": schemas([CarrierEvent], [Loaded, Problem], _MEANINGS),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    )
