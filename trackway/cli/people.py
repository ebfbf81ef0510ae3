"""`trackway people`: who may use the console."""

from typing import Annotated

import typer

from trackway.app.house import House
from trackway.cli.base import AsJson, Data, DatabaseUrl, out, print_json, within
from trackway.domain.person import Person, Role
from trackway.service.people.people import Link

app = typer.Typer(no_args_is_help=True, help="People: who may use the console, and as what.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the person signs in with.")]
Url = Annotated[str, typer.Option("--url", help="Where the console is reached.")]
_HERE = "http://127.0.0.1:8017"


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.OWNER,
    account: Annotated[str | None, typer.Option(help="The one account that they see; all where none is named.")] = None,
    url: Url = _HERE,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Add somebody and print the one-time link where they choose their password."""

    async def work(house: House) -> Link:
        where = None if account is None else (await house.access.named(account)).id
        return await house.staff.people.add(name, role, where, house.clock())

    _print(within(work, data=data, database=database), url)


@app.command("list")
def list_people(as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print everybody: what they are, and whether they may sign in."""

    async def work(house: House) -> list[tuple[Person, str]]:
        names = {account.id: account.name for account in await house.access.accounts()}
        return [(one, names[one.account] if one.account else "") for one in await house.staff.people.all()]

    for person, account in within(work, data=data, database=database):
        if as_json:
            print_json({"name": person.name, "role": person.role, "account": account, "disabled": person.disabled})
        else:
            state = "disabled" if person.disabled else "enabled"
            out.print(f"{person.name}  {person.role}  {account or 'all accounts'}  {state}", markup=False)


@app.command()
def reset(name: Name, url: Url = _HERE, data: Data = None, database: DatabaseUrl = None) -> None:
    """Take somebody's password, second factor and sessions, and print the one-time link for a new password."""
    _print(within(lambda house: house.staff.people.reset(name, house.clock()), data=data, database=database), url)


@app.command()
def disable(name: Name, data: Data = None, database: DatabaseUrl = None) -> None:
    """Shut somebody out and end their sessions."""
    within(lambda house: house.staff.people.set_disabled(name, disabled=True), data=data, database=database)
    out.print(f"{name}: disabled", markup=False)


@app.command()
def enable(name: Name, data: Data = None, database: DatabaseUrl = None) -> None:
    """Let somebody in again."""
    within(lambda house: house.staff.people.set_disabled(name, disabled=False), data=data, database=database)
    out.print(f"{name}: enabled", markup=False)


def _print(link: Link, url: str) -> None:
    out.print(f"{url.rstrip('/')}/console/link/{link.token}\nit works once, until {link.until:%Y-%m-%d %H:%M} UTC")
