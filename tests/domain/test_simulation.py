"""Simulated parcels: the same number tells the same at the same age."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW
from trackway.domain.recognising.recognition import recognise
from trackway.domain.simulation import ABROAD, FAULTS, PACES, Face, Parcel, Story, parcel_of
from trackway.domain.tracking import Milestone
from trackway.domain.wording import milestone_of
from trackway.storage.given.catalogue_carriers import load_carriers

CATALOGUE = load_carriers()
ENDS = {
    Story.RETURNED: Milestone.EXCEPTION,
    Story.LOST: Milestone.EXCEPTION,
}


def parcel(number: str) -> Parcel:
    found = parcel_of(number)
    assert found is not None
    return found


def texts(number: str, steps: int) -> list[str]:
    one = parcel(number)
    return [event.text for event in one.events(NOW, NOW + timedelta(seconds=steps * PACES[one.pace]))]


@pytest.mark.parametrize("story", Story)
def test_every_story_ends_and_its_number_is_recognised(story: Story) -> None:
    for pace in range(10):
        one = parcel(f"SIM{story}{pace}42")
        events = one.events(NOW, NOW + timedelta(days=20))
        newest = max(events, key=lambda event: event.time)
        assert newest.milestone is ENDS.get(story, Milestone.DELIVERED)
        (candidate,) = recognise(one.number.lower(), CATALOGUE)
        assert (candidate.carrier.key, candidate.certain) == (900_000, True)


@pytest.mark.parametrize("story", Story)
@pytest.mark.parametrize("face", Face)
def test_every_face_tells_every_story(face: Face, story: Story) -> None:
    one, plain = parcel(f"SIM{face}{story}142"), parcel(f"SIM{story}142")
    (candidate,) = recognise(one.number, CATALOGUE)
    assert (candidate.carrier.key, candidate.certain) == (face.carrier, True)
    assert candidate.carrier.postal == (face is Face.POST)
    for age in range(20):
        now = NOW + timedelta(seconds=age)
        told = one.events(NOW, now) + (one.events(NOW, now, ABROAD) if face is Face.POST else ())
        assert {(event.time, event.milestone) for event in told} == {
            (event.time, event.milestone) for event in plain.events(NOW, now)
        }


def test_a_post_tells_its_own_part_and_a_courier_has_words_of_its_own() -> None:
    post, end = parcel("SIMPOSTNORMAL142"), NOW + timedelta(seconds=20)
    assert {event.place for event in post.events(NOW, end)} == {"HONG KONG"}
    assert "HONG KONG" not in {event.place for event in post.events(NOW, end, ABROAD)}
    assert [post.destination_known(steps) for steps in (1, 2)] == [False, True]
    assert post.moved_by(ABROAD)
    assert not parcel("SIMNORMAL142").moved_by(ABROAD)
    for event in parcel("SIMCOURIERFAILED142").events(NOW, end):
        assert milestone_of(event.text) in {event.milestone, None}
    assert set(texts("SIMCOURIERFAILED142", 20)).isdisjoint(texts("SIMFAILED142", 20))


@given(
    st.sampled_from(Story), st.integers(0, 9), st.integers(0, 10**20 - 1), st.integers(-5, 10**7), st.integers(0, 10**6)
)
def test_a_parcel_is_the_same_at_the_same_age(story: Story, pace: int, serial: int, age: int, later: int) -> None:
    number = f"SIM{story}{pace}{serial}"
    once, again = parcel(number), parcel(number)
    start, now = NOW, NOW + timedelta(seconds=age)
    assert once.events(start, now) == again.events(start, now)
    assert once.steps(start, now) <= once.steps(start, now + timedelta(seconds=later))
    assert (once.faulty(once.steps(start, now)) and story not in FAULTS) is False
    if age < 0:
        assert once.events(start, now) == ()


def test_what_is_odd_in_each_odd_story() -> None:
    assert "Left for destination" not in texts("SIMLATE11", 4)
    assert "Left for destination" in texts("SIMLATE11", 5)
    assert len(texts("SIMREPEATED11", 6)) == 2 * len(texts("SIMNORMAL11", 6))
    assert sorted(texts("SIMREORDERED11", 6)) == sorted(texts("SIMNORMAL11", 6)) != texts("SIMREORDERED11", 6)
    assert texts("SIMREUSED11", 8)[0] == "Delivered"
    assert texts("SIMREUSED11", 9) == ["Shipment information received"]
    rich = parcel("SIMENRICHED11")
    poor, richer = (rich.events(NOW, NOW + timedelta(seconds=steps))[0] for steps in (6, 7))
    assert (poor.time, poor.text, poor.detail) == (richer.time, richer.text, "")
    assert richer.detail == "Signed by: A. Sample"
    assert [parcel("SIMOUTAGE11").faulty(steps) for steps in (0, 1, 3, 4)] == [False, True, True, False]


@pytest.mark.parametrize("number", ["SIM", "SIMMOON1001", "SIMNORMAL", "SIMNORMAL1", "SIMNORMAL1T20261322090012", "X"])
def test_other_numbers_name_no_parcel(number: str) -> None:
    assert parcel_of(number) is None
