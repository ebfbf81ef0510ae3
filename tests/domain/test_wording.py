"""What posts' words mean."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackway.domain.tracking import Milestone
from trackway.domain.wording import milestone_of

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "hkpost_events.csv"
STATES = {
    "0": {Milestone.INFO_RECEIVED, Milestone.NOT_FOUND},
    "10": {Milestone.IN_TRANSIT},
    "30": {Milestone.AVAILABLE_FOR_PICKUP, Milestone.OUT_FOR_DELIVERY},
    "35": {Milestone.DELIVERY_FAILURE},
    "40": {Milestone.DELIVERED},
    "50": {Milestone.EXCEPTION},
}
WORDINGS = Path(__file__).with_name("wordings.txt")


def _meant() -> Iterator[tuple[str, Milestone]]:
    """Each text of the file with the state above it."""
    state = Milestone.NOT_FOUND
    for line in WORDINGS.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            state = Milestone[line.removeprefix("# ")]
        else:
            yield line, state


@pytest.mark.parametrize(("text", "state"), list(_meant()))
def test_words_are_taken_by_their_meaning(text: str, state: Milestone) -> None:
    assert milestone_of(text) is state
    assert milestone_of(f"  {text.upper()} ") is state


def test_every_published_message_comes_out_right() -> None:
    if not PUBLISHED.exists():
        pytest.skip(f"{PUBLISHED} is not here: 79 published messages were NOT tried")
    tried = 0
    for row in csv.DictReader(PUBLISHED.read_text(encoding="utf-8").splitlines()):
        if row["state"] in STATES:
            for text in filter(None, (row["en"], row["zh_hant"], row["zh_hans"])):
                assert milestone_of(text) in STATES[row["state"]], text
                assert milestone_of(text, row["code"]) in STATES[row["state"]], row
                tried += 1
    assert tried > 150


@pytest.mark.parametrize("text", ["", "Hello", "系统繁忙", "Système occupé", "2024-05-06 10:00", "🙂", "RT215770195HK"])
def test_what_is_not_understood_is_said_to_be_so(text: str) -> None:
    assert milestone_of(text) is None


@pytest.mark.parametrize(
    ("code", "text", "state"),
    [
        ("EMA", "", Milestone.IN_TRANSIT),
        ("emg ", "Arrived.", Milestone.OUT_FOR_DELIVERY),
        ("EDH", "Arrived.", Milestone.AVAILABLE_FOR_PICKUP),
        ("EMI", "final", Milestone.DELIVERED),
        ("EME", "Customs", Milestone.EXCEPTION),
        ("EMH", "", Milestone.DELIVERY_FAILURE),
        ("EMH", "Unclaimed - Item returned to sender", Milestone.EXCEPTION),
        ("EMH", "Addressee requests own pick-up", Milestone.AVAILABLE_FOR_PICKUP),
        ("EMH", "Arrived", Milestone.DELIVERY_FAILURE),
        ("DLV", "Delivered", Milestone.IN_TRANSIT),
        ("XYZ", "Delivered", Milestone.DELIVERED),
    ],
)
def test_a_upu_code_decides(code: str, text: str, state: Milestone) -> None:
    assert milestone_of(text, code) is state


def test_what_may_come_is_not_what_is() -> None:
    waiting = "Ready for collection. Will be returned to sender if not collected by 5 May"
    assert milestone_of(waiting) is Milestone.AVAILABLE_FOR_PICKUP
    assert milestone_of("Expected to be delivered on 3 May") is Milestone.IN_TRANSIT


@given(st.text(max_size=200), st.text(max_size=5))
def test_any_text_is_borne(text: str, code: str) -> None:
    milestone_of(text, code)
