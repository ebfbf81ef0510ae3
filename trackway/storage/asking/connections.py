"""Our accounts with carriers: what a connector is set up with, sealed."""

from datetime import datetime

import msgspec

from trackway.storage.database import Database, to_ms
from trackway.storage.statement import Statement
from trackway.storage.vault import Vault

_PUT = Statement(
    "INSERT INTO connection (connector, sealed, created_at) VALUES (:connector, :sealed, :now) "
    "ON CONFLICT (connector) DO UPDATE SET sealed = excluded.sealed"
)
_ALL = Statement("SELECT connector, sealed FROM connection ORDER BY connector")
_DROP = Statement("DELETE FROM connection WHERE connector = :connector RETURNING connector")


class Connections:
    """One set of settings for each connector."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def put(self, connector: str, settings: dict[str, str], now: datetime) -> None:
        """Keep a connector's settings, in place of those it had."""
        sealed = self._vault.seal(msgspec.json.encode(settings).decode(), f"connection:{connector}")
        await self._database.write(lambda tx: tx.fetch(_PUT, connector=connector, sealed=sealed, now=to_ms(now)))

    async def all(self) -> dict[str, dict[str, str]]:
        """Each connector that is set up, with its settings."""
        rows = await self._database.read(_ALL)
        return {connector: self._settings(connector, sealed) for connector, sealed in rows}

    async def drop(self, connector: str) -> bool:
        """Forget a connector's settings; whether there were any."""
        return bool(await self._database.write(lambda tx: tx.fetch(_DROP, connector=connector)))

    def _settings(self, connector: str, sealed: str) -> dict[str, str]:
        return msgspec.json.decode(self._vault.open(sealed, f"connection:{connector}"), type=dict[str, str])
