"""What the pages say, in three languages: one TOML file for each page, `key = [English, Traditional, Simplified]`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = ("en", "zh-Hant", "zh-Hans")
NAMES = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}
_TRADITIONAL = ("hant", "tw", "hk", "mo")


class Texts:
    """Texts by key: the file's name, a dot, and the key inside of it. Folders only sort the files."""

    def __init__(self, folder: Path) -> None:
        self.all: Mapping[str, tuple[str, str, str]] = {
            f"{file.stem}.{key}": _three(f"{file.stem}.{key}", value)
            for file in sorted(folder.rglob("*.toml"))
            for key, value in tomllib.loads(file.read_text(encoding="utf-8")).items()
        }

    def say(self, language: str, key: str, **values: object) -> str:
        """The text with its `{places}` filled.

        Raises:
            KeyError: there is no such text, or a place has no value.
        """
        text = self.all[key][LANGUAGES.index(language)]
        return text.format_map(values) if values else text


def _three(key: str, value: object) -> tuple[str, str, str]:
    match value:
        case [str() as english, str() as traditional, str() as simplified]:
            return english, traditional, simplified
        case _:
            raise ValueError(f"{key}: give three texts")


def preferred(accept: str) -> str:
    """The first of our languages that a header `Accept-Language` asks for; English where it asks for none.

    >>> [preferred(t) for t in ("de, zh-TW;q=0.9", "zh-CN,zh;q=0.9", "zh-Hant-HK", "fr", "")]
    ['zh-Hant', 'zh-Hans', 'zh-Hant', 'en', 'en']
    """
    wishes = [part.partition(";") for part in accept.lower().split(",")]
    for tag, _, _ in sorted(wishes, key=lambda wish: -_quality(wish[2])):
        parts = tag.strip().split("-")
        if parts[0] == "en":
            return "en"
        if parts[0] == "zh":
            traditional = "hans" not in parts and any(part in _TRADITIONAL for part in parts[1:])
            return "zh-Hant" if traditional else "zh-Hans"
    return "en"


def _quality(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q="))
    except ValueError:
        return 1.0
