"""The `trackway` command."""

import typer

from trackway.cli import account, db, demo, people, serve, webhook
from trackway.cli.asking import budget, carrier, carriers, detect, track, why
from trackway.cli.post import hkpost

main = typer.Typer(
    name="trackway",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show values, and those may be secrets
)
main.command()(serve.serve)
main.command()(demo.demo)
main.command()(track.track)
main.command()(detect.detect)
main.command()(why.why)
main.command()(why.ask)
main.add_typer(account.app, name="account")
main.add_typer(webhook.app, name="webhook")
main.add_typer(carrier.app, name="carrier")
main.add_typer(carriers.app, name="carriers")
carriers.app.command()(budget.budget)
main.add_typer(hkpost.app, name="hkpost")
main.add_typer(people.app, name="people")
main.add_typer(db.app, name="db")


@main.callback()
def root() -> None:
    """A parcel-tracking server that you run yourself.

    Every command works while the server runs, and takes --data and --database.
    """
