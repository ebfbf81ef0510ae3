"""What the operator's codes, messages and countries are called, in three languages (H4, H5, H24)."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from trackway.domain.post.card import Said
from trackway.domain.post.mail import Country, Item, Scan, Words


class Wording(Struct, frozen=True, kw_only=True):
    """How an event is told, and the milestone that it means: two vocabularies (H5).

    `key` is what a scan says: the UPU event code, or a message in English. `code` is the code that the message belongs
    to, empty if none. `ours` names the words that Trackway translated itself.
    """

    key: str
    code: str = ""
    milestone: Words = Words()
    message: Words = Words()
    ours: str = ""


_UNSAID = Words()
_UNKNOWN = Wording(key="")


class Phrasebook:
    """Finds the words for what was told; what was told itself comes first. Of two for one thing, the first counts.

    `former` are countries with names that they had before.
    """

    def __init__(
        self, wordings: Iterable[Wording], countries: Iterable[Country], former: Iterable[Country] = ()
    ) -> None:
        self._countries: dict[str, Country] = {}
        self._names: dict[str, list[Words]] = {}
        for country in countries:
            self._countries.setdefault(country.code, country)
            self._names.setdefault(country.code, []).append(country.name)
        for country in former:
            if country.code in self._names:
                self._names[country.code].append(country.name)
        self._wordings: dict[str, Wording] = {}
        self._milestones: dict[str, Words] = {}
        for wording in wordings:
            for key in filter(None, (wording.code, folded(wording.key), folded(wording.message.e))):
                self._wordings.setdefault(key, wording)
            self._milestones.setdefault(folded(wording.milestone.e), wording.milestone)

    def filled(self, item: Item) -> Item:
        """The item with every text that it lacks and we know."""
        return replace(
            item,
            origin=self.country(item.origin),
            destination=self.country(item.destination),
            milestone=self.milestone(
                item.milestone, (self.meaning(scan.what, scan.message) for scan in reversed(item.scans))
            ),
            scans=tuple(
                Scan(scan.time, self.country(scan.place), scan.what, self.message(scan.what, scan.message))
                for scan in item.scans
            ),
        )

    def bare(self, country: Country) -> Country:
        """The country without names that the book has for it, so that they follow the book: `filled` gives them again.

        A name of before counts too where there is another now: feeds go on with it.
        """
        names = self._names.get(country.code, []) if country.name else []
        return Country(country.code) if any(country.name.filled(name) == name for name in names) else country

    def bare_said(self, said: Said) -> Said:
        """The same of what was said."""
        usual = self._wordings.get(said.what, _UNKNOWN).message
        told = bool(said.message) and (said.message.filled(usual) != usual or said.message.e == said.what)
        return Said(self.bare(said.place), said.what, said.message if told else _UNSAID)

    def country(self, country: Country) -> Country:
        """The country with its name in every language that we know."""
        known = self._countries.get(country.code, country)
        return Country(country.code, country.name.filled(known.name)) if country.name else known

    def message(self, what: str, told: Words) -> Words:
        """What is said of an event: by the message if we know it, for a code may have several; else by the code."""
        return told.filled(self._wording(what, told).message)

    def milestone(self, told: Words, meant: Iterable[Words]) -> Words:
        """The milestone as told, else the first there is of those that the scans mean, the latest first."""
        if told:
            return told.filled(self._milestones.get(folded(told.e), _UNSAID))
        return next(filter(None, meant), _UNSAID)

    def meaning(self, what: str, told: Words) -> Words:
        """The milestone that an event means; empty where we do not understand it."""
        return self._wording(what, told).milestone

    def _wording(self, what: str, told: Words) -> Wording:
        coded = self._wordings.get(what, _UNKNOWN)
        return self._wordings.get(folded(told.e), coded) if told.e else coded


def folded(text: str) -> str:
    """How a message is compared: without regard to case, outer blanks and a full stop.

    >>> folded(" Posted. ")
    'posted'
    """
    return text.strip().rstrip(".").casefold()
