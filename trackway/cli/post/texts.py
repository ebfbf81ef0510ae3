"""`trackway hkpost texts`: what event codes and messages are called."""

from typing import Annotated

import typer
from msgspec.structs import replace

from trackway.cli.base import AsJson, Data, DatabaseUrl, fail, out, print_json
from trackway.cli.post.spoken import InFile, OnlyOwn, Word, ask, chosen, spoken, take_over, told
from trackway.domain.post.phrasebook import Wording
from trackway.service.post.texts import Texts, wording_key
from trackway.wire.hkpost import texts as wire

app = typer.Typer(no_args_is_help=True, help="What event codes and messages are called, and the milestones they mean.")
Key = Annotated[str, typer.Argument(help="A UPU event code such as EMI, or a message in English.")]


@app.command("list")
def list_texts(own: OnlyOwn = False, as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print every wording, in the order in which they count."""
    for wording, changed in ask(Texts.wordings, data=data, database=database):
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
            milestone=told(milestone, old.milestone),
            message=told(message, old.message),
        )
        await texts.set_wordings([new])

    ask(work, data=data, database=database)
    out.print(f"{wording_key(key)}: set", markup=False)


@app.command()
def revert(key: Key, data: Data = None, database: DatabaseUrl = None) -> None:
    """Go back to the words that come with Trackway; a wording that is only the operator's is dropped."""
    if not ask(lambda texts: texts.revert_wording(wording_key(key)), data=data, database=database):
        fail(f"{key!r} has no words of your own", 2)
    out.print(f"{wording_key(key)}: as it came", markup=False)


@app.command("import")
def import_texts(file: InFile, data: Data = None, database: DatabaseUrl = None) -> None:
    """Take over the wordings of a CSV file as `export` writes it, all or none."""
    take_over(file, lambda texts, text: texts.set_wordings(wire.read_wordings(text)), data=data, database=database)


@app.command("export")
def export_texts(own: OnlyOwn = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print every wording as CSV."""
    every = ask(Texts.wordings, data=data, database=database)
    typer.echo(wire.write_wordings(chosen(every, own=own)), nl=False)


def _row(wording: Wording) -> dict[str, str]:
    return spoken("milestone", wording.milestone) | spoken("message", wording.message)
