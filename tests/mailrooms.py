"""A mailroom on a real store, for the tests of the operator's side."""

from pathlib import Path
from typing import Any

from trackway.config import load
from trackway.service.mailroom import Mailroom
from trackway.storage.allowance import Allowance
from trackway.storage.catalogue import Catalogue
from trackway.storage.inquiries import Inquiries
from trackway.storage.mailroom import Items, Partners
from trackway.storage.store import Store
from trackway.storage.vault import Vault

NOWHERE = Path("/nowhere")


def open_mailroom(store: Store, **settings: Any) -> Mailroom:
    return Mailroom(
        items=Items(store.main),
        partners=Partners(store.main),
        allowance=Allowance(store.quick),
        inquiries=Inquiries(store.quick),
        catalogue=Catalogue(NOWHERE),
        vault=Vault(b"k" * 32),
        config=load(data=NOWHERE, **settings),
    )
