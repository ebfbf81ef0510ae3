"""Change what is registered: stop, follow again, delete, tag, push. Each item sees what those before it did."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from trackway.domain.carrier import Catalogue
from trackway.domain.errors import Refusal
from trackway.domain.errors.trackings import (
    NoAnswerYet,
    NotFollowed,
    NothingToChange,
    NotRegistered,
    NotStopped,
    RetrackedBefore,
)
from trackway.domain.errors.webhooks import WebhookAddressMissing
from trackway.domain.following.lifecycle import Lifetimes
from trackway.domain.following.record import Plan, Record, meant
from trackway.domain.following.registration import Accepted, NoteChange, Refused, Subject
from trackway.domain.tracking import StopReason
from trackway.storage.tracking.records import Records

Outcome = Accepted | Refused
Item = Subject | NoteChange


class Alteration:
    """The desk where what is registered is changed. Without a carrier all of a number's trackings are meant."""

    def __init__(self, *, records: Records, catalogue: Catalogue, lifetimes: Lifetimes) -> None:
        self._records = records
        self._catalogue = catalogue
        self._lifetimes = lifetimes

    async def stop(
        self,
        account: int,
        items: Sequence[Subject | Refused],
        now: datetime,
        reason: StopReason = StopReason.REQUESTED,
    ) -> Sequence[Outcome]:
        """Stop following; each stop is told to the webhook once (T32)."""

        def rules(records: Sequence[Record]) -> Plan[Outcome]:
            outcomes, stopped = _each(items, records, _stopped(now))
            return Plan(outcomes=outcomes, stopped=stopped)

        return await self._change(account, items, rules, now, reason)

    async def retrack(self, account: int, items: Sequence[Subject | Refused], now: datetime) -> Sequence[Outcome]:
        """Follow stopped trackings again, once in their life (T31)."""

        def rules(records: Sequence[Record]) -> Plan[Outcome]:
            outcomes, restarted = _each(items, records, _restarted)
            return Plan(outcomes=outcomes, restarted=restarted)

        return await self._change(account, items, rules, now)

    async def delete(self, account: int, items: Sequence[Subject | Refused], now: datetime) -> Sequence[Outcome]:
        """Forget trackings for good."""

        def rules(records: Sequence[Record]) -> Plan[Outcome]:
            outcomes, deleted = _each(items, records, lambda _item, _record: None)
            return Plan(outcomes=outcomes, deleted=deleted)

        return await self._change(account, items, rules, now)

    async def note(self, account: int, items: Sequence[NoteChange | Refused], now: datetime) -> Sequence[Outcome]:
        """Change tags, and extra parameters where the carrier can do with the new one (T36)."""

        def rules(records: Sequence[Record]) -> Plan[Outcome]:
            outcomes, noted = _each(items, records, self._noted)
            return Plan(outcomes=outcomes, noted=noted)

        return await self._change(account, items, rules, now)

    async def push(
        self, account: int, items: Sequence[Subject | Refused], webhook_url: str, now: datetime
    ) -> Sequence[Outcome]:
        """Tell the webhook again what is known now; a second call is a second push (T33)."""

        def pushed(item: Item, record: Record) -> Record:  # noqa: ARG001  # of the shape of all rules
            if not webhook_url:
                raise WebhookAddressMissing
            if not record.answered:
                raise NoAnswerYet(record.number)
            return record

        def rules(records: Sequence[Record]) -> Plan[Outcome]:
            outcomes, told = _each(items, records, pushed)
            return Plan(outcomes=outcomes, pushed=told)

        return await self._change(account, items, rules, now)

    def _noted(self, item: Item, record: Record) -> Record:
        assert isinstance(item, NoteChange)  # noqa: S101  # `note` hands over nothing else
        if item.tag is None and item.param is None:
            raise NothingToChange
        if item.param is not None and record.carrier in self._catalogue:
            self._catalogue.by_key(record.carrier).check(item.param)
        return replace(
            record,
            tag=record.tag if item.tag is None else item.tag,
            param=record.param if item.param is None else item.param,
        )

    async def _change(
        self,
        account: int,
        items: Iterable[Item | Refused],
        rules: Callable[[Sequence[Record]], Plan[Outcome]],
        now: datetime,
        reason: StopReason = StopReason.REQUESTED,
    ) -> Sequence[Outcome]:
        numbers = sorted({item.number for item in items if not isinstance(item, Refused)})
        return await self._records.change(
            account,
            numbers,
            rules,
            now=now,
            idle=self._lifetimes.idle,
            kept_for=self._lifetimes.stopped,
            reason=reason,
        )


def _each(
    items: Sequence[Item | Refused],
    records: Sequence[Record],
    rule: Callable[[Item, Record], Record | None],
) -> tuple[list[Outcome], list[Record]]:
    """Each item's outcomes in the order asked, and the records that changed, as they are at the end.

    `rule` gives the record as it is afterwards, None for one that is gone, or raises what it refuses.
    """
    known = {record.id: record for record in records}
    changed: dict[int, Record] = {}
    outcomes: list[Outcome] = []
    for item in items:
        if isinstance(item, Refused):
            outcomes.append(item)
            continue
        asked = meant([one for one in known.values() if one.number == item.number], item.carrier)
        if not asked:
            outcomes.append(Refused(number=item.number, why=NotRegistered(item.number)))
        for record in asked:
            try:
                after = rule(item, record)
            except Refusal as why:
                outcomes.append(Refused(number=item.number, why=why))
                continue
            outcomes.append(Accepted(number=record.number, carrier=record.carrier))
            changed[record.id] = after or record
            if after is None:
                del known[record.id]
            else:
                known[record.id] = after
    return outcomes, list(changed.values())


def _stopped(now: datetime) -> Callable[[Item, Record], Record]:
    def rule(_: Item, record: Record) -> Record:
        if record.stopped_at is not None:
            raise NotFollowed
        return replace(record, stopped_at=now)

    return rule


def _restarted(_: Item, record: Record) -> Record:
    if record.stopped_at is None:
        raise NotStopped
    if record.retracked:
        raise RetrackedBefore
    return replace(record, stopped_at=None, retracked=True)
