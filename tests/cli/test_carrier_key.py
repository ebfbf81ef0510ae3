"""`trackway carrier key`, typed on a real store."""

import asyncio
import json
from pathlib import Path

from typer.testing import CliRunner, Result

from trackway.app.house import open_house
from trackway.cli import main
from trackway.config import load
from trackway.domain.asking.pushed import Pushed
from trackway.domain.tracking import Event
from trackway.storage.asking.pushed_events import PushedEvents


def _run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["carrier", "key", *words, "--data", str(data)])


def test_a_key_is_made_listed_and_dropped(tmp_path: Path) -> None:
    made = _run(tmp_path, "create", "depot", "100005")
    assert len(made.output.strip()) == 43
    assert json.loads(_run(tmp_path, "create", "other", "100006", "--json").output)["name"] == "other"
    assert _run(tmp_path, "list").output.splitlines() == ["depot  100005", "other  100006"]
    assert [json.loads(line) for line in _run(tmp_path, "list", "--json").output.splitlines()] == [
        {"name": "depot", "carrier": 100005},
        {"name": "other", "carrier": 100006},
    ]
    operators = CliRunner().invoke(main, ["hkpost", "operator-key", "list", "--data", str(tmp_path)])
    assert not operators.output
    assert _run(tmp_path, "drop", "depot").output == "depot: dropped\n"
    assert _run(tmp_path, "drop", "depot").exit_code == 2


def test_what_a_carrier_sent_is_told_when_it_is_asked_now(tmp_path: Path) -> None:
    """It is asked by its own key, not by whatever number stands first."""

    async def sent() -> None:
        async with open_house(load(data=tmp_path)) as house:
            posted = Event(time="2026-11-20 09:00", text="Posted")
            pushed = Pushed(number="DEPOT1234", identity="1", event=posted)
            await PushedEvents(house.store.main).put(100005, [pushed], house.clock())

    _run(tmp_path, "create", "depot", "100005")
    asyncio.run(sent())
    words = ["track", "DEPOT1234", "--carrier", "100005", "--data", str(tmp_path)]
    assert "Posted" in CliRunner().invoke(main, words).output


def test_a_carrier_that_is_not_there_is_told(tmp_path: Path) -> None:
    refused = _run(tmp_path, "create", "depot", "5")
    assert refused.exit_code == 2
    assert "there is no carrier 5" in refused.stderr
