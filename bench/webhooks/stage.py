"""Where it plays: receivers that listen, and a store with an account for each."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle
from typing import Any
from urllib.request import urlopen

import msgspec
from msgspec import Struct

from bench import http
from bench.numbers import number
from bench.seed import database_of
from bench.tracks import encoded_tracks
from bench.webhooks.news import house_of, put_all
from bench.webhooks.plan import EACH, THEIR_CORE, Order, Plan
from bench.webhooks.process import first_line, process
from trackway.domain.following.registration import Application
from trackway.storage import migrate
from trackway.storage.database import Database
from trackway.storage.statement import Statement
from trackway.storage.store import open_store

_TRACKS = Statement(
    "INSERT INTO track (id, tracking_id, account_id, number, carrier, body) "
    "SELECT -id, id, account_id, tracking.number, carrier, given.body "
    "FROM @rows(rows: number text, body text) AS given "
    "CROSS JOIN tracking WHERE account_id = :account AND tracking.number = given.number"
)
_LAST = Statement("SELECT COALESCE(MAX(id), 0) FROM message")


class Stage(Struct, kw_only=True):
    """Receivers that listen and a store that is filled."""

    engine: str
    data: str
    database: str
    port: int

    def order(self, **what: Any) -> Order:
        """An order for a process on this store."""
        return Order(data=self.data, database=self.database, port=self.port, **what)

    def seen(self) -> Counter[int]:
        """How often each message came to a receiver that answers, by its id."""
        with urlopen(f"http://127.0.0.1:{self.port}/seen") as answer:
            return Counter(msgspec.json.decode(answer.read(), type=dict[int, int]))

    def ask(self, statement: Statement, **values: Any) -> list[Any]:
        """The rows that the store gives."""
        return asyncio.run(_ask(self.database, statement, values))

    def do(self, statement: Statement, **values: Any) -> None:
        """Change the store."""
        asyncio.run(_do(self.database, statement, values))

    def last(self) -> int:
        """The id of the newest message."""
        return int(self.ask(_LAST)[0][0])

    def put_all(self, *, hanging: bool = True) -> int:
        """News of each tracking, waiting; how much of it is for receivers that answer."""
        return asyncio.run(put_all(self.order(), hanging=hanging))


async def _ask(url: str, statement: Statement, values: dict[str, Any]) -> list[Any]:
    store = await open_store(url)
    rows = await store.main.read(statement, **values)
    await store.close()
    return list(rows)


async def _do(url: str, statement: Statement, values: dict[str, Any]) -> None:
    store = await open_store(url)
    await write(store.main, statement, **values)
    await store.close()


@contextmanager
def stage_of(plan: Plan, engine: str) -> Iterator[Stage]:
    """A new store of that engine, filled, and the receivers, until the end."""
    with ExitStack() as closing:
        data = plan.folder / f"webhooks-{engine}"
        data.mkdir(parents=True, exist_ok=True)
        database = f"sqlite:///{data / 'trackway.sqlite3'}"
        if engine == "postgres":
            server, _ = closing.enter_context(http._postgres(plan.folder / "postgres"))  # noqa: SLF001
            database = database_of(server, "trackway_webhooks")
            asyncio.run(_fresh(server, database))
        else:
            for left in data.glob("*.sqlite3*"):
                left.unlink()
        ports = msgspec.json.decode(
            first_line(closing.enter_context(process("receivers", Order(core=THEIR_CORE)))), type=list[int]
        )
        stage = Stage(engine=engine, data=str(data), database=database, port=ports[-1])
        asyncio.run(_fill(stage, ports[:-1]))
        yield stage


async def _fresh(server: str, database: str) -> None:
    import asyncpg  # noqa: PLC0415  # only for this store

    connection = await asyncpg.connect(server)
    await connection.execute("DROP DATABASE IF EXISTS trackway_webhooks")
    await connection.execute("CREATE DATABASE trackway_webhooks")
    await connection.close()
    await migrate.upgrade_postgres(database)


async def _fill(stage: Stage, ports: Sequence[int]) -> None:
    """An account for each receiver, with its trackings and what was answered for them."""
    tracks = cycle(encoded_tracks(500))
    async with house_of(stage.order()) as house:
        for account, port in enumerate(ports, start=1):
            await house.access.create(f"shop{account}", None, None, house.clock())
            await house.merchants.webhooks.set_url(f"shop{account}", f"http://127.0.0.1:{port}/")
            numbers = [number(account * EACH + at) for at in range(EACH)]
            items = [Application(number=one.text, carrier=one.carrier) for one in numbers]
            await house.merchants.registration.register(account, items, house.clock())
            rows = [(one.text, next(tracks)) for one in numbers]
            await write(house.store.main, _TRACKS, account=account, rows=rows)


async def write(database: Database, statement: Statement, **values: Any) -> None:
    """Do one statement."""
    await database.write(lambda transaction: transaction.fetch(statement, **values))
