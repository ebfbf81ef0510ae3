"""People who use the console, their one-time links and recovery codes. Secrets come in as digests and hashes only."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from trackway.domain.person import LinkKind, Person, Role
from trackway.storage.database import Database, Row, Transaction, to_ms
from trackway.storage.statement import Statement

COLUMNS = (
    "person.id, person.name, person.role, person.account_id, person.password, person.second_factor, "
    "person.second_used, person.language, person.disabled"
)
_ADD = Statement(
    "INSERT INTO person (name, account_id, role, created_at) VALUES (:name, :account, :role, :now) "
    "ON CONFLICT (name) DO NOTHING RETURNING id"
)
_BY_NAME = Statement(f"SELECT {COLUMNS} FROM person WHERE name = :name")
_BY_ID = Statement(f"SELECT {COLUMNS} FROM person WHERE id = :id")
_ALL = Statement(f"SELECT {COLUMNS} FROM person ORDER BY id")
_OF_ACCOUNT = Statement(f"SELECT {COLUMNS} FROM person WHERE account_id = :account ORDER BY id")
_ANY = Statement("SELECT 1 FROM person LIMIT 1")
_SET_PASSWORD = Statement("UPDATE person SET password = :password WHERE id = :id")
_SET_DISABLED = Statement("UPDATE person SET disabled = :disabled WHERE id = :id")
_SET_ROLE = Statement("UPDATE person SET role = :role WHERE id = :id")
_SET_LANGUAGE = Statement("UPDATE person SET language = :language WHERE id = :id")
_SET_SECOND = Statement("UPDATE person SET second_factor = :sealed, second_used = :used WHERE id = :id")
_USE_SECOND = Statement("UPDATE person SET second_used = :step WHERE id = :id AND second_used < :step RETURNING 1")
_DROP_CODES = Statement("DELETE FROM person_code WHERE person_id = :id")
_ADD_CODES = Statement(
    "INSERT INTO person_code (person_id, lookup) SELECT CAST(:id AS BIGINT), lookup "
    "FROM @rows(codes: lookup text) AS given WHERE true"
)
_USE_CODE = Statement("DELETE FROM person_code WHERE person_id = :id AND lookup = :lookup RETURNING 1")
_CODES = Statement("SELECT COUNT(*) FROM person_code WHERE person_id = :id")
_DROP_LINKS = Statement("DELETE FROM person_link WHERE kind = :kind AND COALESCE(person_id, 0) = :person")
_ADD_LINK = Statement(
    "INSERT INTO person_link (lookup, person_id, kind, until) VALUES (:lookup, :person, :kind, :until)"
)
_LINK = Statement("SELECT kind, person_id FROM person_link WHERE lookup = :lookup AND until > :now")
_USE_LINK = Statement("DELETE FROM person_link WHERE lookup = :lookup AND until > :now RETURNING kind, person_id")
_END_SESSIONS = Statement("DELETE FROM session WHERE person_id = :id")


class People:
    """Everybody who may sign in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def any(self) -> bool:
        """Whether there is anybody yet."""
        return bool(await self._database.read(_ANY))

    async def add(self, name: str, account: int | None, role: Role, now: datetime) -> Person | None:
        """The new person, None where the name is taken."""
        values = {"name": name, "account": account, "role": role, "now": to_ms(now)}
        rows = await self._database.write(lambda tx: tx.fetch(_ADD, **values))
        return Person(id=rows[0][0], name=name, role=role, account=account) if rows else None

    async def by_name(self, name: str) -> Person | None:
        """The person of that name."""
        return _one(await self._database.read(_BY_NAME, name=name))

    async def by_id(self, identity: int) -> Person | None:
        """The person with that id."""
        return _one(await self._database.read(_BY_ID, id=identity))

    async def all(self) -> list[Person]:
        """Everybody, oldest first."""
        return [person(row) for row in await self._database.read(_ALL)]

    async def of_account(self, account: int) -> list[Person]:
        """Everybody of one account, oldest first."""
        return [person(row) for row in await self._database.read(_OF_ACCOUNT, account=account)]

    async def set_password(self, identity: int, password: str) -> None:
        """Keep a password's hash; every session of the person ends."""
        await self._write([(_SET_PASSWORD, {"id": identity, "password": password}), (_END_SESSIONS, {"id": identity})])

    async def rehash(self, identity: int, password: str) -> None:
        """Keep a stronger hash of the same password."""
        await self._write([(_SET_PASSWORD, {"id": identity, "password": password})])

    async def set_disabled(self, identity: int, *, disabled: bool) -> None:
        """Shut somebody out and end their sessions, or let them in again."""
        await self._write([(_SET_DISABLED, {"id": identity, "disabled": disabled}), (_END_SESSIONS, {"id": identity})])

    async def set_role(self, identity: int, role: Role) -> None:
        """Give somebody another role."""
        await self._write([(_SET_ROLE, {"id": identity, "role": role})])

    async def set_language(self, identity: int, language: str) -> None:
        """The language in which somebody reads the console; empty for their browser's."""
        await self._write([(_SET_LANGUAGE, {"id": identity, "language": language})])

    async def set_second_factor(self, identity: int, sealed: str, used: int, codes: Sequence[str]) -> None:
        """Keep a second factor with its recovery codes in place of those before; an empty one for none."""
        rows = [(code,) for code in codes]
        second = {"id": identity, "sealed": sealed, "used": used}
        await self._write(
            [(_SET_SECOND, second), (_DROP_CODES, {"id": identity}), (_ADD_CODES, {"id": identity, "codes": rows})]
        )

    async def use_step(self, identity: int, step: int) -> bool:
        """Whether no code of this time step or a later one was used before; none may be from now on."""
        return bool(await self._database.write(lambda tx: tx.fetch(_USE_SECOND, id=identity, step=step)))

    async def use_code(self, identity: int, lookup: str) -> bool:
        """Whether the recovery code was there; it is gone now."""
        return bool(await self._database.write(lambda tx: tx.fetch(_USE_CODE, id=identity, lookup=lookup)))

    async def codes_left(self, identity: int) -> int:
        """How many recovery codes somebody has."""
        return int((await self._database.read(_CODES, id=identity))[0][0])

    async def put_link(self, lookup: str, who: int | None, kind: LinkKind, until: datetime) -> None:
        """A one-time link in place of those of its kind that the person had."""
        link = {"lookup": lookup, "person": who, "kind": kind, "until": to_ms(until)}
        await self._write([(_DROP_LINKS, {"kind": kind, "person": who or 0}), (_ADD_LINK, link)])

    async def link(self, lookup: str, now: datetime) -> tuple[LinkKind, int | None] | None:
        """What a link opens and for whom, None where it is none of ours, used or too old."""
        return _link(await self._database.read(_LINK, lookup=lookup, now=to_ms(now)))

    async def use_link(self, lookup: str, now: datetime) -> tuple[LinkKind, int | None] | None:
        """The same, for the one who uses it up."""
        return _link(await self._database.write(lambda tx: tx.fetch(_USE_LINK, lookup=lookup, now=to_ms(now))))

    async def _write(self, steps: Sequence[tuple[Statement, Mapping[str, object]]]) -> None:
        async def work(transaction: Transaction) -> None:
            for statement, values in steps:
                await transaction.fetch(statement, **values)

        await self._database.write(work)


def person(row: Row) -> Person:
    """A person from the first columns of a row that are `COLUMNS`."""
    return Person(
        id=row[0],
        name=row[1],
        role=Role(row[2]),
        account=row[3],
        password=row[4],
        second_factor=row[5],
        second_used=row[6],
        language=row[7],
        disabled=bool(row[8]),
    )


def _one(rows: list[Row]) -> Person | None:
    return person(rows[0]) if rows else None


def _link(rows: list[Row]) -> tuple[LinkKind, int | None] | None:
    return (LinkKind(rows[0][0]), rows[0][1]) if rows else None
