"""The parts that ask carriers, or are told by them, put together."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from trackway.config import Config
from trackway.connectors import registry
from trackway.connectors.base import Kit
from trackway.domain.carrier import Catalogue
from trackway.domain.ledger import Patience
from trackway.domain.planning import Intervals
from trackway.service.budget import Budget
from trackway.service.explanation import Explanations
from trackway.service.inbound import Inbound
from trackway.service.inquiry import Desk
from trackway.service.metrics import Metrics
from trackway.service.roster import Roster
from trackway.service.senders import Sender, Senders
from trackway.storage.allowance import Allowance
from trackway.storage.connections import Connections
from trackway.storage.ledger import Ledger
from trackway.storage.legs import Legs
from trackway.storage.pauses import Pauses
from trackway.storage.pushed_events import PushedEvents
from trackway.storage.sender_keys import SenderKeys
from trackway.storage.shared import SharedMemory
from trackway.storage.store import Store
from trackway.storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks which carrier, how often, at what cost and why; and what couriers send by themselves."""

    connections: Connections
    kit: Kit
    roster: Roster
    desk: Desk
    budget: Budget
    explanations: Explanations
    couriers: Senders
    inbound: Inbound


def build_asking(
    config: Config,
    store: Store,
    *,
    clock: Callable[[], datetime],
    vault: Vault,
    catalogue: Catalogue,
    allowance: Allowance,
    metrics: Metrics,
) -> Asking:
    """All of it, as set."""
    shared, keys, ledger = SharedMemory(store.quick), SenderKeys(store.main), Ledger(store.quick)
    connections, pauses = Connections(store.main, vault), Pauses(shared)
    kit = Kit(shared=shared, sealer=vault, clock=clock, sleep=asyncio.sleep, timeout=config.carrier_timeout)
    couriers = Senders(kind=Sender.CARRIER, keys=keys, vault=vault)
    roster = Roster(
        connections=connections.all,
        senders=keys.carriers,
        make=lambda connector, settings: registry.make(connector, settings, kit),
        catalogue=catalogue,
    )
    budget = Budget(roster=roster, allowance=allowance, ledger=ledger, pauses=pauses)
    return Asking(
        connections=connections,
        kit=kit,
        roster=roster,
        desk=Desk(
            shared=shared,
            allowance=allowance,
            ledger=ledger,
            pauses=pauses,
            patience=Patience(faults=config.carrier_pause_after_faults, first=timedelta(seconds=config.carrier_pause)),
            clock=clock,
            timeout=config.carrier_timeout,
            observe=metrics.call,
        ),
        budget=budget,
        explanations=Explanations(
            legs=Legs(store.main),
            catalogue=catalogue,
            roster=roster,
            pauses=pauses,
            budget=budget,
            intervals=intervals_of(config),
        ),
        couriers=couriers,
        inbound=Inbound(senders=couriers, events=PushedEvents(store.main)),
    )


def intervals_of(config: Config) -> Intervals:
    """The shortest and the longest time between two askings, as set."""
    return Intervals(
        shortest=timedelta(seconds=config.poll_min_interval), longest=timedelta(seconds=config.poll_max_interval)
    )
