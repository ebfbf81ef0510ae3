"""The example receivers in three languages take what is signed, spelled however, and nothing else."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientConnectionError, ClientSession

from tests.docs.pages import ROOT, blocks, page
from tests.processes import free_port
from trackway.domain.webhook import Kind
from trackway.wire import webhook

KEY = "6A8D7CFC3F7A41149E0A4EE8ABD0DD8A"
FILES = {"python": "receiver.py", "js": "receiver.mjs", "php": "receiver.php"}
TRICKY = '电子信息已收到 \u2028 a/b </script> "data":{} \\u001b \x1b é 🚚'
EXAMPLES = ROOT / "examples"


def _command(language: str, port: int) -> list[str]:
    program = shutil.which({"python": sys.executable}.get(language, language))
    if program is None:
        pytest.skip(f"NOT TESTED: there is no {language} here to run examples/receiver with")
    if language == "python":
        return [program, str(EXAMPLES / "receiver.py"), str(port), KEY]
    if language == "node":
        return [program, str(EXAMPLES / "receiver.mjs"), str(port), KEY]
    return [program, "-S", f"127.0.0.1:{port}", str(EXAMPLES / "receiver.php")]


@pytest.fixture(params=["python", "node", "php"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    command = _command(request.param, port)
    with (tmp_path / "printed").open("wb") as printed:
        process = subprocess.Popen(command, env={"KEY": KEY}, stdout=printed, stderr=printed)
    yield f"http://127.0.0.1:{port}/"
    process.kill()
    process.wait()


async def _status(session: ClientSession, url: str, content: bytes) -> int:
    """What the receiver answers, once it listens."""
    headers = webhook.headers("msg_1", 1, datetime.now(UTC), content, KEY)
    async with asyncio.timeout(20):
        while True:
            try:
                async with session.post(url, data=content, headers=headers) as answer:
                    return answer.status
            except ClientConnectionError:
                await asyncio.sleep(0.05)


async def test_a_receiver_takes_what_is_signed_and_nothing_else(url: str) -> None:
    async with ClientSession() as session:
        for text in ("", "plain", TRICKY):
            track = msgspec.json.encode({"e": 10, "z0": {"a": "2026-11-22 09:00", "c": "", "z": text}})
            for kind, data in (
                (Kind.UPDATED, webhook.updated("RR123456789CN", text, track)),
                (Kind.STOPPED, webhook.stopped("RR123456789CN", 3011, text)),
            ):
                content = webhook.body(kind, data, KEY)
                assert await _status(session, url, content) == 200
                assert await _status(session, url, content.replace(b"RR123456789CN", b"RR123456789HK")) == 401
                assert await _status(session, url, webhook.body(kind, data, KEY[::-1])) == 401


def test_the_page_shows_what_the_examples_do() -> None:
    shown = [block for block in blocks(page("webhooks.md")) if "igned(" in block.text]
    assert [block.language for block in shown] == list(FILES)
    for block in shown:
        assert block.text.strip() in (EXAMPLES / FILES[block.language]).read_text(encoding="utf-8")
