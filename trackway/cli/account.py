"""`trackway account`: customers, their keys, their webhook and who may call for them."""

from typing import Annotated

import typer

from trackway.app.house import House
from trackway.cli.base import AsJson, Data, DatabaseUrl, fail, out, print_json, told, within
from trackway.domain.account import Usage
from trackway.domain.errors import ConfigError
from trackway.domain.errors.webhooks import WebhookTestFailed

app = typer.Typer(no_args_is_help=True, help="Customers: keys, webhook, address list, quota.")
_TAKEN = 200
Name = Annotated[str, typer.Argument(help="The account's name.")]


@app.command()
def create(
    name: Name,
    quota: Annotated[int | None, typer.Option(help="Numbers it may register in all.")] = None,
    daily: Annotated[int | None, typer.Option(help="Numbers it may register a day (UTC).")] = None,
    as_json: AsJson = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Make an account and print its key: it is shown this once."""
    key = within(lambda house: house.access.create(name, quota, daily, house.clock()), data=data, database=database)
    if as_json:
        print_json({"account": key.account, "key": key.key})
    else:
        out.print(f"account {key.account}\nkey     {key.key}", markup=False)


@app.command("list")
def list_accounts(as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print every account."""
    for account in within(lambda house: house.access.accounts(), data=data, database=database):
        row = {"account": account.name, "disabled": account.disabled, "webhook": account.webhook_url}
        if as_json:
            print_json(row)
        else:
            state = "disabled" if account.disabled else "enabled"
            out.print(f"{account.name}  {state}  {account.webhook_url or 'no webhook'}", markup=False)


@app.command()
def limit(
    name: Name,
    quota: Annotated[str, typer.Option(help="Numbers it may register in all; 'none' for no limit.")] = "",
    daily: Annotated[str, typer.Option(help="Numbers it may register a day (UTC); 'none' for no limit.")] = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Change how much an account may register; what is not given stays."""

    async def work(house: House) -> Usage:
        account = (await house.access.named(name)).id
        before = await house.access.usage(account, house.clock())
        await house.access.limit(name, _limit("quota", quota, before.quota), _limit("daily", daily, before.daily))
        return await house.access.usage(account, house.clock())

    out.print(_told(within(work, data=data, database=database)), markup=False)


def _limit(field: str, given: str, before: int | None) -> int | None:
    if given in {"", "none"}:
        return None if given else before
    try:
        return int(given)
    except ValueError:
        raise ConfigError(f"{field} {given}: give a whole number, or 'none'") from None


def _told(used: Usage) -> str:
    quota, daily = ("no limit" if limit is None else limit for limit in (used.quota, used.daily))
    return f"in all {used.used} of {quota}\ntoday  {used.day_used} of {daily}"


@app.command()
def usage(name: Name, as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print what an account has registered, in all and today (UTC), and how much it may."""

    async def work(house: House) -> Usage:
        return await house.access.usage((await house.access.named(name)).id, house.clock())

    used = within(work, data=data, database=database)
    if as_json:
        print_json(used)
    else:
        out.print(_told(used), markup=False)


@app.command()
def webhook(
    name: Name,
    url: Annotated[str, typer.Argument(help="Where its news is posted; '' for nowhere.")],
    test: Annotated[bool, typer.Option("--test", help="Post a signed sample there and print the answer.")] = False,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Set where an account's news is posted."""
    within(lambda house: house.merchants.webhooks.set_url(name, url), data=data, database=database)
    out.print(f"{name}: news goes to {url}" if url else f"{name}: news goes nowhere", markup=False)
    if not test:
        return
    reply = within(lambda house: house.merchants.webhooks.test(name, house.clock()), data=data, database=database)
    out.print(f"the test met {reply.fault or f'HTTP {reply.status}'} in {reply.took_ms} ms", markup=False)
    out.print(reply.answer, markup=False)
    if reply.status != _TAKEN:
        fail(told(WebhookTestFailed(reply.status)))


@app.command()
def disable(name: Name, data: Data = None, database: DatabaseUrl = None) -> None:
    """Shut an account out: its key is answered with -18010004."""
    within(lambda house: house.access.set_disabled(name, disabled=True), data=data, database=database)
    out.print(f"{name}: disabled", markup=False)


@app.command()
def enable(name: Name, data: Data = None, database: DatabaseUrl = None) -> None:
    """Let a disabled account in again."""
    within(lambda house: house.access.set_disabled(name, disabled=False), data=data, database=database)
    out.print(f"{name}: enabled", markup=False)


@app.command("rotate-key")
def rotate_key(name: Name, as_json: AsJson = False, data: Data = None, database: DatabaseUrl = None) -> None:
    """Print a new key; the old one dies the moment the new one takes effect."""
    key = within(lambda house: house.access.rotate_key(name, house.clock()), data=data, database=database)
    if as_json:
        print_json({"account": key.account, "key": key.key, "activeFrom": key.active_from})
    else:
        out.print(f"new key {key.key}\nin force from {key.active_from:%Y-%m-%d %H:%M:%S} UTC", markup=False)


@app.command("allow-address")
def allow_address(
    name: Name,
    networks: Annotated[list[str], typer.Argument(help="Addresses or networks; 'any' for all.")],
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Set the only addresses that may call for an account."""
    wanted = () if networks == ["any"] else tuple(networks)
    allowed = within(lambda house: house.access.allow(name, wanted), data=data, database=database)
    out.print(f"{name}: {', '.join(allowed) or 'any address'} may call", markup=False)
