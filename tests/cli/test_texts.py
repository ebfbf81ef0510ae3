"""`trackway hkpost texts` and `countries`: listed, changed, taken out as a file and back in."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from trackway.cli import main


def _run(data: Path, *words: str, given: str = "") -> Result:
    return CliRunner().invoke(main, ["hkpost", *words, "--data", str(data)], input=given)


def _listed(data: Path, kind: str) -> dict[str, dict[str, Any]]:
    lines = _run(data, kind, "list", "--json").output.splitlines()
    rows = list(map(json.loads, lines))
    return {row["key" if kind == "texts" else "code"]: row for row in rows}


def test_a_wording_is_changed_and_goes_back(tmp_path: Path) -> None:
    before = _listed(tmp_path, "texts")["EMI"]
    assert (before["own"], before["message_c"]) == (False, "成功派遞")
    assert _run(tmp_path, "texts", "set", "EMI", "--message-c", "已派遞").exit_code == 0
    after = _listed(tmp_path, "texts")["EMI"]
    assert after == before | {"own": True, "message_c": "已派遞", "ours": ""}
    assert "EMI  own  Delivered | Delivered" in _run(tmp_path, "texts", "list", "--own").output
    assert _run(tmp_path, "texts", "revert", "EMI").exit_code == 0
    assert _run(tmp_path, "texts", "revert", "EMI").exit_code == 2
    assert _listed(tmp_path, "texts")["EMI"] == before


def test_a_message_is_added_and_told_of_loaded_items_at_once(tmp_path: Path) -> None:
    scan = {"eventDateTime": "01-03-2017 11:00", "eventMsg_e": "Fell off a ferry"}
    item = json.dumps({"itemNo": "RB000000010HK", "itemDeliveryStatusDetailList": [scan]})
    assert _run(tmp_path, "load", "-", given=item).exit_code == 0
    words = ("--message-e", "Fell off a ferry", "--message-c", "墮海", "--milestone-e", "Lost")
    assert _run(tmp_path, "texts", "set", "fell off a ferry", *words).exit_code == 0
    (told,) = json.loads(_run(tmp_path, "export", "RB000000010HK").output)["items"]
    assert told["milestone_e"] == "Lost"
    assert told["itemDeliveryStatusDetailList"][0]["eventMsg_c"] == "墮海"


@pytest.mark.parametrize("kind", ["texts", "countries"])
def test_what_is_exported_is_imported_as_it_was(tmp_path: Path, kind: str) -> None:
    first = {
        "texts": ("texts", "set", "EMA", "--message-s", "已收件"),
        "countries": ("countries", "set", "FR", "--name-e", "GAUL"),
    }
    assert _run(tmp_path / "a", *first[kind]).exit_code == 0
    whole = _run(tmp_path / "a", kind, "export").output
    assert "1 differ" in _run(tmp_path / "b", kind, "import", "-", given=whole).output
    assert _listed(tmp_path / "b", kind) == _listed(tmp_path / "a", kind)
    assert len(list(csv.reader(_run(tmp_path / "a", kind, "export", "--own").output.splitlines()))) == 2


def test_a_country_is_changed_and_goes_back(tmp_path: Path) -> None:
    assert _run(tmp_path, "countries", "set", "FR", "--name-e", "GAUL").exit_code == 0
    assert "FR  own  GAUL" in _run(tmp_path, "countries", "list", "--own").output
    assert _listed(tmp_path, "countries")["FR"]["name_c"] == "法國"
    assert _run(tmp_path, "countries", "revert", "FR").exit_code == 0
    assert _run(tmp_path, "countries", "revert", "FR").exit_code == 2


@pytest.mark.parametrize(
    ("words", "given", "why"),
    [
        (("texts", "set", "New message"), "", "milestone_e cannot be ''"),
        (("texts", "set", "EMI", "--code", "x"), "", "code cannot be 'x'"),
        (("countries", "set", "france", "--name-e", "FRANCE"), "", "code cannot be 'france'"),
        (("texts", "import", "-"), "code,message_e\n", "columns cannot be 'key'"),
        (("countries", "import", "-"), "code,name_e,name_c,name_s\nFR,,,\n", "name_e cannot be ''"),
        (("texts", "import", "/nowhere/x.csv"), "", "No such file"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(tmp_path: Path, words: tuple[str, ...], given: str, why: str) -> None:
    refused = _run(tmp_path, *words, given=given)
    assert (refused.exit_code, refused.output.count("\n")) == (2, 1)
    assert why in refused.output
    assert not any(row["own"] for row in _listed(tmp_path, words[0]).values())
