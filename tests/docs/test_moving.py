"""Who moves from 17TRACK has all that was followed there, and is told what could not come along."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import Clock, copied
from tests.docs.pages import ROOT, page
from tests.house import Running, running
from trackway.domain.following.listing import Filter

FEDEX, POSTNL, CHINA_POST, USPS = 100003, 14041, 3011, 21051


class Now(Clock):
    """The time of day, for the paces of both sides are waited for."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


async def move(old: Running, new: Running) -> str:
    words = [f"{old.url}/track/v1", old.key, f"{new.url}/track/v1", new.key]
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "examples" / "move.py"), *words, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return printed.decode()


async def followed(shop: Running) -> set[tuple[str, int, int, str | None]]:
    """What the house has, asked past its door."""
    account = await shop.house.access.named("shop")
    lookup, now = shop.house.merchants.lookup, shop.clock()
    pages = [await lookup.page(account.id, Filter(), number, now) for number in range(1, 6)]
    return {(one.number, one.carrier, one.final_carrier, one.tag) for page in pages for one in page.items}


async def test_all_that_is_followed_comes_along(tmp_path: Path, sqlite_template: Path) -> None:
    """Five pages there, so that the pace of three a second is met and waited for."""
    far, near = tmp_path / "old", tmp_path / "new"
    async with (
        running(copied(sqlite_template, far / "trackway.sqlite3"), far, Now()) as old,
        running(copied(sqlite_template, near / "trackway.sqlite3"), near, Now(), pace_per_second=3) as new,
    ):
        await old.shop()
        await new.shop()
        for start in range(0, 150, 30):
            await old.ask("register", *({"number": f"ABC{n:05}", "carrier": FEDEX} for n in range(start, start + 30)))
        await old.ask(
            "register",
            {"number": "RR473124829CN", "final_carrier": USPS, "tag": "order 7"},
            {"number": "P9000000001", "carrier": POSTNL, "param": "FR-12345"},
            {"number": "STOPPED1", "carrier": FEDEX},
        )
        await old.ask("stoptrack", {"number": "STOPPED1"})
        refused, told = (await move(old, new)).splitlines()
        assert refused in page("moving.md")
        assert told == "151 registered, 0 there already"
        assert await move(old, new) == f"{refused}\n0 registered, 151 there already\n"
        expected = {(f"ABC{n:05}", FEDEX, 0, None) for n in range(150)} | {
            ("RR473124829CN", CHINA_POST, USPS, "order 7")
        }
        assert await followed(new) == expected
