"""Who may use the console: made, given a role, shut out; and the one-time links that let them in."""

import secrets
from datetime import datetime

from msgspec import Struct

from trackway.domain.errors.people import LastOwner, LinkSpent, NameMalformed, NameTaken, PasswordWrong, PersonUnknown
from trackway.domain.person import LINK_LASTS, LinkKind, Person, Role
from trackway.service.access import Access
from trackway.service.people.passwords import Passwords
from trackway.storage.people.people import People as Kept
from trackway.storage.vault import Vault

_LONGEST_NAME = 100


class Link(Struct, frozen=True, kw_only=True):
    """A one-time link that was just made."""

    token: str
    until: datetime


class People:
    """The desk for people. Names are kept in lower case; a person without an account is of the house."""

    def __init__(self, *, people: Kept, access: Access, passwords: Passwords, vault: Vault) -> None:
        self._people = people
        self._access = access
        self._passwords = passwords
        self._vault = vault

    async def first_link(self, now: datetime) -> Link | None:
        """The link that makes the owner, for as long as there is nobody; None afterwards."""
        if await self._people.any():
            return None
        return await self._link(None, LinkKind.FIRST, now)

    async def add(self, name: str, role: Role, account: int | None, now: datetime) -> Link:
        """A new person, with the link where they choose their password.

        Raises:
            NameMalformed: it is not 1 to 100 printable characters.
            NameTaken: somebody has it.
        """
        added = await self._people.add(_name(name), account, role, now)
        if added is None:
            raise NameTaken(f"there is somebody called {name!r} already")
        return await self._link(added.id, LinkKind.PASSWORD, now)

    async def enter_link(self, name: str, now: datetime) -> Link:
        """A link that signs somebody in at once.

        Raises:
            PersonUnknown: there is nobody of that name.
        """
        return await self._link((await self.named(name)).id, LinkKind.ENTER, now)

    async def reset(self, name: str, now: datetime) -> Link:
        """Take somebody's password, second factor and sessions away; the link where they choose a new password.

        Raises:
            PersonUnknown: there is nobody of that name.
        """
        person = await self.named(name)
        await self._people.set_password(person.id, "")
        await self._people.set_second_factor(person.id, "", 0, ())
        return await self._link(person.id, LinkKind.PASSWORD, now)

    async def opened(self, token: str, now: datetime) -> tuple[LinkKind, Person | None]:
        """What a link opens, and for whom; it is not used up.

        Raises:
            LinkSpent: it opens nothing (any more).
        """
        return await self._whose(await self._people.link(self._vault.lookup(token), now))

    async def begin(self, token: str, name: str, password: str, account: str, now: datetime) -> Person:
        """The owner of the house, and a first account where there is none yet.

        Raises:
            LinkSpent: the link opens nothing, or somebody came first.
            ConfigError: a name or the password cannot be.
        """
        kept = _name(name)
        hashed = await self._passwords.hash(password, kept)
        kind, _ = await self._whose(await self._people.link(self._vault.lookup(token), now))
        if kind is not LinkKind.FIRST or await self._people.any():
            raise LinkSpent
        if not await self._access.accounts():
            await self._access.create(account, None, None, now)
        if await self._people.use_link(self._vault.lookup(token), now) is None:
            raise LinkSpent
        person = await self._people.add(kept, None, Role.OWNER, now)
        if person is None:
            raise LinkSpent
        await self._people.set_password(person.id, hashed)
        return person

    async def choose_password(self, token: str, password: str, now: datetime) -> Person:
        """The person who now has that password; the link is used up.

        Raises:
            LinkSpent: the link opens nothing.
            PasswordWeak: the password cannot be.
        """
        kind, person = await self.opened(token, now)
        if kind is not LinkKind.PASSWORD or person is None:
            raise LinkSpent
        hashed = await self._passwords.hash(password, person.name)
        if await self._people.use_link(self._vault.lookup(token), now) is None:
            raise LinkSpent
        await self._people.set_password(person.id, hashed)
        return person

    async def enter(self, token: str, now: datetime) -> Person:
        """The person whom a link signs in at once; it is used up.

        Raises:
            LinkSpent: it does not.
        """
        kind, _ = await self.opened(token, now)
        if kind is not LinkKind.ENTER:
            raise LinkSpent
        _, person = await self._whose(await self._people.use_link(self._vault.lookup(token), now))
        if person is None or person.disabled:
            raise LinkSpent
        return person

    async def all(self, account: int | None = None) -> list[Person]:
        """Everybody, or everybody of one account."""
        return await (self._people.all() if account is None else self._people.of_account(account))

    async def named(self, name: str) -> Person:
        """The person of that name.

        Raises:
            PersonUnknown: there is none.
        """
        person = await self._people.by_name(name.strip().casefold())
        if person is None:
            raise PersonUnknown(f"there is nobody called {name!r}; `trackway people list` shows everybody")
        return person

    async def set_role(self, name: str, role: Role) -> None:
        """Give somebody another role.

        Raises:
            LastOwner: nobody would be left who may change people.
        """
        person = await self.named(name)
        if role is not Role.OWNER:
            await self._leave_an_owner(person)
        await self._people.set_role(person.id, role)

    async def set_disabled(self, name: str, *, disabled: bool) -> None:
        """Shut somebody out, or let them in again.

        Raises:
            LastOwner: nobody would be left who may change people.
        """
        person = await self.named(name)
        if disabled:
            await self._leave_an_owner(person)
        await self._people.set_disabled(person.id, disabled=disabled)

    async def set_language(self, person: Person, language: str) -> None:
        """The language in which somebody reads the console."""
        await self._people.set_language(person.id, language)

    async def change_password(self, person: Person, old: str, new: str) -> None:
        """A new password in place of the old one; every session ends.

        Raises:
            PasswordWrong: the old one is wrong.
            PasswordWeak: the new one cannot be.
        """
        if not await self._passwords.right(person.password, old):
            raise PasswordWrong("the old password is wrong")
        await self._people.set_password(person.id, await self._passwords.hash(new, person.name))

    async def _leave_an_owner(self, person: Person) -> None:
        others = await self._people.all()
        owners = [one for one in others if one.role is Role.OWNER and one.of_house and not one.disabled]
        if [one.id for one in owners] == [person.id]:
            raise LastOwner("nobody would be left who may change people")

    async def _link(self, who: int | None, kind: LinkKind, now: datetime) -> Link:
        link = Link(token=secrets.token_urlsafe(32), until=now + LINK_LASTS)
        await self._people.put_link(self._vault.lookup(link.token), who, kind, link.until)
        return link

    async def _whose(self, found: tuple[LinkKind, int | None] | None) -> tuple[LinkKind, Person | None]:
        if found is None:
            raise LinkSpent
        kind, who = found
        return kind, None if who is None else await self._people.by_id(who)


def _name(name: str) -> str:
    kept = name.strip().casefold()
    if not kept or len(kept) > _LONGEST_NAME or not kept.isprintable():
        raise NameMalformed("give a name of 1 to 100 printable characters")
    return kept
