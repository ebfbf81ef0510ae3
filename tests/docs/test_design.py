"""The drawing of the house is the house: its rooms, in the order that import-linter holds."""

import tomllib

from tests.docs.pages import ROOT, blocks, page

DESIGN = page("design.md")
ROOMS = {path.parent for path in (ROOT / "trackway").glob("*/__init__.py")}


def _rows() -> dict[str, str]:
    cells = [line.split("|") for line in DESIGN.splitlines() if line.startswith("| `trackway/")]
    return {row[1].strip().strip("`"): row[2] for row in cells}


def test_the_layers_are_those_that_are_held() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    held = [layer.replace("trackway.", "") for layer in linter["contracts"][0]["layers"]]
    drawing = next(block.text for block in blocks(DESIGN) if block.language == "text")
    assert drawing.splitlines() == held


def test_every_room_is_told_and_none_that_is_not_there() -> None:
    assert _rows().keys() == {path.relative_to(ROOT).as_posix() for path in ROOMS}


def test_every_folder_of_a_room_is_told() -> None:
    for room, words in _rows().items():
        folders = {path.parent.name for path in (ROOT / room).glob("*/__init__.py")}
        assert not [folder for folder in folders if f"`{folder}`" not in words], room
