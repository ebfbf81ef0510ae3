"""Links that show one tracking to whoever has them: unguessable, good until they are renewed."""

from datetime import datetime

from trackway.domain.errors.access import TooFast
from trackway.domain.errors.shops import LinkUnknown
from trackway.domain.number import compact
from trackway.storage.passing.allowance import Allowance
from trackway.storage.shop.links import LinkSerials
from trackway.storage.vault import Vault

_TRACKING, _SHOP = "tracking", "shop"
_ORDER_SIGNS = 4
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000
_TRIES_OF_ADDRESS, _TRIES_OF_NUMBER = 10, 10


class Links:
    """A link is sealed from the tracking's id and how often it was renewed: registering keeps nothing for it."""

    def __init__(self, *, serials: LinkSerials, allowance: Allowance, vault: Vault) -> None:
        self._serials = serials
        self._allowance = allowance
        self._vault = vault

    async def of(self, account: int, tracking: int) -> str:
        """The token of the link of an account's tracking.

        Raises:
            LinkUnknown: the account has no such tracking.
        """
        return self._token(tracking, await self._serials.serial(account, tracking))

    async def renew(self, account: int, tracking: int) -> str:
        """The token of a new link; the one before it opens nothing from now on.

        Raises:
            LinkUnknown: the account has no such tracking.
        """
        return self._token(tracking, await self._serials.renew(account, tracking))

    async def opened(self, token: str) -> tuple[int, int]:
        """The account and the tracking that a link shows.

        Raises:
            LinkUnknown: none, or it was renewed since, or the tracking is deleted.
        """
        found = self._vault.read_mark(_TRACKING, token)
        account = await self._serials.owner(*found) if found else None
        if found is None or account is None:
            raise LinkUnknown
        return account, found[0]

    def shop(self, account: int) -> str:
        """The token of the page where a shop's customers look for their parcels."""
        return self._vault.mark(_SHOP, account, 0)

    def shop_of(self, token: str) -> int:
        """The account whose shop page that is.

        Raises:
            LinkUnknown: none.
        """
        found = self._vault.read_mark(_SHOP, token)
        if found is None:
            raise LinkUnknown
        return found[0]

    async def find(self, account: int, number: str, order: str, address: str, now: datetime) -> str:
        """The token for a number and the last four characters of its order, which stands in the tracking's tag.

        Whoever guesses is held back by address and by number; what was wrong is not told.

        Raises:
            LinkUnknown: there is no such number with such an order.
            TooFast: too many tries from that address in a minute, or for that number in an hour.
        """
        wanted, given = compact(number), order.strip().casefold()
        for subject, window, most in (
            (f"find:{address}", _MINUTE_MS, _TRIES_OF_ADDRESS),
            (f"find:{account}:{wanted[:50]}", _HOUR_MS, _TRIES_OF_NUMBER),
        ):
            wait = await self._allowance.pace(subject, now, window, most)
            if wait:
                raise TooFast(wait)
        for tracking, tag in await self._serials.orders(account, wanted) if len(given) == _ORDER_SIGNS else ():
            if tag.strip().casefold()[-_ORDER_SIGNS:] == given:
                return await self.of(account, tracking)
        raise LinkUnknown

    def _token(self, tracking: int, serial: int | None) -> str:
        if serial is None:
            raise LinkUnknown
        return self._vault.mark(_TRACKING, tracking, serial)
