"""A mailroom on a real store, for the tests of the operator's side."""

from pathlib import Path
from typing import Any

from trackway.config import load
from trackway.domain.post.card import Card
from trackway.domain.post.mail import Item
from trackway.domain.post.phrasebook import Phrasebook
from trackway.domain.post.scribe import Scribe
from trackway.service.post.mailroom import Mailroom
from trackway.service.post.texts import Texts
from trackway.storage.given.catalogue import seeded_countries, seeded_wordings
from trackway.storage.passing.allowance import Allowance
from trackway.storage.post.inquiries import Inquiries
from trackway.storage.post.mailroom import Items, Partners
from trackway.storage.post.phrases import Phrases
from trackway.storage.store import Store
from trackway.storage.vault import Vault

NOWHERE = Path("/nowhere")


SILENT = Scribe(Phrasebook([], []))
"""Leaves out no text."""
BOOK = Phrasebook(seeded_wordings(NOWHERE), seeded_countries(NOWHERE))


def card_of(item: Item) -> Card:
    """The item's card, with every text that was told."""
    return Card(item.number, item.posted, SILENT.text("", item).encode())


def open_texts(store: Store) -> Texts:
    return Texts(wordings=seeded_wordings(NOWHERE), countries=seeded_countries(NOWHERE), phrases=Phrases(store.main))


def open_mailroom(store: Store, **settings: Any) -> Mailroom:
    return Mailroom(
        items=Items(store.main),
        partners=Partners(store.main),
        allowance=Allowance(store.quick),
        inquiries=Inquiries(store.quick),
        texts=open_texts(store),
        vault=Vault(b"k" * 32),
        config=load(data=NOWHERE, **settings),
    )
