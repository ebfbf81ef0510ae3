"""Docs cannot rot: each setting, command, metric, address, status and reading is told, and none that is not there."""

import ast
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import typer.main
from prometheus_client import Counter, Gauge, Histogram
from pydantic import SecretStr
from pydantic_core import PydanticUndefined
from starlette.routing import Route

from tests.conftest import Clock
from tests.docs.pages import PAGES, ROOT, blocks, commands, page
from trackway.app.house import open_house
from trackway.app.web import web_wing
from trackway.cli import main
from trackway.cli.serve import Only
from trackway.config import Config, load
from trackway.connectors.registry import kinds
from trackway.domain.errors import CarrierFault
from trackway.domain.following.timeline import fault
from trackway.domain.tracking import Leg, Position, Report, Tracking
from trackway.domain.webhook import Outcome
from trackway.egress.address import permitted
from trackway.service.metrics import Metrics
from trackway.web.openapi.track17 import codes
from trackway.wire.hkpost.codes import WORDS
from trackway.wire.track17.track import query_code

WHOLE = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
TEXT = "\n".join(WHOLE.values())
SETTINGS = {f"TRACKWAY_{name.upper()}": name for name in Config.model_fields}
IN_WORDS = {"database": "a SQLite file in the data folder", "master_key_file": "`master.key` in the data folder"}
COMMANDS: dict[str, Any] = {}  # click's commands by their whole names; Typer brings a click of its own, untyped


def _walk(name: str, command: Any) -> None:
    for word, below in getattr(command, "commands", {}).items():
        _walk(f"{name} {word}", below)
    if not hasattr(command, "commands"):
        COMMANDS[name] = command


_walk("trackway", typer.main.get_command(main))


def _options(command: Any) -> set[str]:
    return {name for option in command.params for name in option.opts if name.startswith("--")}


def _rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of each table."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _default(name: str) -> str:
    default = Config.model_fields[name].default
    assert default is not PydanticUndefined
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, tuple):
        default = ",".join(f"{part:g}" if isinstance(part, float | int) else part for part in default)
    if default in {"", None}:
        return "none"
    return str(default).lower() if isinstance(default, bool) else str(default)


# Settings


def test_every_setting_is_told_with_its_default_and_no_other() -> None:
    told = {
        setting: cells[1].strip("`") if SETTINGS.get(setting) not in IN_WORDS else cells[1]
        for cells in _rows(page("configuration.md"))
        for setting in re.findall(r"^`(TRACKWAY_\w+)`", cells[0])
    }
    assert told == {setting: IN_WORDS.get(name, _default(name)) for setting, name in SETTINGS.items()}


def test_every_variable_that_a_page_names_is_a_setting() -> None:
    named = set(re.findall(r"\bTRACKWAY_[A-Z][A-Z_]*[A-Z]", TEXT))
    assert named <= set(SETTINGS)


@pytest.mark.parametrize(
    ("language", "text"), [(block.language, block.text) for text in WHOLE.values() for block in blocks(text)]
)
def test_every_block_can_be_read(language: str, text: str) -> None:
    if language == "json":
        json.loads(text)
    elif language == "python":
        ast.parse(text)
    elif language == "sh":
        assert subprocess.run(["bash", "-n"], input=text.encode(), check=False).returncode == 0
    elif language == "toml":
        read = tomllib.loads(text)
        if text.startswith("#") and "trackway.toml" in text.partition("\n")[0]:
            load(**read)


# Commands


def _sections() -> dict[str, str]:
    """Each command's part of the page, by the command's whole name."""
    parts = re.split(r"^## ", page("commands.md"), flags=re.MULTILINE)[1:]
    sections = {}
    for part in parts:
        heading, _, text = part.partition("\n")
        words = [word for word in heading.strip("`").split() if not word.isupper()]
        sections[" ".join(words)] = text
    return sections


def test_every_command_has_its_section_and_there_is_no_other() -> None:
    assert _sections().keys() - {"For all commands"} == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_told_beside_its_command_and_there_is_no_other(name: str) -> None:
    section, shared = _sections()[name], {"--data", "--database", "--help"}
    told = {option for cells in _rows(section) for option in re.findall(r"`(--[a-z-]+)`", cells[0])}
    wanted = _options(COMMANDS[name])
    if name == "trackway carrier connect":
        known = kinds()
        settings = (setting for kind in ("hongkong-post", "track17") for setting in known[kind].settings)
        wanted |= {f"--{setting.name.replace('_', '-')}" for setting in settings}
    assert told - shared == wanted - shared


def test_every_word_that_an_option_takes_is_told() -> None:
    sections = _sections()
    assert all(f"`{word}`" in sections["trackway serve"] for word in Only)
    assert all(f"`{word}`" in sections["trackway webhook log"] for word in Outcome)


def test_what_all_commands_take_is_told_once() -> None:
    common = _sections()["For all commands"]
    for name, command in COMMANDS.items():
        assert {"--data", "--database"} <= _options(command) or name == "trackway demo"
    everywhere = typer.main.get_command(main).params
    for option in ("--data", "--database", "--json", "--help", *(name for one in everywhere for name in one.opts)):
        assert f"`{option}`" in common or f"`trackway {option}`" in common


@pytest.mark.parametrize("line", sorted({line for text in WHOLE.values() for line in commands(text)}))
def test_every_command_that_a_page_types_exists(line: str) -> None:
    words = [word for word in shlex.split(line, comments=True) if not re.fullmatch(r"TRACKWAY_\w+=.*", word)]
    if words[:1] == ["make"]:
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    if not words or not words[0].endswith("trackway"):
        return
    name = max((name for name in COMMANDS if f"trackway {' '.join(words[1:])} ".startswith(f"{name} ")), key=len)
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    if name != "trackway carrier connect":  # its options are the connector's
        assert given <= _options(COMMANDS[name])


# What a server shows


def test_every_metric_is_told_with_its_labels_and_there_is_no_other() -> None:
    rows = {cells[0].strip("`"): re.findall(r"`(\w+)`", cells[1]) for cells in _rows(page("operations.md"))}
    kept = [metric for metric in vars(Metrics()).values() if isinstance(metric, Counter | Gauge | Histogram)]
    names = [f"{next(iter(metric.describe())).name}{'_total' * isinstance(metric, Counter)}" for metric in kept]
    labels = [list(metric._labelnames) for metric in kept]  # noqa: SLF001  # nothing else tells them
    assert {name: told for name, told in rows.items() if name.startswith("trackway_")} == dict(
        zip(names, labels, strict=True)
    )


async def test_every_address_is_told(tmp_path: Path, clock: Clock) -> None:
    async with open_house(load(data=tmp_path), clock) as house:
        served = web_wing(house)._app  # type: ignore[attr-defined]  # noqa: SLF001  # what is counted is what is served
        paths = [route.path for route in served.routes if isinstance(route, Route) and not _button(route)]
    assert paths
    missing = [path for path in _meant(paths) if not re.search(rf"{re.escape(path)}(?![\w/])", TEXT)]
    assert not missing


def _button(route: Route) -> bool:
    """Whether an address of the console is what a page of it sends, or loads by itself, and nobody types."""
    return route.path.startswith("/console/") and ("GET" not in (route.methods or ()) or "/static/" in route.path)


def _meant(paths: Iterable[str]) -> Iterator[str]:
    """The addresses that somebody calls: each endpoint by its name, and not what a page loads by itself."""
    for path in paths:
        if path.endswith("{name:path}"):
            yield path.removesuffix("{name:path}") + "register"
        elif "{" not in path and not path.endswith((".js", ".css", ".png")):
            yield path


def test_every_status_of_the_operator_is_told_word_for_word() -> None:
    rows = {cells[0]: cells[1] for cells in _rows(page("api-hkpost.md"))}
    assert {code: rows.get(str(code), "").replace("(empty)", "") for code in WORDS} == WORDS | {0: ""}


def test_every_code_of_the_17track_api_is_told() -> None:
    told = page("api-17track.md")
    assert not [code for code in codes() if str(code) not in told]


def test_what_is_closed_and_what_cannot_be_opened() -> None:
    """The two lists of networks, held against the table itself."""
    refused, never = (
        [ip_network(word) for word in block.text.split()]
        for block in blocks(page("operations.md"))
        if re.fullmatch(r"[0-9a-f:./\s]+", block.text)
    )
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    for network in refused:
        assert not permitted(network[0])
        assert not permitted(network[-1])
    for network in never:
        assert not permitted(network[0], everything)
        assert not permitted(network[-1], everything)
    assert permitted(ip_network("10.0.0.0/8")[1], everything)


# Readings


def test_every_reading_of_the_operator_has_its_row_and_its_tests_are_there() -> None:
    rows = {cells[0]: cells for cells in _rows(page("api-hkpost.md")) if re.fullmatch(r"H\d+", cells[0])}
    assert list(rows) == [f"H{row}" for row in range(1, 27)]
    for row, (_, _, tests) in rows.items():
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
        assert named or tests == "not yet", row
        for file, name in named:
            assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), (row, name)


def test_every_fault_is_told_with_what_merchants_see() -> None:
    rows = {cells[0].strip("`"): cells for cells in _rows(page("connectors.md"))}
    known = set(_below(CarrierFault))
    assert {name for name in rows if name.startswith("Carrier")} == {kind.__name__ for kind in known}
    now = Clock()()
    for kind in known:
        seen = []
        for answered_at in (None, now):
            leg = Leg(position=Position.FIRST, carrier=8011, answered_at=answered_at)
            tracking = Tracking(id=1, account=1, number="x", carrier=8011, registered_at=now, legs=(leg,))
            seen.append(query_code(fault(tracking, Position.FIRST, kind("why"), now).legs[0]))
        _, _, told, log = rows[kind.__name__]
        assert told == ", ".join(map(str, seen)), kind
        assert ("alarm" in log) is kind.alarm


def _below(kind: type[CarrierFault]) -> Iterator[type[CarrierFault]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("trackway."):
            yield below
            yield from _below(below)


def test_every_field_of_a_report_is_told() -> None:
    told = page("connectors.md")
    assert all(f"`{field}`" in told for field in Report.__struct_fields__)


# Links and paths


@pytest.mark.parametrize("name", WHOLE)
def test_every_link_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", WHOLE[name]):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(_anchor, headings), target


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_file_that_a_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:trackway|tests|examples|bench|docs)/[\w./-]+)`", TEXT))
    assert not [name for name in named if not (ROOT / name).exists()]


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git repository")
    somewhere = re.compile(rb"(?<![\w.~-])/(?:root|home|work)/")
    for name in filter(None, listed.stdout.decode().split("\0")):
        file = ROOT / name
        if file.is_file():
            assert not somewhere.search(file.read_bytes()), name


@pytest.mark.parametrize("name", ["webhooks.md", "operations.md"])
def test_the_times_of_retries_that_are_told_are_those_that_are_kept(name: str) -> None:
    told = re.search(r"again (\d+), (\d+) and (\d+) minutes after (?:the|its)\s+first failure", page(name))
    assert told is not None
    assert tuple(int(minutes) * 60 for minutes in told.groups()) == load().webhook_retry_delays
