"""The filters of the list of trackings, as they stand in its address."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from msgspec import Struct

from trackway.domain.following.listing import Filter, Span
from trackway.domain.tracking import Milestone
from trackway.service.merchants.browsing import Place

_DIGITS = 18
_SPANS = ("registered", "tracked", "pushed", "stopped")
_PUSHES = {"never": 0, "well": 1, "failed": 2}


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody asks for; what cannot be read is as if it were not there."""

    text: str
    wanted: Filter
    oldest_first: bool
    place: Place | None
    given: Mapping[str, str]

    def address(self, **others: str) -> str:
        """The same list with other values, from its beginning; an empty value takes a filter away."""
        values = {name: value for name, value in {**self.given, **others}.items() if value and name != "at"}
        if "at" in others:
            values["at"] = others["at"]
        return "?" + urlencode(values)


def read_filters(query: Mapping[str, str]) -> Asked:
    """What an address asks for."""
    names = {"q", "state", "carrier", "followed", "push", "sort", *(f"{n}_{s}" for n in _SPANS for s in ("from", "to"))}
    given = {name: value.strip() for name, value in query.items() if name in names and value.strip()}
    state, followed = given.get("state", ""), given.get("followed", "")
    wanted = Filter(
        carrier=_whole(given.get("carrier", "")),
        milestones=(Milestone(state),) if state in set(Milestone) else None,
        push_state=_PUSHES.get(given.get("push", "")),
        followed={"yes": True, "no": False}.get(followed),
        registered=_span(given, "registered"),
        tracked=_span(given, "tracked"),
        pushed=_span(given, "pushed"),
        stopped=_span(given, "stopped"),
    )
    return Asked(
        text=given.get("q", "")[:100],
        wanted=wanted,
        oldest_first=given.get("sort") == "oldest",
        place=_place(query.get("at", "")),
        given=given,
    )


def _span(given: Mapping[str, str], name: str) -> Span:
    """Whole days, UTC."""
    end = _day(given.get(f"{name}_to", ""))
    return Span(_day(given.get(f"{name}_from", "")), end + timedelta(days=1) if end else None)


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None  # noqa: PLR2004  # 32 bits


def _place(text: str) -> Place | None:
    instant, _, identity = text.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in (instant, identity)):
        return None
    return int(instant), int(identity)
