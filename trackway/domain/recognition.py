"""Which carrier a number belongs to, told by its form alone."""

import re
from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from operator import mul

from msgspec import Struct

from trackway.domain.carrier import Carrier, Catalogue, is_postal
from trackway.domain.number import compact, parse_s10
from trackway.domain.tracking import Tracking


class Check(StrEnum):
    """What the check digit says."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"


class Candidate(Struct, frozen=True, kw_only=True):
    """A carrier that a number may belong to; `certain` where T27 lets it stand without asking anyone."""

    carrier: Carrier
    format: str
    check: Check
    certain: bool
    reason: str


class Format(Struct, frozen=True, kw_only=True):
    """A courier's own form of number. `check` says whether a number of this form has the right check digit."""

    name: str
    carrier: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool]
    distinct: bool


def recognise(number: str, catalogue: Catalogue) -> tuple[Candidate, ...]:
    """The carriers that the number may belong to, the best first; empty where its form tells none (T27)."""
    text = compact(number)
    found = [*_posts(text, catalogue), *_couriers(text, catalogue)]
    return tuple(sorted(found, key=lambda candidate: (not candidate.certain, candidate.check is not Check.RIGHT)))


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


def _couriers(text: str, catalogue: Catalogue) -> Iterator[Candidate]:
    """The couriers whose form it has; a wrong check digit rules one out."""
    for form in FORMATS:
        if form.pattern.fullmatch(text) and form.check(text):
            carrier = catalogue.by_id(form.carrier)
            says = f"{form.name} number of {carrier.name_en}, its check digit is right"
            yield Candidate(carrier=carrier, format=form.name, check=Check.RIGHT, certain=form.distinct, reason=says)


def _ups_1z(text: str) -> bool:
    """Modulo 10 over the fifteen places after `1Z`, every second doubled; letters count from A = 2 round to 9, 0."""
    values = [int(place) if place.isdigit() else (ord(place) - 63) % 10 for place in text[2:-1]]
    return -(sum(values[::2]) + 2 * sum(values[1::2])) % 10 == int(text[-1])


def _fedex_12(text: str) -> bool:
    """Weights 3 1 7 over eleven digits, modulo 11, and 10 is written 0."""
    total: int = sum(map(mul, (3, 1, 7) * 4, map(int, text[:-1])))
    return total % 11 % 10 == int(text[-1])


def _dhl_10(text: str) -> bool:
    """Nine digits as one number, modulo 7."""
    return int(text[:-1]) % 7 == int(text[-1])


# Bare digits fit several couriers by chance: such a form is a guess, and only a `distinct` one is certain.
FORMATS = (
    Format(name="1Z", carrier="ups", pattern=re.compile("1Z[0-9A-Z]{15}[0-9]"), check=_ups_1z, distinct=True),
    Format(name="12 digits", carrier="fedex", pattern=re.compile("[0-9]{12}"), check=_fedex_12, distinct=False),
    Format(name="10 digits", carrier="dhl", pattern=re.compile("[0-9]{10}"), check=_dhl_10, distinct=False),
)


def final_carrier(tracking: Tracking, catalogue: Catalogue, followed: Collection[int]) -> int:
    """The post at the destination of a postal tracking, where that is another and a connector asks it; else 0."""
    destination = tracking.destination_country
    if not is_postal(tracking.carrier) or not destination:
        return 0
    parsed = parse_s10(tracking.number)
    post = catalogue.post_of(destination, parsed.service if parsed else "")
    return post.key if post and post.key != tracking.carrier and post.key in followed else 0
