"""An account's webhook: where it is, whether it answers, and what was sent to it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from trackway.domain.account import Account
from trackway.domain.errors import ConfigError, WebhookAddressEmpty
from trackway.egress.client import GuardedClient, Reply
from trackway.service.access import Access
from trackway.storage.accounts import Accounts
from trackway.storage.deliveries import Deliveries, Delivery, Sought


class Sample(Struct, frozen=True):
    """A push as the test sends it."""

    body: bytes
    headers: dict[str, str]


class Webhooks:
    """What an operator, or the console, does with webhooks.

    `check` raises a Refusal for an address that we may not call; `sample` makes a signed push with a key.
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
    ) -> None:
        self._access = access
        self._accounts = accounts
        self._deliveries = deliveries
        self._client = client
        self._check = check
        self._sample = sample

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

    async def replay(self, name: str, ids: Sequence[int], now: datetime) -> list[int]:
        """Send finished messages again; those that will be."""
        account: Account = await self._access.named(name)
        return await self._deliveries.replay(account.id, ids, now)
