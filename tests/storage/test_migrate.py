"""The migrations make exactly the tables that the schema says."""

import sqlite3
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from msgspec.structs import replace
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.mailrooms import BOOK
from tests.storage.test_tracks import TWINS
from trackway.domain.errors import StorageError
from trackway.domain.following.registration import Found, Subject
from trackway.domain.post.card import item_on
from trackway.domain.post.mail import Country, Item, Scan, Words
from trackway.domain.post.scribe import Scribe
from trackway.service.merchants.lookup import Lookup
from trackway.storage import migrate, revision
from trackway.storage.post.mailroom import Items
from trackway.storage.schema import metadata
from trackway.storage.statement import Statement
from trackway.storage.store import Store, open_store
from trackway.storage.telling.deliveries import Deliveries
from trackway.storage.tracking.listing import Listing
from trackway.storage.tracking.trackings import Trackings


def _differences(connection: Connection) -> list[Any]:
    # Alembic misreads an empty text as SQLite's default; PostgreSQL's defaults come from the same steps.
    options = {"compare_type": True, "compare_server_default": connection.dialect.name != "sqlite"}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _partial_indexes(connection: Connection) -> dict[str, str]:
    """What compare_metadata does not look at: the conditions of indexes."""
    dialect = connection.dialect.name
    return {
        str(index["name"]): str(where).strip("()").replace("::text", "")
        for table in metadata.tables
        for index in inspect(connection).get_indexes(table)
        if (where := index.get("dialect_options", {}).get(f"{dialect}_where")) is not None
    }


def _declared_partial_indexes() -> dict[str, str]:
    return {
        str(index.name): str(where)
        for table in metadata.tables.values()
        for index in table.indexes
        if (where := index.dialect_options["postgresql"]["where"]) is not None
    }


async def test_migrated_tables_are_the_schemas(store: Store, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        engine = create_engine(database_url, poolclass=NullPool)
        with engine.connect() as connection:
            differences, partial = _differences(connection), _partial_indexes(connection)
    else:
        async_engine = create_async_engine(
            "postgresql+asyncpg://" + database_url.split("://", 1)[1], poolclass=NullPool
        )
        async with async_engine.connect() as async_connection:
            differences = await async_connection.run_sync(_differences)
            partial = await async_connection.run_sync(_partial_indexes)
    assert differences == []
    assert partial == _declared_partial_indexes()


def test_the_newest_step_is_the_revision_that_stores_are_checked_for() -> None:
    assert migrate.head() == revision.HEAD


def test_two_processes_may_make_the_tables_at_once(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate.upgrade_sqlite, [path] * 4))
    assert revision.of_sqlite(path) == revision.HEAD


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE tracking (id)")
    with pytest.raises(StorageError):
        migrate.upgrade_sqlite(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("tracking",)]


def test_bringing_a_store_up_to_date_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    migrate.upgrade_sqlite(path)
    migrate.upgrade_sqlite(path)
    with create_engine(f"sqlite:///{path}", poolclass=NullPool).connect() as connection:
        assert _differences(connection) == []


def test_a_store_of_a_newer_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    migrate.upgrade_sqlite(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="newer"):
        migrate.upgrade_sqlite(path)


async def test_a_damaged_quick_store_is_made_anew(tmp_path: Path) -> None:
    path, quick = tmp_path / "store.sqlite3", tmp_path / "store-quick.sqlite3"
    quick.write_bytes(b"no store at all " * 1000)
    store = await open_store(f"sqlite:///{path}")
    await store.close()
    assert revision.of_sqlite(quick) == revision.HEAD


@asynccontextmanager
async def _before(database_url: str, folder: Path, target: str, *statements: str) -> AsyncIterator[Store]:
    """A store that was at step `target`, with rows in it, and is brought up to date."""

    def work(connection: Connection) -> None:
        command.upgrade(migrate.alembic_config(connection), target)
        for statement in statements:
            connection.exec_driver_sql(statement)

    url = f"sqlite:///{folder / 'old.sqlite3'}" if database_url.startswith("sqlite") else database_url
    if url.startswith("sqlite"):
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            work(connection)
    else:
        async_engine = create_async_engine("postgresql+asyncpg://" + url.split("://", 1)[1], poolclass=NullPool)
        async with async_engine.begin() as async_connection:
            await async_connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            await async_connection.exec_driver_sql("CREATE SCHEMA public")
            await async_connection.run_sync(work)
        await migrate.upgrade_postgres(url)
    store = await open_store(url)
    try:
        yield store
    finally:
        await store.close()


_OLD_ITEM = (
    "INSERT INTO item (id, number, posted, drop_off_e, drop_off_c, drop_off_s, origin, origin_e, origin_c, origin_s, "
    "destination, destination_e, destination_c, destination_s, milestone_e, milestone_c, milestone_s) VALUES "
    "(7, 'RT215770195HK', '2026-11-01 09:00', 'Queen''s \"Road\"', '皇后大道', '', 'HK', 'HONG KONG', '香港', '香港', "
    "'FR', 'FRANCE', '', '', '', '', ''), "
    "(8, 'RB000000010HK', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '')"
)
_OLD_SCANS = (
    "INSERT INTO scan (item_id, time, place, place_e, what, place_c, place_s, message_e, message_c, message_s, told) "
    "VALUES (7, '2026-11-02 10:00', 'HK', 'HONG KONG', 'EMC', '香港', '香港', '', '', '', 5), "
    "(7, '2026-11-01 09:00', 'HK', 'HONG KONG', 'EMB', '香港', '香港', '', '', '', 4), "
    "(7, '2026-11-01 09:00', 'HK', 'HONG KONG', 'EMA', '香港', '香港', 'Posted', '櫃位收件', '柜位收件', 3)"
)


async def test_items_of_before_are_kept_whole(database_url: str, tmp_path: Path) -> None:
    async with _before(database_url, tmp_path, "0006", _OLD_ITEM, _OLD_SCANS) as store:
        items = Items(store.main)
        cards = await items.find({"RT215770195HK", "RB000000010HK"})
        found = {number: item_on(card) for number, card in cards.items()}
        hong_kong = Country("HK", Words("HONG KONG", "香港", "香港"))
        assert found == {
            "RT215770195HK": Item(
                number="RT215770195HK",
                posted="2026-11-01 09:00",
                drop_off=Words('Queen\'s "Road"', "皇后大道"),
                origin=hong_kong,
                destination=Country("FR", Words("FRANCE")),
                scans=(
                    Scan("2026-11-01 09:00", hong_kong, "EMA", Words("Posted", "櫃位收件", "柜位收件")),
                    Scan("2026-11-01 09:00", hong_kong, "EMB"),
                    Scan("2026-11-02 10:00", hong_kong, "EMC"),
                ),
            ),
            "RB000000010HK": Item(number="RB000000010HK"),
        }
        await items.load([replace(found["RT215770195HK"], number="RC000000010HK")], Scribe(BOOK))


_LEAN_ITEMS = (
    "INSERT INTO item (id, number, posted, body) VALUES (7, 'RT215770195HK', '2026-11-01 09:00', "
    """'[["","",""],["HK"],["FR",["FRANCE","",""]],["Posted","",""],[["2026-11-01 09:00",["HK"],"EMA"],"""
    """["2026-11-02 10:30",["HK"],"Left\\nby \\"sea\\"",["","離","离"]]]]'), """
    """(8, 'RB000000010HK', '', '[["","",""],[""],[""],["","",""],[]]'), """
    """(9, 'RB000000010HL', '', '[["","",""],["HL"],[""],["","",""],[]]'), """
    """(10, 'RC000000010HK', '2024-11-01 09:00', '[["","",""],["MO"],[""],["","",""],[]]'), """
    """(11, 'RC000000010HK', '2026-11-01 09:00', '[["","",""],["HK"],[""],["","",""],[]]')"""
)


async def test_items_become_cards(database_url: str, tmp_path: Path) -> None:
    async with _before(database_url, tmp_path, "0013", _LEAN_ITEMS) as store:
        cards = await Items(store.main).find({"RT215770195HK", "RB000000010HK", "RB000000010HL", "RC000000010HK"})
    assert item_on(cards["RB000000010HK"]) == Item(number="RB000000010HK")
    assert item_on(cards["RB000000010HL"]) == Item(number="RB000000010HL", origin=Country("HL"))
    again = Item(number="RC000000010HK", posted="2026-11-01 09:00", origin=Country("HK"))
    assert item_on(cards["RC000000010HK"]) == again
    assert item_on(cards["RT215770195HK"]) == Item(
        number="RT215770195HK",
        posted="2026-11-01 09:00",
        origin=Country("HK"),
        destination=Country("FR", Words("FRANCE")),
        milestone=Words("Posted"),
        scans=(
            Scan("2026-11-01 09:00", Country("HK"), "EMA"),
            Scan("2026-11-02 10:30", Country("HK"), 'Left\nby "sea"', Words("", "離", "离")),
        ),
    )


LONGEST = "Z9" * 25
_OLD_ACCOUNT = "INSERT INTO account (id, name, created_at) VALUES (1, 'shop', 0)"
_OLD_TRACKINGS = (
    "INSERT INTO tracking (id, account_id, number, carrier, origin, tag, guess, registered_at, progressed_at) VALUES "
    "(4, 1, 'RR123456789CN', 3011, 1, 'mine', 0, 5, 5), (5, 1, '123456789012', 7041, 3, NULL, 100003, 6, 6), "
    f"(6, 1, '{TWINS[0]}', 3011, 1, NULL, 0, 6, 6), (7, 1, '{TWINS[1]}', 3011, 1, NULL, 0, 6, 6), "
    f"(8, 1, '{LONGEST}', 100003, 2, NULL, 0, 6, 6), (9, 1, 'GONE1', 3011, 1, NULL, 0, 7, 7)"
)
_OLD_LEGS = "INSERT INTO leg (tracking_id, position, carrier, due_at) VALUES (4, 1, 3011, 10), (4, 2, 21051, NULL)"
_OLD_TRACKS = "INSERT INTO track (tracking_id, body) VALUES (4, '{}'), (5, '[]'), (6, '6'), (7, '7'), (8, '8')"
_OLD_GONE = "DELETE FROM tracking WHERE id = 9"
_NEXT = Statement(
    "INSERT INTO tracking (account_id, number, carrier, origin, registered_at, progressed_at) "
    "VALUES (1, 'NEXT1', 3011, 1, 8, 8) RETURNING id"
)
_LEGS = Statement("SELECT tracking_id, position, carrier, state, due_at, reason FROM leg ORDER BY position")


async def test_trackings_of_before_are_found_with_their_tags(database_url: str, tmp_path: Path) -> None:
    async with _before(
        database_url, tmp_path, "0010", _OLD_ACCOUNT, _OLD_TRACKINGS, _OLD_LEGS, _OLD_TRACKS, _OLD_GONE
    ) as store:
        assert await Trackings(store.main).tracks(1, ["RR123456789CN", "123456789012", "GONE1"]) == {
            "RR123456789CN": [Found("RR123456789CN", 3011, 0, "mine", b"{}")],
            "123456789012": [Found("123456789012", 7041, 100003, "", b"[]")],
        }
        assert await Trackings(store.main).told(1, [("RR123456789CN", 3011)]) == {
            ("RR123456789CN", 3011): Found("RR123456789CN", 3011, 0, "mine", b"{}")
        }
        lookup = Lookup(trackings=Trackings(store.main), listing=Listing(store.main))
        twins = await lookup.tracks(1, [Subject(number=number, carrier=3011) for number in TWINS])
        assert twins == [Found(number, 3011, 0, "", body) for number, body in zip(TWINS, (b"6", b"7"), strict=True)]
        at_home = await Trackings(store.main).told(1, [(LONGEST, 100003), *((number, 3011) for number in TWINS)])
        assert at_home == {(LONGEST, 100003): Found(LONGEST, 100003, 0, "", b"8")}, (
            "of two that would share a home none has it"
        )
        legs = [tuple(row) for row in await store.main.read(_LEGS)]
        assert legs == [(4, 1, 3011, "Unasked", 10, "new"), (4, 2, 21051, "Unasked", None, "new")]
        if database_url.startswith("sqlite"):  # which took its highest id from the rows, had nobody told it
            ((identity,),) = await store.main.write(lambda transaction: transaction.fetch(_NEXT))
            assert identity == 10


_OLD_MESSAGES = (
    "INSERT INTO message (id, account_id, tracking_id, number, carrier, kind, created_at, due_at, outcome, body) "
    "VALUES (3, 1, 4, 'RR123456789CN', 3011, 'TRACKING_UPDATED', 0, 7, 'waiting', '{\"z\":\"é\"}'), "
    "(4, 1, 4, 'RR123456789CN', 3011, 'TRACKING_UPDATED', 1, NULL, 'kept', NULL)"
)


async def test_what_was_said_before_is_said_again(database_url: str, tmp_path: Path) -> None:
    async with _before(database_url, tmp_path, "0016", _OLD_ACCOUNT, _OLD_MESSAGES) as store:
        log = Deliveries(store.main)
        found = [await log.one(1, identity) for identity in (3, 4)]
        assert [(one.body, one.said) for one in found if one] == [('{"z":"é"}', True), (None, False)]
