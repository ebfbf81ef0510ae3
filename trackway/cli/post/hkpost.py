"""`trackway hkpost`: the operator's side: who may ask, and what happened to the items."""

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.progress import Progress, TaskID

from trackway.app.house import House
from trackway.cli.base import AsJson, Data, DatabaseUrl, err, fail, out, print_json, within
from trackway.cli.post import countries, operator_key, texts
from trackway.domain.post.mail import ItemMalformed, Unread, item_number
from trackway.service.post.loading import Loaded
from trackway.wire.files import Format, format_of, read_file
from trackway.wire.files.emsevt import profile_in
from trackway.wire.hkpost.load import write_item

app = typer.Typer(no_args_is_help=True, help="The postal operator: API users, mail items and their scans.")
user = typer.Typer(no_args_is_help=True, help="API users: those who may ask for items.")
app.add_typer(user, name="user")
app.add_typer(texts.app, name="texts")
app.add_typer(countries.app, name="countries")
app.add_typer(operator_key.app, name="operator-key")
SysId = Annotated[str, typer.Argument(metavar="SYSID", help="The API username, at most 20 characters.")]


@user.command()
def create(
    sys_id: SysId,
    daily: Annotated[int | None, typer.Option(min=0, help="Requests a day; 0 for no limit.")] = None,
    interval: Annotated[int | None, typer.Option(min=0, help="Milliseconds between requests.")] = None,
    zone: Annotated[str, typer.Option(help="The zone in which its days are counted.")] = "Asia/Hong_Kong",
    prefix: Annotated[
        list[str] | None, typer.Option(help="Beginning of the numbers it may see; may be repeated.")
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Make an API user and print its secret: it is shown this once."""
    secret = within(
        lambda house: house.post.mailroom.create_partner(
            sys_id, house.clock(), interval_ms=interval, daily=daily, zone=zone, prefixes=tuple(prefix or ())
        ),
        data=data,
        database=database,
    )
    _print_secret(sys_id, secret, as_json=as_json)


@user.command("list")
def list_users(as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print every API user."""
    for partner in within(lambda house: house.post.mailroom.partners(), data=data, database=database):
        row = {
            "sysId": partner.sys_id,
            "disabled": partner.disabled,
            "daily": partner.daily,
            "intervalMs": partner.interval_ms,
            "zone": partner.zone,
            "prefixes": partner.prefixes,
        }
        if as_json:
            print_json(row)
        else:
            state = "disabled" if partner.disabled else "enabled"
            out.print(f"{partner.sys_id}  {state}  {' '.join(partner.prefixes) or 'all items'}", markup=False)


@user.command()
def disable(sys_id: SysId, data: Data = None, database: DatabaseUrl = None) -> None:
    """Shut an API user out at once, whatever tokens it holds."""
    within(lambda house: house.post.mailroom.set_disabled(sys_id, disabled=True), data=data, database=database)
    out.print(f"{sys_id}: disabled", markup=False)


@user.command()
def enable(sys_id: SysId, data: Data = None, database: DatabaseUrl = None) -> None:
    """Let a disabled API user in again."""
    within(lambda house: house.post.mailroom.set_disabled(sys_id, disabled=False), data=data, database=database)
    out.print(f"{sys_id}: enabled", markup=False)


@user.command()
def rotate(sys_id: SysId, as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print a new secret; the old one opens nothing any more, tokens run to their end."""
    secret = within(lambda house: house.post.mailroom.rotate(sys_id), data=data, database=database)
    _print_secret(sys_id, secret, as_json=as_json)


@app.command()
def usage(
    sys_id: Annotated[str | None, typer.Option("--user", metavar="SYSID", help="Only this API user.")] = None,
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Print how many requests were let in, by API user and day."""
    for used in within(lambda house: house.post.mailroom.usage(sys_id), data=data, database=database):
        if as_json:
            print_json({"sysId": used.sys_id, "day": used.day, "requests": used.calls})
        else:
            out.print(f"{used.sys_id}  {used.day}  {used.calls}", markup=False)


@app.command()
def export(
    number: Annotated[str, typer.Argument(help="The item number.")],
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Print an item with its scans, and who asked for it when, as one JSON object."""
    try:
        key = item_number(number)
    except ItemMalformed as why:
        fail(str(why), 2)
    items, asked = within(lambda house: house.post.mailroom.history(key, house.clock()), data=data, database=database)
    print_json(
        {
            "items": list(map(write_item, items)),
            "inquiries": [{"sysId": one.sys_id, "askedAt": one.at, "status": one.status} for one in asked],
        }
    )
    if not items:
        fail(f"there is no item {number}")


@app.command()
def load(
    file: Annotated[str, typer.Argument(help="JSON array, JSON lines, CSV or EDIFACT EMSEVT; - for standard input.")],
    kind: Annotated[Format | None, typer.Option("--format", help="What the file is; else its ending tells.")] = None,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Load items with their scans, named as in `deliveryResultList`. Safe to do twice; bad lines are left out."""
    name = Path(file).name
    with Progress(console=err, transient=True, disable=file == "-" or not err.is_terminal) as progress:
        task = progress.add_task(name)
        opened = _opened(file, progress, task)

        def went(so_far: Loaded) -> None:
            progress.update(task, description=f"{name}: {so_far.scans} scans kept")

        async def work(house: House) -> Loaded:
            entries = read_file(opened, kind or format_of(file), profile_in(house.config.data))
            return await house.post.loader.run(entries, tell=_tell, went=went)

        loaded = within(work, data=data, database=database)
    out.print(f"{loaded.items} items with {loaded.scans} scans loaded, {loaded.refused} refused", markup=False)
    if loaded.refused:
        raise typer.Exit(1)


def _tell(unread: Unread) -> None:
    err.print(f"{unread.where}: {unread.why}" if unread.where else unread.why, markup=False)


def _opened(file: str, progress: Progress, task: TaskID) -> BinaryIO:
    """The file, which shows how far it is read; its reader closes it."""
    try:
        return sys.stdin.buffer if file == "-" else progress.open(file, "rb", task_id=task)
    except OSError as error:
        fail(f"{file}: {error.strerror}", 2)


def _print_secret(sys_id: str, secret: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"sysId": sys_id, "sysSecret": secret})
    else:
        out.print(f"sysId     {sys_id}\nsysSecret {secret}", markup=False)
