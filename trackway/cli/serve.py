"""`trackway serve`: the web faces and the workers, until a signal says stop."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import structlog
import typer
import uvicorn
import uvloop
from starlette.routing import BaseRoute

from trackway import logs
from trackway.app.house import House, open_house
from trackway.app.web import web_wing
from trackway.app.workers import worker_wing
from trackway.cli.base import Data, DatabaseUrl, fail, out
from trackway.config import Config, load
from trackway.domain.errors import ConfigError, TrackwayError
from trackway.web.around.protocol import PlainHttp

_log = structlog.get_logger(__name__)
_WEB_SHARE = 1 / 3
_COLLECT_AFTER = (10_000, 20, 20)


class Only(StrEnum):
    """Which wing runs alone."""

    WEB = "web"
    WORKER = "worker"


class _Server(uvicorn.Server):
    """A server whose signals are ours, and which says when it listens and when it ends."""

    def __init__(
        self, config: uvicorn.Config, started: Callable[[], Awaitable[None]], ending: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._started = started
        self._ending = ending

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `run`."""
        yield

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listen, then say so."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            await self._started()

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Say so, that what has no end of its own may end, then stop."""
        self._ending()
        await super().shutdown(sockets)  # type: ignore[arg-type]


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8017,
    only: Annotated[Only | None, typer.Option(help="Run one wing alone.")] = None,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Answer callers, ask carriers and push news, until SIGTERM or Ctrl-C."""

    async def announced(house: House) -> None:
        _log.info("Trackway listens", url=f"http://{host}:{port}", runs=only or "web and worker")
        link = None if only is Only.WORKER else await house.staff.people.first_link(house.clock())
        if link is not None:
            out.print(f"Nobody uses the console yet. Make its owner: http://{host}:{port}/console/link/{link.token}")

    start(lambda: load(data=data, database=database), host, port, only=only, started=announced)


def start(
    settings: Callable[[], Config],
    host: str,
    port: int,
    *,
    started: Callable[[House], Awaitable[None]],
    only: Only | None = None,
    routes: Callable[[House], Sequence[BaseRoute]] = lambda _: (),
) -> None:
    """Run a server to its end; what cannot start is told in one line, exit code 2 for a setting, else 1."""
    try:
        config = settings()
        logs.set_up(config.log_level, config.log_format)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(config, host, port, only, started, routes))
    except TrackwayError as error:
        fail(str(error), 2 if isinstance(error, ConfigError) else 1)


async def _run(
    config: Config,
    host: str,
    port: int,
    only: Only | None,
    started: Callable[[House], Awaitable[None]],
    routes: Callable[[House], Sequence[BaseRoute]],
) -> None:
    async with open_house(config) as house:
        web = web_wing(house, faces=only is not Only.WORKER, routes=routes(house))
        settings = _uvicorn(web, host, port, config.stop_timeout * _WEB_SHARE)
        server = _Server(settings, lambda: started(house), house.bell.close)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, server.handle_exit, number, None)
        loops = [] if only is Only.WEB else worker_wing(house)
        for loop in loops:
            loop.start()
        settle()
        try:
            await server.serve()
        except SystemExit:
            raise ConfigError(f"cannot listen on {host}:{port}") from None
        finally:
            limit = config.stop_timeout * (1 - _WEB_SHARE)
            await asyncio.gather(*(loop.stop(limit) for loop in loops))


def settle() -> None:
    """Let the collector of cycles pass over what was made to last, and look less often: a fifth of a delivery's CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def _uvicorn(web: object, host: str, port: int, patience: float) -> uvicorn.Config:
    return uvicorn.Config(
        web,  # type: ignore[arg-type]
        host=host,
        port=port,
        http=PlainHttp,
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=max(1, round(patience)),
    )
