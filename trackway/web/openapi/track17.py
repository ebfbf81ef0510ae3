"""The 17TRACK Track API v1.0 described in OpenAPI 3.1, and the page that shows it (readings T5 to T22)."""

import re
from collections import defaultdict
from typing import Any

from msgspec import Struct
from starlette.routing import BaseRoute

from trackway.domain.errors.access import KeyUnknown
from trackway.domain.errors.items import CarrierNotRecognised
from trackway.domain.following.registration import MAX_ITEMS, Accepted, Registered
from trackway.domain.tracking import Origin
from trackway.web.openapi.base import Json, body, document, reference, schemas
from trackway.web.openapi.base import routes as pages
from trackway.wire.track17.answers import (
    Answer,
    Candidate,
    Candidates,
    Outcomes,
    Problem,
    Problems,
    Rejected,
    Tracked,
)
from trackway.wire.track17.codes import DENIALS, INTERNAL, NEEDS, NOWHERE, REFUSALS, REQUESTS, TOO_MANY, problem_of
from trackway.wire.track17.list import ListAnswer, ListItem, ListItems, Paging
from trackway.wire.track17.requests import CarrierChange, ListFilter, NoteChange, Notes, Registration, Subject
from trackway.wire.track17.track import STATE_CODES, Extension, Track, ZEvent

BASE = "/track/v1"
_KEY = {"type": "apiKey", "in": "header", "name": "17token", "description": "The account's key."}
_WAIT = {"Retry-After": {"required": True, "description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
_STATES = sorted(set(STATE_CODES.values()))
_OWN_NOTE = re.compile(r" \(T\d+\)")


class Registrations(Outcomes[Registered]):
    """What came of each number to register, in the order asked."""


class Handled(Outcomes[Accepted]):
    """What came of each item, in the order asked."""


class Detections(Outcomes[Candidates]):
    """Whose each number may be, in the order asked."""


class Tracks(Outcomes[Tracked[Track]]):
    """What is known of each number, in the order asked."""


_MEANINGS: dict[str, dict[str, Json]] = {
    "ListFilter": {
        "push_state": {"enum": [0, 1, 2, "0", "1", "2", "", None], "description": "0 never pushed, 1 taken, 2 failed."},
        "package_state": {"enum": [*_STATES, *map(str, _STATES), "", None]},
        "tracking_state": {"enum": [0, 1, "0", "1", "", None, False, True], "description": "1 followed, 0 stopped."},
        "page_no": {"minimum": 1, "pattern": "^([1-9][0-9]{0,8})?$"},
    },
    "Registered": {"origin": {"description": "1 recognised, 2 as given, 3 guessed."}},
    "Candidate": {
        "carrier": {"description": "The carrier's key."},
        "id": {"description": "Trackway's name of the carrier."},
        "format": {"description": "The form of number that it has."},
        "check": {"enum": ["right", "wrong", "none"], "description": "The check digit; none: the form has none."},
        "reason": {"description": "The same in words."},
    },
    "Track": {
        "b": {"description": "Key of the country of origin."},
        "c": {"description": "Key of the country of destination."},
        "e": {"enum": _STATES, "description": "State of the item."},
        "f": {"description": "Whole days from the first event to the delivery, -1 until then."},
        "w1": {"description": "Key of the first carrier."},
        "w2": {"description": "Key of the final carrier, 0 for none."},
        "z0": {"description": "The newest event of all; left out where there is none."},
        "z1": {"description": "Events of the first carrier, newest first."},
        "z2": {"description": "Events of the final carrier, newest first."},
        "z9": {"description": "Events of a joint carrier, newest first."},
        "is1": {"description": "How the last asking of the first carrier went."},
        "is2": {"description": "How the last asking of the final carrier went."},
        "ygt1": {"description": "Milliseconds that the first carrier took."},
        "ylt1": {"description": "When the first carrier was last asked, UTC; 2079 for never."},
        "ln1": {"description": "Language of the first carrier's events."},
        "hs": {"description": "Hash of the newest event."},
    },
    "ZEvent": {
        "a": {"description": "Time, local to the place."},
        "b": {"description": "Not in use."},
        "c": {"description": "Place."},
        "d": {"description": "More of the place."},
        "z": {"description": "What happened."},
    },
    "ListItem": {
        "e": {"enum": _STATES, "description": "State of the item."},
        "rt": {"description": "When it was registered, UTC."},
        "tt": {"description": "When it was last tracked."},
        "pt": {"description": "When it was last pushed."},
        "ps": {"description": "HTTP status of the last push, 0 for none, -1 where no answer came."},
        "st": {"description": "When it was stopped."},
        "sr": {
            "description": "Why: 1 expired, 2 by request, 3 by hand, 4 its carrier says that it is no number of its."
        },
        "ir": {"description": "Whether it was followed again."},
        "ts": {"description": "Whether it is followed."},
        "mc": {"description": "How often its carrier was changed."},
    },
}
_POSTED = ZEvent(a="2015-05-13 14:47", b=None, c="", d="", z="电子信息已收到")
_REGISTER = [
    Registration(number="RR123456789CN", carrier=3011, final_carrier=21051, auto_detection=False, tag="MyId"),
    Registration(number="ABC12345"),
]
_REGISTERED = Answer(
    code=0,
    data=Outcomes(
        accepted=[Registered(origin=Origin.RECOGNISED, number="RR123456789CN", carrier=3011)],
        rejected=[Rejected("ABC12345", Problem(*problem_of(CarrierNotRecognised())))],
    ),
)
_SUBJECTS = [Subject(number="RR123456789CN", carrier=3011)]
_CHANGE = CarrierChange(number="RR123456789CN", carrier_old=3011, carrier_new=3013)
_NOTES = NoteChange(number="RR123456789CN", carrier=3011, items=Notes(tag="This is my order id.", param="1234"))
_HANDLED = Answer(code=0, data=Outcomes(accepted=[Accepted(number="RR123456789CN", carrier=3011)], rejected=[]))
_TRACK = Track(
    b=301,
    c=1803,
    e=10,
    f=-1,
    w1=3011,
    w2=18031,
    z1=[_POSTED],
    z2=[],
    ygt1=370,
    is1=1,
    is2=0,
    ln1="zh-CHS",
    ln2=None,
    hs=627236210,
    z0=_POSTED,
    ylt1="2015-06-01 20:44:52",
    ylt2="2079-01-01 00:00:00",
    zex=Extension(),
)
_TRACKS = Answer(code=0, data=Outcomes(accepted=[Tracked("RM101474005CN", "", _TRACK)], rejected=[]))
_DETECTED = Answer(
    code=0,
    data=Outcomes(
        accepted=[
            Candidates(
                number="RR473124829GB",
                candidates=[
                    Candidate(
                        carrier=11031, id="gb.post", format="S10", check="right", reason="S10 number of Royal Mail"
                    )
                ],
            )
        ],
        rejected=[],
    ),
)
_LISTED = ListItem(
    number="RV929123748CN",
    w1=3011,
    b=301,
    w2=10011,
    c=1001,
    e=20,
    rt="2019-08-26 09:48:16",
    tt="2020-01-16 02:52:11",
    pt="2019-11-08 06:16:25",
    ps=200,
    st="2020-02-28 02:36:59",
    sr=1,
    ir=True,
    ts=False,
    mc=0,
    tag=None,
)
_LIST = ListAnswer(
    code=0,
    page=Paging(data_total=1, page_total=1, page_no=1, page_size=40),
    data=ListItems(accepted=[_LISTED]),
)
_FILTER = ListFilter(carrier=3011, register_time_from="2019-01-01 12:24:00", package_state=10, page_no=1)


def routes() -> list[BaseRoute]:
    """The page and the document."""
    return pages(describe(), page=f"{BASE}/docs", path=f"{BASE}/openapi.json")


def codes() -> dict[int, list[str]]:
    """Every error code of the API with the situations that have it."""
    found = defaultdict(list, {code: [when] for code, when in REQUESTS.items()})
    for kind, (code, _) in (REFUSALS | DENIALS).items():
        found[code].append(_OWN_NOTE.sub("", (kind.__doc__ or "").splitlines()[0]))
    for code, when in (*NEEDS.values(), INTERNAL):
        found[code].append(when)
    return dict(sorted(found.items(), reverse=True))


def describe() -> Json:
    """The API as an OpenAPI 3.1 document."""
    return document(
        title="17TRACK Track API v1.0",
        description="Register tracking numbers, and ask what became of them. Codes:\n\n| code | when |\n|---|---|\n"
        + "\n".join(f"| {code} | {' '.join(when)} |" for code, when in codes().items()),
        server=BASE,
        paths=_paths(),
        components={"schemas": _schemas(), "securitySchemes": {"17token": _KEY}},
    )


def _schemas() -> Json:
    asked = [Registration, CarrierChange, NoteChange, Subject, ListFilter]
    told = [Answer[Registrations], Answer[Handled], Answer[Tracks], Answer[Detections], ListAnswer, Answer[Problems]]
    found = schemas(asked, told, _MEANINGS)
    found["Problem"]["properties"]["code"]["enum"] = [*codes(), 404, 429]
    return found


def _paths() -> Json:
    registered, handled, tracks = Answer[Registrations], (Answer[Handled], _HANDLED), (Answer[Tracks], _TRACKS)
    subjects, note = (_items(Subject), _SUBJECTS), {"anyOf": [reference(NoteChange), _items(NoteChange)]}
    operations = {
        "register": ("Register numbers", (_items(Registration), _REGISTER), (registered, _REGISTERED)),
        "changecarrier": ("Change carriers", (_items(CarrierChange), [_CHANGE]), handled),
        "changeinfo": ("Change what is noted", (note, _NOTES), handled),
        "stoptrack": ("Stop following numbers", subjects, handled),
        "retrack": ("Follow stopped numbers again, once", subjects, handled),
        "gettracklist": ("List registered numbers, 40 a page", (reference(ListFilter), _FILTER), (ListAnswer, _LIST)),
        "gettrackinfo": ("What became of numbers", subjects, tracks),
        "deletetrack": ("Delete numbers", subjects, handled),
        "push": ("Push what is known to the webhook", subjects, handled),
        "detect": (
            "Whose numbers may be (Trackway's own)",
            (_items(Subject), [Subject(number="RR473124829GB")]),
            (Answer[Detections], _DETECTED),
        ),
    }
    return {f"/{name}": _operation(name, *parts) for name, parts in operations.items()}


def _items(kind: type[Struct]) -> Json:
    return {"type": "array", "items": reference(kind), "maxItems": MAX_ITEMS}


def _operation(name: str, summary: str, asked: tuple[Json, Any], told: tuple[Any, Any]) -> Json:
    """One address: what it takes and answers, and the failures that all have in common."""
    kind, example = told
    answers = reference(kind, Answer[Problems])
    responses = {
        "200": body("What came of it; `errors` if the whole request was refused.", answers, example),
        "401": _refused("The key, the address or the account may not.", 401, *DENIALS[KeyUnknown]),
        "404": _refused("There is no such address.", 404, *NOWHERE),
        "429": _refused("Too many requests to one address in one second.", 429, *TOO_MANY, headers=_WAIT),
        "500": _refused("A fault of the server.", 500, *INTERNAL),
        "503": _refused("The server cannot answer for now.", 503, *INTERNAL),
    }
    taken = body("UTF-8, whatever the type is said to be.", *asked, required=True)
    return {"post": {"operationId": name, "summary": summary, "requestBody": taken, "responses": responses}}


def _refused(description: str, status: int, code: int, message: str, **more: object) -> Json:
    answer = Answer(code=status, data=Problems(errors=[Problem(code, message)]))
    return body(description, reference(Answer[Problems]), answer, **more)
