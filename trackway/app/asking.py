"""The parts that ask carriers, or are told by them."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from trackway.app.ground import Ground, intervals_of
from trackway.connectors import registry
from trackway.connectors.base import Kit
from trackway.domain.asking.ledger import Patience
from trackway.service.asking.budget import Budget
from trackway.service.asking.explanation import Explanations
from trackway.service.asking.inbound import Inbound
from trackway.service.asking.inquiry import Desk
from trackway.service.asking.roster import Roster
from trackway.service.senders import Sender, Senders
from trackway.storage.asking.connections import Connections
from trackway.storage.asking.ledger import Ledger
from trackway.storage.asking.legs import Legs
from trackway.storage.asking.pauses import Pauses
from trackway.storage.asking.pushed_events import PushedEvents
from trackway.storage.asking.sender_keys import SenderKeys
from trackway.storage.passing.shared import SharedMemory


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


def build_asking(ground: Ground) -> Asking:
    """All of it, as set."""
    store, vault, shared = ground.store, ground.vault, SharedMemory(ground.store.quick)
    connections, ledger, pauses = Connections(store.main, vault), Ledger(store.quick), Pauses(shared)
    kit = Kit(
        shared=shared, sealer=vault, clock=ground.clock, sleep=asyncio.sleep, timeout=ground.config.carrier_timeout
    )
    couriers = Senders(kind=Sender.CARRIER, keys=SenderKeys(store.main), vault=vault)
    roster = _roster(ground, connections, kit)
    budget = Budget(roster=roster, allowance=ground.allowance, ledger=ledger, pauses=pauses)
    return Asking(
        connections=connections,
        kit=kit,
        roster=roster,
        desk=_desk(ground, shared, ledger, pauses),
        budget=budget,
        explanations=_explanations(ground, roster, pauses, budget),
        couriers=couriers,
        inbound=Inbound(senders=couriers, events=PushedEvents(store.main)),
    )


def _roster(ground: Ground, connections: Connections, kit: Kit) -> Roster:
    return Roster(
        connections=connections.all,
        senders=SenderKeys(ground.store.main).carriers,
        make=lambda connector, settings: registry.make(connector, settings, kit),
        catalogue=ground.carriers,
    )


def _desk(ground: Ground, shared: SharedMemory, ledger: Ledger, pauses: Pauses) -> Desk:
    config = ground.config
    return Desk(
        shared=shared,
        allowance=ground.allowance,
        ledger=ledger,
        pauses=pauses,
        patience=Patience(faults=config.carrier_pause_after_faults, first=timedelta(seconds=config.carrier_pause)),
        clock=ground.clock,
        timeout=config.carrier_timeout,
        observe=ground.metrics.call,
    )


def _explanations(ground: Ground, roster: Roster, pauses: Pauses, budget: Budget) -> Explanations:
    return Explanations(
        legs=Legs(ground.store.main),
        catalogue=ground.carriers,
        roster=roster,
        pauses=pauses,
        budget=budget,
        intervals=intervals_of(ground.config),
    )
