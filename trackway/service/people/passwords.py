"""Passwords: hashed with argon2id, off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from trackway.domain.errors.people import PasswordWeak
from trackway.domain.person import LONGEST_PASSWORD, SHORTEST_PASSWORD

_PASSES, _KIB, _AT_ONCE = 2, 19 * 1024, 2


class Passwords:
    """The lighter of OWASP's two settings: 19 MiB, two passes. Two at a time, so that a rush costs no more memory."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_KIB, parallelism=1)
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._nobody = ""

    async def hash(self, password: str, name: str) -> str:
        """The hash to keep.

        Raises:
            PasswordWeak: it is not 12 to 256 characters, or it is the name.
        """
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or password.casefold() == name.casefold():
            raise PasswordWeak(f"give a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, not the name")
        return await self._hash(password)

    async def right(self, kept: str, password: str) -> bool:
        """Whether it is the password; it takes as long where there is none to compare with."""
        if len(password) > LONGEST_PASSWORD:
            return False
        if not kept and not self._nobody:
            self._nobody = await self._hash("nobody has this")
        async with self._turns:
            right = await asyncio.to_thread(self._verify, kept or self._nobody, password)
        return right and bool(kept)

    def old(self, kept: str) -> bool:
        """Whether a hash was made with other settings than today's."""
        return self._hasher.check_needs_rehash(kept)

    async def rehash(self, password: str) -> str:
        """The hash with today's settings, whatever the password."""
        return await self._hash(password)

    async def _hash(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False
