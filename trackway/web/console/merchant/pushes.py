"""The filter of the log of pushes, as it stands in the page's address."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from msgspec import Struct

from trackway.domain.webhook import Message, Outcome
from trackway.storage.database import from_ms, to_ms
from trackway.storage.telling.deliveries import Sought

_DIGITS = 14
_LONGEST = 50


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody asks for; what cannot be read is as if it were not there."""

    sought: Sought
    given: Mapping[str, str]

    def address(self, **others: str) -> str:
        """The same list with other values, from its beginning; an empty value takes a filter away."""
        values = {name: value for name, value in {**self.given, **others}.items() if value}
        return "?" + urlencode(values) if values else ""

    def behind(self, message: Message) -> str:
        """The rest of the list, behind that message."""
        return self.address(before=f"{to_ms(message.created_at)}.{message.id}")


def read_asked(query: Mapping[str, str]) -> Asked:
    """What an address or a form asks for."""
    outcome, number = query.get("outcome", ""), query.get("number", "").strip().upper()[:_LONGEST]
    since, until = _instant(query.get("since", "")), _instant(query.get("until", ""))
    sought = Sought(
        number=number or None,
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        since=since,
        until=until,
        before=_place(query.get("before", "")),
    )
    given = {"outcome": sought.outcome or "", "number": number, "since": _text(since), "until": _text(until)}
    return Asked(sought=sought, given={name: str(value) for name, value in given.items() if value})


def _instant(text: str) -> datetime | None:
    """A time as a field of a form has it, UTC."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def _text(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%dT%H:%M}" if instant else ""


def _place(text: str) -> tuple[datetime, int] | None:
    instant, _, identity = text.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in (instant, identity)):
        return None
    return from_ms(int(instant)), int(identity)
