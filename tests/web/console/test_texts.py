"""Every text that a page asks for is there in all three languages, and each that is there is asked for."""

import re
from pathlib import Path

from trackway import web
from trackway.domain.tracking import QueryState
from trackway.service.asking.explanation import Obstacle
from trackway.web.pages.texts import Texts, preferred

HERE = Path(web.__file__).parent / "console"
TEXTS = Texts(HERE / "texts")
SOURCES = [*HERE.rglob("*.py"), *(HERE / "templates").rglob("*.html")]
SAID = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
# Tables of which any row may be asked for: `t("states." ~ …)` in a template, f"states.{…}" in the code.
OPEN = set(re.findall(r"""["'](\w+)\.(?:["'] ~|\{)""", SAID))
TABLES = {file.stem for file in (HERE / "texts").rglob("*.toml")}
ASKED = {
    key
    for key in re.findall(r"""["']([a-z_]+\.[\w.]+)["']""", SAID)
    if key.split(".")[0] in TABLES and not key.endswith((".html", ".css", ".js"))
}
_PLACES = re.compile(r"\{(\w+)\}")


def test_every_text_that_is_asked_for_is_there() -> None:
    assert not [key for key in ASKED if key not in TEXTS.all and f"deeds.{key}" not in TEXTS.all]
    assert TABLES >= OPEN


def test_every_text_is_asked_for() -> None:
    assert not [key for key in TEXTS.all if key not in ASKED and key.split(".")[0] not in OPEN]


def test_every_deed_has_its_words() -> None:
    deeds = set(re.findall(r"""\.(?:doing|deed)\(\s*["']([\w.]+)["']""", SAID))
    assert not [deed for deed in deeds if f"deeds.{deed}" not in TEXTS.all]


def test_no_text_is_empty_and_all_three_have_the_same_places() -> None:
    for key, texts in TEXTS.all.items():
        assert all(texts), key
        assert len({frozenset(_PLACES.findall(text)) for text in texts}) == 1, key


def test_the_two_chinese_ones_are_not_one_text_in_both_places() -> None:
    long = [texts for texts in TEXTS.all.values() if len(texts[1]) > 20]
    assert all(texts[1] != texts[2] for texts in long)


def test_languages_are_told_apart_by_script_and_by_place() -> None:
    assert [preferred(text) for text in ("zh-HK", "zh-SG", "zh-Hans-HK", "en;q=0.1, zh-TW")] == [
        "zh-Hant",
        "zh-Hans",
        "zh-Hans",
        "zh-Hant",
    ]


def test_every_answer_of_a_carrier_and_every_hindrance_has_its_words() -> None:
    assert {f"answers.{state}" for state in QueryState} <= TEXTS.all.keys()
    assert {f"hindrances.{obstacle.name}" for obstacle in Obstacle} <= TEXTS.all.keys()
