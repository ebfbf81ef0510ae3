"""Messages to accounts: put by whoever has news, claimed for webhooks in due order, read by streams in that of ids."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from trackway.domain.webhook import Attempt, Kind, Message, News, Outcome
from trackway.storage.database import Database, Row, Transaction, maybe_ms, to_ms
from trackway.storage.statement import Statement
from trackway.storage.telling.due import NEWEST_FIRST, OLDEST_FIRST
from trackway.storage.telling.endings import Ended, finished
from trackway.storage.telling.messages import ITS_TRACKING, MESSAGE, SAID, SAY, SUPERSEDE, WIDTH, Claim, message_of
from trackway.storage.together import Together

# Who puts for an account waits for whoever does so now: its ids come to be seen in their order, none late.
_ENTER = Statement("SELECT id FROM account WHERE id @any(accounts bigint) ORDER BY id @locked")
_PUT = Statement(
    "INSERT INTO message (account_id, tracking_id, number, carrier, kind, manual, happened_at, created_at, due_at, "
    "outcome) SELECT account, tracking, number, carrier, kind, manual, happened_at, CAST(:now AS BIGINT), "
    "CASE WHEN webhook_url <> '' THEN CAST(:now AS BIGINT) END, "
    "CASE WHEN webhook_url <> '' THEN 'waiting' ELSE 'kept' END "
    "FROM @rows(news: account bigint, tracking bigint, number text, carrier integer, kind text, manual boolean, "
    "happened_at bigint) AS given JOIN account ON account.id = given.account ORDER BY ordinal"
)
_CLAIM = Statement("UPDATE message SET due_at = :until, claimed = true, said = true WHERE id @any(ids bigint)")
# A message of which nothing can be said any more, its tracking being deleted, is passed over.
_AFTER = Statement(
    f"SELECT {MESSAGE}, {SAID} FROM message {ITS_TRACKING} WHERE message.account_id = :account "
    "AND message.id > :after AND (message.said OR tracking.id IS NOT NULL "
    "AND (kind = 'TRACKING_STOPPED' OR track.body IS NOT NULL)) "
    "ORDER BY message.id LIMIT :most"
)
_NEWEST = Statement("SELECT MAX(id) FROM message WHERE account_id = :account")
_FREEZE = Statement("UPDATE message SET said = true WHERE id = :id AND NOT said RETURNING id")
_CANCEL = Statement(
    "UPDATE message SET outcome = 'cancelled', due_at = NULL, claimed = false WHERE id @any(ids bigint)"
)
_RELEASE = Statement(
    "UPDATE message SET due_at = :now, claimed = false FROM @rows(claims: id bigint, until bigint) AS given "
    "WHERE message.id = given.id AND claimed AND due_at = given.until"
)
# Ids follow time, so the oldest rows by id are looked at and no others, however many there are.
_PURGE = Statement(
    "DELETE FROM message WHERE id IN (SELECT id FROM (SELECT id, due_at, created_at FROM message ORDER BY id "
    "LIMIT :most) AS oldest WHERE due_at IS NULL AND created_at < :before) RETURNING id"
)

Render = Callable[[Message, str | None, bytes], bytes]
Draft = Mapping[str, Any]


class Outbox:
    """The messages of all accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._finishing = Together(self._finish)

    @staticmethod
    async def put(transaction: Transaction, news: Sequence[News], now: datetime) -> None:
        """Put messages, due at once, in the transaction that makes the news.

        For an account without a webhook they are kept, never due. An update takes the place of the older updates of
        its tracking, but for one that is on its way this moment.
        """
        if not news:
            return
        await transaction.fetch(_ENTER, accounts=sorted({one.account for one in news}))
        await transaction.fetch(_PUT, news=[_row(one) for one in news], now=to_ms(now))
        updated = [one.tracking for one in news if one.kind is Kind.UPDATED and not one.manual]
        if updated:
            await transaction.fetch(SUPERSEDE, trackings=updated, now=to_ms(now))

    async def claim(
        self,
        *,
        now: datetime,
        until: datetime,
        slots: int,
        cap: int,
        held: Mapping[int, int],
        render: Render,
        newest_first: bool = False,
    ) -> list[Claim]:
        """Claim up to `slots` due messages, the longest due first, so that no account has more than `cap` with us.

        Who claims the newest first now and then keeps what has just happened from waiting behind a backlog.
        `held` is how many each account has with us now. Of one tracking there is one message on its way at a time,
        the oldest first. `render` makes the data of a message from its tracking's tag and encoded track; it is kept
        with the claim, and later attempts send the same. What nobody can be told any more is cancelled here.
        """
        full = [account for account, count in held.items() if count >= cap]
        way = NEWEST_FIRST if newest_first else OLDEST_FIRST
        waiting = await self._database.read(way.waiting, now=to_ms(now), full=full, slots=slots)
        rooms = [(account, cap - held.get(account, 0)) for (account,) in waiting]

        async def work(transaction: Transaction) -> list[Claim]:
            return await _open(transaction, await way.pick(transaction, rooms, now, slots), until, render)

        return await self._database.write(work) if waiting else []

    async def finish(self, claim: Claim, attempt: Attempt, due_at: datetime | None, now: datetime) -> Outcome | None:
        """Note an attempt and what it leads to: told, tried again at `due_at`, or given up for None.

        None comes back, and nothing is kept of the message, where the claim has run out and another has taken it.
        """
        return await self._finishing.one(Ended(claim, attempt, due_at, now))

    async def _finish(self, ended: Sequence[Ended]) -> list[Outcome | None]:
        async def work(transaction: Transaction) -> dict[tuple[int, datetime], Outcome]:
            return await finished(transaction, sorted(ended, key=lambda one: one.claim.until))

        outcomes = await self._database.write(work)
        return [outcomes.get((one.claim.message.id, one.claim.until)) for one in ended]

    async def after(self, account: int, after: int, most: int, render: Render) -> list[tuple[Message, bytes]]:
        """Up to `most` messages made after message `after`, in the order they were made, with the bytes of their data.

        What was not said before is frozen here, each message by itself: so none waits while it holds up another.
        """
        asked = {"account": account, "after": after, "most": most}
        rows = await self._database.read(_AFTER, **asked)
        drafts = [_draft(row[0], _data(message_of(row), row[WIDTH:], render)) for row in rows if not row[WIDTH]]
        if drafts:
            await asyncio.gather(*(self._freeze(draft) for draft in drafts))
            rows = await self._database.read(_AFTER, **asked)
        said = takewhile(lambda row: row[WIDTH], rows)
        return [(message_of(row), row[WIDTH + 1].encode()) for row in said]

    async def newest(self, account: int) -> int:
        """The id of the account's last message, 0 where there is none."""
        ((identity,),) = await self._database.read(_NEWEST, account=account)
        return int(identity or 0)

    async def _freeze(self, draft: Draft) -> None:
        async def work(transaction: Transaction) -> None:
            if await transaction.fetch(_FREEZE, id=draft["message"]):
                await transaction.each(SAY, [draft])

        await self._database.write(work)

    async def release(self, claims: Sequence[Claim], now: datetime) -> None:
        """Make claimed messages due again, so that nobody waits for the claims to run out."""
        rows = [(claim.message.id, to_ms(claim.until)) for claim in claims]
        await self._database.write(lambda transaction: transaction.fetch(_RELEASE, claims=rows, now=to_ms(now)))

    async def purge(self, before: datetime, most: int) -> int:
        """Delete up to `most` finished messages made before then, with their attempts; how many."""
        gone = await self._database.write(
            lambda transaction: transaction.fetch(_PURGE, before=to_ms(before), most=most)
        )
        return len(gone)


async def _open(transaction: Transaction, rows: Sequence[Row], until: datetime, render: Render) -> list[Claim]:
    """Claim what has a receiver, with the bytes of its data, which are kept from the first time on; cancel the rest."""
    claims, drafts, dead = list[Claim](), list[Draft](), list[int]()
    for row in rows:
        message, (said, frozen, url, *_) = message_of(row), row[WIDTH:]
        if said and frozen is None:  # a stream put it into words as we looked: the next look will see them
            continue
        if not _has_receiver(message, row[WIDTH:]):
            dead.append(message.id)
            continue
        data = _data(message, row[WIDTH:], render)
        claims.append(Claim(message=message, url=url, data=data, until=until))
        if not said:
            drafts.append(_draft(message.id, data))
    if claims:
        await transaction.fetch(_CLAIM, ids=[claim.message.id for claim in claims], until=to_ms(until))
        await transaction.each(SAY, drafts)
    if dead:
        await transaction.fetch(_CANCEL, ids=dead)
    return claims


def _has_receiver(message: Message, rest: Row) -> bool:
    """Whether the webhook is set, and the tracking is there with something to say.

    What was in words before its first attempt is a replay: it goes out whatever became of its tracking.
    """
    _said, frozen, url, tracking, _tag, track = rest
    is_replay = frozen is not None and not message.attempts
    has_news = tracking is not None and (message.kind is Kind.STOPPED or (frozen or track) is not None)
    return bool(url) and (is_replay or has_news)


def _data(message: Message, rest: Row, render: Render) -> bytes:
    _said, frozen, _url, _tracking, tag, track = rest
    return frozen.encode() if frozen is not None else render(message, tag, (track or "").encode())


def _draft(identity: int, data: bytes) -> Draft:
    return {"message": identity, "body": data.decode()}


def _row(news: News) -> tuple[Any, ...]:
    happened_at = maybe_ms(news.happened_at)
    return news.account, news.tracking, news.number, news.carrier, news.kind, news.manual, happened_at
