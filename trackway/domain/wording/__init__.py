"""What a post's words mean: the text of an event, or its UPU code, to a milestone.

Posts spell the same thing in a hundred ways, so words are matched by meaning and in an order that matters.
"""

import re
from functools import lru_cache

from trackway.domain.tracking import Milestone
from trackway.domain.wording.meanings import MEANINGS
from trackway.domain.wording.plain import plain

_RULES = tuple(
    (milestone, re.compile("|".join(line.strip() for line in lines.strip().splitlines())))
    for milestone, lines in MEANINGS
)

# UPU EMSEVT V3 (readings "Milestones"); DLV is a forecast and no scan.
_CODES = {
    **dict.fromkeys(("EMA", "EMB", "EMC", "EMD", "EMF", "EMJ", "EMK", "DLV"), Milestone.IN_TRANSIT),
    **dict.fromkeys(("EXA", "EXC", "EXD", "EDA", "EDB", "EDC", "EDD", "EDE"), Milestone.IN_TRANSIT),
    **dict.fromkeys(("EXB", "EXX", "EME", "EDX", "RTS"), Milestone.EXCEPTION),
    **dict.fromkeys(("EMG", "EDG"), Milestone.OUT_FOR_DELIVERY),
    **dict.fromkeys(("EDF", "EDH"), Milestone.AVAILABLE_FOR_PICKUP),
    "EMH": Milestone.DELIVERY_FAILURE,
    "EMI": Milestone.DELIVERED,
}
_ENOUGH = 1000  # characters: whoever says more is no post, and time grows by the square
_REFINED = frozenset({Milestone.EXCEPTION, Milestone.AVAILABLE_FOR_PICKUP})


def milestone_of(text: str, code: str = "") -> Milestone | None:
    """Where an event leaves its item; None where neither text nor UPU code is understood.

    The code decides, but that of a failed delivery leaves to the text whether the item now goes back or waits.

    >>> milestone_of("Unsuccessful Delivery"), milestone_of("已於 28-May-2014 派遞")
    (<Milestone.DELIVERY_FAILURE: 'DeliveryFailure'>, <Milestone.DELIVERED: 'Delivered'>)
    """
    coded = _CODES.get(code.strip().upper())
    if coded not in {None, Milestone.DELIVERY_FAILURE}:
        return coded
    told = _by_text(plain(text[:_ENOUGH]))
    return coded if coded and told not in _REFINED else told


@lru_cache(maxsize=4096)  # posts say the same few hundred things again and again
def _by_text(text: str) -> Milestone | None:
    return next((milestone for milestone, pattern in _RULES if pattern.search(text)), None)
