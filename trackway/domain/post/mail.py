"""The operator's side: mail items, what happened to them, and the partners who may ask."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from trackway.domain.errors import Refusal
from trackway.domain.number import like_s10, parse_s10

MAX_NUMBERS = 30
TOKEN_LIFE = timedelta(seconds=900)
_MONTHS = 12


class MailRefusal(Refusal):
    """A rule of the operator's said no to one item number."""

    why = "is refused"

    def __init__(self, number: str) -> None:
        super().__init__(f"{number!r} {self.why}")
        self.number = number


class ItemUnknown(MailRefusal):
    """There is no such item."""

    why = "is no item of ours"


class ItemMalformed(MailRefusal):
    """The number has not the form of an item number (H12)."""

    why = "has not the form of an item number"


class ItemExpired(MailRefusal):
    """The item was posted longer ago than items are told of (H13)."""

    why = "was posted too long ago"


class ItemHidden(MailRefusal):
    """The item is there, and this partner may not see it (H14)."""

    why = "is not for this partner"


class Words(Struct, frozen=True, gc=False, array_like=True):
    """The same words in English, Traditional and Simplified Chinese; empty where they are not known."""

    e: str = ""
    c: str = ""
    s: str = ""

    def __bool__(self) -> bool:
        return bool(self.e or self.c or self.s)

    def filled(self, other: "Words") -> "Words":
        """These words, with the other's where one is missing."""
        return Words(self.e or other.e, self.c or other.c, self.s or other.s)


class Country(Struct, frozen=True, gc=False, array_like=True):
    """A country by its ISO 3166 alpha-2 code and its names (H24)."""

    code: str = ""
    name: Words = Words()


class Scan(Struct, frozen=True, gc=False, array_like=True):
    """One thing that happened to an item. `time` is `YYYY-MM-DD HH:MM` of the place, so it sorts as text (H22).

    `what` is the UPU event code, or the message itself where the scan came without a code.
    """

    time: str
    place: Country
    what: str
    message: Words = Words()


class Item(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A mail item and its scans, oldest first (H23). `posted` is as a scan's time; empty while not posted yet.

    `milestone` is empty where the latest scan says it.
    """

    number: str
    posted: str = ""
    drop_off: Words = Words()
    origin: Country = Country()
    destination: Country = Country()
    milestone: Words = Words()
    scans: tuple[Scan, ...] = ()


class Unread(Struct, frozen=True):
    """A part of a file that no item was read from, and why; `harmless` if nothing was lost by it."""

    where: str
    why: str
    harmless: bool = False


class Partner(Struct, frozen=True, kw_only=True):
    """Who may ask, and how much; None is what is set for all. Days are counted in `zone` (H21).

    An empty `prefixes` shows every item, else a number must begin with one of them (H14).
    """

    sys_id: str
    lookup: str
    disabled: bool = False
    interval_ms: int | None = None
    daily: int | None = None
    zone: str = "Asia/Hong_Kong"
    prefixes: tuple[str, ...] = ()

    def sees(self, number: str) -> bool:
        """Whether an item of this number may be told (H14)."""
        return not self.prefixes or number.startswith(self.prefixes)

    def local(self, now: datetime) -> datetime:
        """The time on the partner's clock."""
        return now.astimezone(ZoneInfo(self.zone))


class Retention(Struct, frozen=True):
    """For how many months after posting an item is told: 0 for ever. `services` holds prefixes with their own (H13).

    It is deleted `purge` months after that; never where this is 0.
    """

    months: int
    services: Mapping[str, int] = {}
    purge: int = 0

    def covers(self, number: str, posted: str, now: datetime) -> bool:
        """Whether an item may still be told; `now` is the local time of the operator."""
        months = self.months_of(number)
        return not posted or not months or posted >= months_before(now, months)

    def outlasts(self, number: str, posted: str, now: datetime) -> bool:
        """Whether an item is not only past being told, but past being kept."""
        months = self.months_of(number)
        return bool(self.purge and posted and months) and posted < months_before(now, months + self.purge)

    def newest_outlasted(self, now: datetime) -> str:
        """No item that was posted later than this is past being kept; empty where none ever is."""
        periods = list(filter(None, (self.months, *self.services.values())))
        return months_before(now, min(periods) + self.purge) if self.purge and periods else ""

    def months_of(self, number: str) -> int:
        """The months of the longest prefix that the number begins with, else those for all."""
        if not self.services:
            return self.months
        prefixes = filter(number.startswith, self.services)
        return self.services[longest] if (longest := max(prefixes, key=len, default="")) else self.months


def months_before(now: datetime, months: int) -> str:
    """`YYYY-MM-DD HH:MM` that many calendar months ago, on the clock that `now` is of; empty before the year 1.

    A day that its month does not have is the month's last.

    >>> months_before(datetime(2026, 8, 31, 9, 30), 6)
    '2026-02-28 09:30'
    """
    return _months_before(now.replace(tzinfo=None), months)


@lru_cache(maxsize=64)  # all items of a call are measured at one time; naive, for one instant in two zones is one key
def _months_before(now: datetime, months: int) -> str:
    year, month = divmod(now.year * _MONTHS + now.month - 1 - months, _MONTHS)
    if year < 1:
        return ""
    last = monthrange(year, month + 1)[1]
    return f"{year:04}-{month + 1:02}-{min(now.day, last):02} {now:%H:%M}"


def are_plain(numbers: Iterable[str]) -> bool:
    """Whether all are written as `item_number` gives them. Nearly always they are, and this costs least to see."""
    return all(map(like_s10, numbers))


def item_number(text: str, *, check_digit: bool = False) -> str:
    """The number as it is kept: two letters, nine digits, two letters; the last digit is checked only if asked (H12).

    >>> item_number(" rb000000010hk ")
    'RB000000010HK'

    Raises:
        ItemMalformed: it is anything else.
    """
    if not check_digit and like_s10(text):
        return text
    # A letter outside ASCII may turn into one of ours in capitals.
    found = parse_s10(text) if text.isascii() else None
    if found is None or (check_digit and not found.check):
        raise ItemMalformed(text)
    return text.strip().upper()
