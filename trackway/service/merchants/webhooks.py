"""An account's webhook: where it is, whether it answers, and what was sent to it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from trackway.domain.account import Account
from trackway.domain.errors import ConfigError
from trackway.domain.errors.webhooks import WebhookAddressEmpty, WebhookAddressMissing
from trackway.domain.webhook import Kind, Message, Outcome
from trackway.egress.client import GuardedClient, Reply
from trackway.service.access import Access
from trackway.storage.people.accounts import Accounts
from trackway.storage.telling.deliveries import Deliveries, Delivery, Sought

_DAY = timedelta(hours=24)


class Sample(Struct, frozen=True, kw_only=True):
    """A push as the test sends it."""

    event: Kind
    data: bytes
    body: bytes
    headers: dict[str, str]


class Signed(Struct, frozen=True, kw_only=True):
    """How a push is signed: what is hashed, but of the key its last four alone, and what comes out.

    `message` is None where nothing was sent yet, so that it is the sample of the test.
    """

    message: Message | None
    event: Kind
    data: str
    last4: str
    sign: str


class Webhooks:
    """What an operator, or the console, does with webhooks.

    `check` raises a Refusal for an address that we may not call; `sample` makes a signed push with a key, and `sign`
    the signature of an event's data with a key.
    """

    def __init__(
        self,
        *,
        access: Access,
        accounts: Accounts,
        deliveries: Deliveries,
        client: GuardedClient,
        check: Callable[[str], object],
        sample: Callable[[str, datetime], Sample],
        sign: Callable[[Kind, bytes, str], str],
    ) -> None:
        self._access = access
        self._accounts = accounts
        self._deliveries = deliveries
        self._client = client
        self._check = check
        self._sample = sample
        self._sign = sign

    async def set_url(self, name: str, url: str) -> None:
        """Send the account's news there from now on; nowhere if it is empty.

        Raises:
            ConfigError: there is no such account.
            WebhookAddressMalformed: the address is one that we may not call; the message says why.
        """
        account = await self._access.named(name)
        if url:
            self._check(url)
        await self._accounts.set_webhook(account.id, url)

    async def test(self, name: str, now: datetime) -> Reply:
        """What the account's webhook answers to a sample push (T35); nothing of it is kept.

        Raises:
            ConfigError: there is no such account.
            WebhookAddressEmpty: it has no webhook.
        """
        account = await self._access.named(name)
        keys = await self._access.signing_keys(account.id, now)
        if not account.webhook_url or not keys:
            raise WebhookAddressEmpty(name)
        sample = self._sample(keys[0], now)
        return await self._client.post(account.webhook_url, sample.body, sample.headers)

    async def find(self, name: str, sought: Sought, most: int) -> list[Delivery]:
        """The account's messages, newest first."""
        return await self._deliveries.find((await self._access.named(name)).id, sought, most)

    async def one(self, name: str, identity: int) -> Delivery:
        """One message of the account.

        Raises:
            ConfigError: it has none with that id.
        """
        found = await self._deliveries.one((await self._access.named(name)).id, identity)
        if found is None:
            raise ConfigError(f"account {name!r} has no message {identity}")
        return found

    async def counts(self, name: str, now: datetime) -> dict[Outcome, int]:
        """How many of the account's messages of the last 24 hours stand where; each counted to COUNTED at most."""
        return await self._deliveries.counts((await self._access.named(name)).id, now - _DAY)

    async def signed(self, name: str, now: datetime, identity: int | None = None) -> Signed | None:
        """How the message with that id, or the last one that was sent, is signed with the key in force.

        Without any message it is the sample; None where no key is in force, or the message said nothing yet.
        """
        account = await self._access.named(name)
        keys = await self._access.signing_keys(account.id, now)
        if not keys:
            return None
        delivery = (
            await self._last(account.id) if identity is None else await self._deliveries.one(account.id, identity)
        )
        if delivery is not None:
            return self._signed(delivery.message, delivery.message.kind, delivery.body, keys[0])
        sample = self._sample(keys[0], now)
        return self._signed(None, sample.event, sample.data.decode(), keys[0])

    async def replay(self, name: str, ids: Sequence[int], now: datetime) -> list[int]:
        """Send finished messages again; those that will be.

        Raises:
            ConfigError: there is no such account.
            WebhookAddressMissing: it has no webhook, so nothing could be sent.
        """
        account = await self._with_webhook(name)
        return await self._deliveries.replay(account.id, ids, now)

    async def replay_found(self, name: str, sought: Sought, most: int, now: datetime) -> list[int]:
        """The same for up to `most` messages that are found, the newest."""
        account = await self._with_webhook(name)
        return await self._deliveries.replay(account.id, await self._deliveries.ids(account.id, sought, most), now)

    async def _with_webhook(self, name: str) -> Account:
        account = await self._access.named(name)
        if not account.webhook_url:
            raise WebhookAddressMissing(f"account {name!r} has no webhook, so nothing can be sent again")
        return account

    async def _last(self, account: int) -> Delivery | None:
        """The last message that was sent, rather one that arrived."""
        for outcome in (Outcome.DELIVERED, Outcome.GIVEN_UP, Outcome.WAITING):
            for identity in await self._deliveries.ids(account, Sought(outcome=outcome), 1):
                found = await self._deliveries.one(account, identity)
                if found is not None and found.body is not None:
                    return found
        return None

    def _signed(self, message: Message | None, event: Kind, data: str | None, key: str) -> Signed | None:
        if data is None:
            return None
        return Signed(
            message=message, event=event, data=data, last4=key[-4:], sign=self._sign(event, data.encode(), key)
        )
