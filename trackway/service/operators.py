"""Who may send scans in: the operator's own systems, each with a key that can be taken away."""

import re
import secrets
from datetime import datetime

from trackway.domain.errors import ConfigError, KeyMissing, KeyUnknown
from trackway.storage.operator_keys import OperatorKeys
from trackway.storage.vault import Vault

_NAME = re.compile(r"[!-~]{1,40}").fullmatch
_KEY_BYTES = 32


class Operators:
    """Operator keys; what they open is the loading of items, and nothing else."""

    def __init__(self, *, keys: OperatorKeys, vault: Vault) -> None:
        self._keys = keys
        self._vault = vault

    async def create_key(self, name: str, now: datetime) -> str:
        """A new key; it is not kept and cannot be shown again.

        Raises:
            ConfigError: the name is not 1 to 40 visible ASCII characters, or taken.
        """
        if not _NAME(name):
            raise ConfigError(f"operator key {name!r}: give 1 to 40 visible ASCII characters")
        key = secrets.token_urlsafe(_KEY_BYTES)
        if not await self._keys.create(name, self._vault.lookup(key), now):
            raise ConfigError(f"operator key {name!r} exists already")
        return key

    async def names(self) -> list[str]:
        """The name of every key."""
        return await self._keys.names()

    async def drop_key(self, name: str) -> None:
        """The key opens nothing from now on.

        Raises:
            ConfigError: there is none of that name.
        """
        if not await self._keys.drop(name):
            raise ConfigError(f"there is no operator key {name!r}; `trackway hkpost operator-key list` shows them")

    async def check(self, key: str) -> None:
        """Whether the key opens.

        Raises:
            KeyMissing: there is none.
            KeyUnknown: it is not ours, or not any more.
        """
        if not key:
            raise KeyMissing
        if not await self._keys.known(self._vault.lookup(key)):
            raise KeyUnknown
