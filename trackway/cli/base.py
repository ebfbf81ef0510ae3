"""What all commands share: where the store is, how a failure is told, how an answer is printed."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
import typer
from rich.console import Console

from trackway import logs
from trackway.app.house import House, open_house
from trackway.config import load
from trackway.domain.errors import ConfigError, Refusal, TrackwayError
from trackway.wire.track17.codes import problem_of

T = TypeVar("T")
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

Data = Annotated[Path | None, typer.Option("--data", help="Folder for the store and the master key.")]
DatabaseUrl = Annotated[str | None, typer.Option("--database", help="sqlite:///PATH or postgresql://USER@HOST/NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def within(work: Callable[[House], Awaitable[T]], *, data: Path | None, database: str | None, **given: Any) -> T:
    """What `work` returns, done inside an open house. A failure is one line on standard error and an exit code."""

    async def whole() -> T:
        config = load(data=data, database=database, **given)
        logs.set_up("warning", config.log_format)
        async with open_house(config) as house:
            return await work(house)

    try:
        return asyncio.run(whole())
    except Refusal as why:
        fail(told(why), 2)
    except TrackwayError as error:
        fail(str(error), 2 if isinstance(error, ConfigError) else 1)


def told(why: Refusal) -> str:
    """A refusal with the code that 17TRACK's documents have for it."""
    code, text = problem_of(why)
    return f"{code} {text} {why}".strip()


def fail(why: str, code: int = 1) -> NoReturn:
    """Say why in one line and leave."""
    err.print(f"trackway: {why}", style="red", markup=False)
    raise typer.Exit(code)


def print_json(value: object) -> None:
    """One JSON object on one line."""
    typer.echo(msgspec.json.encode(value).decode())
