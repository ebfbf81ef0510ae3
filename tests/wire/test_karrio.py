"""What an answer of karrio's means, told apart case by case."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.conftest import NOW
from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import CarrierDeniedAccess, CarrierLimited, CarrierUnavailable, CarrierUnreadable
from trackway.domain.tracking import Milestone, Report
from trackway.wire.karrio import Answer, Happening, Item, read_answer

NUMBER = "EW112720413FR"
SCAN = Happening(date="2026-11-20", time="10:00 AM", text="Votre colis est livré", status="delivered")
ITEM = Item(number=NUMBER, happenings=(SCAN,), status="delivered", origin="FR", destination="Brazil")


def read(answer: Answer, codes: dict[str, Milestone] | None = None) -> Report:
    return read_answer(answer, NUMBER, now=NOW, language="fr", codes=codes)


def test_karrios_word_counts_for_the_newest_alone_and_only_where_no_other_is_had() -> None:
    later = replace(SCAN, timestamp="2026-11-21T09:00:00.000Z")
    found = read(Answer(items=(replace(ITEM, happenings=(SCAN, later)),)))
    assert [(event.time, event.milestone) for event in found.events] == [
        ("2026-11-21 09:00:00", Milestone.DELIVERED),
        ("2026-11-20 10:00", Milestone.IN_TRANSIT),
    ]
    assert (found.origin, found.destination, found.language) == ("FR", "", "fr")
    failed = replace(later, text="Unsuccessful delivery")
    assert read(Answer(items=(replace(ITEM, happenings=(failed,)),))).events[0].milestone is Milestone.DELIVERY_FAILURE
    coded = replace(failed, code="AG1")
    codes = {"AG1": Milestone.AVAILABLE_FOR_PICKUP}
    told = read(Answer(items=(replace(ITEM, happenings=(coded,)),)), codes)
    assert told.events[0].milestone is Milestone.AVAILABLE_FOR_PICKUP


@pytest.mark.parametrize(
    ("raw", "time"),
    [
        ("<c>11/20/2026 5:11:26 PM</c>", "2026-11-20 17:11:26"),
        ("<c>11/20/2026 5:11:26 AM</c>", "2026-11-20 05:11:26"),
        ("<c>11/20/2026 5:11:26 AM</c><c>11/20/2026 5:11:26 PM</c>", "2026-11-20 05:11:26"),
        ("<c>2026-11-20T05:11:26</c>", "2026-11-20 05:11:26"),
    ],
)
def test_the_afternoon_is_not_the_morning(raw: str, time: str) -> None:
    item = replace(ITEM, happenings=(replace(SCAN, timestamp="2026-11-20T05:11:26.000Z"),))
    assert read(Answer(items=(item,), raw=raw)).events[0].time == time


def test_midnight_and_noon() -> None:
    item = replace(ITEM, happenings=(replace(SCAN, timestamp="2026-11-20T12:05:00.000Z"),))
    for half, time in (("AM", "2026-11-20 00:05:00"), ("PM", "2026-11-20 12:05:00")):
        assert read(Answer(items=(item,), raw=f"<c>11/20/2026 12:05:00 {half}</c>")).events[0].time == time


def test_an_event_without_a_time_harms_no_other() -> None:
    bad = (Happening(text="?"), Happening(timestamp="2026-02-30T10:00:00"), Happening(date="soon"))
    assert len(read(Answer(items=(replace(ITEM, happenings=(*bad, SCAN)),))).events) == 1


def test_whose_item_it_is() -> None:
    other = replace(ITEM, number="LX123456789US")
    older = replace(ITEM, happenings=(replace(SCAN, date="2025-01-01"),))
    assert read(Answer(items=(older, ITEM, other))).events[0].time == "2026-11-20 10:00"
    assert read(Answer(items=(replace(ITEM, number="112720413"),))).events
    with pytest.raises(CarrierUnreadable):
        read(Answer(items=(other, other)))
    known = read(Answer(items=(replace(ITEM, happenings=()),)))
    assert (known.found, known.events) == (True, ())


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(status=401), CarrierDeniedAccess),
        (Answer(status=400, signing_in=True), CarrierDeniedAccess),
        (Answer(status=503, signing_in=True), CarrierUnavailable),
        (Answer(said=("DELICOM_ERR_AUTHENTICATION check delisId",), status=500), CarrierDeniedAccess),
        (Answer(said=("E1 Rate limit exceeded",)), CarrierLimited),
        (Answer(status=502), CarrierUnavailable),
        (Answer(trouble="no connection: TimeoutError", away=True), CarrierUnavailable),
        (Answer(trouble="karrio: KeyError"), CarrierUnreadable),
        (Answer(), CarrierUnreadable),
        (Answer(items=(replace(ITEM, happenings=()),), status=429), CarrierLimited),
    ],
)
def test_what_is_wrong(answer: Answer, fault: type[CarrierFault]) -> None:
    with pytest.raises(fault) as told:
        read(answer)
    assert str(told.value)


def test_a_limit_waits_as_long_as_the_carrier_says_or_a_minute() -> None:
    for header, seconds in (("90", 90), ("", 60), ("Wed, 21 Oct 2026 07:28:00 GMT", 60)):
        with pytest.raises(CarrierLimited) as limited:
            read(Answer(status=429, retry_after=header))
        assert limited.value.retry_at == NOW + timedelta(seconds=seconds)
