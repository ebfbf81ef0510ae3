"""Who may send in what happened: an operator's own systems, and couriers, each with a key that can be taken away."""

import re
import secrets
from datetime import datetime
from enum import StrEnum

from trackway.domain.errors import ConfigError
from trackway.domain.errors.access import KeyMissing, KeyUnknown
from trackway.storage.asking.sender_keys import OPERATOR, SenderKeys
from trackway.storage.vault import Vault

_NAME = re.compile(r"[!-~]{1,40}").fullmatch
_KEY_BYTES = 32


class Sender(StrEnum):
    """What a key is for."""

    OPERATOR = "operator"
    CARRIER = "carrier"


class Senders:
    """The keys of one kind of sender. An operator's opens the loading of items, a carrier's that of its events."""

    def __init__(self, *, kind: Sender, keys: SenderKeys, vault: Vault) -> None:
        self._kind = kind
        self._keys = keys
        self._vault = vault

    async def create_key(self, name: str, now: datetime, carrier: int = OPERATOR) -> str:
        """A new key; it is not kept and cannot be shown again.

        Raises:
            ConfigError: the name is not 1 to 40 visible ASCII characters, or taken.
        """
        if not _NAME(name):
            raise ConfigError(f"{self._kind} key {name!r}: give 1 to 40 visible ASCII characters")
        key = secrets.token_urlsafe(_KEY_BYTES)
        if not await self._keys.create(name, carrier, self._vault.lookup(key), now):
            raise ConfigError(f"{self._kind} key {name!r}: there is a key of that name already")
        return key

    async def names(self) -> dict[str, int]:
        """The name of every key of this kind, with its carrier."""
        return {name: carrier for name, carrier in (await self._keys.all()).items() if self._is_ours(carrier)}

    async def drop_key(self, name: str) -> None:
        """The key opens nothing from now on.

        Raises:
            ConfigError: there is none of that name.
        """
        if name not in await self.names() or not await self._keys.drop(name):
            raise ConfigError(f"there is no {self._kind} key {name!r}")

    async def check(self, key: str) -> int:
        """The carrier whose key it is, 0 for an operator's.

        Raises:
            KeyMissing: there is none.
            KeyUnknown: it is not of this kind, or not any more.
        """
        if not key:
            raise KeyMissing
        carrier = await self._keys.carrier_of(self._vault.lookup(key))
        if carrier is None or not self._is_ours(carrier):
            raise KeyUnknown
        return carrier

    def _is_ours(self, carrier: int) -> bool:
        return (carrier == OPERATOR) is (self._kind is Sender.OPERATOR)
