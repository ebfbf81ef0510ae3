"""Messages to accounts: put by whoever has news, claimed for webhooks in due order, read by streams in that of ids."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from msgspec import Struct

from trackway.domain.counting.statistic import Count, Statistic, delay_bucket
from trackway.domain.webhook import Attempt, Kind, Message, News, Outcome
from trackway.storage.database import Database, Row, Transaction, maybe_ms, to_ms
from trackway.storage.statement import Statement
from trackway.storage.telling.messages import MESSAGE, WIDTH, message_of
from trackway.storage.together import Together
from trackway.storage.tracking.statistics import Statistics

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
_SUPERSEDE = Statement(
    "UPDATE message SET outcome = 'superseded', due_at = NULL, claimed = false "
    "WHERE tracking_id @any(trackings bigint) AND kind = 'TRACKING_UPDATED' AND due_at IS NOT NULL "
    "AND NOT (claimed AND due_at > :now) AND EXISTS (SELECT 1 FROM message AS newer "
    "WHERE newer.tracking_id = message.tracking_id AND newer.id > message.id AND newer.kind = 'TRACKING_UPDATED' "
    "AND NOT newer.manual) RETURNING id"
)
# One look into the index for each account: a backlog of millions costs no more than one message.
_WAITING = (
    "SELECT id FROM (SELECT id, (SELECT {most}(due_at) FROM message WHERE account_id = account.id AND due_at <= :now) "
    "AS due_at FROM account) AS waiting WHERE due_at IS NOT NULL AND NOT id @any(full bigint) "
    "ORDER BY due_at {way} LIMIT :slots"
)
_CLAIM = (
    "WITH picked AS MATERIALIZED (SELECT id FROM message AS old WHERE account_id = :account AND due_at <= :now "
    "AND NOT EXISTS (SELECT 1 FROM message AS other WHERE other.tracking_id = old.tracking_id "
    "AND other.id <> old.id AND other.due_at IS NOT NULL "
    "AND CASE WHEN other.due_at > :now THEN other.claimed ELSE other.id < old.id END) "
    "ORDER BY due_at {way}, id {way} LIMIT :room @skip_locked) "
    "UPDATE message SET due_at = :until, claimed = true FROM picked WHERE message.id = picked.id RETURNING message.id"
)
_OLDEST_FIRST, _NEWEST_FIRST = (
    tuple(Statement(text.format(most=most, way=way)) for text in (_WAITING, _CLAIM))
    for most, way in (("MIN", "ASC"), ("MAX", "DESC"))
)
_WHOLE = (
    f"SELECT {MESSAGE}, message.body, webhook_url, tracking.id, tracking.tag, track.body "
    "FROM message JOIN account ON account.id = message.account_id "
    "LEFT JOIN tracking ON tracking.id = message.tracking_id AND tracking.account_id = message.account_id "
    "AND tracking.number = message.number LEFT JOIN track ON track.tracking_id = tracking.id "
)
_LOAD = Statement(_WHOLE + "WHERE message.id @any(ids bigint) ORDER BY message.id")
# A message of which nothing can be said any more, its tracking being deleted, is passed over.
_AFTER = Statement(
    _WHOLE + "WHERE message.account_id = :account AND message.id > :after AND (message.body IS NOT NULL "
    "OR tracking.id IS NOT NULL AND (kind = 'TRACKING_STOPPED' OR track.body IS NOT NULL)) "
    "ORDER BY message.id LIMIT :most"
)
_NEWEST = Statement("SELECT MAX(id) FROM message WHERE account_id = :account")
_FREEZE = Statement(
    "UPDATE message SET body = given.body FROM @rows(drafts: id bigint, body text) AS given "
    "WHERE message.id = given.id AND message.body IS NULL"
)
_CANCEL = Statement(
    "UPDATE message SET outcome = 'cancelled', due_at = NULL, claimed = false WHERE id @any(ids bigint)"
)
# A tracking before its messages, in the order of ids, as everyone takes them: so no two wait for each other.
_HOLD = Statement("SELECT id FROM tracking WHERE id @any(ids bigint) ORDER BY id @locked")
_FINISH = Statement(
    "UPDATE message SET outcome = given.outcome, due_at = given.due_at, claimed = false, attempts = attempts + 1, "
    "first_failed_at = COALESCE(first_failed_at, given.failed_at) "
    "FROM @rows(rows: id bigint, until bigint, outcome text, due_at bigint, failed_at bigint) AS given "
    "WHERE message.id = given.id AND claimed AND message.due_at = given.until RETURNING message.id, "
    "EXISTS (SELECT 1 FROM attempt WHERE message_id = message.id AND status = 200)"
)
_NOTE = Statement(
    "INSERT INTO attempt (account_id, message_id, at, url, status, fault, took_ms, answer) "
    "SELECT account, message, at, url, status, fault, took_ms, answer FROM @rows(rows: account bigint, "
    "message bigint, at bigint, url text, status integer, fault text, took_ms integer, answer text) AS given WHERE true"
)
_TOLD = Statement(
    "UPDATE tracking SET pushed_at = given.at, push_status = given.status "
    "FROM @rows(rows: id bigint, account bigint, number text, at bigint, status integer) AS given "
    "WHERE tracking.id = given.id AND account_id = given.account AND tracking.number = given.number "
    "AND COALESCE(pushed_at, 0) <= given.at"
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


class Claim(Struct, frozen=True, kw_only=True):
    """A message that is ours to deliver until then: where to, and the bytes of its data, the same at every attempt."""

    message: Message
    url: str
    data: bytes
    until: datetime


class _Ended(Struct, frozen=True):
    claim: Claim
    attempt: Attempt
    due_at: datetime | None
    now: datetime

    @property
    def outcome(self) -> Outcome:
        if self.attempt.delivered:
            return Outcome.DELIVERED
        return Outcome.GIVEN_UP if self.due_at is None else Outcome.WAITING


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
            await transaction.fetch(_SUPERSEDE, trackings=updated, now=to_ms(now))

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
        find, pick = _NEWEST_FIRST if newest_first else _OLDEST_FIRST
        waiting = await self._database.read(find, now=to_ms(now), full=full, slots=slots)

        async def work(transaction: Transaction) -> list[Claim]:
            ids: list[int] = []
            for (account,) in waiting:
                room = min(cap - held.get(account, 0), slots - len(ids))
                if room == 0:
                    break
                rows = await transaction.fetch(pick, account=account, now=to_ms(now), until=to_ms(until), room=room)
                ids += [identity for (identity,) in rows]
            return await _open(transaction, ids, until, render)

        return await self._database.write(work) if waiting else []

    async def finish(self, claim: Claim, attempt: Attempt, due_at: datetime | None, now: datetime) -> Outcome | None:
        """Note an attempt and what it leads to: told, tried again at `due_at`, or given up for None.

        None comes back, and nothing is kept of the message, where the claim has run out and another has taken it.
        """
        return await self._finishing.one(_Ended(claim, attempt, due_at, now))

    async def _finish(self, ended: Sequence[_Ended]) -> list[Outcome | None]:
        async def work(transaction: Transaction) -> dict[tuple[int, datetime], Outcome]:
            return await _finished(transaction, sorted(ended, key=lambda one: one.claim.until))

        outcomes = await self._database.write(work)
        return [outcomes.get((one.claim.message.id, one.claim.until)) for one in ended]

    async def after(self, account: int, after: int, most: int, render: Render) -> list[tuple[Message, bytes]]:
        """Up to `most` messages made after message `after`, in the order they were made, with the bytes of their data.

        What was not said before is frozen here, each message by itself: so none waits while it holds up another.
        """
        asked = {"account": account, "after": after, "most": most}
        rows = await self._database.read(_AFTER, **asked)
        drafts = [(row[0], _data(message_of(row), row[WIDTH:], render).decode()) for row in rows if row[WIDTH] is None]
        if drafts:
            await asyncio.gather(*(self._freeze(draft) for draft in drafts))
            rows = await self._database.read(_AFTER, **asked)
        said = takewhile(lambda row: row[WIDTH] is not None, rows)
        return [(message_of(row), row[WIDTH].encode()) for row in said]

    async def newest(self, account: int) -> int:
        """The id of the account's last message, 0 where there is none."""
        ((identity,),) = await self._database.read(_NEWEST, account=account)
        return int(identity or 0)

    async def _freeze(self, draft: tuple[int, str]) -> None:
        await self._database.write(lambda transaction: transaction.fetch(_FREEZE, drafts=[draft]))

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


async def _open(transaction: Transaction, ids: list[int], until: datetime, render: Render) -> list[Claim]:
    """What the claimed messages say and where they go; freeze what is new, cancel what has no receiver."""
    loaded = [(message_of(row), row[WIDTH:]) for row in await transaction.fetch(_LOAD, ids=ids)]
    claims = [_claim(message, rest, until, render) for message, rest in loaded if _has_receiver(message, rest)]
    dead = [message.id for message, rest in loaded if not _has_receiver(message, rest)]
    if dead:
        await transaction.fetch(_CANCEL, ids=dead)
    drafts = [(claim.message.id, claim.data.decode()) for claim in claims if not claim.message.attempts]
    if drafts:
        await transaction.fetch(_FREEZE, drafts=drafts)
    return claims


def _has_receiver(message: Message, rest: Row) -> bool:
    """Whether the webhook is set, the tracking is there, and there is something to say."""
    frozen, url, tracking, _tag, track = rest
    return bool(url) and tracking is not None and (message.kind is Kind.STOPPED or (frozen or track) is not None)


def _claim(message: Message, rest: Row, until: datetime, render: Render) -> Claim:
    return Claim(message=message, url=rest[1], data=_data(message, rest, render), until=until)


def _data(message: Message, rest: Row, render: Render) -> bytes:
    frozen, _url, _tracking, tag, track = rest
    return frozen.encode() if frozen is not None else render(message, tag, (track or "").encode())


def _row(news: News) -> tuple[Any, ...]:
    happened_at = maybe_ms(news.happened_at)
    return news.account, news.tracking, news.number, news.carrier, news.kind, news.manual, happened_at


async def _finished(transaction: Transaction, ended: Sequence[_Ended]) -> dict[tuple[int, datetime], Outcome]:
    """The outcomes by message and claim, but for claims that ran out; of one message the last claim is the one."""
    mine = {one.claim.message.id: one for one in ended}
    trackings = {one.claim.message.tracking: one for one in ended}
    await transaction.fetch(_HOLD, ids=sorted(trackings))
    await transaction.fetch(_TOLD, rows=[_told_row(one) for one in trackings.values()])
    done = await transaction.fetch(_FINISH, rows=[_finish_row(one) for one in mine.values()])
    kept = [mine[identity] for identity, _ in done]
    counts = [count for identity, repeated in done if not repeated for count in _delays(mine[identity])]
    await Statistics.add(transaction, counts, max(one.now for one in ended))
    await transaction.fetch(_NOTE, rows=[_note_row(one) for one in kept])
    outcomes = {(one.claim.message.id, one.claim.until): one.outcome for one in kept}
    again = {one.claim.message.tracking: one for one in kept if one.outcome is Outcome.WAITING}
    if again:
        now = max(one.now for one in again.values())
        gone = {identity for (identity,) in await transaction.fetch(_SUPERSEDE, trackings=[*again], now=to_ms(now))}
        outcomes |= {known: Outcome.SUPERSEDED for known in outcomes if known[0] in gone}
    return outcomes


def _delays(ended: _Ended) -> Iterator[Count]:
    """How long the receiver's first 200 took, from when we heard of the event and from when it happened."""
    message, attempt = ended.claim.message, ended.attempt
    if not attempt.delivered:
        return
    told_at = attempt.at + timedelta(milliseconds=attempt.took_ms)
    for kind, since in ((Statistic.TOLD, message.created_at), (Statistic.PUSHED, message.happened_at)):
        if since is not None:
            delay = delay_bucket((told_at - since).total_seconds())
            yield Count(account=message.account, carrier=message.carrier, kind=kind, bucket=delay)


def _finish_row(ended: _Ended) -> tuple[Any, ...]:
    again = maybe_ms(ended.due_at) if ended.outcome is Outcome.WAITING else None
    failed_at = None if ended.attempt.delivered else to_ms(ended.now)
    return ended.claim.message.id, to_ms(ended.claim.until), ended.outcome, again, failed_at


def _told_row(ended: _Ended) -> tuple[Any, ...]:
    message, attempt = ended.claim.message, ended.attempt
    return message.tracking, message.account, message.number, to_ms(attempt.at), attempt.status


def _note_row(ended: _Ended) -> tuple[Any, ...]:
    message, attempt = ended.claim.message, ended.attempt
    told = (attempt.url, attempt.status, attempt.fault, attempt.took_ms, attempt.answer)
    return message.account, message.id, to_ms(attempt.at), *told
