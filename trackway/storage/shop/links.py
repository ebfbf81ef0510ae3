"""Which public links are good: each tracking has one without a row, and a row once its link was renewed."""

from trackway.storage.database import Database
from trackway.storage.statement import Statement

_SERIAL = Statement(
    "SELECT COALESCE(serial, 0) FROM tracking LEFT JOIN link ON tracking_id = id "
    "WHERE id = :tracking AND account_id = :account"
)
_OPEN = Statement(
    "SELECT account_id FROM tracking LEFT JOIN link ON tracking_id = id "
    "WHERE id = :tracking AND COALESCE(serial, 0) = :serial"
)
_RENEW = Statement(
    "INSERT INTO link (tracking_id, serial) SELECT id, 1 FROM tracking WHERE id = :tracking AND account_id = :account "
    "ON CONFLICT (tracking_id) DO UPDATE SET serial = link.serial + 1 RETURNING serial"
)
_ORDERS = Statement("SELECT id, tag FROM tracking WHERE account_id = :account AND number = :number ORDER BY id")


class LinkSerials:
    """How often the link of a tracking was renewed: only the newest is good."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def serial(self, account: int, tracking: int) -> int | None:
        """The serial of the account's tracking; None where it has no such."""
        rows = await self._database.read(_SERIAL, account=account, tracking=tracking)
        return int(rows[0][0]) if rows else None

    async def owner(self, tracking: int, serial: int) -> int | None:
        """The account of a tracking, while that serial is its newest."""
        rows = await self._database.read(_OPEN, tracking=tracking, serial=serial)
        return int(rows[0][0]) if rows else None

    async def renew(self, account: int, tracking: int) -> int | None:
        """The next serial; None where the account has no such tracking."""
        rows = await self._database.write(lambda tx: tx.fetch(_RENEW, account=account, tracking=tracking))
        return int(rows[0][0]) if rows else None

    async def orders(self, account: int, number: str) -> list[tuple[int, str]]:
        """The account's trackings of a number, with their tags, oldest first."""
        rows = await self._database.read(_ORDERS, account=account, number=number)
        return [(identity, tag or "") for identity, tag in rows]
