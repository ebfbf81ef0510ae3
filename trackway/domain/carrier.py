"""The carriers of the world: their keys, their names, and which of them is a country's post."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from trackway.domain.errors.items import CarrierUnknown, ExtraParameterNeeded
from trackway.domain.number import like_s10

_FIRST_COURIER = 100_000
_ARMS = {"E": "ems", "C": "parcels"}


class Need(StrEnum):
    """What some carriers want beside the number (T36)."""

    NOTHING = ""
    COUNTRY_POSTCODE = "country_postcode"
    POSTCODE = "postcode"
    PHONE = "phone"
    SHIP_DATE = "ship_date"
    TYPE_VALUE = "type_value"


def is_postal(key: int) -> bool:
    """Whether a carrier key is that of a post (T28)."""
    return 0 < key < _FIRST_COURIER


_LOOKS = {
    Need.NOTHING: re.compile(r".*", re.DOTALL),
    Need.COUNTRY_POSTCODE: re.compile(r"[A-Za-z]{2}-[A-Za-z0-9][A-Za-z0-9 -]*"),
    Need.POSTCODE: re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*"),
    Need.PHONE: re.compile(r"\+?[0-9][0-9 -]{2,}"),
    Need.SHIP_DATE: re.compile(r"[0-9]{4}-?(0[1-9]|1[0-2])-?(0[1-9]|[12][0-9]|3[01])"),
    Need.TYPE_VALUE: re.compile(r"[0-9]+-.+"),
}


class Carrier(Struct, frozen=True, kw_only=True):
    """One who moves items. `country` is its home as ISO 3166 alpha-2, empty for one at home everywhere.

    A post's id is `cc.post`; where express items or parcels go to an arm of its own, that is `cc.ems`, `cc.parcels`.
    """

    key: int
    id: str
    name_en: str
    name_zh_hant: str
    name_zh_hans: str
    country: str = ""
    needs: Need = Need.NOTHING
    optional: bool = False
    home: str = ""
    phone: str = ""

    def name(self, language: str) -> str:
        """What it is called in `zh-Hant` or `zh-Hans`, and in English in any other language."""
        return {"zh-Hant": self.name_zh_hant, "zh-Hans": self.name_zh_hans}.get(language, self.name_en)

    @property
    def postal(self) -> bool:
        """Whether it is a post, and so may have a final carrier behind it (T28)."""
        return is_postal(self.key)

    @property
    def origin(self) -> str:
        """The country where its items set out, as long as no answer tells another: a post's own; empty for others."""
        return self.country if is_postal(self.key) else ""

    def check(self, param: str) -> None:
        """Nothing, where the extra parameter is what this carrier wants (T36).

        Raises:
            ExtraParameterNeeded: it is missing, or does not look like what is wanted.
        """
        if not self.suits(param):
            raise ExtraParameterNeeded(self.needs)

    def suits(self, param: str) -> bool:
        """Whether the extra parameter is what this carrier wants (T36)."""
        if not param and (self.optional or self.needs is Need.NOTHING):
            return True
        return _LOOKS[self.needs].fullmatch(param) is not None


class Catalogue:
    """All carriers, found by key, by id, or by the country whose post they are."""

    def __init__(self, carriers: Iterable[Carrier], country_keys: Mapping[str, int]) -> None:
        self._by_key = {carrier.key: carrier for carrier in carriers}
        self._by_id = {carrier.id: carrier for carrier in self._by_key.values()}
        self._key_of_country = dict(country_keys)
        self._country_of_key = {key: country for country, key in country_keys.items()}
        self._posts: dict[tuple[str, str], Carrier | None] = {}  # every registration asks, and there are few to ask for

    def __iter__(self) -> Iterator[Carrier]:
        return iter(self._by_key.values())

    def __contains__(self, key: int) -> bool:
        return key in self._by_key

    def by_key(self, key: int) -> Carrier:
        """The carrier with 17TRACK's key.

        Raises:
            CarrierUnknown: there is none.
        """
        try:
            return self._by_key[key]
        except KeyError:
            raise CarrierUnknown(key) from None

    def by_id(self, carrier_id: str) -> Carrier:
        """The carrier with our id, such as `hk.post`.

        Raises:
            CarrierUnknown: there is none.
        """
        try:
            return self._by_id[carrier_id]
        except KeyError:
            raise CarrierUnknown(carrier_id) from None

    def post_of(self, country: str, service: str = "") -> Carrier | None:
        """The post of a country, or its arm for items whose S10 number begins with `service`; None if not known."""
        try:
            return self._posts[country, service[:1]]
        except KeyError:
            home, arm = country.lower(), _ARMS.get(service[:1].upper(), "post")
            post = self._by_id.get(f"{home}.{arm}") or self._by_id.get(f"{home}.post")
            self._posts[country, service[:1]] = post
            return post

    def post_of_number(self, number: str) -> Carrier | None:
        """The post of an S10 number as it is kept, whatever its check digit; None for any other number."""
        if not like_s10(number):
            return None
        country, service = number[-2:], number[0]
        return self._posts.get((country, service)) or self.post_of(country, service)

    def country_key(self, country: str) -> int:
        """17TRACK's key of an ISO 3166 alpha-2 country, as its tracks' `b` and `c` have it; 0 if not known."""
        return self._key_of_country.get(country.upper(), 0)

    def country(self, key: int) -> str:
        """The ISO 3166 alpha-2 country of 17TRACK's key, empty if not known."""
        return self._country_of_key.get(key, "")
