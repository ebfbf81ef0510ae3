"""The page of the webhook: its address, the test, the log, sending again, and who may do what."""

import hashlib
import json
import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, Clock
from tests.stage import NUMBER, Stage, staged
from tests.web.console.desk import Browser, signed_in
from trackway.domain.person import Role
from trackway.domain.webhook import Outcome
from trackway.storage.database import to_ms
from trackway.storage.statement import Statement
from trackway.storage.telling.deliveries import Sought

PAGE = "/console/webhook"
_MANY = Statement(
    "INSERT INTO message (account_id, tracking_id, number, carrier, kind, created_at, outcome, said) "
    "SELECT account, tracking, number, 8011, 'TRACKING_UPDATED', at, outcome, true FROM @rows(rows: account bigint, "
    "tracking bigint, number text, at bigint, outcome text) AS given WHERE true ORDER BY ordinal"
)
_ALL_SAY = Statement("INSERT INTO saying (message_id, body) SELECT id, CAST(:body AS TEXT) FROM message")

_HOSTILE = Statement("UPDATE attempt SET answer = '<script>alert(1)</script>', fault = '<b>x'")


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    async with staged(Stage, database_url, tmp_path, clock) as opened:
        yield opened


@pytest.fixture
async def owner(stage: Stage) -> AsyncIterator[Browser]:
    async with signed_in(stage.shop, "ada", Role.OWNER, "shop") as one:
        yield one


async def _pushed(stage: Stage, *answers: int) -> int:
    """The id of a message that met these answers."""
    await stage.scan(1)
    await stage.shop.ask("register", {"number": NUMBER})
    await stage.poll()
    stage.inbox.answers = list(answers)
    for _ in answers:
        await stage.deliver(hours=1)
    (push,) = await stage.shop.house.merchants.webhooks.find("shop", Sought(), 10)
    return push.message.id


async def test_an_address_is_set_refused_and_taken_away(stage: Stage, owner: Browser) -> None:
    house = stage.shop.house
    for url, words in {
        "": "-18010201",
        "shop.example/hook": "begins with http",
        "http://10.0.0.1/hook": "may not be called",
        "http://169.254.169.254/": "may not be called",
        "https://user:pass@shop.example/": "no user name",
        "https://shop.example:99999/": "between 1 and 65535",
        "https://shop.example/a b": "no blanks",
        "https://-/": "name or a plain address",
        "https://shop.example/" + "a" * 2100: "2,048",
    }.items():
        wrong = await owner.post(PAGE, {"url": url})
        assert wrong.status == 422, url
        assert words in wrong.found(r'id="wrong"[^>]*>([^<]*)<'), url
        assert url[:100] in wrong.text or "&" in url
    assert (await house.access.named("shop")).webhook_url == stage.inbox.url
    kept = await owner.post(PAGE, {"url": " https://shop.example/hook?a=1&b=<2> "})
    assert "from now on" in kept.said
    assert 'value="https://shop.example/hook?a=1&amp;b=&lt;2&gt;"' in kept.text
    gone = await owner.post(PAGE, {"clear": "yes"})
    assert "nowhere" in gone.said
    assert (await house.access.named("shop")).webhook_url == ""
    assert (await owner.get("/console/audit")).text.count("changed the webhook") == 2


async def test_the_test_shows_the_real_answer(stage: Stage, owner: Browser) -> None:
    """T35."""
    stage.inbox.answers = [503, 200]
    bad = await owner.post(f"{PAGE}/test")
    assert "-18010203, status 503" in bad.text
    assert "took the sample" in (await owner.post(f"{PAGE}/test")).text
    assert [push["data"]["number"] for push in stage.inbox.pushes] == ["RM101474005CN"] * 2
    await owner.post(PAGE, {"clear": "yes"})
    assert "nothing to test" in (await owner.post(f"{PAGE}/test", {"back": PAGE})).said
    assert (await owner.get("/console/audit")).text.count("tested the webhook") == 2


async def test_the_signature_is_explained_with_the_last_push_and_never_shows_the_key(
    stage: Stage, owner: Browser
) -> None:
    sample = await owner.get(PAGE)
    assert "sample of the test" in sample.text
    identity = await _pushed(stage, 200)
    page = await owner.get(PAGE)
    data = (await owner.get(f"{PAGE}/{identity}/data")).text
    sign = hashlib.sha256(f"TRACKING_UPDATED/{data}/{stage.shop.key}".encode()).hexdigest()
    assert sign in page.text
    assert sign == stage.inbox.pushes[-1]["sign"]
    assert stage.shop.key not in page.text
    assert f"•{stage.shop.key[-4:]}" in page.text
    assert json.loads(data) == stage.inbox.pushes[-1]["data"]


async def test_the_log_tells_every_attempt_with_its_answer_made_harmless(stage: Stage, owner: Browser) -> None:
    identity = await _pushed(stage, 500, 200)
    page = await owner.get(f"{PAGE}?outcome=delivered&number={NUMBER.lower()}")
    assert f'href="{PAGE}/{identity}"' in page.text
    assert f'href="{PAGE}/{identity}"' not in (await owner.get(f"{PAGE}?outcome=given_up")).text
    assert f'href="{PAGE}/{identity}"' not in (await owner.get(f"{PAGE}?since=2027-01-01T00:00")).text
    one = await owner.get(f"{PAGE}/{identity}")
    assert one.text.count(f"POST {stage.inbox.url}") == 2
    assert re.search(r'chip bad">500<.*', one.text)
    hostile = Statement(
        "UPDATE attempt SET answer = '<script>alert(1)</script>', fault = '<b>x' WHERE true RETURNING 1"
    )
    await stage.shop.house.store.main.write(lambda tx: tx.fetch(hostile))
    text = (await owner.get(f"{PAGE}/{identity}")).text
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


async def test_messages_are_sent_again_the_same_and_it_is_noted(stage: Stage, owner: Browser) -> None:
    identity = await _pushed(stage, 500, 500, 500, 500)
    await owner.get(PAGE)
    chosen = [("form_token", owner.token), ("id", str(identity)), ("id", "x" * 30), ("id", "9" * 30)]
    again = await owner.post(f"{PAGE}/replay", files=chosen)
    assert "1 to be sent again" in again.said
    assert "None of these" in (await owner.post(f"{PAGE}/replay", {"id": str(identity)})).said
    await stage.deliver()
    assert stage.inbox.pushes[-1] == stage.inbox.pushes[0]
    assert len({headers["webhook-id"] for headers in stage.inbox.headers}) == 1
    everything = await owner.post(f"{PAGE}/replay/all")
    assert "Say which" in everything.said
    assert "1 to be sent again" in (await owner.post(f"{PAGE}/replay/all", {"number": NUMBER})).said
    log = (await owner.get("/console/audit")).text
    assert log.count("sent messages again") == 2
    assert f"number {NUMBER}" in log


async def test_nobody_sees_or_sends_what_is_anothers(stage: Stage) -> None:
    identity = await _pushed(stage, 200)
    house = stage.shop.house
    await house.access.create("other", None, None, stage.clock())
    await house.merchants.webhooks.set_url("other", stage.inbox.url)
    async with signed_in(stage.shop, "eve", Role.OWNER, "other") as eve:
        assert NUMBER not in (await eve.get(PAGE)).text
        assert "No message is like that" in (await eve.get(f"{PAGE}?number={NUMBER}&outcome=delivered")).text
        for path in (f"{PAGE}/{identity}", f"{PAGE}/{identity}/data", f"{PAGE}/{10**30}", f"{PAGE}/{10**30}/data"):
            assert (await eve.get(path)).status == 404
        assert NUMBER not in (await eve.get(PAGE)).text
        assert "None of these" in (await eve.post(f"{PAGE}/replay", {"id": str(identity)})).said
        await eve.post(f"{PAGE}/replay/all", {"number": NUMBER})
        assert "to be sent again" not in (await eve.get("/console/audit")).text
    assert (await house.merchants.webhooks.one("shop", identity)).outcome is Outcome.DELIVERED


async def test_readers_look_operators_send_owners_change(stage: Stage) -> None:
    identity = await _pushed(stage, 200)
    url = stage.inbox.url
    async with signed_in(stage.shop, "rea", Role.READER, "shop") as reader:
        page = await reader.get(PAGE)
        assert f"{PAGE}/test" not in page.text
        assert (await reader.get(f"{PAGE}/{identity}")).status == 200
        for path, fields in (
            (PAGE, {"clear": "yes"}),
            (f"{PAGE}/test", {}),
            (f"{PAGE}/replay", {"id": str(identity)}),
            (f"{PAGE}/replay/all", {"number": NUMBER}),
        ):
            assert (await reader.post(path, fields)).status == 403, path
    async with signed_in(stage.shop, "opa", Role.OPERATOR, "shop") as operator:
        await operator.get(PAGE)
        assert (await operator.post(PAGE, {"clear": "yes"})).status == 403
        assert "took the sample" in (await operator.post(f"{PAGE}/test")).text
        assert "1 to be sent" in (await operator.post(f"{PAGE}/replay", {"id": str(identity)})).said
    assert (await stage.shop.house.access.named("shop")).webhook_url == url


async def test_a_long_log_is_paged_light_and_quick(stage: Stage, owner: Browser) -> None:
    """20,000 messages of 4 KiB; the figure is far above what it takes, so that a busy machine does not fail."""
    body = json.dumps({"number": NUMBER, "text": "x" * 4000})
    outcomes = (Outcome.DELIVERED, Outcome.DELIVERED, Outcome.GIVEN_UP, Outcome.SUPERSEDED)
    rows = [
        (1, at, f"RR{at:09}HK", to_ms(NOW - timedelta(seconds=at)), outcomes[at % 4]) for at in range(20_000, 0, -1)
    ]
    await stage.shop.house.store.main.write(lambda tx: tx.fetch(_MANY, rows=rows))
    await stage.shop.house.store.main.write(lambda tx: tx.fetch(_ALL_SAY, body=body))
    page, seen = await owner.get(f"{PAGE}?outcome=given_up"), list[str]()
    for _ in range(3):
        seen += re.findall(r'name="id" value="(\d+)"', page.text)
        page = await owner.get(page.found(rf'href="({PAGE}\?[^"]*before=[^"#]*)'))
    assert len(seen) == len(set(seen)) == 150
    took = []
    for path in (PAGE, f"{PAGE}?since=2026-11-22T07:00&until=2026-11-22T08:00", f"{PAGE}?number=RR000000007HK"):
        begun = time.perf_counter()
        page = await owner.get(path)
        took.append(time.perf_counter() - begun)
        assert len(page.text.encode()) < 100_000
    assert min(took) < 0.5
