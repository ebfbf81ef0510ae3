"""The one place where the parts are put together."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from trackway.config import Config
from trackway.service.mailroom import Mailroom
from trackway.storage.allowance import Allowance
from trackway.storage.catalogue import Catalogue
from trackway.storage.mailroom import Items, Partners
from trackway.storage.store import Store, open_store
from trackway.storage.vault import Vault, load_master_key

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, from the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All parts, built and wired."""

    config: Config
    store: Store
    vault: Vault
    clock: Clock
    mailroom: Mailroom


@asynccontextmanager
async def open_house(config: Config, clock: Clock = utc_now) -> AsyncIterator[House]:
    """Everything built on the configured store; closed again at the end.

    Raises:
        ConfigError: a setting cannot work.
        StorageError: the store cannot be opened.
    """
    vault = Vault(load_master_key(config.master_key.get_secret_value(), config.master_key_file, config.data))
    store = await open_store(config.database_url())
    try:
        mailroom = Mailroom(
            items=Items(store.main),
            partners=Partners(store.main),
            allowance=Allowance(store.quick),
            catalogue=Catalogue(config.data),
            vault=vault,
            config=config,
        )
        yield House(config=config, store=store, vault=vault, clock=clock, mailroom=mailroom)
    finally:
        await store.close()
