"""The public pages say everything in three languages, and nothing that no page asks for."""

import re
from pathlib import Path

from trackway.domain.tracking import Milestone
from trackway.web import public
from trackway.web.pages.texts import Texts

HERE = Path(public.__file__).parent
TEXTS = Texts(HERE / "texts")
SAID = "\n".join(path.read_text(encoding="utf-8") for path in [*HERE.glob("*.py"), *HERE.glob("templates/*.html")])
ASKED = set(re.findall(r"""["']((?:page|search)\.(?!html)\w+)["']""", SAID))
OPEN = {f"{table}.{state}" for table in ("states", "means") for state in Milestone} | {f"steps.at{n}" for n in range(4)}


def test_every_text_is_there_and_asked_for() -> None:
    assert set(TEXTS.all) == ASKED | OPEN


def test_the_two_chinese_ones_differ_where_they_are_long() -> None:
    assert all(texts[1] != texts[2] for texts in TEXTS.all.values() if len(texts[1]) > 12)
