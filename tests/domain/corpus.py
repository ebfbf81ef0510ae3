"""Numbers that carriers and others have published, each with its carrier, and how well we tell them.

`numbers.csv` says of each number what its own carrier's check digit should be: `right`, `none` where such numbers have
none, and `wrong` for one that is none of that carrier's.
"""

import csv
import string
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from trackway.domain.carrier import Catalogue
from trackway.domain.recognising.recognition import Candidate, Check, recognise

_FILE = Path(__file__).with_name("numbers.csv")


class Known(NamedTuple):
    """A number that is known to be a carrier's, or known to be none of its numbers."""

    carrier: str
    check: Check
    number: str


class Accuracy(NamedTuple):
    """Shares of numbers, and the numbers that were told wrongly."""

    valid: int
    among: float
    first: float
    invalid: int
    kept_out: float
    missed: list[str]


def published() -> list[Known]:
    """All numbers of the file."""
    with _FILE.open(encoding="utf-8") as file:
        return [Known(row["carrier"], Check(row["check"]), row["number"]) for row in csv.DictReader(file)]


def spoilt(known: Known) -> Iterator[Known]:
    """A number that has a check digit, with each other place in that one's stead."""
    places = string.digits if known.number[-1].isdigit() else string.ascii_uppercase
    for place in places.replace(known.number[-1], ""):
        yield Known(known.carrier, Check.WRONG, known.number[:-1] + place)


def accuracy(catalogue: Catalogue) -> Accuracy:
    """How many valid numbers have their carrier among the candidates, and first; how many invalid ones have not."""
    numbers = published()
    valid = [known for known in numbers if known.check is not Check.WRONG]
    checked = [known for known in valid if known.check is Check.RIGHT and not _s10(known)]
    invalid = [known for known in numbers if known.check is Check.WRONG]
    invalid += [wrong for known in checked for wrong in spoilt(known)]
    among = [known for known in valid if _own(known, catalogue)]
    first = [known for known in among if recognise(known.number, catalogue)[0].carrier.id == known.carrier]
    slipped = [known for known in invalid if (own := _own(known, catalogue)) and own.check is Check.RIGHT]
    missed = [f"{known.carrier} {known.number}" for known in valid if known not in first]
    return Accuracy(
        valid=len(valid),
        among=len(among) / len(valid),
        first=len(first) / len(valid),
        invalid=len(invalid),
        kept_out=1 - len(slipped) / len(invalid),
        missed=missed + [f"{known.carrier} {known.number} passes" for known in slipped],
    )


def _own(known: Known, catalogue: Catalogue) -> Candidate | None:
    found = (one for one in recognise(known.number, catalogue) if one.carrier.id == known.carrier)
    return next(found, None)


def _s10(known: Known) -> bool:
    """Whether its check digit is not its last place."""
    return known.number[-2:].isalpha()
