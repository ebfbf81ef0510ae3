"""Look up what is known of numbers."""

from collections.abc import Sequence
from datetime import datetime

from trackway.domain.errors.trackings import NoAnswerYet, NotRegistered
from trackway.domain.following.listing import Filter, Page
from trackway.domain.following.record import meant
from trackway.domain.following.registration import Found, Refused, Subject
from trackway.storage.tracking.listing import Listing
from trackway.storage.tracking.trackings import Trackings


class Lookup:
    """The desk where callers ask what is known."""

    def __init__(self, *, trackings: Trackings, listing: Listing) -> None:
        self._trackings = trackings
        self._listing = listing

    async def page(self, account: int, wanted: Filter, number: int, now: datetime) -> Page:
        """Page `number` of the account's trackings that the filter lets through (T15)."""
        return await self._listing.page(account, wanted, number, now)

    async def tracks(self, account: int, items: Sequence[Subject | Refused]) -> list[Found | Refused]:
        """The track of each tracking asked for, in the order asked (T17).

        Without a carrier all of a number's trackings answer.
        """
        subjects = [item for item in items if isinstance(item, Subject)]
        pairs = {(item.number, item.carrier) for item in subjects if item.carrier}
        told = await self._trackings.told(account, pairs) if pairs else {}
        named: list[Found | Refused] = [one for item in subjects if (one := told.get((item.number, item.carrier)))]
        if len(named) == len(items):
            return named
        others = {item.number for item in subjects if (item.number, item.carrier) not in told}
        known = await self._trackings.tracks(account, list(others)) if others else {}
        outcomes: list[Found | Refused] = []
        for item in items:
            if isinstance(item, Refused):
                outcomes.append(item)
            elif one := told.get((item.number, item.carrier)):
                outcomes.append(one)
            else:
                outcomes += _answers(item, known.get(item.number, ()))
        return outcomes


def _answers(item: Subject, known: Sequence[Found]) -> Sequence[Found | Refused]:
    asked = meant(known, item.carrier)
    if not asked:
        return [Refused(number=item.number, why=NotRegistered(item.number))]
    return [one if one.track else Refused(number=item.number, why=NoAnswerYet(item.number)) for one in asked]
