"""Accounts, their keys and their address lists."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from trackway.domain.account import Account, KeyShown, Usage
from trackway.domain.errors.access import NetworksTooMany
from trackway.domain.tracking import Milestone
from trackway.storage.database import Database, Row, Transaction, Work, from_ms, may_be_id, maybe_instant, to_ms
from trackway.storage.statement import Statement

T = TypeVar("T")
_CREATE = Statement(
    "INSERT INTO account (name, quota, daily, created_at) VALUES (:name, :quota, :daily, :now) "
    "ON CONFLICT (name) DO NOTHING RETURNING id"
)
_ADD_KEY = Statement(
    "INSERT INTO account_key (account_id, lookup, sealed, last4, active_from) "
    "VALUES (:account, :lookup, :sealed, :last4, :active_from)"
)
_END_KEYS = Statement(
    "UPDATE account_key SET ends_at = :at WHERE account_id = :account AND active_from <= :now "
    "AND (ends_at IS NULL OR ends_at > :now)"
)
_DROP_PENDING = Statement("DELETE FROM account_key WHERE account_id = :account AND active_from > :now")
_BY_KEY = Statement(
    "SELECT account.id, name, account_key.id, disabled, webhook_url, network, active_from, ends_at FROM account_key "
    "JOIN account ON account.id = account_key.account_id "
    "LEFT JOIN account_network ON account_network.account_id = account.id "
    "WHERE lookup = :lookup ORDER BY network"
)
_BY_NAME = Statement(
    "SELECT id, name, 0, disabled, webhook_url, network FROM account "
    "LEFT JOIN account_network ON account_id = id WHERE name = :name ORDER BY network"
)
_BY_ID = Statement(
    "SELECT id, name, 0, disabled, webhook_url, network FROM account "
    "LEFT JOIN account_network ON account_id = id WHERE id = :id ORDER BY network"
)
_ALL = Statement("SELECT id, name, 0, disabled, webhook_url, NULL FROM account ORDER BY id")
_ADD_NETWORKS = Statement(
    "INSERT INTO account_network (account_id, network) SELECT CAST(:account AS BIGINT), network "
    "FROM @rows(networks: network text) AS given WHERE true ON CONFLICT DO NOTHING"
)
_DROP_NETWORK = Statement("DELETE FROM account_network WHERE account_id = :account AND network = :network RETURNING 1")
_COUNT_NETWORKS = Statement("SELECT COUNT(*) FROM account_network WHERE account_id = :account")
_HOLD = Statement("SELECT id FROM account WHERE id = :account @locked")
_DROP_NETWORKS = Statement("DELETE FROM account_network WHERE account_id = :account")
_SEALED = Statement(
    "SELECT sealed, ends_at FROM account_key WHERE account_id = :account AND active_from <= :now "
    "AND (ends_at IS NULL OR ends_at > :since) ORDER BY id DESC LIMIT 2"
)
_KEYS = Statement(
    "SELECT last4, active_from, ends_at FROM account_key WHERE account_id = :account "
    "AND (ends_at IS NULL OR ends_at > :now) ORDER BY active_from"
)
# Every state is named, for the index by state is the one that knows times.
_REGISTERED = Statement(
    "SELECT COUNT(*) FROM (SELECT 1 FROM tracking WHERE account_id = :account AND milestone @any(states text) "
    "AND registered_at >= :begin AND registered_at < :end LIMIT :most) AS found"
)
_SET_WEBHOOK = Statement("UPDATE account SET webhook_url = :url WHERE id = :account")
_SET_DISABLED = Statement("UPDATE account SET disabled = :disabled WHERE id = :account")
_LIMIT = Statement("UPDATE account SET quota = :quota, daily = :daily WHERE id = :account")
_USAGE = Statement(
    "SELECT used, CASE WHEN day = :day THEN day_used ELSE 0 END, quota, daily FROM account WHERE id = :account"
)
_DAY_MS = 86_400_000
_REMEMBERED_MS = 1000
_REMEMBERED_KEYS = 10_000


def day_of(now: datetime) -> int:
    """The UTC day, counted from 1970."""
    return to_ms(now) // _DAY_MS


class SealedKey(Struct, frozen=True, kw_only=True):
    """A key as it is kept: how it is found, how it is read again, and what of it may be shown."""

    lookup: str
    sealed: str
    last4: str


class _KeyHolder(Struct, frozen=True, kw_only=True):
    """Whose a key is and from when to when, as read at `read_at`; all in milliseconds."""

    account: Account
    active_from: int
    ends_at: int | None
    read_at: int

    def at(self, now: int) -> Account | None:
        """The account, while the key is in force."""
        return self.account if self.active_from <= now and (self.ends_at is None or now < self.ends_at) else None


class Accounts:
    """Accounts in the store. Keys come in as digests and sealed texts only: this room never sees one.

    Whose a key is, is remembered for a second, so what another process changes of an account counts here within that.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holders: dict[str, _KeyHolder] = {}

    async def create(
        self, name: str, quota: int | None, daily: int | None, key: Callable[[int], SealedKey], now: datetime
    ) -> bool:
        """Whether there is a new account now, with the key that `key` makes for its id; not where the name is taken."""

        async def work(transaction: Transaction) -> bool:
            rows = await transaction.fetch(_CREATE, name=name, quota=quota, daily=daily, now=to_ms(now))
            for (account,) in rows:
                await _put_key(transaction, account, key(account), now)
            return bool(rows)

        return await self._database.write(work)

    async def replace_key(self, account: int, key: SealedKey, now: datetime, active_from: datetime) -> None:
        """A key that takes the place of the one in force at `active_from`, and of any that was still to come (T34)."""

        async def work(transaction: Transaction) -> None:
            await transaction.fetch(_HOLD, account=account)
            await transaction.fetch(_DROP_PENDING, account=account, now=to_ms(now))
            await transaction.fetch(_END_KEYS, account=account, now=to_ms(now), at=to_ms(active_from))
            await _put_key(transaction, account, key, active_from)

        await self._change(work)

    async def by_key(self, lookup: str, now: datetime) -> Account | None:
        """The account whose key is in force at `now`; the instant of a key's change is the same for all (T34)."""
        at = to_ms(now)
        holder = self._holders.get(lookup)
        if holder is None or not 0 <= at - holder.read_at < _REMEMBERED_MS:
            holder = await self._holder(lookup, at)
        return None if holder is None else holder.at(at)

    async def _holder(self, lookup: str, now: int) -> _KeyHolder | None:
        rows = await self._database.read(_BY_KEY, lookup=lookup)
        if not rows:
            return None
        if len(self._holders) >= _REMEMBERED_KEYS:
            self._holders.clear()
        *_, active_from, ends_at = rows[0]
        holder = _KeyHolder(account=_account(rows), active_from=active_from, ends_at=ends_at, read_at=now)
        self._holders[lookup] = holder
        return holder

    async def _change(self, work: Work[T]) -> T:
        """Write, and remember nothing of before."""
        try:
            return await self._database.write(work)
        finally:
            self._holders.clear()

    async def by_name(self, name: str) -> Account | None:
        """The account of that name."""
        return _one(await self._database.read(_BY_NAME, name=name))

    async def by_id(self, identity: int) -> Account | None:
        """The account with that id."""
        return _one(await self._database.read(_BY_ID, id=identity)) if may_be_id(identity) else None

    async def all(self) -> list[Account]:
        """Every account, oldest first; their address lists are left out."""
        return [_account([row]) for row in await self._database.read(_ALL)]

    async def sealed_keys(self, account: int, now: datetime, since: datetime) -> list[str]:
        """The sealed key in force at `now`, and the one before it if that ended after `since`; or none at all."""
        rows = await self._database.read(_SEALED, account=account, now=to_ms(now), since=to_ms(min(since, now)))
        in_force = bool(rows) and (rows[0][1] is None or rows[0][1] > to_ms(now))
        return [sealed for sealed, _ in rows] if in_force else []

    async def keys(self, account: int, now: datetime) -> list[KeyShown]:
        """The keys that are in force or will be."""
        rows = await self._database.read(_KEYS, account=account, now=to_ms(now))
        return [KeyShown(last4=row[0], active_from=from_ms(row[1]), ends_at=maybe_instant(row[2])) for row in rows]

    async def registered(self, account: int, begin: datetime, end: datetime, most: int) -> int:
        """How many trackings that are still kept were registered in a time, up to `most`."""
        span = {"begin": to_ms(begin), "end": to_ms(end), "most": most, "states": list(Milestone)}
        return int((await self._database.scan(_REGISTERED, account=account, **span))[0][0])

    async def set_webhook(self, account: int, url: str) -> None:
        """Where the account's messages go from now on; empty for nowhere."""
        await self._change(lambda tx: tx.fetch(_SET_WEBHOOK, account=account, url=url))

    async def set_disabled(self, account: int, *, disabled: bool) -> None:
        """Shut an account out, or let it in again."""
        await self._change(lambda tx: tx.fetch(_SET_DISABLED, account=account, disabled=disabled))

    async def limit(self, account: int, quota: int | None, daily: int | None) -> None:
        """How many numbers it may register, in all and a day; None for any."""
        await self._change(lambda tx: tx.fetch(_LIMIT, account=account, quota=quota, daily=daily))

    async def allow(self, account: int, networks: tuple[str, ...]) -> None:
        """The only networks that may call for the account; none for any."""

        async def work(transaction: Transaction) -> None:
            await transaction.fetch(_DROP_NETWORKS, account=account)
            await transaction.fetch(_ADD_NETWORKS, account=account, networks=[(network,) for network in networks])

        await self._change(work)

    async def add_networks(self, account: int, networks: tuple[str, ...], most: int) -> None:
        """Let these call too.

        Raises:
            NetworksTooMany: the list would be longer than `most`; it stays as it is.
        """

        async def work(transaction: Transaction) -> None:
            await transaction.fetch(_HOLD, account=account)
            await transaction.fetch(_ADD_NETWORKS, account=account, networks=[(network,) for network in networks])
            ((count,),) = await transaction.fetch(_COUNT_NETWORKS, account=account)
            if count > most:
                raise NetworksTooMany(most)

        await self._change(work)

    async def drop_network(self, account: int, network: str) -> bool:
        """Whether the network was on the list; it is not any more."""
        return bool(await self._change(lambda tx: tx.fetch(_DROP_NETWORK, account=account, network=network)))

    async def usage(self, account: int, now: datetime) -> Usage:
        """What the account has used, in all and today."""
        ((used, day_used, quota, daily),) = await self._database.read(_USAGE, account=account, day=day_of(now))
        return Usage(used=used, day_used=day_used, quota=quota, daily=daily)


async def _put_key(transaction: Transaction, account: int, key: SealedKey, active_from: datetime) -> None:
    await transaction.fetch(
        _ADD_KEY,
        account=account,
        lookup=key.lookup,
        sealed=key.sealed,
        last4=key.last4,
        active_from=to_ms(active_from),
    )


def _one(rows: list[Row]) -> Account | None:
    return _account(rows) if rows else None


def _account(rows: list[Row]) -> Account:
    """An account from its rows, one for each network on its address list, or one without any."""
    identity, name, key, disabled, webhook_url, *_ = rows[0]
    networks = tuple(row[5] for row in rows if row[5] is not None)
    return Account(
        id=identity, name=name, key_id=key, disabled=bool(disabled), webhook_url=webhook_url, networks=networks
    )
