"""Merging what carriers say (F21, T20, T23, T24): properties first, then the cases that hurt rivals."""

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import NOW
from trackway.domain.errors.carriers import CarrierForgot, CarrierLimited, CarrierUnavailable
from trackway.domain.following import timeline
from trackway.domain.tracking import Event, Leg, Milestone, Position, QueryState, Report, Tracking

EMPTY = Tracking(
    id=1,
    account=1,
    number="RT215770195HK",
    carrier=8011,
    registered_at=NOW,
    legs=(Leg(position=Position.FIRST, carrier=8011),),
)
BOTH = replace(EMPTY, final_carrier=11031, legs=(*EMPTY.legs, Leg(position=Position.FINAL, carrier=11031)))
STATES_OF_EVENTS = sorted(set(Milestone) - {Milestone.NOT_FOUND, Milestone.EXPIRED})
POSTED = Event(time="2026-11-01 10:00", text="Posted", place="HONG KONG")
LEFT = Event(time="2026-11-02 10:00", text="Left", place="HONG KONG")
DELIVERED = Event(time="2026-11-09 10:00", text="Delivered", place="LONDON", milestone=Milestone.DELIVERED)
RETURNED = Event(time="2026-11-10 10:00", text="Returned", milestone=Milestone.EXCEPTION)

events = st.builds(
    Event,
    time=st.sampled_from(["2026-11-01 10:00", "2026-11-01 10:01", "2026-11-02 00:00", "2026-11-03 23:59"]),
    text=st.sampled_from(["Posted", "Left  Hong Kong", "Left Hong Kong", "Delivered", "到達派遞局"]),
    place=st.sampled_from(["", "HONG KONG", "LONDON "]),
    milestone=st.sampled_from([Milestone.IN_TRANSIT, Milestone.DELIVERED, Milestone.EXCEPTION]),
    code=st.sampled_from(["", "EMI"]),
    translations=st.sampled_from([{}, {"en": "Posted"}, {"en": "Left"}]),
)
reports = st.lists(events, max_size=8).map(lambda given: Report(number="RT215770195HK", events=tuple(given)))


def told(*given: Event, tracking: Tracking = EMPTY) -> timeline.Change:
    report = Report(number=tracking.number, events=given, language="en")
    return timeline.merge(tracking, Position.FIRST, report, NOW + timedelta(hours=1), 12)


@given(st.lists(reports, max_size=4), reports)
def test_merging_is_idempotent(earlier: list[Report], report: Report) -> None:
    tracking = EMPTY
    for before in earlier:
        tracking = timeline.merge(tracking, Position.FIRST, before, NOW, 1).tracking
    once = timeline.merge(tracking, Position.FIRST, report, NOW, 1)
    again = timeline.merge(once.tracking, Position.FIRST, report, NOW, 1)
    assert again.tracking == once.tracking
    assert not again.news


@given(st.lists(reports, max_size=4).flatmap(lambda given: st.tuples(st.just(given), st.permutations(given))), reports)
def test_the_order_of_earlier_reports_does_not_matter(
    earlier: tuple[list[Report], list[Report]], report: Report
) -> None:
    finals = []
    for order in earlier:
        tracking = EMPTY
        for before in order:
            tracking = timeline.merge(tracking, Position.FIRST, before, NOW, 1).tracking
        tracking = replace(tracking, milestone=Milestone.NOT_FOUND)
        finals.append(sorted(_facts(timeline.merge(tracking, Position.FIRST, report, NOW, 1).tracking)))
    assert finals[0] == finals[1]


@given(reports, st.randoms())
def test_no_event_is_lost_or_doubled(report: Report, random: Random) -> None:
    said = list(report.events) * 2
    random.shuffle(said)
    kept = _facts(told(*said).tracking)
    assert len(kept) == len(set(kept))
    for event in report.events:
        text, place = " ".join(event.text.split()), event.place.strip()
        assert any(fact[0] == event.time and fact[1] == text and (not place or fact[2] == place) for fact in kept)


@given(reports, st.randoms())
def test_an_answer_in_another_order_and_with_repeats_is_no_news_and_moves_nothing(
    report: Report, random: Random
) -> None:
    first = told(*report.events)
    shuffled = [*report.events, *(event for event in report.events if random.random() < 0.5)]
    random.shuffle(shuffled)
    again = told(*shuffled, tracking=first.tracking)
    assert not again.news
    assert again.tracking == first.tracking


@given(reports, st.lists(events.map(lambda event: replace(event, time="2026-10-30 10:00")), max_size=3), st.randoms())
def test_late_old_scans_move_neither_the_state_nor_the_hash(report: Report, old: list[Event], random: Random) -> None:
    """But for an old delivery, which is one all the same (T23)."""
    late = [replace(event, milestone=Milestone.IN_TRANSIT) for event in old]
    first = told(*report.events, POSTED)
    said = [*report.events, POSTED, *late]
    random.shuffle(said)
    second = told(*said, tracking=first.tracking)
    assert second.news == bool(late)
    assert second.tracking.milestone is first.tracking.milestone
    assert timeline.fingerprint(second.tracking) == timeline.fingerprint(first.tracking)


@given(st.lists(st.sampled_from(STATES_OF_EVENTS), min_size=1, max_size=6), st.data())
def test_a_history_told_in_pieces_has_the_state_that_it_has_told_at_once(
    milestones: list[Milestone], data: st.DataObject
) -> None:
    """However late a scan becomes known, and whatever was known before it."""
    history = [
        Event(time=f"2026-11-{day + 1:02} 10:00", text=milestone, milestone=milestone)
        for day, milestone in enumerate(milestones)
    ]
    tracking, known = EMPTY, list[Event]()
    for event in data.draw(st.permutations(history)):
        known.append(event)
        if data.draw(st.booleans()) or len(known) == len(history):
            tracking = told(*known, tracking=tracking).tracking
    assert tracking.milestone is told(*history).tracking.milestone


@given(st.lists(st.tuples(st.sampled_from([Position.FIRST, Position.FINAL]), reports), max_size=5))
def test_what_is_no_news_changes_nothing_that_a_follower_sees(answers: list[tuple[Position, Report]]) -> None:
    tracking = BOTH
    for position, report in answers:
        before, change = tracking, timeline.merge(tracking, position, report, NOW, 1)
        tracking = change.tracking
        if not change.news:
            assert _seen(tracking) == _seen(before)
        moved = _seen(tracking)[:1] != _seen(before)[:1]
        assert (timeline.fingerprint(tracking) != timeline.fingerprint(before)) == moved


def _seen(tracking: Tracking) -> list[tuple[str, ...]]:
    return [(event.time, event.text, event.place, event.detail) for event in tracking.events()]


def _facts(tracking: Tracking) -> list[tuple[str, str, str]]:
    return [(event.time, event.text, event.place) for event in tracking.events()]


def test_the_first_answer_is_news_and_the_same_again_is_not() -> None:
    first = told(POSTED)
    assert first.news
    assert first.tracking.milestone is Milestone.IN_TRANSIT
    assert first.tracking.progressed_at == first.tracking.tracked_at
    assert not told(POSTED, tracking=first.tracking).news


def test_a_carrier_that_does_not_know_the_number_says_nothing_new() -> None:
    report = Report(number=EMPTY.number, found=False)
    change = timeline.merge(EMPTY, Position.FIRST, report, NOW, 1)
    assert not change.news
    assert change.tracking.milestone is Milestone.NOT_FOUND
    assert change.tracking.legs[0].state is QueryState.NOT_FOUND
    known = told(POSTED).tracking
    kept = timeline.merge(known, Position.FIRST, report, NOW, 1)
    assert kept.tracking.legs[0].events == (POSTED,)
    assert not kept.news


def test_what_was_too_long_in_transit_stays_so_where_its_carrier_forgot_it() -> None:
    """T23, T38: nothing happened, so the state tells nothing new."""
    expired = replace(told(POSTED).tracking, milestone=Milestone.EXPIRED)
    forgot = timeline.merge(expired, Position.FIRST, Report(number=EMPTY.number, found=False), NOW, 1)
    assert forgot.tracking.milestone is Milestone.EXPIRED
    assert told(POSTED, LEFT, tracking=forgot.tracking).tracking.milestone is Milestone.IN_TRANSIT


def test_an_order_or_blanks_alone_are_no_change() -> None:
    twin = replace(LEFT, text="Sorted", time=POSTED.time)
    first = told(POSTED, twin)
    again = told(twin, replace(POSTED, text=" Posted "), tracking=first.tracking)
    assert not again.news
    assert timeline.fingerprint(again.tracking) == timeline.fingerprint(first.tracking)


def test_two_different_events_of_one_minute_both_stay_and_keep_the_carriers_order() -> None:
    twin = replace(POSTED, text="Accepted")
    assert told(POSTED, twin).tracking.events() == [POSTED, twin]


def test_a_carrier_that_shuffles_a_minute_while_it_fills_in_another_text_moves_nothing() -> None:
    twin = replace(POSTED, text="Accepted")
    first = told(POSTED, twin).tracking
    translated = replace(twin, translations={"zh-Hant": "已收寄"})
    second = told(translated, POSTED, tracking=first)
    assert not second.news
    assert second.tracking.events() == [POSTED, translated]
    third = told(translated, POSTED, replace(LEFT, time="2026-10-31 10:00"), tracking=first)
    assert third.news
    assert timeline.fingerprint(third.tracking) == timeline.fingerprint(first)


def test_of_two_scans_that_look_the_same_the_one_that_says_more_stays() -> None:
    again = replace(DELIVERED, milestone=Milestone.IN_TRANSIT)
    for said in ((DELIVERED, again), (again, DELIVERED)):
        assert told(*said).tracking.events() == [DELIVERED]


def test_an_event_that_is_filled_in_later_stands_once_and_is_news() -> None:
    bare = replace(POSTED, place="")
    first = told(bare)
    second = told(POSTED, tracking=first.tracking)
    assert second.news
    assert second.tracking.events() == [POSTED]
    assert told(bare, POSTED).tracking.events() == [POSTED]


def test_a_withdrawn_event_goes_and_that_is_news() -> None:
    change = told(POSTED, tracking=told(POSTED, LEFT).tracking)
    assert change.news
    assert change.tracking.events() == [POSTED]


def test_a_late_old_scan_is_put_in_its_place_and_moves_nothing_back() -> None:
    first = told(DELIVERED)
    second = told(DELIVERED, POSTED, LEFT, tracking=first.tracking)
    assert second.news
    assert [event.text for event in second.tracking.events()] == ["Delivered", "Left", "Posted"]
    assert second.tracking.milestone is Milestone.DELIVERED
    assert timeline.fingerprint(second.tracking) == timeline.fingerprint(first.tracking)


def test_delivered_is_left_only_for_a_return() -> None:
    delivered = told(POSTED, DELIVERED).tracking
    after = replace(DELIVERED, time="2026-11-09 11:00", text="Sorted", milestone=Milestone.IN_TRANSIT)
    assert told(POSTED, DELIVERED, after, tracking=delivered).tracking.milestone is Milestone.DELIVERED
    assert told(POSTED, tracking=delivered).tracking.milestone is Milestone.DELIVERED
    assert told(POSTED, DELIVERED, RETURNED, tracking=delivered).tracking.milestone is Milestone.EXCEPTION


def test_what_was_known_once_is_never_unknown_again() -> None:
    known = told(POSTED).tracking
    announced = replace(POSTED, text="Shipment data received", milestone=Milestone.INFO_RECEIVED)
    assert told(announced, tracking=known).tracking.milestone is Milestone.IN_TRANSIT


def test_the_hash_changes_with_the_newest_event_alone() -> None:
    first = told(POSTED).tracking
    assert timeline.fingerprint(EMPTY) == 0
    assert timeline.fingerprint(told(POSTED, LEFT).tracking) != timeline.fingerprint(first)
    assert -(1 << 31) <= timeline.fingerprint(first) < 1 << 31


def test_a_fault_keeps_the_last_answer() -> None:
    known = told(POSTED).tracking
    for why, state in (
        (CarrierUnavailable("down"), QueryState.UNAVAILABLE),
        (CarrierLimited("busy"), QueryState.LIMITED),
        (CarrierForgot("too old"), QueryState.NOT_FOUND),
    ):
        after = timeline.fault(known, Position.FIRST, why, NOW + timedelta(days=1))
        assert after.events() == [POSTED]
        assert after.legs[0].state is state
        assert after.milestone is known.milestone


def test_control_characters_never_get_in() -> None:
    assert told(replace(POSTED, text="Pos\0ted\x1b[31m")).tracking.events()[0].text == "Posted[31m"
