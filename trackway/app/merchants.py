"""The parts that merchants use: to register, to look and change, to be told, and to show their own customers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from trackway.app.asking import Asking
from trackway.app.ground import Ground, lifetimes_of
from trackway.domain.webhook import Kind
from trackway.egress import address
from trackway.service.merchants.alteration import Alteration
from trackway.service.merchants.browsing import Browse
from trackway.service.merchants.lookup import Lookup
from trackway.service.merchants.overview import Overview
from trackway.service.merchants.recarry import Recarry
from trackway.service.merchants.registration import Registration
from trackway.service.merchants.stream import Stream
from trackway.service.merchants.webhooks import Sample, Webhooks
from trackway.service.shop.links import Links
from trackway.service.shop.shopfront import Shopfront
from trackway.storage.shop.links import LinkSerials
from trackway.storage.shop.shops import Shops
from trackway.storage.telling.deliveries import Deliveries
from trackway.storage.telling.outbox import Outbox
from trackway.storage.tracking.attention import Attention
from trackway.storage.tracking.browsing import Browsing
from trackway.storage.tracking.intake import Intake
from trackway.storage.tracking.listing import Listing
from trackway.storage.tracking.records import Records
from trackway.storage.tracking.statistics import Statistics
from trackway.storage.tracking.trackings import Trackings
from trackway.wire import webhook
from trackway.worker.courier import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchants:
    """All that an account may do with its trackings."""

    registration: Registration
    lookup: Lookup
    alteration: Alteration
    recarry: Recarry
    webhooks: Webhooks
    stream: Stream
    browse: Browse
    overview: Overview
    links: Links
    shopfront: Shopfront


def build_merchants(ground: Ground, asking: Asking) -> Merchants:
    """All of it, as set."""
    store, config = ground.store, ground.config
    records = Records(store.main, Outbox.put, ground.bell.ring)
    links = Links(serials=LinkSerials(store.main), allowance=ground.allowance, vault=ground.vault)
    overview = Overview(statistics=Statistics(store.main), attention=Attention(store.main))
    return Merchants(
        registration=_registration(ground, asking),
        lookup=Lookup(trackings=Trackings(store.main), listing=Listing(store.main)),
        alteration=Alteration(records=records, catalogue=ground.carriers, lifetimes=lifetimes_of(config)),
        recarry=_recarry(ground, records),
        webhooks=_webhooks(ground),
        stream=Stream(outbox=Outbox(store.main), bell=ground.bell, render=render, heartbeat=config.stream_heartbeat),
        browse=_browse(ground, asking, overview),
        overview=overview,
        links=links,
        shopfront=Shopfront(shops=Shops(store.main), links=links, database=store.main),
    )


def _registration(ground: Ground, asking: Asking) -> Registration:
    return Registration(
        intake=Intake(ground.store.main),
        catalogue=ground.carriers,
        lifetimes=lifetimes_of(ground.config),
        asked=asking.roster.carriers,
    )


def _recarry(ground: Ground, records: Records) -> Recarry:
    return Recarry(
        records=records,
        catalogue=ground.carriers,
        lifetimes=lifetimes_of(ground.config),
        answer_patience=timedelta(seconds=ground.config.carrier_change_patience),
    )


def _browse(ground: Ground, asking: Asking, overview: Overview) -> Browse:
    return Browse(
        browsing=Browsing(ground.store.main),
        deliveries=Deliveries(ground.store.main),
        explanations=asking.explanations,
        overview=overview,
    )


def _webhooks(ground: Ground) -> Webhooks:
    return Webhooks(
        access=ground.access,
        accounts=ground.accounts,
        deliveries=Deliveries(ground.store.main),
        client=ground.client,
        check=lambda url: address.parse(url, ground.config.networks()),
        sample=_sample,
        sign=webhook.sign,
    )


def _sample(key: str, now: datetime) -> Sample:
    """The push of the webhook test: the document's own sample, signed with the account's key."""
    event, data = Kind.STOPPED, webhook.stopped("RM101474005CN", 3011, None)
    body = webhook.body(event, data, key)
    headers = webhook.headers(f"test_{now:%Y%m%d%H%M%S}", 1, now, body, key)
    return Sample(event=event, data=data, body=body, headers=headers)
