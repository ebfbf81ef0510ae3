"""The contract: our own connectors keep it, and a connector that breaks a promise is told which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from tests.conftest import Clock
from tests.connectors.carrier_server import carrier, sample
from tests.connectors.post_server import SECRET, Post, item, scan, serve
from trackway.connectors.base import Answers, Inquiry, Kind, Kit, Limits, Setting
from trackway.connectors.registry import kind_of
from trackway.connectors.testing import ContractBroken, connected, hold_to_contract, outcome
from trackway.domain.errors.carriers import CarrierUnreadable
from trackway.domain.tracking import Event, Report

KNOWN, UNKNOWN = "RT215770195HK", "EA999580311HK"
EVENT = Event(time="2026-11-20 10:00", text="Posted")
GOOD = Report(number=KNOWN, events=(EVENT,))


async def test_hongkong_posts_connector_keeps_it() -> None:
    async with serve(Post(Clock())) as post:
        post.items = {KNOWN: item(KNOWN, scan("20-11-2026 10:00", "Posted"))}
        post.expiry = lambda: 900
        account = {"url": post.url, "sys_id": "partner", "sys_secret": SECRET}
        closed = {"url": "http://127.0.0.1:9"}
        await hold_to_contract(kind_of("hongkong-post"), account, known=KNOWN, unknown=UNKNOWN, away=closed)


async def test_the_simulated_carrier_keeps_it() -> None:
    await hold_to_contract(kind_of("simulated"), {}, known="SIMNORMAL0001", unknown="SIMNORMAL1T2199010100001")


async def test_a_karrio_connector_keeps_it() -> None:
    body = sample("laposte.TrackingResponse.json")
    async with carrier() as end:
        end.body = body
        account = {"api_key": "s3cret", "url": end.url}
        closed = {"url": "http://127.0.0.1:9"}
        await hold_to_contract(kind_of("karrio-laposte"), account, known="EW112720413FR", away=closed)


@dataclass
class Faulty:
    """A connector that answers what a test says."""

    answers: list[Answers]
    id: str = "faulty"
    carriers: frozenset[int] = frozenset({11031})
    limits: Limits = field(default_factory=Limits)

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:  # noqa: ARG002
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def close(self) -> None:
        pass


def kind(*answers: Answers, **more: object) -> Kind:
    def make(_settings: Mapping[str, str], _kit: Kit) -> Faulty:
        return Faulty(list(answers), **more)  # type: ignore[arg-type]

    return Kind(id="faulty", settings=(Setting(name="key", about="A key.", secret=True),), make=make)


BROKEN = (
    (kind({KNOWN: replace(GOOD, number="OTHER")}), "reports OTHER"),
    (kind({KNOWN: replace(GOOD, events=())}), "no events"),
    (kind({KNOWN: replace(GOOD, events=(replace(EVENT, time="2026-02-30 10:00"),))}), "no such time"),
    (kind({KNOWN: replace(GOOD, events=(replace(EVENT, time="20.11.2026"),))}), "YYYY-MM-DD"),
    (kind({KNOWN: replace(GOOD, events=(replace(EVENT, text=" "),))}), "no text"),
    (kind({KNOWN: replace(GOOD, origin="Hongkong")}), "Hongkong"),
    (kind({KNOWN: replace(GOOD, raw='{"key": "s3cret"}')}), "secret key"),
    (kind({KNOWN: GOOD}, {KNOWN: replace(GOOD, events=(EVENT, EVENT))}), "two stories"),
    (kind({}), "leaves RT215770195HK out"),
    (kind({KNOWN: CarrierUnreadable("what is this")}), "what is this"),
    (kind({KNOWN: GOOD}, id="other"), "its id is 'other'"),
    (kind({KNOWN: GOOD}, limits=Limits(batch=0)), "at least one"),
    (kind({KNOWN: GOOD}, carriers=frozenset({0})), "no carrier's key"),
    (replace(kind({KNOWN: GOOD}), id="Faulty One"), "small letters"),
)


@pytest.mark.parametrize(("faulty", "why"), BROKEN, ids=[why for _, why in BROKEN])
async def test_a_broken_promise_is_told(faulty: Kind, why: str) -> None:
    with pytest.raises(ContractBroken, match=why):
        await hold_to_contract(faulty, {"key": "s3cret"}, known=KNOWN)


async def test_settings_and_what_is_away() -> None:
    with pytest.raises(ContractBroken, match="neither a value nor a default"):
        await hold_to_contract(kind({KNOWN: GOOD}), {}, known=KNOWN)
    with pytest.raises(ContractBroken, match="not CarrierUnavailable"):
        await hold_to_contract(kind({KNOWN: GOOD}), {"key": "s3cret"}, known=KNOWN, away={"key": "other"})
    with pytest.raises(ContractBroken, match="is found"):
        await hold_to_contract(kind({KNOWN: GOOD, UNKNOWN: GOOD}), {"key": "k"}, known=KNOWN, unknown=UNKNOWN)
    async with connected(kind({KNOWN: GOOD}), {"key": "k"}) as connector:
        assert await outcome(connector, KNOWN) == GOOD
