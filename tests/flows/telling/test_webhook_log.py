"""What was sent can be looked at and sent again (T35; the record of webhooks)."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.stage import NUMBER, Stage, staged
from trackway.domain.errors import ConfigError
from trackway.domain.errors.webhooks import WebhookAddressEmpty, WebhookAddressMissing
from trackway.domain.webhook import Outcome
from trackway.storage.telling.deliveries import Sought


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    async with staged(Stage, database_url, tmp_path, clock) as opened:
        await opened.scan(1)
        await opened.shop.ask("register", {"number": NUMBER})
        await opened.poll()
        yield opened


async def test_every_attempt_is_on_record(stage: Stage) -> None:
    stage.inbox.answers = [500]
    await stage.deliver()
    await stage.deliver(minutes=10)
    (delivery,) = await stage.shop.house.merchants.webhooks.find("shop", Sought(number=NUMBER), 10)
    assert delivery.outcome is Outcome.DELIVERED
    assert [(attempt.status, attempt.url) for attempt in delivery.attempts] == [
        (500, stage.inbox.url),
        (200, stage.inbox.url),
    ]
    whole = await stage.shop.house.merchants.webhooks.one("shop", delivery.message.id)
    assert json.loads(whole.body or "") == stage.inbox.pushes[-1]["data"]


async def test_what_was_given_up_is_sent_again_the_same(stage: Stage) -> None:
    webhooks = stage.shop.house.merchants.webhooks
    stage.inbox.answers = [500] * 4
    for _ in range(4):
        await stage.deliver(hours=1)
    (lost,) = await webhooks.find("shop", Sought(outcome=Outcome.GIVEN_UP), 10)
    assert len(lost.attempts) == 4
    assert await webhooks.replay("shop", [lost.message.id], stage.clock()) == [lost.message.id]
    assert await webhooks.replay("shop", [lost.message.id], stage.clock()) == []
    await stage.deliver()
    assert len(stage.inbox.pushes) == 5
    assert stage.inbox.pushes[0] == stage.inbox.pushes[4]
    assert len({headers["webhook-id"] for headers in stage.inbox.headers}) == 1
    (found,) = await webhooks.find("shop", Sought(outcome=Outcome.DELIVERED, since=lost.message.created_at), 10)
    assert len(found.attempts) == 5
    assert await webhooks.find("shop", Sought(until=lost.message.created_at), 10) == []


async def test_what_a_deleted_number_said_is_sent_again_but_not_tried_again(stage: Stage) -> None:
    webhooks = stage.shop.house.merchants.webhooks
    await stage.deliver()
    (told,) = await webhooks.find("shop", Sought(), 10)
    await stage.shop.ask("deletetrack", {"number": NUMBER})
    for status, outcome in ((200, Outcome.DELIVERED), (500, Outcome.CANCELLED)):
        stage.inbox.answers = [status]
        assert await webhooks.replay("shop", [told.message.id], stage.clock()) == [told.message.id]
        await stage.deliver()
        await stage.deliver(hours=1)
        assert (await webhooks.one("shop", told.message.id)).outcome is outcome
    assert stage.inbox.pushes == [stage.inbox.pushes[0]] * 3


async def test_tenants_do_not_see_each_others_messages(stage: Stage) -> None:
    await stage.deliver()
    (mine,) = await stage.shop.house.merchants.webhooks.find("shop", Sought(), 10)
    await stage.shop.shop("other")
    webhooks = stage.shop.house.merchants.webhooks
    assert await webhooks.find("other", Sought(), 10) == []
    with pytest.raises(ConfigError, match="no message"):
        await webhooks.one("other", mine.message.id)
    await webhooks.set_url("other", stage.inbox.url)
    assert await webhooks.replay("other", [mine.message.id], stage.clock()) == []
    assert await webhooks.replay_found("other", Sought(number=NUMBER), 10, stage.clock()) == []
    assert sum((await webhooks.counts("other", stage.clock())).values()) == 0


async def test_nothing_is_sent_again_where_there_is_no_webhook(stage: Stage) -> None:
    """It would only be cancelled, and what is known of it lost."""
    await stage.deliver()
    webhooks = stage.shop.house.merchants.webhooks
    (mine,) = await webhooks.find("shop", Sought(), 10)
    await webhooks.set_url("shop", "")
    with pytest.raises(WebhookAddressMissing):
        await webhooks.replay("shop", [mine.message.id], stage.clock())
    assert (await webhooks.one("shop", mine.message.id)).outcome is Outcome.DELIVERED


async def test_the_webhook_test_shows_the_answer(stage: Stage) -> None:
    """T35."""
    webhooks = stage.shop.house.merchants.webhooks
    stage.inbox.answers = [204, 200]
    assert [(await webhooks.test("shop", stage.clock())).status for _ in range(2)] == [204, 200]
    assert stage.inbox.pushes[0]["data"] == {"number": "RM101474005CN", "carrier": 3011, "tag": ""}
    await webhooks.set_url("shop", "")
    with pytest.raises(WebhookAddressEmpty):
        await webhooks.test("shop", stage.clock())
