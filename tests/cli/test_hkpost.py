"""`trackway hkpost`: users and loading, as issue 2 names them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from trackway.cli import main

ITEM: dict[str, Any] = {
    "itemNo": "RB000000010HK",
    "itemDeliveryStatusDetailList": [{"eventDateTime": "01-03-2017 11:00", "eventMsg_e": "Delivered"}],
}


def _run(data: Path, *words: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["hkpost", *words, "--data", str(data)], input=given)


def test_a_user_is_made_listed_shut_out_and_given_a_new_secret(tmp_path: Path) -> None:
    made = json.loads(_run(tmp_path, "user", "create", "ann", "--json").output)
    assert made["sysId"] == "ann"
    assert len(made["sysSecret"]) == 36
    assert _run(tmp_path, "user", "create", "ann").exit_code == 2
    assert _run(tmp_path, "user", "disable", "ann").exit_code == 0
    assert json.loads(_run(tmp_path, "user", "list", "--json").output)["disabled"] is True
    assert _run(tmp_path, "user", "enable", "ann").exit_code == 0
    assert "ann  enabled  all items" in _run(tmp_path, "user", "list").output
    assert json.loads(_run(tmp_path, "user", "rotate", "ann", "--json").output)["sysSecret"] != made["sysSecret"]
    assert _run(tmp_path, "user", "rotate", "eve").exit_code == 2


@pytest.mark.parametrize("as_array", [False, True])
def test_a_file_is_loaded_as_lines_or_as_an_array(tmp_path: Path, *, as_array: bool) -> None:
    items = [ITEM | {"itemNo": f"RB{serial:09}HK"} for serial in range(1200)]
    file = tmp_path / "items.json"
    file.write_text(json.dumps(items, indent=1) if as_array else "\n".join(map(json.dumps, items)), encoding="utf-8")
    for _ in range(2):
        loaded = _run(tmp_path, "load", str(file))
        assert loaded.exit_code == 0
        assert "1200 items with 1200 scans loaded, 0 refused" in loaded.output


def test_bad_lines_are_refused_with_their_number_and_the_others_go_on(tmp_path: Path) -> None:
    lines = [json.dumps(ITEM), "", "{", '{"itemNo":"x"}', '{"itemNo":"RB000000010HK","postingDateTime":"soon"}', "\xff"]
    loaded = _run(tmp_path, "load", "-", given="\n".join(lines).encode("latin-1"))
    assert loaded.exit_code == 1
    assert "1 items with 1 scans loaded, 4 refused" in loaded.output
    for number, why in ((3, "truncated"), (4, "item number"), (5, "postingDateTime"), (6, "malformed")):
        assert any(line.startswith(f"line {number}:") and why in line for line in loaded.output.splitlines()), why


def test_bad_elements_are_refused_with_the_line_on_which_they_begin(tmp_path: Path) -> None:
    broken = json.dumps([5, ITEM, {"itemNo": None}], indent=2) + "  "
    loaded = _run(tmp_path, "load", "-", given=b"\xef\xbb\xbf" + broken.encode())
    assert "1 items with 1 scans loaded, 2 refused" in loaded.output
    assert "line 2: Expected `object`" in loaded.output
    assert "line 12: Expected `str`" in loaded.output


@pytest.mark.parametrize("rest", ['{"itemNo": ', '"', "[[", "oops]", ""])
def test_an_array_that_breaks_off_is_told(tmp_path: Path, rest: str) -> None:
    loaded = _run(tmp_path, "load", "-", given=f"[{json.dumps(ITEM)},\n{rest}".encode())
    assert loaded.exit_code == 1
    assert "1 items with 1 scans loaded, 1 refused" in loaded.output
    assert "the array cannot be read from line 2 on" in loaded.output


@pytest.mark.parametrize("rest", [f"\n[{json.dumps(ITEM)}]\n", "]", ",", " " * (1 << 17) + "x"])
def test_what_follows_an_array_is_told(tmp_path: Path, rest: str) -> None:
    loaded = _run(tmp_path, "load", "-", given=f"[\n{json.dumps(ITEM)}]{rest}".encode())
    assert loaded.exit_code == 1
    assert "1 items with 1 scans loaded, 1 refused" in loaded.output
    assert "what follows the array, which ends on line 2, is not read" in loaded.output


def test_blanks_may_follow_an_array(tmp_path: Path) -> None:
    loaded = _run(tmp_path, "load", "-", given=f"[{json.dumps(ITEM)}]{' ' * (1 << 17)}\r\n".encode())
    assert "1 items with 1 scans loaded, 0 refused" in loaded.output


def test_a_csv_file_has_a_scan_in_each_row(tmp_path: Path) -> None:
    file = tmp_path / "scans.CSV"
    lines = ["\ufeffitemNo,postingDateTime,eventDateTime,eventCode,eventLocation_code,eventMsg_e,remark"]
    lines += ['RB000000010HK,01-03-2017 09:00,01-03-2017 09:00,EMA,HK,,"a, b"', ""]
    lines += ["RB000000010HK,01-03-2017 09:00,02-03-2017 09:00,,GB,Somewhere else,"]
    lines += ["LK773201020HK,,,,,,"]
    file.write_text("\r\n".join(lines), encoding="utf-8")
    for _ in range(2):
        assert "2 items with 2 scans loaded, 0 refused" in _run(tmp_path, "load", str(file)).output
    (item,) = json.loads(_run(tmp_path, "export", "RB000000010HK").output)["items"]
    assert [scan["eventMsg_e"] for scan in item["itemDeliveryStatusDetailList"]] == ["Posted", "Somewhere else"]


def test_bad_rows_are_refused_with_their_line(tmp_path: Path) -> None:
    rows = [b"itemNo,eventDateTime,eventMsg_e", b"x,01-03-2017 09:00,Posted", b"RB000000010HK,soon,Posted"]
    rows += [b"RB000000010HK,01-03-2017 09:00,Posted,more", b"RB000000010HK,01-03-2017 09:00,\xff"]
    rows += [
        b"RB000000010HK,01-03-2017 09:00,Post\0ed",
        b'RB000000010HK,"a"b,',
        b"RB000000010HK,01-03-2017 09:00,Posted",
    ]
    loaded = _run(tmp_path, "load", "-", "--format", "csv", given=b"\n".join(rows))
    assert loaded.exit_code == 1
    assert "1 items with 1 scans loaded, 6 refused" in loaded.output
    assert [line.partition(":")[0] for line in loaded.output.splitlines()[:6]] == [f"line {at}" for at in range(2, 8)]


def test_a_csv_file_without_its_names_is_told(tmp_path: Path) -> None:
    loaded = _run(tmp_path, "load", "-", "--format", "csv", given=b"RB000000010HK,01-03-2017 09:00\n")
    assert "line 1 does not name the column itemNo" in loaded.output


def test_an_export_holds_the_item_so_that_it_can_be_loaded_again(tmp_path: Path) -> None:
    assert _run(tmp_path, "load", "-", given=json.dumps(ITEM).encode()).exit_code == 0
    exported = _run(tmp_path, "export", " rb000000010hk")
    assert exported.exit_code == 0
    told = json.loads(exported.output)
    assert told["inquiries"] == []
    (item,) = told["items"]
    assert item["itemDeliveryStatusDetailList"][0]["eventMsg_c"] == "成功派遞"
    again = _run(tmp_path, "load", "-", given=json.dumps(item).encode())
    assert "1 items with 1 scans loaded, 0 refused" in again.output
    assert json.loads(_run(tmp_path, "export", ITEM["itemNo"]).output) == told


def test_an_export_of_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert _run(tmp_path, "export", "x").exit_code == 2
    missing = _run(tmp_path, "export", "RB000000010HK")
    assert missing.exit_code == 1
    assert "there is no item" in missing.output


def test_no_use_is_no_line(tmp_path: Path) -> None:
    used = _run(tmp_path, "usage", "--json")
    assert (used.exit_code, used.output) == (0, "")


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    loaded = _run(tmp_path, "load", str(tmp_path / "none.json"))
    assert loaded.exit_code == 2
    assert "No such file" in loaded.output
