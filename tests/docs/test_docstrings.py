"""Every example in a docstring is true."""

import doctest
from importlib import import_module

import pytest

from tests.docs.pages import ROOT

SOURCES = sorted((ROOT / "trackway").rglob("*.py"))
MODULES = [path for path in SOURCES if ">>> " in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES])
def test_what_it_shows_is_so(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
