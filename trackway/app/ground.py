"""What every part stands on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from trackway.config import Config
from trackway.domain.asking.planning import Intervals
from trackway.domain.carrier import Catalogue
from trackway.domain.following.lifecycle import Lifetimes
from trackway.domain.following.zones import Zones
from trackway.egress.client import GuardedClient
from trackway.service.access import Access
from trackway.service.merchants.stream import Bell
from trackway.service.metrics import Metrics
from trackway.storage.given.catalogue import seeded_countries
from trackway.storage.given.catalogue_carriers import load_carriers
from trackway.storage.given.zones import load_zones
from trackway.storage.passing.allowance import Allowance
from trackway.storage.people.accounts import Accounts
from trackway.storage.people.audit import AuditedDatabase
from trackway.storage.store import Store
from trackway.storage.vault import Vault
from trackway.web.caller import Networks

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, from the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """How it is set, the time, what is kept, the way out, who may call, and what is known of carriers and places."""

    config: Config
    clock: Clock
    vault: Vault
    store: Store
    deeds: AuditedDatabase
    """The store's main door again, where what people do is kept beside what it changes."""
    client: GuardedClient
    allowance: Allowance
    accounts: Accounts
    access: Access
    carriers: Catalogue
    zones: Zones
    metrics: Metrics
    bell: Bell

    @property
    def trusted_proxies(self) -> Networks:
        """Whose word on the caller's address is taken."""
        return tuple(ip_network(network) for network in self.config.trusted_proxies)


def build_ground(config: Config, clock: Clock, *, vault: Vault, opened: Store, client: GuardedClient) -> Ground:
    """The ground on a store that is open."""
    deeds = AuditedDatabase(opened.main)
    accounts, allowance = Accounts(deeds), Allowance(opened.quick)
    return Ground(
        config=config,
        clock=clock,
        vault=vault,
        store=Store(main=deeds, quick=opened.quick),
        deeds=deeds,
        client=client,
        allowance=allowance,
        accounts=accounts,
        access=_access(config, vault, accounts, allowance),
        carriers=load_carriers(config.data),
        zones=load_zones({country.code: country.name.e for country in seeded_countries(config.data)}),
        metrics=Metrics(),
        bell=Bell(),
    )


def _access(config: Config, vault: Vault, accounts: Accounts, allowance: Allowance) -> Access:
    return Access(
        accounts=accounts,
        allowance=allowance,
        vault=vault,
        pace_per_second=config.pace_per_second,
        key_change_delay=config.key_change_delay,
        key_overlap=config.key_overlap,
    )


def lifetimes_of(config: Config) -> Lifetimes:
    """How long things last, as set."""
    return Lifetimes(
        idle=timedelta(days=config.stop_after_days),
        delivered=timedelta(days=config.stop_after_delivery_days),
        stopped=timedelta(days=config.purge_after_days),
        moving=timedelta(days=config.expire_after_days),
        moving_by_post=timedelta(days=config.expire_after_days_by_post),
    )


def intervals_of(config: Config) -> Intervals:
    """The shortest and the longest time between two askings, as set."""
    return Intervals(
        shortest=timedelta(seconds=config.poll_min_interval), longest=timedelta(seconds=config.poll_max_interval)
    )
