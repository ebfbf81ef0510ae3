"""Which carrier a number belongs to, told by its form alone."""

from collections.abc import Collection, Iterator
from enum import StrEnum

from msgspec import Struct

from trackway.domain.carrier import Carrier, Catalogue, is_postal
from trackway.domain.number import compact, parse_s10
from trackway.domain.recognising.formats import Format, formats_like
from trackway.domain.simulation import ABROAD, POST
from trackway.domain.tracking import Tracking


class Check(StrEnum):
    """What the check digit says."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"


_WEIGHT = {Check.RIGHT: 0, Check.NONE: 1, Check.WRONG: 2}
_SAYS = {
    Check.RIGHT: "its check digit is right",
    Check.NONE: "which has no check digit",
    Check.WRONG: "its check digit is wrong",
}


class Candidate(Struct, frozen=True, kw_only=True):
    """A carrier that a number may belong to; `certain` where T27 lets it stand without asking anyone."""

    carrier: Carrier
    format: str
    check: Check
    certain: bool
    reason: str


class Detected(Struct, frozen=True, kw_only=True):
    """A number with the carriers that it may belong to, the best first."""

    number: str
    candidates: tuple[Candidate, ...]


def recognise(number: str, catalogue: Catalogue) -> tuple[Candidate, ...]:
    """The carriers that the number may belong to, the best first, each once; empty where its form tells none (T27).

    One whose own check digit is wrong comes last and is never certain; a post's alone is, for those are registered.
    """
    text = compact(number)
    found = [(0, candidate) for candidate in _posts(text, catalogue)]
    found.extend(_couriers(text, catalogue))
    if len(found) > 1:
        found.sort(key=_order)
    best: dict[int, Candidate] = {}
    for _, candidate in found:
        best.setdefault(candidate.carrier.key, candidate)
    return tuple(best.values())


def _order(ranked: tuple[int, Candidate]) -> tuple[bool, int, int]:
    rank, candidate = ranked
    return not candidate.certain, _WEIGHT[candidate.check], rank


def _posts(text: str, catalogue: Catalogue) -> Iterator[Candidate]:
    """The post of an S10 number, even with a wrong check digit, since numbers with one are registered (T27)."""
    parsed = parse_s10(text)
    post = parsed and catalogue.post_of(parsed.country, parsed.service)
    if not parsed or not post:
        return
    says = f"S10 number of {post.name_en}"
    if parsed.reserved:
        says += f", service {parsed.service} is reserved"
    if not parsed.check:
        says += ", its check digit is wrong"
    check = Check.RIGHT if parsed.check else Check.WRONG
    yield Candidate(carrier=post, format="S10", check=check, certain=True, reason=says)


def _couriers(text: str, catalogue: Catalogue) -> Iterator[tuple[int, Candidate]]:
    """The couriers whose form it has, each with its rank among those of the same check."""
    for form in formats_like(text):
        if form.pattern.fullmatch(text):
            yield form.rank, _courier(text, form, catalogue.by_id(form.carrier))


def _courier(text: str, form: Format, carrier: Carrier) -> Candidate:
    check = Check.NONE if form.check is None else Check.RIGHT if form.check(text) else Check.WRONG
    certain = form.distinct and check is not Check.WRONG
    says = f"{form.name} number of {carrier.name_en}, {_SAYS[check]}"
    return Candidate(carrier=carrier, format=form.name, check=check, certain=certain, reason=says)


def final_carrier(tracking: Tracking, catalogue: Catalogue, followed: Collection[int]) -> int:
    """The post at the destination of a postal tracking, where that is another and a connector asks it; else 0.

    A simulated post's parcels go on to a simulated post.
    """
    destination = tracking.destination_country
    if not is_postal(tracking.carrier) or not destination:
        return 0
    if tracking.carrier == POST:
        return ABROAD if ABROAD in followed else 0
    parsed = parse_s10(tracking.number)
    post = catalogue.post_of(destination, parsed.service if parsed else "")
    return post.key if post and post.key != tracking.carrier and post.key in followed else 0
