"""`trackway detect`: whose a number may be, told by its form alone."""

from collections.abc import Iterable
from typing import Annotated

import typer

from trackway.cli.base import AsJson, Data, DatabaseUrl, fail, out, print_json
from trackway.config import load
from trackway.domain.errors import ConfigError
from trackway.domain.number import compact
from trackway.domain.recognising.recognition import Candidate, Detected, recognise
from trackway.storage.given.catalogue_carriers import load_carriers
from trackway.wire.track17.answers import candidates


def detect(
    numbers: Annotated[list[str] | None, typer.Argument(help="Tracking numbers; none: standard input's.")] = None,
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Print the carriers that each number may belong to, the best first; nobody is asked."""
    try:
        catalogue = load_carriers(load(data=data, database=database).data)
    except ConfigError as error:
        fail(str(error), 2)
    for number in numbers or _lines():
        found = Detected(number=number, candidates=recognise(number, catalogue))
        if as_json:
            print_json(candidates(found))
        else:
            _print(found)


def _lines() -> Iterable[str]:
    """The numbers on standard input, one a line."""
    text = typer.get_text_stream("stdin", errors="replace")
    return (number for number in map(compact, text) if number)


def _print(found: Detected) -> None:
    out.print(found.number, style="bold", markup=False)
    for candidate in found.candidates:
        out.print(f"  {_told(candidate)}", markup=False)
    if not found.candidates:
        out.print("  no carrier has numbers of this form", markup=False)


def _told(candidate: Candidate) -> str:
    return f"{candidate.carrier.key:6}  {candidate.carrier.id}  {candidate.reason}"
