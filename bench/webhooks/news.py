"""News of the trackings, made as a poller makes it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

from bench.webhooks.plan import EACH, Order
from trackway import logs
from trackway.app.house import House, open_house
from trackway.config import load
from trackway.domain.webhook import Kind, News
from trackway.storage.statement import Statement
from trackway.storage.telling.outbox import Outbox

HANGING = 1
"""The account whose receiver never answers."""
NUMBERS = Statement("SELECT id, account_id, number, carrier FROM tracking WHERE number NOT LIKE 'LATE%' ORDER BY id")
_BATCH = 1000


@asynccontextmanager
async def house_of(order: Order) -> AsyncIterator[House]:
    """A house on the store of the order, that may call receivers on this machine."""
    logs.set_up("warning", "text")
    config = load(data=Path(order.data), database=order.database, webhook_allowed_networks="127.0.0.0/8")
    async with open_house(config) as house:
        yield house


async def news_of(house: House) -> list[News]:
    """News of each tracking, the accounts in turns."""
    rows = await house.store.main.read(NUMBERS)
    return [_news(row) for at in range(EACH) for row in rows[at::EACH]]


async def endless(house: House) -> Iterator[News]:
    """The same, again and again."""
    return cycle(await news_of(house))


async def put(house: House, news: Sequence[News]) -> None:
    """Keep it, and ring."""
    await house.store.main.write(lambda transaction: Outbox.put(transaction, news, house.clock()))
    house.bell.ring()


async def put_all(order: Order, *, hanging: bool) -> int:
    """News of each tracking, also of those of the receiver that hangs or not; how many for receivers that answer."""
    async with house_of(order) as house:
        news = [one for one in await news_of(house) if hanging or one.account != HANGING]
        for at in range(0, len(news), _BATCH):
            await put(house, news[at : at + _BATCH])
    return sum(one.account != HANGING for one in news)


def _news(row: Sequence[Any]) -> News:
    return News(tracking=row[0], account=row[1], number=row[2], carrier=row[3], kind=Kind.UPDATED)
