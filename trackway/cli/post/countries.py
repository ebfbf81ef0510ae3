"""`trackway hkpost countries`: what countries are called."""

from typing import Annotated

import typer

from trackway.cli.base import AsJson, Data, DatabaseUrl, fail, out, print_json
from trackway.cli.post.spoken import InFile, OnlyOwn, Word, ask, chosen, spoken, take_over, told
from trackway.domain.post.mail import Country
from trackway.service.post.texts import Texts
from trackway.wire.hkpost import texts as wire

app = typer.Typer(no_args_is_help=True, help="What countries are called.")
CountryCode = Annotated[str, typer.Argument(metavar="CODE", help="An ISO 3166 alpha-2 code such as HK.")]


@app.command("list")
def list_countries(
    own: OnlyOwn = False, as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None
) -> None:
    """Print every country by its code."""
    for country, changed in ask(Texts.countries, data=data, database=database):
        if own and not changed:
            continue
        if as_json:
            print_json({"code": country.code, "own": changed} | spoken("name", country.name))
        else:
            out.print(f"{country.code}  {'own' if changed else 'given'}  {country.name.e}", markup=False)


@app.command("set")
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
        await texts.set_countries([Country(code, told((name_e, name_c, name_s), old.name))])

    ask(work, data=data, database=database)
    out.print(f"{code}: set", markup=False)


@app.command()
def revert(code: CountryCode, data: Data = None, database: DatabaseUrl = None) -> None:
    """Go back to the names that come with Trackway."""
    if not ask(lambda texts: texts.revert_country(code), data=data, database=database):
        fail(f"{code!r} has no names of your own", 2)
    out.print(f"{code}: as it came", markup=False)


@app.command("import")
def import_countries(file: InFile, data: Data = None, database: DatabaseUrl = None) -> None:
    """Take over the countries of a CSV file as `export` writes it, all or none."""
    take_over(file, lambda texts, text: texts.set_countries(wire.read_countries(text)), data=data, database=database)


@app.command("export")
def export_countries(own: OnlyOwn = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print every country as CSV."""
    every = ask(Texts.countries, data=data, database=database)
    typer.echo(wire.write_countries(chosen(every, own=own)), nl=False)
