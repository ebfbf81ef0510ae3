"""The 17TRACK Track API v1.0 on the wire: answers written (readings T5 to T10, T14 to T22)."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from trackway.domain.following.registration import Accepted, Found, Refused, Registered
from trackway.domain.recognising.recognition import Detected
from trackway.wire.track17.codes import problem_of

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()


class Problem(Struct):
    """A code of the table, and what it says here."""

    code: int
    message: str


class Rejected(Struct):
    """An item that a rule said no to."""

    number: str
    error: Problem


class Candidate(Struct):
    """A carrier that a number may belong to: its key and our id, by which form, and what the check digit says."""

    carrier: int
    id: str
    format: str
    check: str
    reason: str


class Candidates(Struct):
    """A number with the carriers that it may belong to, the best first."""

    number: str
    candidates: list[Candidate]


class Tracked(Struct, Generic[T]):
    """What is known of one number; an answer carries the track's bytes as they were stored."""

    number: str
    tag: str
    track: T


class Outcomes(Struct, Generic[T]):
    """What came of each item, both lists in the order asked (T9)."""

    accepted: list[T]
    rejected: list[Rejected]


class Problems(Struct):
    """Why the whole request was refused (T10 to T12)."""

    errors: list[Problem]


class Answer(Struct, Generic[T]):
    """What every answer is wrapped in; `code` is 0, or the HTTP status if that is not 200."""

    code: int
    data: T


def write_outcomes(outcomes: Sequence[Accepted | Registered | Candidates | Refused]) -> bytes:
    """`accepted` and `rejected`, each in the order asked (T9)."""
    accepted = [one for one in outcomes if not isinstance(one, Refused)]
    rejected = _rejected(outcomes) if len(accepted) < len(outcomes) else []
    return _ENCODER.encode(Answer(code=0, data=Outcomes(accepted=accepted, rejected=rejected)))


def write_tracks(outcomes: Sequence[Found | Refused]) -> bytes:
    """The same with a `Tracked` for each track; its bytes are passed on as they were stored (T17)."""
    pieces = [b'{"code":0,"data":{"accepted":[']
    for one in outcomes:
        if isinstance(one, Found):
            tag = _ENCODER.encode(one.tag) if one.tag else b'""'
            pieces += (b'{"number":"', one.number.encode(), b'","tag":', tag, b',"track":', one.track or b"null", b"},")
    pieces[-1] = pieces[-1].removesuffix(b",")
    pieces += (b'],"rejected":', _ENCODER.encode(_rejected(outcomes)), b"}}")
    return b"".join(pieces)


def write_problem(code: int, message: str, top: int = 0) -> bytes:
    """The answer to a request that was refused as a whole (T10 to T12); `top` is its `code`."""
    return _ENCODER.encode(Answer(code=top, data=Problems(errors=[Problem(code, message)])))


def candidates(found: Detected) -> Candidates:
    """What is told of a number that somebody wants recognised."""
    told = [
        Candidate(
            carrier=one.carrier.key, id=one.carrier.id, format=one.format, check=one.check.value, reason=one.reason
        )
        for one in found.candidates
    ]
    return Candidates(number=found.number, candidates=told)


def _rejected(outcomes: Sequence[object]) -> list[Rejected]:
    return [Rejected(one.number, Problem(*problem_of(one.why))) for one in outcomes if isinstance(one, Refused)]
