"""The sessions of the console, found by the digest of what the browser holds."""

from datetime import datetime

from trackway.domain.person import IDLE, LONGEST, Session
from trackway.storage.database import Database, Row, from_ms, to_ms
from trackway.storage.people.people import COLUMNS, person
from trackway.storage.statement import Statement

_PERSON = len(COLUMNS.split(","))
_SESSION = "session.lookup, session.account_id, begun_at, seen_at, address, agent"
_BEGIN = Statement(
    "INSERT INTO session (lookup, person_id, account_id, begun_at, seen_at, address, agent) "
    "VALUES (:lookup, :person, :account, :now, :now, :address, :agent)"
)
_FIND = Statement(
    f"SELECT {COLUMNS}, {_SESSION} FROM session JOIN person ON person.id = session.person_id WHERE lookup = :lookup"
)
_OF = Statement(
    f"SELECT {COLUMNS}, {_SESSION} FROM session JOIN person ON person.id = session.person_id "
    "WHERE person_id = :person ORDER BY seen_at DESC"
)
_SEE = Statement("UPDATE session SET seen_at = :now WHERE lookup = :lookup")
_CHOOSE = Statement("UPDATE session SET account_id = :account WHERE lookup = :lookup")
_END = Statement("DELETE FROM session WHERE lookup = :lookup")
_END_OTHERS = Statement("DELETE FROM session WHERE person_id = :person AND lookup <> :lookup")
_END_ONE = Statement("DELETE FROM session WHERE person_id = :person AND lookup = :lookup")
_PURGE = Statement("DELETE FROM session WHERE seen_at <= :idle OR begun_at <= :oldest")


class Sessions:
    """Who is signed in where."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self, lookup: str, *, who: int, account: int | None, address: str, agent: str, now: datetime
    ) -> None:
        """A new session; those that are over go at the same time."""
        values = {"lookup": lookup, "person": who, "account": account, "now": to_ms(now)}
        over = {"idle": to_ms(now - IDLE), "oldest": to_ms(now - LONGEST)}
        await self._database.write(lambda tx: tx.fetch(_PURGE, **over))
        await self._database.write(lambda tx: tx.fetch(_BEGIN, address=address, agent=agent, **values))

    async def find(self, lookup: str) -> Session | None:
        """The session of that digest with its person."""
        rows = await self._database.read(_FIND, lookup=lookup)
        return _session(rows[0]) if rows else None

    async def of(self, who: int) -> list[Session]:
        """All sessions of one person, the last used first."""
        return [_session(row) for row in await self._database.read(_OF, person=who)]

    async def see(self, lookup: str, now: datetime) -> None:
        """It was used now."""
        await self._database.write(lambda tx: tx.fetch(_SEE, lookup=lookup, now=to_ms(now)))

    async def choose(self, lookup: str, account: int) -> None:
        """The account that is looked at from now on."""
        await self._database.write(lambda tx: tx.fetch(_CHOOSE, lookup=lookup, account=account))

    async def end(self, lookup: str) -> None:
        """Sign out here."""
        await self._database.write(lambda tx: tx.fetch(_END, lookup=lookup))

    async def end_one(self, who: int, lookup: str) -> None:
        """Sign a person out of one browser of theirs."""
        await self._database.write(lambda tx: tx.fetch(_END_ONE, person=who, lookup=lookup))

    async def end_others(self, who: int, lookup: str) -> None:
        """Sign a person out everywhere but here."""
        await self._database.write(lambda tx: tx.fetch(_END_OTHERS, person=who, lookup=lookup))


def _session(row: Row) -> Session:
    lookup, account, begun, seen, address, agent = row[_PERSON:]
    return Session(
        lookup=lookup,
        person=person(row),
        account=account,
        begun_at=from_ms(begun),
        seen_at=from_ms(seen),
        address=address,
        agent=agent,
    )
