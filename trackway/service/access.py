"""Who may call, how fast, and with which key."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from trackway.domain.account import Account, Key, KeyShown, Usage, admits, normal_network
from trackway.domain.errors import ConfigError
from trackway.domain.errors.access import (
    AccountDisabled,
    AddressNotAllowed,
    KeyMissing,
    KeyUnknown,
    NetworkMalformed,
    TooFast,
)
from trackway.storage.passing.allowance import Allowance
from trackway.storage.people.accounts import Accounts, SealedKey
from trackway.storage.vault import Vault

_SECOND_MS = 1000
_LONGEST_NAME = 100
USE_COUNTED = 10_000
_DAYS_SHOWN = 14
_MOST_NETWORKS = 100
_MOST = 10**15


class Access:
    """The door of the 17TRACK face, and what an operator does with accounts."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        allowance: Allowance,
        vault: Vault,
        pace_per_second: int,
        key_change_delay: float,
        key_overlap: float,
    ) -> None:
        self._accounts = accounts
        self._allowance = allowance
        self._vault = vault
        self._pace = pace_per_second
        self.key_change_delay = timedelta(seconds=key_change_delay)
        """How long after its announcement a new key takes the old one's place (T34)."""
        self._key_overlap = timedelta(seconds=key_overlap)

    async def admit(self, key: str | None, address: str, endpoint: str, now: datetime) -> Account:
        """The account that calls.

        Raises:
            TooFast: more than the allowed calls of one endpoint in any one second (T13).
            AccessDenied: it is not let in at all, see `recognise`.
        """
        account = await self.recognise(key, address, now)
        wait = await self._allowance.pace(f"17:{account.key_id}:{endpoint}", now, _SECOND_MS, self._pace)
        if wait:
            raise TooFast(wait)
        return account

    async def recognise(self, key: str | None, address: str, now: datetime) -> Account:
        """The account whose key this is, if it may come in from that address.

        Raises:
            KeyMissing: no key was sent.
            KeyUnknown: it is no key of ours, or not in force (T34).
            AddressNotAllowed: the address is not on the account's list.
            AccountDisabled: the account is switched off.
        """
        key = (key or "").strip()  # a header's value ends before the blanks behind it
        if not key:
            raise KeyMissing
        account = await self._accounts.by_key(self._vault.lookup(key), now)
        if account is None:
            raise KeyUnknown
        if not admits(account.networks, address):
            raise AddressNotAllowed
        if account.disabled:
            raise AccountDisabled
        return account

    async def create(self, name: str, quota: int | None, daily: int | None, now: datetime) -> Key:
        """A new account with its first key.

        Raises:
            ConfigError: the name is empty or taken, or a limit is no such number.
        """
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            raise ConfigError(f"account name {name!r}: give 1 to 100 printable characters")
        _check_limits(quota, daily)
        key = _new_key()
        if not await self._accounts.create(name, quota, daily, lambda account: self._sealed(account, key), now):
            raise ConfigError(f"account {name!r} exists already")
        return Key(account=name, key=key, active_from=now)

    async def limit(self, name: str, quota: int | None, daily: int | None) -> None:
        """Set how many numbers an account may register, in all and a UTC day, from now on; None is no limit (T30).

        Raises:
            ConfigError: there is no such account, or a limit is no such number.
        """
        _check_limits(quota, daily)
        await self._accounts.limit((await self.named(name)).id, quota, daily)

    async def rotate_key(self, name: str, now: datetime) -> Key:
        """A new key, announced at once; at `active_from` it takes the old one's place (T34)."""
        account, key, active_from = await self.named(name), _new_key(), now + self.key_change_delay
        await self._accounts.replace_key(account.id, self._sealed(account.id, key), now, active_from)
        return Key(account=name, key=key, active_from=active_from)

    async def named(self, name: str) -> Account:
        """The account of that name.

        Raises:
            ConfigError: there is none.
        """
        account = await self._accounts.by_name(name)
        if account is None:
            raise ConfigError(f"there is no account {name!r}; `trackway account list` shows them")
        return account

    async def by_id(self, identity: int) -> Account | None:
        """The account with that id, None where there is none."""
        return await self._accounts.by_id(identity)

    async def set_disabled(self, name: str, *, disabled: bool) -> None:
        """Shut an account out, or let it in again."""
        await self._accounts.set_disabled((await self.named(name)).id, disabled=disabled)

    async def allow(self, name: str, networks: tuple[str, ...]) -> tuple[str, ...]:
        """The only networks that may call for the account, as understood.

        Raises:
            ConfigError: there is no such account.
            NetworkMalformed: one is no address or network.
        """
        understood = tuple(_network(text) for text in networks)
        await self._accounts.allow((await self.named(name)).id, understood)
        return understood

    async def allow_too(self, name: str, networks: Sequence[str]) -> tuple[str, ...]:
        """More networks that may call for the account, as understood. The first ones shut out all others.

        Raises:
            ConfigError: there is no such account.
            NetworkMalformed: one is no address or network; none is added.
            NetworksTooMany: the list would be longer than a hundred entries; none is added.
        """
        understood = tuple(_network(text) for text in networks)
        await self._accounts.add_networks((await self.named(name)).id, understood, _MOST_NETWORKS)
        return understood

    async def allow_no_more(self, name: str, network: str) -> bool:
        """Whether a network was on the account's list; it is not any more. With the last one gone, all may call."""
        return await self._accounts.drop_network((await self.named(name)).id, network)

    async def signing_keys(self, account: int, now: datetime) -> list[str]:
        """The key that signs the account's messages at `now`, and after it the old one while both do; maybe none."""
        sealed = await self._accounts.sealed_keys(account, now, now - self._key_overlap)
        return [self._vault.open(one, f"account:{account}") for one in sealed]

    async def accounts(self) -> list[Account]:
        """Every account."""
        return await self._accounts.all()

    async def keys(self, account: int, now: datetime) -> list[KeyShown]:
        """The keys that are in force or will be, as they may be shown."""
        return await self._accounts.keys(account, now)

    async def use_by_day(self, account: int, now: datetime) -> list[tuple[date, int]]:
        """How many of the last fourteen days' registrations are still kept, by UTC day, up to USE_COUNTED of each."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        days = [midnight - timedelta(days=ago) for ago in range(_DAYS_SHOWN)]
        return [
            (day.date(), await self._accounts.registered(account, day, day + timedelta(days=1), USE_COUNTED))
            for day in days
        ]

    async def usage(self, account: int, now: datetime) -> Usage:
        """What the account has used."""
        return await self._accounts.usage(account, now)

    def _sealed(self, account: int, key: str) -> SealedKey:
        return SealedKey(
            lookup=self._vault.lookup(key), sealed=self._vault.seal(key, f"account:{account}"), last4=key[-4:]
        )


def _check_limits(quota: int | None, daily: int | None) -> None:
    for field, limit in (("quota", quota), ("daily", daily)):
        if limit is not None and not 0 <= limit <= _MOST:
            raise ConfigError(f"{field} {limit}: give 0 to {_MOST}")


def _network(text: str) -> str:
    try:
        return str(normal_network(text.strip()))
    except ValueError:
        raise NetworkMalformed(text) from None


def _new_key() -> str:
    """128 random bits as 32 upper-case hexadecimal digits, like the document's sample."""
    return secrets.token_hex(16).upper()
