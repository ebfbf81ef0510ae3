"""What the pages promise, done as a reader does it: blocks typed in order, against a real server."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import ROOT, Block, blocks, page
from tests.processes import free_port
from trackway.wire.files.emsevt import read_profile

BIN = Path(sys.executable).parent
SECRET = "0b8ec0c4-8d41-47ea-b2b9-70a1dd0ee2ce"
KEY = "5C0A0F3B7C9E4A0F8B2D1E6F7A8B9C0D"
RANDOM = {r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "<secret>", r"\b[0-9A-F]{32}\b": "<key>"}
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the pages are typed with curl")


class Reader:
    """Somebody who types what a page says, in a folder of their own, with other ports and their own secrets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.port_of_receiver = free_port(), free_port()
        self.own = {
            ".venv/bin/": f"{BIN}/",
            "examples/receiver.py": str(ROOT / "examples" / "receiver.py"),
            "8017": str(self.port),
            "8018": str(self.port_of_receiver),
        }
        self._running: list[subprocess.Popen[bytes]] = []

    def types(self, block: Block) -> str:
        """What a block of commands prints; every one of them must succeed."""
        assert block.language == "sh"
        done = subprocess.run(
            ["bash", "-ec", self._mine(block.text)],
            cwd=self.folder,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (block.text, done.stdout, done.stderr)
        return done.stdout

    def starts(self, block: Block, *, more: str = "") -> Path:
        """Leave a block's command running; the file that holds what it prints."""
        assert block.language == "sh"
        printed = self.folder / f"printed-{len(self._running)}"
        with printed.open("wb") as file:
            command = ["bash", "-ec", self._mine(block.text.rstrip() + more)]
            process = subprocess.Popen(
                command, cwd=self.folder, env=_environment(), stdout=file, start_new_session=True
            )
        self._running.append(process)
        return printed

    def serves(self, block: Block) -> None:
        """Start the server, on the reader's own port, and wait until it is ready."""
        self.starts(block, more=f" --port {self.port}")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz"):
                return
            time.sleep(0.1)
        raise AssertionError("the server is not ready")

    def stops(self, process: int = -1) -> None:
        """Ctrl-C in a terminal."""
        stopped = self._running[process]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(stopped.pid, signal.SIGTERM)
        stopped.wait(30)

    def leaves(self) -> None:
        """Close every terminal."""
        for process in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _mine(self, text: str) -> str:
        """The text with all of the page's own words replaced at once."""
        words = "|".join(map(re.escape, self.own))
        return re.sub(words, lambda found: self.own[found[0]], text)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path)
    yield reader
    reader.leaves()


def shape(text: str) -> list[str]:
    """The lines, but for what is random in them and blanks at their ends."""
    for random, name in RANDOM.items():
        text = re.sub(random, name, text)
    return [line.rstrip() for line in text.strip().splitlines()]


def told(printed: str, pattern: str) -> str:
    found = re.search(pattern, printed)
    assert found is not None, printed
    return found[0]


def comes(printed: Path, line: str, seconds: float = 30) -> None:
    """Wait until a line is printed."""
    deadline = time.monotonic() + seconds
    while line not in (lines := shape(printed.read_text(encoding="utf-8"))):
        assert time.monotonic() < deadline, (line, lines)
        time.sleep(0.1)


def test_the_quickstart_from_the_first_line_to_the_last(reader: Reader) -> None:
    (
        serve,
        create_user,
        user,
        item,
        load,
        connect,
        track,
        timeline,
        receiver,
        create_account,
        account,
        register,
        answer,
        event,
    ) = blocks(page("quickstart.md"))
    make, _, server = serve.text.partition("\n")
    assert make == "make setup"
    reader.serves(Block("sh", server))

    printed = reader.types(create_user)
    assert shape(printed) == shape(user.text)
    reader.own[SECRET] = told(printed, next(iter(RANDOM)))
    file = reader.folder / "item.jsonl"
    file.write_text(item.text, encoding="utf-8")
    assert shape(reader.types(load)) == ["1 items with 1 scans loaded, 0 refused"]
    reader.types(connect)
    assert shape(reader.types(track)) == shape(timeline.text)

    inbox = reader.starts(receiver)
    printed = reader.types(create_account)
    assert shape(printed)[:2] == shape(account.text)
    reader.own[KEY] = told(printed, r"\b[0-9A-F]{32}\b")
    assert json.loads(reader.types(register)) == json.loads(answer.text)
    comes(inbox, event.text.strip())

    reader.stops()
    checking = reader.starts(receiver, more=f" {KEY}")
    loaded: dict[str, Any] = json.loads(item.text)
    delivered = {"eventDateTime": "22-11-2026 09:45", "eventLocation_code": "GB", "eventMsg_e": "Delivered"}
    loaded["itemDeliveryStatusDetailList"].append(delivered)
    file.write_text(json.dumps(loaded), encoding="utf-8")
    reader.types(load)
    comes(checking, "TRACKING_UPDATED RT215770195HK e=40 2026-11-22 09:45 UNITED KINGDOM Delivered")


def test_the_operators_page_from_the_first_line_to_the_last(reader: Reader) -> None:
    (
        serve,
        create_user,
        user,
        item,
        load,
        loaded,
        authenticate,
        token,
        ask,
        answer,
        without,
        refused,
        rows,
        profile,
        scan,
        kept,
    ) = blocks(page("api-hkpost.md"))
    reader.serves(serve)
    printed = reader.types(create_user)
    assert shape(printed) == shape(user.text)
    reader.own[SECRET] = told(printed, next(iter(RANDOM)))
    (reader.folder / "items.jsonl").write_text(item.text, encoding="utf-8")
    assert shape(reader.types(load)) == shape(loaded.text)
    given, shown = json.loads(reader.types(authenticate)), json.loads(token.text)
    assert {name: type(value) for name, value in given.items()} == {name: type(shown[name]) for name in shown}
    assert json.loads(reader.types(ask)) == json.loads(answer.text)
    assert reader.types(without).strip() == refused.text.strip()
    assert rows.text.startswith("itemNo,")
    assert read_profile(profile.text.encode()).number == ("CNI 2.1", "RFF 1.2")
    assert json.loads(reader.types(scan)) == json.loads(kept.text)
