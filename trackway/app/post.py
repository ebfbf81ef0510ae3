"""The parts of a postal operator: its items, its partners, its words, and who may send scans in."""

from dataclasses import dataclass

from trackway.app.ground import Ground
from trackway.service.post.loading import Loader
from trackway.service.post.mailroom import Mailroom
from trackway.service.post.texts import Texts
from trackway.service.senders import Sender, Senders
from trackway.storage.asking.sender_keys import SenderKeys
from trackway.storage.given.catalogue import seeded_countries, seeded_wordings
from trackway.storage.post.inquiries import Inquiries
from trackway.storage.post.mailroom import Items, Partners
from trackway.storage.post.phrases import Phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What answers for an operator's mail items, and what takes them in."""

    mailroom: Mailroom
    loader: Loader
    texts: Texts
    operators: Senders


def build_post(ground: Ground) -> Post:
    """All of it, as set."""
    texts = _texts(ground)
    mailroom = _mailroom(ground, texts)
    return Post(
        mailroom=mailroom,
        loader=Loader(load=mailroom.load, clock=ground.clock),
        texts=texts,
        operators=Senders(kind=Sender.OPERATOR, keys=SenderKeys(ground.store.main), vault=ground.vault),
    )


def _mailroom(ground: Ground, texts: Texts) -> Mailroom:
    return Mailroom(
        items=Items(ground.store.main),
        partners=Partners(ground.store.main),
        allowance=ground.allowance,
        inquiries=Inquiries(ground.store.quick),
        texts=texts,
        vault=ground.vault,
        config=ground.config,
    )


def _texts(ground: Ground) -> Texts:
    return Texts(
        wordings=seeded_wordings(ground.config.data),
        countries=seeded_countries(ground.config.data),
        phrases=Phrases(ground.store.main),
    )
