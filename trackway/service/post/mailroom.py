"""The operator's mailroom: partners prove who they are and ask for items; the operator loads what happened."""

import hmac
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import jwt
from jwt.types import Options
from msgspec import Struct

from trackway.config import Config
from trackway.domain.errors import ConfigError
from trackway.domain.errors.access import KeyMissing, KeyUnknown
from trackway.domain.post.card import Card
from trackway.domain.post.mail import (
    TOKEN_LIFE,
    Item,
    ItemExpired,
    ItemHidden,
    ItemMalformed,
    ItemUnknown,
    MailRefusal,
    Partner,
    Retention,
    are_plain,
    item_number,
)
from trackway.domain.post.phrasebook import Phrasebook
from trackway.domain.post.scribe import Scribe
from trackway.service.post.texts import Texts
from trackway.storage.passing.allowance import Allowance
from trackway.storage.post.inquiries import Asked, Inquiries, Usage, subject_of
from trackway.storage.post.mailroom import Items, Partners
from trackway.storage.vault import Vault

Outcome = Card | MailRefusal
_ALGORITHM = "HS512"
_SYS_ID = re.compile(r"[!-~]{1,20}").fullmatch
_TOKENS = 1024
_PAGE = 500
_HOME = ZoneInfo("Asia/Hong_Kong")
_UNLIMITED = 2**62  # such days are counted all the same, for the report
_CHECKS: Options = {"verify_exp": False, "verify_iat": False, "require": ["sub", "exp"]}


class Grant(Struct, frozen=True):
    """A token and the Unix second at which it ends (H19)."""

    token: str
    expiry: int


class Mailroom:
    """What partners may ask, and what the operator does for them."""

    def __init__(
        self,
        *,
        items: Items,
        partners: Partners,
        allowance: Allowance,
        inquiries: Inquiries,
        texts: Texts,
        vault: Vault,
        config: Config,
    ) -> None:
        self._items = items
        self._partners = partners
        self._allowance = allowance
        self._inquiries = inquiries
        self._texts = texts
        self._vault = vault
        self._config = config
        self._scribe: Scribe | None = None
        self._retention = Retention(
            config.hkpost_retention_months, config.retention_by_prefix(), config.hkpost_purge_months
        )
        # HS512 wants a key as long as its digest.
        self._token_key = hmac.digest(vault.token_key, b"hkpost", "sha512")
        self._claims = lru_cache(_TOKENS)(self._signed)  # a partner shows the same token with every call

    async def authenticate(self, sys_id: str, secret: str, now: datetime) -> Grant:
        """A token for a partner who knows its secret; earlier tokens stay good until their own end (H19).

        Raises:
            KeyUnknown: the two do not belong together, or the partner is switched off.
        """
        partner = await self._known(sys_id)
        if not hmac.compare_digest(self._vault.lookup(secret), partner.lookup):
            raise KeyUnknown
        issued = int(now.timestamp())
        expiry = issued + int(TOKEN_LIFE.total_seconds())
        claims = {"sub": sys_id, "auth": "ROLE_USER", "iat": issued, "exp": expiry}
        return Grant(jwt.encode(claims, self._token_key, _ALGORITHM), expiry)

    async def open_token(self, token: str, now: datetime) -> Partner:
        """The partner who holds the token.

        Raises:
            KeyMissing: there is none.
            KeyUnknown: it is not ours, it has ended (at its expiry, H19), or the partner is switched off.
        """
        if not token:
            raise KeyMissing
        sys_id, expiry = self._claims(token)
        if now.timestamp() >= expiry:
            raise KeyUnknown
        return await self._known(sys_id)

    async def admit(self, partner: Partner, now: datetime) -> None:
        """Count one asking of the partner's, before anything of it is read (H17).

        Raises:
            TooFast: too soon after the last one that was let in (H20).
            DayLimitReached: the partner's day is used up (H21).
        """
        config = self._config
        limit = config.hkpost_daily_limit if partner.daily is None else partner.daily
        await self._allowance.admit(
            subject_of(partner.sys_id),
            now,
            window_ms=config.hkpost_min_interval_ms if partner.interval_ms is None else partner.interval_ms,
            most=1,
            day=partner.local(now).toordinal(),
            limit=limit or _UNLIMITED,
        )

    async def ask(self, partner: Partner, numbers: Sequence[str], now: datetime) -> list[Outcome]:
        """For each number, in the order asked, the card of its item, or why that is not told (H10, H12 to H14).

        Texts that the item lacks are in the book that `phrasebook` gives.
        """
        keys = self._keys(numbers)
        wanted = {key for key in keys if isinstance(key, str)}
        found = await self._items.find(wanted) if wanted else {}
        today = now.astimezone(_HOME)
        return [self._told(partner, key, found, today) if isinstance(key, str) else key for key in keys]

    async def phrasebook(self, now: datetime) -> Phrasebook:
        """The texts in force; the same object as long as nothing is changed."""
        return await self._texts.book(now)

    async def note(self, partner: Partner, told: Iterable[tuple[Outcome, int]], now: datetime) -> None:
        """Keep in the log which status each number was told; what is no item number is not kept."""
        if self._config.hkpost_inquiry_log_days:
            kept = ((outcome.number, status) for outcome, status in told if not isinstance(outcome, ItemMalformed))
            await self._inquiries.note(partner.sys_id, kept, now)

    async def usage(self, sys_id: str | None = None) -> list[Usage]:
        """How many calls were let in, by partner and day of the partner's own zone."""
        return [usage for usage in await self._inquiries.usage() if sys_id in {None, usage.sys_id}]

    async def history(self, number: str, now: datetime) -> tuple[list[Item], list[Asked]]:
        """Every item that had the number (as `item_number` gives it), oldest first, and who asked for it when."""
        book = await self._texts.book(now)
        return list(map(book.filled, await self._items.history(number))), await self._inquiries.of(number)

    async def search(
        self, prefix: str, now: datetime, *, after: tuple[str, str] = ("", ""), most: int = 50
    ) -> list[Item]:
        """Up to `most` items whose numbers begin so, by number and posting time; `after` is the last one seen."""
        book = await self._texts.book(now)
        return list(map(book.filled, await self._items.beginning(prefix.strip().upper(), after, most)))

    async def load(self, items: Sequence[Item], now: datetime) -> None:
        """Keep items and scans; safe to do twice. Texts that the catalogue has anyway follow the catalogue."""
        book = await self._texts.book(now)
        if self._scribe is None or self._scribe.book is not book:
            self._scribe = Scribe(book)
        await self._items.load(items, self._scribe)

    async def purge(self, now: datetime) -> int:
        """Delete the items that are past being kept; how many. Times of posting are compared in Hong Kong's zone."""
        today, after, gone = now.astimezone(_HOME), ("", ""), 0
        if not (edge := self._retention.newest_outlasted(today)):
            return 0
        while found := await self._items.posted_before(edge, after, _PAGE):
            old = [one for one in found if self._retention.outlasts(*one, today)]
            await self._items.delete(old)
            gone, after = gone + len(old), found[-1]
        return gone

    async def create_partner(
        self,
        sys_id: str,
        now: datetime,
        *,
        interval_ms: int | None = None,
        daily: int | None = None,
        zone: str = "Asia/Hong_Kong",
        prefixes: tuple[str, ...] = (),
    ) -> str:
        """The secret of a new partner; it is not kept and cannot be shown again.

        Raises:
            ConfigError: the name is not 1 to 20 visible ASCII characters, or taken; the zone is none.
        """
        if not _SYS_ID(sys_id):
            raise ConfigError(f"user {sys_id!r}: give 1 to 20 visible ASCII characters")
        secret = str(uuid.uuid4())
        partner = Partner(
            sys_id=sys_id,
            lookup=self._vault.lookup(secret),
            interval_ms=interval_ms,
            daily=daily,
            zone=_checked_zone(zone),
            prefixes=prefixes,
        )
        if not await self._partners.create(partner, now):
            raise ConfigError(f"user {sys_id!r} exists already")
        return secret

    async def partners(self) -> list[Partner]:
        """Every partner, by name."""
        return await self._partners.all()

    async def set_disabled(self, sys_id: str, *, disabled: bool) -> None:
        """Shut a partner out at once, or let it in again.

        Raises:
            ConfigError: there is no such partner.
        """
        if not await self._partners.set_disabled(sys_id, disabled=disabled):
            raise _nobody(sys_id)

    async def rotate(self, sys_id: str) -> str:
        """A new secret; the old one opens nothing from now on.

        Raises:
            ConfigError: there is no such partner.
        """
        secret = str(uuid.uuid4())
        if not await self._partners.set_lookup(sys_id, self._vault.lookup(secret)):
            raise _nobody(sys_id)
        return secret

    async def _known(self, sys_id: str) -> Partner:
        partner = await self._partners.find(sys_id) if _SYS_ID(sys_id) else None
        if partner is None or partner.disabled:
            raise KeyUnknown
        return partner

    def _signed(self, token: str) -> tuple[str, float]:
        """For whom a token was signed, and the Unix second at which it ends."""
        try:
            claims = jwt.decode(token, self._token_key, algorithms=[_ALGORITHM], options=_CHECKS)
        except jwt.PyJWTError:
            raise KeyUnknown from None
        return claims["sub"], claims["exp"]

    def _keys(self, numbers: Sequence[str]) -> Sequence[str | ItemMalformed]:
        plain = not self._config.hkpost_check_digit and are_plain(numbers)
        return numbers if plain else list(map(self._key, numbers))

    def _key(self, number: str) -> str | ItemMalformed:
        try:
            return item_number(number, check_digit=self._config.hkpost_check_digit)
        except ItemMalformed as refusal:
            return refusal

    def _told(self, partner: Partner, number: str, found: Mapping[str, Card], today: datetime) -> Outcome:
        if (card := found.get(number)) is None:
            return ItemUnknown(number)
        if not partner.sees(number):
            return ItemHidden(number)
        if not self._retention.covers(number, card.posted, today):
            return ItemExpired(number)
        return card


def _checked_zone(zone: str) -> str:
    try:
        return ZoneInfo(zone).key
    except (ValueError, OSError, KeyError):
        raise ConfigError(f"zone {zone!r}: there is none of that name") from None


def _nobody(sys_id: str) -> ConfigError:
    return ConfigError(f"there is no user {sys_id!r}; `trackway hkpost user list` shows them")
