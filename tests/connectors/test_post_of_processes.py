"""Several real processes ask one operator as one account: one token for each expiry, one pace (F20)."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.connectors.post_server import SECRET, Post, item, scan, serve

NUMBER = "RT215770195HK"
PROCESSES, CALLS = 4, 5
_CALLER = """
import asyncio, sys
from pathlib import Path
from trackway.app.house import connector_of, open_house
from trackway.config import load
from trackway.connectors.base import Inquiry
from trackway.domain.tracking import Report

async def main():
    folder, url, secret, number, calls = sys.argv[1:]
    async with open_house(load(data=Path(folder))) as house:
        settings = {"url": url, "sys_id": "partner", "sys_secret": secret}
        connector = connector_of(house, "hongkong-post", settings)
        for _ in range(int(calls)):
            replies = await house.asking.desk.ask(connector, [Inquiry(number=number)])
            assert isinstance(replies.answers[number], Report), replies
        await connector.close()

asyncio.run(main())
"""


async def _ask(folder: Path, post: Post) -> int | None:
    arguments = (str(folder), post.url, SECRET, NUMBER, str(CALLS))
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", _CALLER, *arguments)
    return await child.wait()


async def test_processes_share_one_token_and_one_pace(tmp_path: Path) -> None:
    async with serve(Post(lambda: datetime.now(UTC))) as post:
        post.items = {NUMBER: item(NUMBER, scan("20-11-2026 10:00", "Posted"))}
        assert await asyncio.gather(*(_ask(tmp_path, post) for _ in range(PROCESSES))) == [0] * PROCESSES
    assert len(post.calls) == PROCESSES * CALLS
    assert len(post.tokens) == 1
    gaps = [later - earlier for earlier, later in zip(post.sent_at, post.sent_at[1:], strict=False)]
    assert min(gaps) >= timedelta(milliseconds=100)


async def test_processes_renew_a_token_that_died_early_once(tmp_path: Path) -> None:
    async with serve(Post(lambda: datetime.now(UTC))) as post:
        post.items = {NUMBER: item(NUMBER, scan("20-11-2026 10:00", "Posted"))}
        assert await _ask(tmp_path, post) == 0
        post.revoked.add(post.tokens[0])
        assert await asyncio.gather(*(_ask(tmp_path, post) for _ in range(PROCESSES))) == [0] * PROCESSES
    assert len(post.tokens) == 2
