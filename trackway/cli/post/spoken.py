"""What the commands for texts and those for countries share: words in three languages, from options and from files."""

import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from msgspec.structs import astuple

from trackway.cli.base import fail, out, within
from trackway.domain.errors import ConfigError
from trackway.domain.errors.items import FieldInvalid
from trackway.domain.post.mail import Words
from trackway.service.post.texts import Texts

T = TypeVar("T")
InFile = Annotated[str, typer.Argument(help="A CSV file; - for standard input.")]
OnlyOwn = Annotated[bool, typer.Option("--own", help="Only what differs from what comes with Trackway.")]
Word = Annotated[str | None, typer.Option()]
Given = tuple[str | None, str | None, str | None]


def ask(work: Callable[[Texts], Awaitable[T]], *, data: Path | None, database: str | None) -> T:
    """What `work` returns; a field that cannot be used is told in words, for no code of an API is meant here."""

    async def plainly(texts: Texts) -> T:
        try:
            return await work(texts)
        except FieldInvalid as why:
            raise ConfigError(str(why)) from None

    return within(lambda house: plainly(house.post.texts), data=data, database=database)


def take_over(
    file: str, put: Callable[[Texts, str], Awaitable[int]], *, data: Path | None, database: str | None
) -> None:
    """Put what a file says, all or none."""
    text = _text(file)
    changed = ask(lambda texts: put(texts, text), data=data, database=database)
    out.print(f"{changed} differ from what comes with Trackway", markup=False)


def chosen(every: Iterable[tuple[T, bool]], *, own: bool) -> Iterable[T]:
    """All of them, or only those that differ from what comes with Trackway."""
    return (one for one, changed in every if changed or not own)


def told(given: Given, old: Words) -> Words:
    """The words as they become: what is not given stays."""
    return Words(*(new if new is not None else kept for new, kept in zip(given, astuple(old), strict=True)))


def spoken(field: str, words: Words) -> dict[str, str]:
    """The words as a row's fields."""
    return {f"{field}_{language}": word for language, word in zip("ecs", astuple(words), strict=True)}


def _text(file: str) -> str:
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return body.decode("utf-8-sig")
    except OSError as error:
        fail(f"{file}: {error.strerror}", 2)
    except UnicodeDecodeError:
        fail(f"{file}: not UTF-8", 2)
