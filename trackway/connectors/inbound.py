"""Carriers that send their events in by themselves: asking them is reading what they sent."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from trackway.connectors.base import Answers, Inquiry, Limits
from trackway.domain.asking.pushed import Pushed, report_of

ID = "inbound"
LIMITS = Limits(batch=100, in_flight=4)
Sent = Callable[[int, Sequence[str]], Awaitable[Mapping[str, Sequence[Pushed]]]]


class Inbound:
    """All carriers that have a key to send with. It is set up by making such a key, and has no settings."""

    id = ID
    limits = LIMITS

    def __init__(self, sent: Sent, carriers: frozenset[int]) -> None:
        self._sent = sent
        self.carriers = carriers

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        """All that was sent of each number, as a report."""
        asked: dict[int, list[str]] = {}
        for inquiry in inquiries:
            asked.setdefault(inquiry.carrier, []).append(inquiry.number)
        answers = {}
        for carrier, numbers in asked.items():
            sent = await self._sent(carrier, numbers)
            answers.update({number: report_of(number, sent.get(number, ())) for number in numbers})
        return answers

    async def close(self) -> None:
        """Nothing is open."""
