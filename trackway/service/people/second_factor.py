"""A second factor: codes by time (RFC 6238), and recovery codes for when the device is lost."""

import secrets
from datetime import datetime

import pyotp
from msgspec import Struct

from trackway.domain.errors.people import CodeWrong, PasswordWrong
from trackway.domain.person import Person
from trackway.service.people.passwords import Passwords
from trackway.storage.people.people import People
from trackway.storage.vault import Vault

_STEP = 30
_ISSUER = "Trackway"
_CODES, _CODE_BYTES = 10, 7


class Offer(Struct, frozen=True, kw_only=True):
    """A secret that is not kept yet: as people type it, and as the address that a QR code holds."""

    secret: str
    address: str


class SecondFactor:
    """Each code opens once. Secrets are sealed in the store, recovery codes kept as digests."""

    def __init__(self, *, people: People, passwords: Passwords, vault: Vault) -> None:
        self._people = people
        self._passwords = passwords
        self._vault = vault

    def offer(self, person: Person, secret: str = "") -> Offer:
        """A new secret to be confirmed with a code, or the one that was offered before."""
        secret = secret or pyotp.random_base32()
        return Offer(secret=secret, address=pyotp.TOTP(secret).provisioning_uri(name=person.name, issuer_name=_ISSUER))

    async def begin(self, person: Person, secret: str, code: str, now: datetime) -> list[str]:
        """The recovery codes of somebody whose second factor this now is; they are shown this once.

        Raises:
            CodeWrong: the code is not one of that secret.
        """
        step = _step(secret, code, now)
        if step is None:
            raise CodeWrong("that is not the code of this moment")
        codes = [_spelled(secrets.token_hex(_CODE_BYTES)) for _ in range(_CODES)]
        sealed = self._vault.seal(secret, f"person:{person.id}")
        await self._people.set_second_factor(person.id, sealed, step, [self._digest(code) for code in codes])
        return codes

    async def end(self, person: Person, password: str) -> None:
        """The password alone is enough again.

        Raises:
            PasswordWrong: it is not the person's.
        """
        if not await self._passwords.right(person.password, password):
            raise PasswordWrong("the password is wrong")
        await self._people.set_second_factor(person.id, "", 0, ())

    async def codes_left(self, person: Person) -> int:
        """How many recovery codes somebody has."""
        return await self._people.codes_left(person.id)

    async def right(self, person: Person, code: str, now: datetime) -> bool:
        """Whether the code opens; it does so once. None does for somebody who has no second factor (any more)."""
        if not person.second_factor:
            return False
        secret = self._vault.open(person.second_factor, f"person:{person.id}")
        step = _step(secret, code, now)
        if step is not None:
            return await self._people.use_step(person.id, step)
        return await self._people.use_code(person.id, self._digest(code))

    def _digest(self, code: str) -> str:
        return self._vault.lookup("recovery:" + "".join(filter(str.isalnum, code)).lower())


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The step of time whose code it is: this one, the one before or the one after."""
    typed = "".join(filter(str.isdigit, code))
    try:
        totp, current = pyotp.TOTP(secret), int(now.timestamp()) // _STEP
        near = {step: totp.at(step * _STEP) for step in (current, current - 1, current + 1)}
    except ValueError:  # a secret that is none, from a form
        return None
    return next((step for step, right in near.items() if secrets.compare_digest(right, typed)), None)


def _spelled(code: str) -> str:
    return f"{code[:5]}-{code[5:10]}-{code[10:]}"
