"""The connector of the page on connectors: installed as the page says, connected, and asked over real HTTP."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, page

TRACKWAY = str(Path(sys.executable).with_name("trackway"))
EXAMPLE = ROOT / "examples" / "trackway-example-post"
SCANS = (
    b'{"scans":[{"at":"2026-11-21T08:30:00","where":"London","text":"Delivered"},'
    b'{"at":"2026-11-20T09:00:00","where":"Leeds","text":"Posted"}]}'
)
FAULTS = (
    (401, b"", "the key is not accepted"),
    (400, b"", "HTTP 400"),
    (503, b"", "HTTP 503"),
    (200, b"<html>", "malformed"),
    (429, b"", "HTTP 429"),  # the last: from now on the carrier is left alone
)


class Carrier(BaseHTTPRequestHandler):
    """A carrier that answers what the test says."""

    status, body, asked = 200, SCANS, ""

    def do_GET(self) -> None:
        type(self).asked = f"{self.path} {self.headers['Authorization']}"
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def carrier() -> Iterator[tuple[type[Carrier], str]]:
    kind = type("OneCarrier", (Carrier,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield kind, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Reader:
    """Somebody who has installed the page's package; `types` is what a command prints."""

    def __init__(self, folder: Path, installed: Path) -> None:
        self.folder, self.installed = folder, installed

    def types(self, *words: str, code: int = 0) -> list[str]:
        done = subprocess.run(
            [TRACKWAY, *words],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(self.installed),
                "TRACKWAY_DATA": str(self.folder / "data"),
            },
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, (done.stdout, done.stderr)
        return [line.rstrip() for line in (done.stderr if code else done.stdout).splitlines()]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the example package is really built and installed."""
    target, source = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("source") / EXAMPLE.name
    shutil.copytree(EXAMPLE, source)
    here = Path(sys.executable)
    install: list[str | Path] = [
        here.with_name("uv"),
        "pip",
        "install",
        "--quiet",
        "--offline",
        "--no-deps",
        "--no-build-isolation",
    ]
    subprocess.run([*install, "--python", here, "--target", target, source], check=True, timeout=60)
    return target


@pytest.fixture
def reader(installed: Path, tmp_path: Path) -> Reader:
    return Reader(tmp_path, installed)


def test_the_page_shows_the_example() -> None:
    shown = {block.language: block.text for block in reversed(blocks(page("connectors.md")))}
    assert shown["python"] == (EXAMPLE / "example_post.py").read_text(encoding="utf-8")
    assert shown["toml"] == (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")


def test_the_examples_own_tests_pass(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")
    shutil.copy(EXAMPLE / "pyproject.toml", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout


def test_the_pages_connector_is_found_connected_and_asked(reader: Reader, carrier: tuple[type[Carrier], str]) -> None:
    kind, url = carrier
    listed, timeline, *_ = (block.text for block in blocks(page("connectors.md")) if block.language == "text")
    assert reader.types("carrier", "list") == listed.splitlines()
    assert "needs key" in reader.types("carrier", "connect", "example-post", "--url", url, code=2)[0]
    reader.types("carrier", "connect", "example-post", "--url", url, "--key", "s3cret")
    assert reader.types("track", "RR473124829GB") == timeline.splitlines()
    assert kind.asked == "/track/RR473124829GB Bearer s3cret"
    kind.status = 404
    assert "does not know this number" in reader.types("track", "RR473124829GB")[1]
    for status, body, told in FAULTS:
        kind.status, kind.body = status, body
        assert told in reader.types("track", "RR473124829GB", code=1)[0]
    kind.asked = ""
    assert "no more for now" in reader.types("track", "RR473124829GB", code=1)[0]
    assert not kind.asked
