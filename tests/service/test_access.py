"""Which keys sign at which instant, and that a change leaves one."""

import asyncio
from pathlib import Path

import pytest

from tests.conftest import Clock
from trackway.app.house import open_house
from trackway.config import load


async def test_the_old_key_signs_too_for_as_long_as_it_is_asked_to(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    """T34: before the instant the old one, after it the new one; `key_overlap` seconds long both."""
    config = load(data=tmp_path, database=database_url)
    async with (
        open_house(config, clock) as house,
        open_house(config.model_copy(update={"key_overlap": 3600}), clock) as overlapping,
    ):
        old = (await house.access.create("shop", None, None, clock())).key
        account = (await house.access.named("shop")).id
        new = (await house.access.rotate_key("shop", clock())).key
        for seconds, alone, both in (
            (0, [old], [old]),
            (299.999, [old], [old]),
            (0.001, [new], [new, old]),
            (3599.999, [new], [new, old]),
            (0.001, [new], [new]),
        ):
            clock.move(seconds=seconds)
            assert await house.access.signing_keys(account, clock()) == alone
            assert await overlapping.access.signing_keys(account, clock()) == both
        assert await house.access.signing_keys(account + 1, clock()) == []


@pytest.mark.parametrize("delay", [300, 0])
async def test_of_changes_at_the_same_moment_one_key_stays(
    database_url: str, tmp_path: Path, clock: Clock, delay: int
) -> None:
    config = load(data=tmp_path, database=database_url, key_change_delay=delay)
    async with open_house(config, clock) as house:
        await house.access.create("shop", None, None, clock())
        account = (await house.access.named("shop")).id
        made = await asyncio.gather(*(house.access.rotate_key("shop", clock()) for _ in range(8)))
        (last,) = [key for key in await house.access.keys(account, clock()) if key.ends_at is None]
        assert last.last4 in {key.key[-4:] for key in made}
        clock.move(seconds=delay)
        assert len(await house.access.keys(account, clock())) == 1
