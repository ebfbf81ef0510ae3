"""`trackway hkpost texts` and `trackway hkpost countries`: what codes, messages and countries are called."""

import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from msgspec.structs import astuple, replace

from trackway.cli.base import AsJson, Data, DatabaseUrl, fail, out, print_json, within
from trackway.domain.errors import ConfigError
from trackway.domain.errors.items import FieldInvalid
from trackway.domain.mail import Country, Words
from trackway.domain.phrasebook import Wording
from trackway.service.texts import Texts, wording_key
from trackway.wire import hkpost_texts as wire

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, help="What event codes and messages are called, and the milestones they mean.")
countries = typer.Typer(no_args_is_help=True, help="What countries are called.")
Key = Annotated[str, typer.Argument(help="A UPU event code such as EMI, or a message in English.")]
CountryCode = Annotated[str, typer.Argument(metavar="CODE", help="An ISO 3166 alpha-2 code such as HK.")]
InFile = Annotated[str, typer.Argument(help="A CSV file; - for standard input.")]
OnlyOwn = Annotated[bool, typer.Option("--own", help="Only what differs from what comes with Trackway.")]
Word = Annotated[str | None, typer.Option()]


@app.command("list")
def list_texts(own: OnlyOwn = False, as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print every wording, in the order in which they count."""
    for wording, changed in within(lambda house: house.post.texts.wordings(), data=data, database=database):
        if own and not changed:
            continue
        if as_json:
            print_json({"key": wording.key, "code": wording.code, "own": changed, "ours": wording.ours} | _row(wording))
        else:
            state = "own" if changed else "translated" if wording.ours else "given"
            out.print(f"{wording.key}  {state}  {wording.milestone.e} | {wording.message.e}", markup=False)


@app.command("set")
def set_text(
    key: Key,
    code: Annotated[str | None, typer.Option(help="The event code that a message belongs to.")] = None,
    milestone_e: Word = None,
    milestone_c: Word = None,
    milestone_s: Word = None,
    message_e: Word = None,
    message_c: Word = None,
    message_s: Word = None,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Change a wording, or add one; what is not given stays. Servers tell the new words within five seconds."""
    milestone, message = (milestone_e, milestone_c, milestone_s), (message_e, message_c, message_s)

    async def work(texts: Texts) -> None:
        known = {wording.key: wording for wording, _ in await texts.wordings()}
        old = known.get(wording_key(key), Wording(key=key))
        new = replace(
            old,
            code=old.code if code is None else code,
            milestone=_told(milestone, old.milestone),
            message=_told(message, old.message),
        )
        await texts.set_wordings([new])

    within(lambda house: _plainly(work(house.post.texts)), data=data, database=database)
    out.print(f"{wording_key(key)}: set", markup=False)


@app.command()
def revert(key: Key, data: Data = None, database: DatabaseUrl = None) -> None:
    """Go back to the words that come with Trackway; a wording that is only the operator's is dropped."""
    if not within(lambda house: house.post.texts.revert_wording(wording_key(key)), data=data, database=database):
        fail(f"{key!r} has no words of your own", 2)
    out.print(f"{wording_key(key)}: as it came", markup=False)


@app.command("import")
def import_texts(file: InFile, data: Data = None, database: DatabaseUrl = None) -> None:
    """Take over the wordings of a CSV file as `export` writes it, all or none."""
    text = _text(file)

    async def work(texts: Texts) -> int:
        return await texts.set_wordings(wire.read_wordings(text))

    changed = within(lambda house: _plainly(work(house.post.texts)), data=data, database=database)
    out.print(f"{changed} differ from what comes with Trackway", markup=False)


@app.command("export")
def export_texts(own: OnlyOwn = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print every wording as CSV."""
    every = within(lambda house: house.post.texts.wordings(), data=data, database=database)
    typer.echo(wire.write_wordings(wording for wording, changed in every if changed or not own), nl=False)


@countries.command("list")
def list_countries(
    own: OnlyOwn = False, as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None
) -> None:
    """Print every country by its code."""
    for country, changed in within(lambda house: house.post.texts.countries(), data=data, database=database):
        if own and not changed:
            continue
        if as_json:
            print_json({"code": country.code, "own": changed} | _spoken("name", country.name))
        else:
            out.print(f"{country.code}  {'own' if changed else 'given'}  {country.name.e}", markup=False)


@countries.command("set")
def set_country(
    code: CountryCode,
    name_e: Word = None,
    name_c: Word = None,
    name_s: Word = None,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Change what a country is called, or add one; what is not given stays."""

    async def work(texts: Texts) -> None:
        known = {country.code: country for country, _ in await texts.countries()}
        old = known.get(code, Country(code))
        await texts.set_countries([Country(code, _told((name_e, name_c, name_s), old.name))])

    within(lambda house: _plainly(work(house.post.texts)), data=data, database=database)
    out.print(f"{code}: set", markup=False)


@countries.command("revert")
def revert_country(code: CountryCode, data: Data = None, database: DatabaseUrl = None) -> None:
    """Go back to the names that come with Trackway."""
    if not within(lambda house: house.post.texts.revert_country(code), data=data, database=database):
        fail(f"{code!r} has no names of your own", 2)
    out.print(f"{code}: as it came", markup=False)


@countries.command("import")
def import_countries(file: InFile, data: Data = None, database: DatabaseUrl = None) -> None:
    """Take over the countries of a CSV file as `export` writes it, all or none."""
    text = _text(file)

    async def work(texts: Texts) -> int:
        return await texts.set_countries(wire.read_countries(text))

    changed = within(lambda house: _plainly(work(house.post.texts)), data=data, database=database)
    out.print(f"{changed} differ from what comes with Trackway", markup=False)


@countries.command("export")
def export_countries(own: OnlyOwn = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print every country as CSV."""
    every = within(lambda house: house.post.texts.countries(), data=data, database=database)
    typer.echo(wire.write_countries(country for country, changed in every if changed or not own), nl=False)


async def _plainly(work: Awaitable[T]) -> T:
    """What the work returns; a field that cannot be used is told in words, for no code of an API is meant here."""
    try:
        return await work
    except FieldInvalid as why:
        raise ConfigError(str(why)) from None


def _text(file: str) -> str:
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return body.decode("utf-8-sig")
    except OSError as error:
        fail(f"{file}: {error.strerror}", 2)
    except UnicodeDecodeError:
        fail(f"{file}: not UTF-8", 2)


def _told(given: tuple[str | None, str | None, str | None], old: Words) -> Words:
    return Words(*(new if new is not None else kept for new, kept in zip(given, astuple(old), strict=True)))


def _row(wording: Wording) -> dict[str, str]:
    return _spoken("milestone", wording.milestone) | _spoken("message", wording.message)


def _spoken(field: str, words: Words) -> dict[str, str]:
    return {f"{field}_{language}": word for language, word in zip("ecs", astuple(words), strict=True)}
