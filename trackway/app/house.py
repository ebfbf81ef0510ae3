"""The whole house: opened on a store, and closed again."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields

from trackway.app.asking import Asking, build_asking
from trackway.app.ground import Clock, Ground, build_ground, utc_now
from trackway.app.merchants import Merchants, build_merchants
from trackway.app.post import Post, build_post
from trackway.app.staff import Staff, build_staff
from trackway.config import Config
from trackway.connectors import inbound, registry
from trackway.connectors.base import Connector
from trackway.egress.client import GuardedClient
from trackway.storage.asking.pushed_events import PushedEvents
from trackway.storage.store import open_store
from trackway.storage.vault import Vault, load_master_key


@dataclass(frozen=True, slots=True, kw_only=True)
class House(Ground):
    """The ground, and on it all parts, built and wired."""

    asking: Asking
    merchants: Merchants
    post: Post
    staff: Staff
    followed: set[int] = field(default_factory=set)
    """The carriers that a connector asks, in this process."""


@asynccontextmanager
async def open_house(config: Config, clock: Clock = utc_now) -> AsyncIterator[House]:
    """Everything built on the configured store; closed again at the end.

    Raises:
        ConfigError: a setting cannot work.
        StorageError: the store cannot be opened.
    """
    vault = Vault(load_master_key(config.master_key.get_secret_value(), config.master_key_file, config.data))
    opened = await open_store(config.database_url())
    client = GuardedClient(allowed=config.networks(), timeout=config.webhook_timeout)
    try:
        yield _build(build_ground(config, clock, vault=vault, opened=opened, client=client))
    finally:
        await client.close()
        await opened.close()


def _build(ground: Ground) -> House:
    asking = build_asking(ground)
    return House(
        **{part.name: getattr(ground, part.name) for part in fields(ground)},
        asking=asking,
        merchants=build_merchants(ground, asking),
        post=build_post(ground),
        staff=build_staff(ground),
    )


def connector_of(
    house: House, name: str, settings: Mapping[str, str], carriers: frozenset[int] | None = None
) -> Connector:
    """The connector of that name, ready to be asked; `carriers` are those that send in by themselves.

    Raises:
        ConfigError: there is none, or its settings cannot work.
    """
    if name == inbound.ID:
        return inbound.Inbound(PushedEvents(house.store.main).of, carriers or frozenset())
    return registry.make(name, settings, house.asking.kit)
