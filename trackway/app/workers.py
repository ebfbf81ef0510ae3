"""The worker wing: the loops that time drives."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache

from trackway.app.ground import intervals_of, lifetimes_of
from trackway.app.house import House, connector_of
from trackway.domain.recognising.recognition import final_carrier
from trackway.domain.webhook import Attempt, Message, Outcome
from trackway.service.asking.judgement import Judgement
from trackway.service.asking.roster import Asker
from trackway.service.merchants.overview import STUCK_AFTER
from trackway.storage.asking.askings import Askings
from trackway.storage.asking.ledger import Ledger
from trackway.storage.asking.pushed_events import PushedEvents
from trackway.storage.asking.turns import Turns
from trackway.storage.passing.leftovers import Leftovers
from trackway.storage.passing.shared import SharedMemory
from trackway.storage.post.inquiries import Inquiries
from trackway.storage.telling.outbox import Outbox
from trackway.storage.tracking.statistics import Statistics
from trackway.wire.track17.track import write_track
from trackway.worker.counter import Counter
from trackway.worker.courier import Courier
from trackway.worker.janitor import Janitor
from trackway.worker.loop import Loop
from trackway.worker.poller import Poller
from trackway.worker.pollers import Pollers
from trackway.worker.sweeper import Sweeper


def worker_wing(house: House) -> list[Loop]:
    """Pollers for what is set up, the courier, the janitor, the sweeper, and who counts."""
    courier = _courier(house)
    house.bell.wakes(courier.wake)
    return [_pollers(house), courier, _janitor(house), _sweeper(house), _counter(house)]


def poller_of(
    house: House,
    name: str,
    settings: Mapping[str, str],
    *,
    told: Callable[[], None],
    carriers: frozenset[int] | None = None,
) -> Poller:
    """What asks one carrier account, for all its carriers or those given; `told` is called when there is news.

    Raises:
        ConfigError: there is no such connector, or its settings cannot work.
    """
    config, connector = house.config, connector_of(house, name, settings, carriers)
    house.followed.update(connector.carriers)
    return Poller(
        connector=connector,
        carriers=connector.carriers if carriers is None else carriers,
        desk=house.asking.desk,
        askings=Askings(house.store.main),
        judgement=judgement_of(house),
        announce=Outbox.put,
        clock=house.clock,
        timeout=config.carrier_timeout,
        told=told,
        observe=lambda *labels: house.metrics.askings.labels(*labels).inc(),
    )


def judgement_of(house: House) -> Judgement:
    """What judges answers, as set."""
    config = house.config
    return Judgement(
        write=lambda tracking: write_track(tracking, house.carriers.country_key),
        final_carrier=lambda tracking: final_carrier(tracking, house.carriers, house.followed),
        origin=lambda carrier: house.carriers.by_key(carrier).origin,
        intervals=intervals_of(config),
        lifetimes=lifetimes_of(config),
        instant=house.zones.instant,
    )


def _pollers(house: House) -> Pollers:
    def make(asker: Asker) -> Poller:
        return poller_of(house, asker.connector, asker.settings, told=house.bell.ring, carriers=asker.carriers)

    return Pollers(wanted=house.asking.roster.askers, make=make, stop_limit=house.config.stop_timeout)


def _courier(house: House) -> Courier:
    config, counter = house.config, cache(house.metrics.deliveries.labels)

    def observe(_message: Message, _attempt: Attempt, outcome: Outcome) -> None:
        counter(outcome.value).inc()

    return Courier(
        outbox=Outbox(house.store.main),
        post=house.client.post,
        signing_keys=house.access.signing_keys,
        delays=config.webhook_retry_delays,
        timeout=config.webhook_timeout,
        slots=config.webhook_slots,
        slots_per_account=config.webhook_slots_per_account,
        clock=house.clock,
        observe=observe,
    )


def _janitor(house: House) -> Janitor:
    return Janitor(
        turns=Turns(house.store.main),
        judgement=judgement_of(house),
        outbox=Outbox(house.store.main),
        kept_for=timedelta(days=house.config.purge_after_days),
        log_kept_for=timedelta(days=house.config.webhook_log_days),
        clock=house.clock,
        told=house.bell.ring,
    )


def _sweeper(house: House) -> Sweeper:
    config, store = house.config, house.store
    return Sweeper(
        inquiries=Inquiries(store.quick),
        ledger=Ledger(store.quick),
        leftovers=Leftovers(store.quick),
        pushed=PushedEvents(store.main),
        kept_for=timedelta(days=config.hkpost_inquiry_log_days),
        ledger_kept_for=timedelta(days=config.carrier_log_days),
        pushed_kept_for=timedelta(days=config.carrier_events_days),
        purge_items=house.post.mailroom.purge,
        clock=house.clock,
    )


def _counter(house: House) -> Counter:
    return Counter(
        statistics=Statistics(house.store.main),
        turn=SharedMemory(house.store.quick).take,
        late=STUCK_AFTER,
        clock=house.clock,
    )
