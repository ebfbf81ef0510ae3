"""`trackway account limit`, typed on a real store."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from trackway.cli import main


def _run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["account", *words, "--data", str(data)])


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    assert _run(tmp_path, "create", "shop", "--quota", "10").exit_code == 0
    return tmp_path


def test_a_limit_is_changed_and_the_other_stays(shop: Path) -> None:
    assert _run(shop, "limit", "shop", "--daily", "5").output == "in all 0 of 10\ntoday  0 of 5\n"
    assert _run(shop, "limit", "shop", "--quota", "none").output == "in all 0 of no limit\ntoday  0 of 5\n"
    assert _run(shop, "limit", "shop").output == "in all 0 of no limit\ntoday  0 of 5\n"
    used = json.loads(_run(shop, "usage", "shop", "--json").output)
    assert used == {"used": 0, "day_used": 0, "quota": None, "daily": 5}


@pytest.mark.parametrize("given", ["-1", "many", "1.5", "99999999999999999999"])
def test_what_is_no_limit_is_told_and_changes_nothing(shop: Path, given: str) -> None:
    refused = _run(shop, "limit", "shop", "--daily", "7", f"--quota={given}")
    assert refused.exit_code == 2
    assert f"quota {given}" in refused.stderr
    assert _run(shop, "usage", "shop").output == "in all 0 of 10\ntoday  0 of no limit\n"


def test_an_account_that_is_not_there_is_told(shop: Path) -> None:
    assert "there is no account 'shap'" in _run(shop, "limit", "shap", "--quota", "1").stderr
