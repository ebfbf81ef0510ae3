"""Where an account's news goes."""

from collections.abc import Callable

from trackway.domain.errors import ConfigError, Refusal
from trackway.service.access import Access
from trackway.storage.accounts import Accounts


class Webhooks:
    """The webhook address of each account; `check` raises a Refusal for an address that we may not call."""

    def __init__(self, *, access: Access, accounts: Accounts, check: Callable[[str], object]) -> None:
        self._access = access
        self._accounts = accounts
        self._check = check

    async def set_url(self, name: str, url: str) -> None:
        """Send the account's news there from now on; nowhere if it is empty.

        Raises:
            ConfigError: there is no such account, or the address is one that we may not call; the message says why.
        """
        account = await self._access.named(name)
        try:
            if url:
                self._check(url)
        except Refusal as why:
            raise ConfigError(f"webhook {url}: {why}") from None
        await self._accounts.set_webhook(account.id, url)
