"""The pages of the project as tests read them: their text, and the blocks of code in them."""

import re
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(Struct, frozen=True):
    """A block of code: its language as the page names it, and its text."""

    language: str
    text: str


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    return [Block(found[1], found[2]) for found in _BLOCK.finditer(text)]


def commands(text: str) -> list[str]:
    """Each whole line that a reader types, continued lines joined."""
    typed = [block.text.replace("\\\n", " ") for block in blocks(text) if block.language == "sh"]
    return [line for whole in typed for line in whole.splitlines() if line.strip()]
