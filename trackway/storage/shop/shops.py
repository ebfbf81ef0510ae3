"""How accounts' shops show themselves."""

from typing import Any

from trackway.domain.shop import PLAIN, Shop
from trackway.storage.database import Database, Row, Transaction
from trackway.storage.statement import Statement

_FIND = Statement(
    "SELECT account.id, COALESCE(shop.name, account.name), COALESCE(colour, ''), COALESCE(open, true), "
    "COALESCE(search, false), COALESCE(origins, ''), logo IS NOT NULL "
    "FROM account LEFT JOIN shop ON account_id = account.id WHERE account.id = :account AND NOT disabled"
)
_KEEP = Statement(
    "INSERT INTO shop (account_id, name, colour, open, search, origins) "
    "VALUES (:account, :name, :colour, :open, :search, :origins) ON CONFLICT (account_id) DO UPDATE SET "
    "name = excluded.name, colour = excluded.colour, open = excluded.open, search = excluded.search, "
    "origins = excluded.origins"
)
_LOGO = Statement("SELECT logo, logo_type FROM shop WHERE account_id = :account AND logo IS NOT NULL")
_SET_LOGO = Statement("UPDATE shop SET logo = :logo, logo_type = :kind WHERE account_id = :account")


class Shops:
    """The shops of all accounts; one that was never set is named like its account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, account: int) -> Shop | None:
        """The account's shop; None where there is no such account, or it is disabled."""
        rows = await self._database.read(_FIND, account=account)
        return _shop(rows[0]) if rows else None

    async def keep(self, shop: Shop) -> None:
        """Keep all of it but the logo."""
        await self._database.write(lambda tx: tx.fetch(_KEEP, **_values(shop)))

    async def logo(self, account: int) -> tuple[bytes, str] | None:
        """The logo and its media type."""
        rows = await self._database.read(_LOGO, account=account)
        return (bytes(rows[0][0]), rows[0][1]) if rows else None

    async def set_logo(self, shop: Shop, logo: bytes | None, kind: str) -> None:
        """The shop with another logo, or none."""

        async def work(transaction: Transaction) -> None:
            await transaction.fetch(_KEEP, **_values(shop))
            await transaction.fetch(_SET_LOGO, account=shop.account, logo=logo, kind=kind)

        await self._database.write(work)


def _values(shop: Shop) -> dict[str, Any]:
    return {
        "account": shop.account,
        "name": shop.name,
        "colour": shop.colour,
        "open": shop.open,
        "search": shop.search,
        "origins": " ".join(shop.origins),
    }


def _shop(row: Row) -> Shop:
    return Shop(
        account=row[0],
        name=row[1],
        colour=row[2] or PLAIN,
        open=bool(row[3]),
        search=bool(row[4]),
        origins=tuple(row[5].split()),
        logo=bool(row[6]),
    )
