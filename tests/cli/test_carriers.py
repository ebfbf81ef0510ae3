"""`trackway carriers`: the catalogue listed, searched and added to."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from trackway.cli import main
from trackway.storage.given.catalogue_carriers import load_carriers

LIST = [
    {"key": 8011, "_country": 801, "_country_iso": "HK", "_name": "Another name for Hongkong Post"},
    {
        "key": 700001,
        "_country": 0,
        "_country_iso": "FI",
        "_email": None,
        "_tel": "+358 1",
        "_url": "https://north.example/",
        "_name": "North Express",
        "_name_zh-cn": "北方快递",
        "_name_zh-hk": "北方快遞",
    },
    {"key": 700002, "_country_iso": "", "_tel": None, "_url": None, "_name": "UPS"},
    {"key": 700003, "_country_iso": None, "_name": "UPS"},
    {"key": 700004, "_name": "邮"},
    {"key": 700005, "_name": None},
    {"key": -1, "_name": "Nobody"},
]


def _run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["carriers", *words, "--data", str(data)])


def test_the_catalogue_is_listed_and_searched(tmp_path: Path) -> None:
    assert len(_run(tmp_path).output.splitlines()) == len(list(load_carriers()))
    assert _run(tmp_path, "hongkong", "POST").output == "  8011  hk.post  Hongkong Post / 香港郵政 / 香港邮政  HK\n"
    assert _run(tmp_path, "list", "香港邮政", "8011").output == _run(tmp_path, "hk.post").output
    assert json.loads(_run(tmp_path, "--json", "100002").output)["id"] == "ups"
    assert _run(tmp_path, "moon", "post").output == ""


def test_a_published_list_adds_what_is_not_known(tmp_path: Path) -> None:
    file = tmp_path / "apicarrier.all.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(LIST).encode())
    for _ in range(2):
        said = _run(tmp_path / "new", "import", str(file))
        assert (said.exit_code, said.output) == (0, "5 carriers read, 4 of them new\n")
    catalogue = load_carriers(tmp_path / "new")
    assert catalogue.by_key(8011).name_en == "Hongkong Post"
    north = catalogue.by_id("north-express")
    assert (north.key, north.country, north.home, north.phone) == (700001, "FI", "https://north.example/", "+358 1")
    assert (north.name_zh_hans, north.name_zh_hant) == ("北方快递", "北方快遞")
    assert catalogue.by_id("ups").key == 100002
    assert [catalogue.by_key(key).id for key in (700002, 700003, 700004)] == ["ups-700002", "ups-700003", "carrier"]
    assert "700001" in _run(tmp_path / "new", "north").output


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'[{"name": "x"}]', b"\xff\xfe", b"[" * 100_000])
def test_another_file_is_refused_in_one_line(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(body)
    said = _run(tmp_path, "import", str(file))
    assert said.exit_code == 2
    assert said.stderr.count("\n") == 1
    assert not (tmp_path / "carriers.csv").exists()
    assert _run(tmp_path, "import", str(tmp_path / "none.json")).exit_code == 2


def test_a_folder_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "carriers.csv").write_text("key,id\nseven,x\n", encoding="utf-8")
    said = _run(tmp_path)
    assert said.exit_code == 2
    assert "carriers.csv" in said.stderr
