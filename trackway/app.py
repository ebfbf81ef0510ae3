"""The one place where the parts are put together."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_network

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from trackway.app_carriers import Asking, build_asking, intervals_of
from trackway.app_console import Staff, build_staff
from trackway.config import Config
from trackway.connectors import inbound, registry
from trackway.connectors.base import Connector
from trackway.domain.carrier import Catalogue as Carriers
from trackway.domain.lifecycle import Lifetimes
from trackway.domain.recognition import final_carrier
from trackway.domain.webhook import Attempt, Kind, Message, Outcome
from trackway.domain.zones import Zones
from trackway.egress import address
from trackway.egress.client import GuardedClient
from trackway.service.access import Access
from trackway.service.alteration import Alteration
from trackway.service.browsing import Browse
from trackway.service.connecting import Connecting
from trackway.service.judgement import Judgement
from trackway.service.links import Links
from trackway.service.loading import Loader
from trackway.service.lookup import Lookup
from trackway.service.mailroom import Mailroom
from trackway.service.metrics import Metrics
from trackway.service.overview import STUCK_AFTER, Overview
from trackway.service.recarry import Recarry
from trackway.service.registration import Registration
from trackway.service.roster import Asker
from trackway.service.senders import Sender, Senders
from trackway.service.shopfront import Shopfront
from trackway.service.stream import Bell, Stream
from trackway.service.texts import Texts
from trackway.service.webhooks import Sample, Webhooks
from trackway.storage.accounts import Accounts
from trackway.storage.allowance import Allowance
from trackway.storage.askings import Askings
from trackway.storage.attention import Attention
from trackway.storage.audit import AuditedDatabase
from trackway.storage.browsing import Browsing
from trackway.storage.catalogue import seeded_countries, seeded_wordings
from trackway.storage.catalogue_carriers import load_carriers
from trackway.storage.deliveries import Deliveries
from trackway.storage.inquiries import Inquiries
from trackway.storage.intake import Intake
from trackway.storage.ledger import Ledger
from trackway.storage.leftovers import Leftovers
from trackway.storage.links import LinkSerials
from trackway.storage.listing import Listing
from trackway.storage.mailroom import Items, Partners
from trackway.storage.outbox import Outbox
from trackway.storage.phrases import Phrases
from trackway.storage.pushed_events import PushedEvents
from trackway.storage.records import Records
from trackway.storage.sender_keys import SenderKeys
from trackway.storage.shared import SharedMemory
from trackway.storage.shops import Shops
from trackway.storage.statement import Statement
from trackway.storage.statistics import Statistics
from trackway.storage.store import Store, open_store
from trackway.storage.trackings import Trackings
from trackway.storage.turns import Turns
from trackway.storage.vault import Vault, load_master_key
from trackway.storage.zones import load_zones
from trackway.web import (
    carrier,
    hkpost,
    openapi_carrier,
    openapi_hkpost,
    openapi_operator,
    openapi_track17,
    operator,
    status,
)
from trackway.web.caller import Networks
from trackway.web.console import pages as console
from trackway.web.console.base import Kit as ConsoleKit
from trackway.web.measure import Measure
from trackway.web.public.face import PublicFace
from trackway.web.public.view import Dictionary
from trackway.web.straight import Straight
from trackway.web.stream import StreamFace
from trackway.web.track17 import Track17Face
from trackway.wire import webhook
from trackway.wire.files.emsevt import profile_in
from trackway.wire.track17_track import write_track
from trackway.worker.counter import Counter
from trackway.worker.courier import Courier, render
from trackway.worker.janitor import Janitor
from trackway.worker.loop import Loop
from trackway.worker.poller import Poller
from trackway.worker.pollers import Pollers
from trackway.worker.sweeper import Sweeper

Clock = Callable[[], datetime]
_READY = Statement("SELECT COUNT(*) FROM account WHERE id = 0")


def utc_now() -> datetime:
    """The time, from the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All parts, built and wired."""

    config: Config
    clock: Clock
    store: Store
    vault: Vault
    client: GuardedClient
    metrics: Metrics
    carriers: Carriers
    access: Access
    webhooks: Webhooks
    registration: Registration
    lookup: Lookup
    alteration: Alteration
    recarry: Recarry
    mailroom: Mailroom
    texts: Texts
    operators: Senders
    loader: Loader
    asking: Asking
    links: Links
    shopfront: Shopfront
    overview: Overview
    zones: Zones
    bell: Bell
    stream: Stream
    browse: Browse
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
    audited = AuditedDatabase(opened.main)
    store = Store(main=audited, quick=opened.quick)
    client = GuardedClient(allowed=config.networks(), timeout=config.webhook_timeout)
    try:
        yield _build(config, clock, vault, store, client=client, audited=audited)
    finally:
        await client.close()
        await store.close()


def _build(
    config: Config, clock: Clock, vault: Vault, store: Store, *, client: GuardedClient, audited: AuditedDatabase
) -> House:
    carriers = load_carriers(config.data)
    accounts, allowance, metrics, bell = Accounts(store.main), Allowance(store.quick), Metrics(), Bell()
    records = Records(store.main, Outbox.put, bell.ring)
    asking = build_asking(
        config, store, clock=clock, vault=vault, catalogue=carriers, allowance=allowance, metrics=metrics
    )
    texts = _texts(config, store)
    mailroom = _mailroom(config, store, vault, allowance, texts)
    access = _access(config, vault, accounts, allowance)
    links = Links(serials=LinkSerials(store.main), allowance=allowance, vault=vault)
    overview = Overview(statistics=Statistics(store.main), attention=Attention(store.main))
    return House(
        config=config,
        clock=clock,
        store=store,
        vault=vault,
        client=client,
        metrics=metrics,
        carriers=carriers,
        access=access,
        webhooks=_webhooks(config, store, client, access, accounts),
        registration=Registration(
            intake=Intake(store.main),
            catalogue=carriers,
            lifetimes=lifetimes_of(config),
            asked=asking.roster.carriers,
        ),
        lookup=Lookup(trackings=Trackings(store.main), listing=Listing(store.main)),
        alteration=Alteration(records=records, lifetimes=lifetimes_of(config)),
        recarry=Recarry(
            records=records,
            catalogue=carriers,
            lifetimes=lifetimes_of(config),
            answer_patience=timedelta(seconds=config.carrier_change_patience),
        ),
        mailroom=mailroom,
        loader=Loader(load=mailroom.load, clock=clock),
        texts=texts,
        operators=Senders(kind=Sender.OPERATOR, keys=SenderKeys(store.main), vault=vault),
        asking=asking,
        links=links,
        shopfront=Shopfront(shops=Shops(store.main), links=links, database=store.main),
        overview=overview,
        zones=load_zones({country.code: country.name.e for country in seeded_countries(config.data)}),
        bell=bell,
        stream=Stream(outbox=Outbox(store.main), bell=bell, render=render, heartbeat=config.stream_heartbeat),
        browse=Browse(
            browsing=Browsing(store.main),
            deliveries=Deliveries(store.main),
            explanations=asking.explanations,
            overview=overview,
        ),
        staff=build_staff(audited, access=access, allowance=allowance, vault=vault),
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


def _webhooks(config: Config, store: Store, client: GuardedClient, access: Access, accounts: Accounts) -> Webhooks:
    return Webhooks(
        access=access,
        accounts=accounts,
        deliveries=Deliveries(store.main),
        client=client,
        check=lambda url: address.parse(url, config.networks()),
        sample=_sample,
        sign=webhook.sign,
    )


def _mailroom(config: Config, store: Store, vault: Vault, allowance: Allowance, texts: Texts) -> Mailroom:
    return Mailroom(
        items=Items(store.main),
        partners=Partners(store.main),
        allowance=allowance,
        inquiries=Inquiries(store.quick),
        texts=texts,
        vault=vault,
        config=config,
    )


def _texts(config: Config, store: Store) -> Texts:
    return Texts(
        wordings=seeded_wordings(config.data),
        countries=seeded_countries(config.data),
        phrases=Phrases(store.main),
    )


def _sample(key: str, now: datetime) -> Sample:
    """The push of the webhook test: the document's own sample, signed with the account's key."""
    event, data = Kind.STOPPED, webhook.stopped("RM101474005CN", 3011, None)
    body = webhook.body(event, data, key)
    headers = webhook.headers(f"test_{now:%Y%m%d%H%M%S}", 1, now, body, key)
    return Sample(event=event, data=data, body=body, headers=headers)


def lifetimes_of(config: Config) -> Lifetimes:
    """How long things last, as set."""
    return Lifetimes(
        idle=timedelta(days=config.stop_after_days),
        delivered=timedelta(days=config.stop_after_delivery_days),
        stopped=timedelta(days=config.purge_after_days),
        moving=timedelta(days=config.expire_after_days),
        moving_by_post=timedelta(days=config.expire_after_days_by_post),
    )


def web(house: House, *, faces: bool = True, routes: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The web wing: both faces, and the pages for those who watch; without `faces` only the latter."""

    async def ready() -> None:
        await house.store.main.read(_READY)
        await SharedMemory(house.store.quick).put("ready", "", house.clock())

    pages = [*status.routes(house.metrics.registry, ready), *routes]
    busiest: list[Route] = []
    if faces:
        merchants = _track17(house)
        busiest = [*merchants.busiest(), *hkpost.operations(house.mailroom, house.config, house.clock)]
        pages += [*openapi_track17.routes(), *merchants.routes(), *_stream(house).routes()]
        pages += openapi_hkpost.routes(house.config.hkpost_base_path)
        pages += hkpost.elsewhere(house.config)
        pages += openapi_operator.routes()
        pages += _public(house).routes()
        pages += operator.routes(house.operators, house.mailroom, profile_in(house.config.data), house.clock)
        pages += _console(house)
        pages += openapi_carrier.routes()
        pages += carrier.routes(house.asking.inbound, house.clock)
    return Measure(Straight(Starlette(routes=pages), routes=busiest), metrics=house.metrics)


def _console(house: House) -> list[BaseRoute]:
    kit = ConsoleKit(
        access=house.access,
        signing_in=house.staff.signing_in,
        audit=house.staff.audit,
        clock=house.clock,
        trusted_proxies=_trusted_proxies(house),
    )
    return console.routes(
        kit,
        console.Desks(
            people=house.staff.people,
            second_factor=house.staff.second_factor,
            overview=house.overview,
            catalogue=house.carriers,
            shopfront=house.shopfront,
            links=house.links,
            connecting=Connecting(
                kept=house.asking.connections, make=lambda connector, settings: connector_of(house, connector, settings)
            ),
            budget=house.asking.budget,
            roster=house.asking.roster,
            mailroom=house.mailroom,
            loader=house.loader,
            profile=profile_in(house.config.data),
            texts=house.texts,
            stream=house.stream,
            browse=house.browse,
            alteration=house.alteration,
            recarry=house.recarry,
            registration=house.registration,
            explanations=house.asking.explanations,
            webhooks=house.webhooks,
        ),
    )


def _track17(house: House) -> Track17Face:
    return Track17Face(
        access=house.access,
        registration=house.registration,
        lookup=house.lookup,
        alteration=house.alteration,
        recarry=house.recarry,
        country_key=house.carriers.country_key,
        clock=house.clock,
        trusted_proxies=_trusted_proxies(house),
    )


def _public(house: House) -> PublicFace:
    return PublicFace(
        shopfront=house.shopfront,
        links=house.links,
        dictionary=Dictionary(
            carriers=house.carriers,
            countries=seeded_countries(house.config.data),
            wordings=seeded_wordings(house.config.data),
        ),
        clock=house.clock,
        trusted_proxies=_trusted_proxies(house),
    )


def _stream(house: House) -> StreamFace:
    return StreamFace(
        access=house.access, stream=house.stream, clock=house.clock, trusted_proxies=_trusted_proxies(house)
    )


def _trusted_proxies(house: House) -> Networks:
    return tuple(ip_network(network) for network in house.config.trusted_proxies)


def workers(house: House) -> list[Loop]:
    """The worker wing: pollers for what is set up, the courier, the janitor, and who counts."""
    config, clock = house.config, house.clock
    courier = _courier(house)
    house.bell.wakes(courier.wake)
    judgement = judgement_of(house)

    def make(asker: Asker) -> Poller:
        return poller(house, asker.connector, asker.settings, told=house.bell.ring, carriers=asker.carriers)

    pollers = Pollers(wanted=house.asking.roster.askers, make=make, stop_limit=config.stop_timeout)
    janitor = Janitor(
        turns=Turns(house.store.main),
        judgement=judgement,
        outbox=Outbox(house.store.main),
        kept_for=timedelta(days=config.purge_after_days),
        log_kept_for=timedelta(days=config.webhook_log_days),
        clock=clock,
        told=house.bell.ring,
    )
    sweeper = Sweeper(
        inquiries=Inquiries(house.store.quick),
        ledger=Ledger(house.store.quick),
        leftovers=Leftovers(house.store.quick),
        pushed=PushedEvents(house.store.main),
        kept_for=timedelta(days=config.hkpost_inquiry_log_days),
        ledger_kept_for=timedelta(days=config.carrier_log_days),
        pushed_kept_for=timedelta(days=config.carrier_events_days),
        purge_items=house.mailroom.purge,
        clock=clock,
    )
    counter = Counter(
        statistics=Statistics(house.store.main),
        turn=SharedMemory(house.store.quick).take,
        late=STUCK_AFTER,
        clock=clock,
    )
    return [pollers, courier, janitor, sweeper, counter]


def poller(
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
    config, connector = house.config, _connector(house, name, settings, carriers)
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
        intervals=intervals_of(config),
        lifetimes=lifetimes_of(config),
        instant=house.zones.instant,
    )


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


def _connector(house: House, name: str, settings: Mapping[str, str], carriers: frozenset[int] | None) -> Connector:
    if name == inbound.ID:
        return inbound.Inbound(PushedEvents(house.store.main).of, carriers or frozenset())
    return connector_of(house, name, settings)


def connector_of(house: House, name: str, settings: Mapping[str, str]) -> Connector:
    """The connector of that name, ready to be asked.

    Raises:
        ConfigError: there is none, or its settings cannot work.
    """
    return registry.make(name, settings, house.asking.kit)
