"""What strangers see of a shop and its parcels, and how the shop sets it."""

from collections.abc import Iterable

from msgspec import Struct

from trackway.domain import shop as rules
from trackway.domain.errors.shops import LinkUnknown
from trackway.domain.shop import Shop
from trackway.domain.tracking import Tracking
from trackway.service.shop.links import Links
from trackway.storage.database import Database
from trackway.storage.shop.shops import Shops
from trackway.storage.tracking.loading import look


class Shown(Struct, frozen=True, kw_only=True):
    """A tracking and the shop that shows it."""

    shop: Shop
    tracking: Tracking


class Shopfront:
    """Opens links; a shop that is closed, or whose account is disabled, shows nothing."""

    def __init__(self, *, shops: Shops, links: Links, database: Database) -> None:
        self._shops = shops
        self._links = links
        self._database = database

    async def parcel(self, token: str) -> Shown:
        """What the link of a tracking shows.

        Raises:
            LinkUnknown: nothing.
        """
        account, identity = await self._links.opened(token)
        shop = await self._open(account)
        tracking = (await look(self._database, [identity])).get(identity)
        if tracking is None or tracking.account != account:
            raise LinkUnknown
        return Shown(shop=shop, tracking=tracking)

    async def shop(self, token: str) -> Shop:
        """The shop of a search page.

        Raises:
            LinkUnknown: there is none, or it has no search page.
        """
        shop = await self._open(self._links.shop_of(token))
        if not shop.search:
            raise LinkUnknown
        return shop

    async def logo(self, token: str) -> tuple[bytes, str]:
        """The logo of the shop of either page, and its media type.

        Raises:
            LinkUnknown: there is none.
        """
        try:
            account = self._links.shop_of(token)
        except LinkUnknown:
            account, _ = await self._links.opened(token)
        logo = await self._shops.logo((await self._open(account)).account)
        if logo is None:
            raise LinkUnknown
        return logo

    async def settings(self, account: int) -> Shop:
        """The account's shop as it is set.

        Raises:
            LinkUnknown: there is no such account, or it is disabled.
        """
        shop = await self._shops.of(account)
        if shop is None:
            raise LinkUnknown
        return shop

    async def change(
        self, account: int, *, name: str, colour: str, is_open: bool, search: bool, origins: Iterable[str]
    ) -> None:
        """Another face for the account's shop; its logo stays.

        Raises:
            ConfigError: one of them cannot be, see `domain/shop`.
        """
        wanted = Shop(
            account=account,
            name=rules.shop_name(name),
            colour=rules.colour(colour),
            open=is_open,
            search=search,
            origins=rules.origins(origins),
        )
        await self._shops.keep(wanted)

    async def set_logo(self, account: int, image: bytes) -> None:
        """Another logo, or none for no bytes.

        Raises:
            LogoUnfit: it is too large, or no image that every browser shows.
        """
        kind = rules.logo_type(image) if image else ""
        await self._shops.set_logo(await self.settings(account), image or None, kind)

    async def _open(self, account: int) -> Shop:
        shop = await self._shops.of(account)
        if shop is None or not shop.open:
            raise LinkUnknown
        return shop
