"""Real processes of Trackway: the commands as people type them, and a server that is started and stopped."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from copy import copy
from pathlib import Path

from aiohttp import ClientError, ClientSession

TRACKWAY = str(Path(sys.executable).with_name("trackway"))


class Place:
    """A data folder and a store, and the commands that work on them."""

    def __init__(self, data: Path, database_url: str) -> None:
        self.environment = {
            "PATH": os.environ["PATH"],
            "TRACKWAY_DATA": str(data),
            "TRACKWAY_DATABASE": database_url,
            "TRACKWAY_WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
            "TRACKWAY_POLL_MIN_INTERVAL": "0.2",
            "TRACKWAY_POLL_MAX_INTERVAL": "0.4",
            "TRACKWAY_PACE_PER_SECOND": "0",
        }
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def run(self, *words: str, code: int = 0, **environment: str) -> str:
        """What a command prints; its exit code must be the one expected."""
        done = subprocess.run(  # noqa: PLW1510  # the code is looked at below
            [TRACKWAY, *words], env=self.environment | environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def beside(self) -> "Place":
        """The same store, for a server of its own."""
        other = copy(self)
        other.port = free_port()
        other.url = f"http://127.0.0.1:{other.port}"
        return other

    @contextlib.asynccontextmanager
    async def serving(self, *words: str) -> AsyncIterator[subprocess.Popen[bytes]]:
        """A server process, ready; killed at the end if it still runs."""
        server = self._start(*words)
        try:
            await self.ready(server)
            yield server
        finally:
            server.kill()
            server.wait()

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([TRACKWAY, "serve", "--port", str(self.port), *words], env=self.environment)

    async def ready(self, server: subprocess.Popen[bytes]) -> None:
        async with ClientSession() as session:
            while server.poll() is None:
                with contextlib.suppress(ClientError, OSError):
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)
        raise AssertionError(f"the server ended with {server.returncode}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
