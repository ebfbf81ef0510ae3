"""The operator's texts: those that come with Trackway, and its own in their place."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from trackway.domain.errors.items import FieldInvalid
from trackway.domain.post.mail import Country, Words
from trackway.domain.post.phrasebook import Phrasebook, Wording, folded
from trackway.storage.post.phrases import Own, Phrases

_FRESH = timedelta(seconds=5)
_LONGEST = 255
_CODE = re.compile(r"[A-Z]{3}").fullmatch
_COUNTRY_CODE = re.compile(r"[A-Z]{2}").fullmatch


class Texts:
    """Lists them, changes them, and gives the book to look them up in. A change reaches a server within 5 seconds."""

    def __init__(self, *, wordings: Sequence[Wording], countries: Sequence[Country], phrases: Phrases) -> None:
        self._wordings = wordings
        self._countries = {country.code: country for country in countries}
        self._phrases = phrases
        self._own = Own()
        self._book = Phrasebook(wordings, countries)
        self._looked_at: datetime | None = None

    async def book(self, now: datetime) -> Phrasebook:
        """The texts in force; the same object as long as nothing is changed."""
        if self._looked_at is None or abs(now - self._looked_at) >= _FRESH:
            own = await self._phrases.all()
            if own != self._own:
                self._own, self._book = own, self._bound(own)
            self._looked_at = now
        return self._book

    async def wordings(self) -> list[tuple[Wording, bool]]:
        """Every wording in the order in which they count, and whether it is the operator's own."""
        own = (await self._phrases.all()).wordings
        return [(wording, wording in own) for wording in self._in_order(own)]

    async def countries(self) -> list[tuple[Country, bool]]:
        """Every country by its code, and whether its names are the operator's own."""
        own = (await self._phrases.all()).countries
        every = self._countries | {country.code: country for country in own}
        return [(country, country in own) for _, country in sorted(every.items())]

    async def set_wordings(self, wordings: Iterable[Wording]) -> int:
        """Put wordings in the place of those with their keys, all or none; how many differ from ours now.

        Raises:
            FieldInvalid: one of them cannot be used.
        """
        ours = {wording.key: wording for wording in self._wordings}
        checked = list(map(_checked, wordings))
        own = [wording for wording in checked if wording != _unmarked(ours.get(wording.key))]
        await self._phrases.change(own, [wording for wording in checked if wording not in own])
        self._looked_at = None
        return len(own)

    async def set_countries(self, countries: Iterable[Country]) -> int:
        """The same for countries.

        Raises:
            FieldInvalid: one of them cannot be used.
        """
        checked = list(map(_checked_country, countries))
        own = [country for country in checked if country != self._countries.get(country.code)]
        await self._phrases.change(own, [country for country in checked if country not in own])
        self._looked_at = None
        return len(own)

    async def revert_wording(self, key: str) -> bool:
        """Go back to our words for a key, or drop the operator's where we have none; whether there was anything."""
        return await self._revert(key, [wording for wording, own in await self.wordings() if own])

    async def revert_country(self, code: str) -> bool:
        """The same for a country."""
        return await self._revert(code, [country for country, own in await self.countries() if own])

    async def _revert(self, key: str, own: Sequence[Wording | Country]) -> bool:
        found = [one for one in own if (one.key if isinstance(one, Wording) else one.code) == key]
        await self._phrases.change((), found)
        self._looked_at = None
        return bool(found)

    def _bound(self, own: Own) -> Phrasebook:
        """The operator's words first; ours for the messages and countries that it has given another English name."""
        countries = [*own.countries, *self._countries.values()]
        return Phrasebook([*self._in_order(own.wordings), *self._wordings], countries, own.former)

    def _in_order(self, own: Sequence[Wording]) -> list[Wording]:
        changed = {wording.key: wording for wording in own}
        return [*(changed.pop(wording.key, wording) for wording in self._wordings), *changed.values()]


def wording_key(text: str) -> str:
    """How a wording is named: a UPU event code, or a message in English as it is compared.

    >>> wording_key("EMI"), wording_key("Delivered.")
    ('EMI', 'delivered')
    """
    return text if _CODE(text) else folded(text)


def _unmarked(wording: Wording | None) -> Wording | None:
    return wording and replace(wording, ours="")


def _checked(wording: Wording) -> Wording:
    key = wording_key(wording.key)
    if not 0 < len(key) <= _LONGEST:
        raise FieldInvalid("key", wording.key)
    code = wording.code or (key if _CODE(key) else "")
    if code and (not _CODE(code) or (_CODE(key) and code != key)):
        raise FieldInvalid("code", code)
    for name, words in (("milestone", wording.milestone), ("message", wording.message)):
        _check_words(name, words)
    return replace(wording, key=key, code=code, ours="")


def _checked_country(country: Country) -> Country:
    if not _COUNTRY_CODE(country.code):
        raise FieldInvalid("code", country.code)
    _check_words("name", country.name)
    return country


def _check_words(name: str, words: Words) -> None:
    """English must be there, for the others are looked up by it."""
    for language, text in (("e", words.e), ("c", words.c), ("s", words.s)):
        unusable = len(text) > _LONGEST or text != text.strip() or not (text.isprintable())
        if unusable or (language == "e" and not text):
            raise FieldInvalid(f"{name}_{language}", text[:_LONGEST])
