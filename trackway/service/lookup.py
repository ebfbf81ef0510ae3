"""Look up what is known of numbers."""

from collections.abc import Sequence

from trackway.domain.errors import NoAnswerYet, NotRegistered
from trackway.domain.listing import Filter, Page
from trackway.domain.registration import Found, Refused, Subject
from trackway.storage.listing import Listing
from trackway.storage.trackings import Trackings


class Lookup:
    """The desk where callers ask what is known."""

    def __init__(self, *, trackings: Trackings, listing: Listing) -> None:
        self._trackings = trackings
        self._listing = listing

    async def page(self, account: int, wanted: Filter, number: int) -> Page:
        """Page `number` of the account's trackings that the filter lets through (T15)."""
        return await self._listing.page(account, wanted, number)

    async def tracks(self, account: int, items: Sequence[Subject | Refused]) -> list[Found | Refused]:
        """The track of each tracking asked for, in the order asked (T17).

        Without a carrier all of a number's trackings answer.
        """
        numbers = list({item.number for item in items if isinstance(item, Subject)})
        known: dict[str, list[tuple[int, Found | None]]] = {}
        for number, carrier, found in await self._trackings.tracks(account, numbers) if numbers else ():
            known.setdefault(number, []).append((carrier, found))
        outcomes: list[Found | Refused] = []
        for item in items:
            outcomes.extend([item] if isinstance(item, Refused) else _answers(item, known.get(item.number, [])))
        return outcomes


def _answers(item: Subject, known: list[tuple[int, Found | None]]) -> list[Found | Refused]:
    asked = [found for carrier, found in known if item.carrier in {0, carrier}]
    if not asked:
        return [Refused(number=item.number, why=NotRegistered(item.number))]
    return [found or Refused(number=item.number, why=NoAnswerYet(item.number)) for found in asked]
