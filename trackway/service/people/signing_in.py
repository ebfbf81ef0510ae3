"""Signing in: password, second factor, session."""

import secrets
from datetime import datetime, timedelta

from trackway.domain.errors import StorageError
from trackway.domain.errors.access import TooFast
from trackway.domain.errors.people import SignInFailed
from trackway.domain.person import Person, Session
from trackway.service.people.passwords import Passwords
from trackway.service.people.second_factor import SecondFactor
from trackway.storage.passing.allowance import Allowance
from trackway.storage.people.people import People
from trackway.storage.people.sessions import Sessions
from trackway.storage.vault import Vault

_QUARTER_MS, _HOUR_MS = 900_000, 3_600_000
# How often in which time: one name from one address, one address, one name from anywhere, codes for one person.
_PER_PAIR, _PER_ADDRESS, _PER_NAME, _PER_PERSON = 10, 100, 100, 10
_TICKET_LASTS = timedelta(minutes=5)
_SEEN_EVERY = timedelta(minutes=1)
_AGENT = 200


class SigningIn:
    """The door of the console. A session is 256 random bits; the store has only its digest."""

    def __init__(
        self,
        *,
        people: People,
        sessions: Sessions,
        passwords: Passwords,
        second_factor: SecondFactor,
        allowance: Allowance,
        vault: Vault,
    ) -> None:
        self._people = people
        self._sessions = sessions
        self._passwords = passwords
        self._second_factor = second_factor
        self._allowance = allowance
        self._vault = vault

    async def check(self, name: str, password: str, address: str, now: datetime) -> Person:
        """The person whose name and password these are.

        Raises:
            TooFast: too many tries of this name, or from this address.
            SignInFailed: they are not, or the person is shut out.
        """
        kept = name.strip().casefold()[:100]
        for subject, most, window in (
            (f"login:{address}", _PER_ADDRESS, _QUARTER_MS),
            (f"login:{address}:{self._vault.lookup(kept)}", _PER_PAIR, _QUARTER_MS),
            (f"login::{self._vault.lookup(kept)}", _PER_NAME, _HOUR_MS),
        ):
            await self._slow(subject, now, window, most)
        person = await self._people.by_name(kept)
        right = await self._passwords.right(person.password if person else "", password)
        if person is None or not right or person.disabled:
            raise SignInFailed
        if self._passwords.old(person.password):
            await self._people.rehash(person.id, await self._passwords.rehash(password))
        return person

    def ticket(self, person: Person, now: datetime) -> str:
        """What shows, for five minutes, that somebody's password was right."""
        return self._vault.seal(f"{person.id} {int((now + _TICKET_LASTS).timestamp())}", "second-factor-ticket")

    async def second(self, ticket: str, code: str, now: datetime) -> Person:
        """The person who has a ticket and gives a code of their second factor, or a recovery code.

        Raises:
            TooFast: too many tries.
            SignInFailed: the ticket is too old, or the code wrong.
        """
        person = await self._holder(ticket, now)
        await self._slow(f"code:{person.id}", now, _HOUR_MS, _PER_PERSON)
        if not await self._second_factor.right(person, code, now):
            raise SignInFailed
        return person

    async def begin(self, person: Person, account: int | None, address: str, agent: str, now: datetime) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(32)
        await self._sessions.begin(
            self._vault.lookup(token), who=person.id, account=account, address=address, agent=agent[:_AGENT], now=now
        )
        return token

    async def session(self, token: str, now: datetime) -> Session | None:
        """The session that a browser holds, None where there is none or it is over."""
        session = await self._sessions.find(self._vault.lookup(token)) if token else None
        if session is None:
            return None
        if session.over(now) or session.person.disabled:
            await self._sessions.end(session.lookup)
            return None
        if now - session.seen_at >= _SEEN_EVERY:
            await self._sessions.see(session.lookup, now)
        return session

    def form_token(self, session: Session) -> str:
        """What each form of a session carries; it says nothing of the session's own token."""
        return self._vault.lookup(f"form:{session.lookup}")

    async def sessions(self, person: Person) -> list[Session]:
        """Where somebody is signed in."""
        return await self._sessions.of(person.id)

    async def choose(self, session: Session, account: int) -> None:
        """The account that somebody of the house looks at from now on, in this browser."""
        await self._sessions.choose(session.lookup, account)

    async def end(self, session: Session) -> None:
        """Sign out."""
        await self._sessions.end(session.lookup)

    async def end_one(self, person: Person, lookup: str) -> None:
        """Sign somebody out of one of their browsers."""
        await self._sessions.end_one(person.id, lookup)

    async def end_others(self, session: Session) -> None:
        """Sign somebody out everywhere but here."""
        await self._sessions.end_others(session.person.id, session.lookup)

    async def _holder(self, ticket: str, now: datetime) -> Person:
        try:
            identity, until = self._vault.open(ticket, "second-factor-ticket").split()
        except (StorageError, ValueError):
            raise SignInFailed from None
        person = await self._people.by_id(int(identity)) if now.timestamp() < int(until) else None
        if person is None or person.disabled:
            raise SignInFailed
        return person

    async def _slow(self, subject: str, now: datetime, window_ms: int, most: int) -> None:
        if wait := await self._allowance.pace(subject, now, window_ms, most):
            raise TooFast(wait)
