"""Register many numbers by hand: pasted or from a file, recognised first, then registered part by part.

The server keeps nothing between the steps: the page holds the lines, sends them in parts and shows how far it is.
"""

from typing import Any

import msgspec
from msgspec import Struct
from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.carrier import Catalogue
from trackway.domain.errors import Refusal
from trackway.domain.errors.items import CarrierNotRecognised, CarrierUnknown, FieldInvalid
from trackway.domain.following.registration import MAX_TAG, Application, Refused, Subject
from trackway.domain.number import validate
from trackway.domain.person import Role
from trackway.domain.recognising.recognition import Candidate, Detected
from trackway.service.merchants.registration import Registration
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit
from trackway.web.console.names import carrier_name, carrier_options
from trackway.web.http import json_response
from trackway.wire.import_rows import MOST_ROWS, Row, read_rows

PATH = "/console/import"
PART = 250
_MOST_CANDIDATES = 5
_ROWS = msgspec.json.Decoder(list[Row])


class Recognised(Struct, frozen=True, kw_only=True):
    """What a line comes to: its carrier where that is clear, those to choose from where it is not, or what is wrong."""

    line: int
    number: str
    carrier: int = 0
    name: str = ""
    candidates: tuple[tuple[int, str], ...] = ()
    wrong: str = ""


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of a line."""

    line: int
    number: str
    carrier: int = 0
    wrong: str = ""


class ImportPage:
    """One bad line never harms the others."""

    def __init__(self, kit: Kit, *, registration: Registration, carriers: Catalogue) -> None:
        self._kit = kit
        self._registration = registration
        self._carriers = carriers

    def routes(self) -> list[BaseRoute]:
        """The page, and the three steps that it takes."""
        return [
            self._kit.get(PATH, self.show, Role.OPERATOR),
            self._kit.post(f"{PATH}/read", self.read, Role.OPERATOR),
            self._kit.post(f"{PATH}/recognise", self.recognise, Role.OPERATOR),
            self._kit.post(f"{PATH}/register", self.register, Role.OPERATOR),
        ]

    async def show(self, visit: Visit) -> Response:
        """Where to paste."""
        options = carrier_options(self._carriers, visit.language)
        return visit.page("merchant/import.html", carriers=options, most=MOST_ROWS, part=PART)

    async def read(self, visit: Visit) -> Response:
        """The lines of a text, each in its cells."""
        return _json(read_rows(visit.form["text"]))

    async def recognise(self, visit: Visit) -> Response:
        """Whose each line of a part may be."""
        return _json([self._recognised(row, visit.language) for row in _part(visit)])

    async def register(self, visit: Visit) -> Response:
        """What became of each line of a part; the log of deeds says how many were registered."""
        rows = _part(visit)
        asked = [self._application(row) for row in rows]
        outcomes = await self._registration.register(visit.account.id, asked, visit.now)
        # Registrations of several callers share a transaction, so this deed is kept right after it, in its own.
        if kept := sum(not isinstance(outcome, Refused) for outcome in outcomes):
            await self._kit.audit.note(visit.deed("import.register", detail=str(kept)), visit.now)
        return _json(
            [
                Outcome(line=row.line, number=row.number, wrong=self._kit.explain(visit.language, outcome.why))
                if isinstance(outcome, Refused)
                else Outcome(line=row.line, number=outcome.number, carrier=outcome.carrier)
                for row, outcome in zip(rows, outcomes, strict=True)
            ]
        )

    def _recognised(self, row: Row, language: str) -> Recognised:
        asked = self._application(row)
        if isinstance(asked, Refused):
            wrong = self._kit.explain(language, asked.why)
            return Recognised(line=row.line, number=row.number, wrong=wrong)
        if asked.carrier:
            name = carrier_name(self._carriers, asked.carrier, language)
            return Recognised(line=row.line, number=asked.number, carrier=asked.carrier, name=name)
        (detected,) = self._registration.detect([Subject(number=asked.number)])
        assert isinstance(detected, Detected)  # noqa: S101  # `detect` refuses only what was refused before
        return self._guessed(row.line, detected, language)

    def _guessed(self, line: int, detected: Detected, language: str) -> Recognised:
        found = detected.candidates
        options = tuple(
            (one.carrier.key, carrier_name(self._carriers, one.carrier.key, language))
            for one in found[:_MOST_CANDIDATES]
        )
        if _clear(found):
            return Recognised(line=line, number=detected.number, carrier=options[0][0], name=options[0][1])
        wrong = "" if found else self._kit.explain(language, CarrierNotRecognised())
        return Recognised(line=line, number=detected.number, candidates=options, wrong=wrong)

    def _application(self, row: Row) -> Application | Refused:
        try:
            number, carrier = validate(row.number), self._carrier(row.carrier)
            if len(row.tag) > MAX_TAG:
                raise FieldInvalid("tag", row.tag)
        except Refusal as why:
            return Refused(number=row.number, why=why)
        return Application(number=number, carrier=carrier, tag=row.tag or None, param=row.param)

    def _carrier(self, text: str) -> int:
        """The key of a carrier that is given by key or id; 0 where none is given."""
        if not text:
            return 0
        if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) in self._carriers:  # noqa: PLR2004
            return int(text)
        try:
            return self._carriers.by_id(text.lower()).key
        except CarrierUnknown:
            raise CarrierUnknown(text[:40]) from None


def _clear(found: tuple[Candidate, ...]) -> bool:
    return bool(found) and (found[0].certain or len(found) == 1)


def _part(visit: Visit) -> list[Row]:
    """The lines of a part.

    Raises:
        FieldInvalid: they are no lines, or more than a part has.
    """
    try:
        rows = _ROWS.decode(visit.form["rows"])
    except msgspec.DecodeError:
        raise FieldInvalid("rows", "") from None
    if len(rows) > PART:
        raise FieldInvalid("rows", len(rows))
    return rows


def _json(value: Any) -> Response:
    return json_response(msgspec.json.encode(value), headers={"Cache-Control": "no-store"})
