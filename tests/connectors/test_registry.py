"""The connectors that are installed."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import Clock
from trackway.connectors.base import Kit
from trackway.connectors.registry import kind_of, kinds, make
from trackway.domain.errors import ConfigError
from trackway.storage.passing.shared import SharedMemory
from trackway.storage.sqlite import QuickSqliteDatabase
from trackway.storage.vault import Vault

WHOLE = {"url": "https://post.example/mailTrackingAPI", "sys_id": "partner", "sys_secret": "secret"}


@pytest.fixture
async def kit(clock: Clock, tmp_path: Path) -> AsyncIterator[Kit]:
    quick = QuickSqliteDatabase(tmp_path / "quick.sqlite3")
    yield Kit(shared=SharedMemory(quick), sealer=Vault(bytes(32)), clock=clock, sleep=asyncio.sleep, timeout=1)
    await quick.close()


def test_hongkong_post_is_installed_and_says_what_it_needs() -> None:
    assert "hongkong-post" in kinds()
    settings = {setting.name: setting for setting in kind_of("hongkong-post").settings}
    assert list(settings) == ["url", "sys_id", "sys_secret", "language"]
    assert [name for name, setting in settings.items() if setting.default is None] == ["url", "sys_id", "sys_secret"]
    assert [name for name, setting in settings.items() if setting.secret] == ["sys_secret"]


async def test_a_connector_is_made_with_its_settings(kit: Kit) -> None:
    connector = make("hongkong-post", WHOLE, kit)
    assert (connector.id, connector.carriers) == ("hongkong-post", frozenset({8011}))
    limits = connector.limits
    assert (limits.batch, limits.spacing, limits.per_day, limits.day_zone, limits.in_flight) == (
        30,
        0.12,
        100_000,
        "Asia/Hong_Kong",
        1,
    )


@pytest.mark.parametrize(
    ("connector", "settings", "says"),
    [
        ("moon-post", {}, "there is no connector 'moon-post', only hongkong-post"),
        ("hongkong-post", {"url": "https://post.example"}, "hongkong-post needs sys_id"),
        ("hongkong-post", {**WHOLE, "sys_id": ""}, "hongkong-post needs sys_id"),
        ("hongkong-post", {**WHOLE, "colour": "red"}, "hongkong-post has no setting 'colour'"),
        ("hongkong-post", {**WHOLE, "url": "post.example"}, "url: 'post.example' is not http(s)://host/path"),
        ("hongkong-post", {**WHOLE, "url": "file:///etc"}, "url: 'file:///etc' is not http(s)://host/path"),
        ("hongkong-post", {**WHOLE, "url": "http://[::"}, "url: 'http://[::' is not http(s)://host/path"),
        ("hongkong-post", {**WHOLE, "language": "fr"}, "language: one of en, zh-Hant, zh-Hans"),
    ],
)
async def test_settings_that_cannot_work_are_told(
    kit: Kit, connector: str, settings: Mapping[str, str], says: str
) -> None:
    with pytest.raises(ConfigError) as told:
        make(connector, settings, kit)
    assert says in str(told.value)
