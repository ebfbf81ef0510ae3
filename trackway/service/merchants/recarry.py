"""Change the carriers of what is registered (T28, T29)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from trackway.domain.carrier import Carrier, Catalogue
from trackway.domain.errors import Refusal
from trackway.domain.errors import changes as errors
from trackway.domain.errors.items import FinalCarrierNotPostal
from trackway.domain.errors.trackings import NotRegistered
from trackway.domain.following.lifecycle import Lifetimes
from trackway.domain.following.record import Move, Plan, Record, meant
from trackway.domain.following.registration import Accepted, CarrierChange, Refused
from trackway.storage.tracking.records import Records

Outcome = Accepted | Refused
MOST_CHANGES = 5


class Recarry:
    """The desk where a wrong carrier is put right: what it said is forgotten, and the right one is asked at once."""

    def __init__(
        self, *, records: Records, catalogue: Catalogue, lifetimes: Lifetimes, answer_patience: timedelta
    ) -> None:
        self._records = records
        self._catalogue = catalogue
        self._lifetimes = lifetimes
        self._patience = answer_patience

    async def change(self, account: int, items: Sequence[CarrierChange | Refused], now: datetime) -> Sequence[Outcome]:
        """Each item's outcome, with the carrier that the tracking has now."""

        def rules(records: Sequence[Record]) -> Plan[Outcome]:
            return self._plan(items, records, now)

        numbers = sorted({item.number for item in items if isinstance(item, CarrierChange)})
        return await self._records.change(
            account, numbers, rules, now=now, idle=self._lifetimes.idle, kept_for=self._lifetimes.stopped
        )

    def _plan(
        self, items: Sequence[CarrierChange | Refused], records: Sequence[Record], now: datetime
    ) -> Plan[Outcome]:
        known = {record.id: record for record in records}
        moved: dict[int, Move] = {}
        outcomes: list[Outcome] = []
        for item in items:
            if isinstance(item, Refused):
                outcomes.append(item)
                continue
            try:
                after = self._moved(item, [r for r in known.values() if r.number == item.number], now)
            except Refusal as why:
                outcomes.append(Refused(number=item.number, why=why))
                continue
            known[after.id] = after
            moved[after.id] = self._move(after)
            outcomes.append(Accepted(number=after.number, carrier=after.carrier))
        return Plan(outcomes=outcomes, moved=list(moved.values()))

    def _move(self, after: Record) -> Move:
        return Move(
            id=after.id,
            carrier=after.carrier,
            final_carrier=after.final_carrier,
            origin_country=self._catalogue.by_key(after.carrier).origin,
            param=after.param,
        )

    def _moved(self, item: CarrierChange, records: Sequence[Record], now: datetime) -> Record:
        """The record after the change, or the refusal that its first broken rule gives."""
        self._check_request(item)
        record = _meant(item, records)
        carrier = self._catalogue.by_key(item.carrier_new or record.carrier)
        final = item.final_carrier_new or _kept(record, carrier)
        if record.stopped_at is not None:
            raise errors.ChangeOfStopped(item.number)
        if (carrier.key, final) == (record.carrier, record.final_carrier):
            raise errors.SameCarrier(item.number)
        if any(other.carrier == carrier.key and other.id != record.id for other in records):
            raise errors.NewCarrierTaken(item.number, carrier.key)
        if final and not carrier.postal:
            raise FinalCarrierNotPostal
        param = record.param if carrier.suits(record.param) else ""
        carrier.check(param)
        self._check_patience(record, now)
        return replace(
            record,
            carrier=carrier.key,
            final_carrier=final,
            param=param,
            carrier_changes=record.carrier_changes + 1,
            awaiting_since=now,
            answered=False,
            final_found=False,
        )

    def _check_request(self, item: CarrierChange) -> None:
        if not item.carrier_new and not item.final_carrier_new:
            raise errors.NewCarrierNeeded(item.number)
        for new in (item.carrier_new, item.final_carrier_new):
            if new and new not in self._catalogue:
                raise errors.NewCarrierWrong(item.number, new)
        if item.carrier_new and item.carrier_new == item.carrier_old and not item.final_carrier_new:
            raise errors.SameCarrier(item.number)
        if item.final_carrier_new and item.final_carrier_new == item.final_carrier_old and not item.carrier_new:
            raise errors.SameCarrier(item.number)

    def _check_patience(self, record: Record, now: datetime) -> None:
        if record.carrier_changes >= MOST_CHANGES:
            raise errors.TooManyCarrierChanges(record.number)
        if record.awaiting_since is not None and now - record.awaiting_since < self._patience:
            raise errors.AwaitingAnswer(record.number)


def _kept(record: Record, carrier: Carrier) -> int:
    """The final carrier that stays behind that first one: none that another first carrier's answer told."""
    told_by_another = record.final_found and carrier.key != record.carrier
    return record.final_carrier if carrier.postal and not told_by_another else 0


def _meant(item: CarrierChange, records: Sequence[Record]) -> Record:
    """The one record that the request means."""
    if not records and not item.carrier_old:
        raise NotRegistered(item.number)
    asked = meant(records, item.carrier_old)
    if item.final_carrier_old:
        asked = [record for record in asked if record.final_carrier == item.final_carrier_old]
    if not asked:
        raise errors.OldCarrierWrong(item.number, item.carrier_old)
    if len(asked) > 1:
        raise (errors.OldCarrierAmbiguous if item.final_carrier_old else errors.OldCarrierNeeded)(item.number)
    return asked[0]
