"""``tidewheel``: the commands, and what becomes of an error."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tidewheel import __version__
from tidewheel.core.errors import TidewheelError
from tidewheel.serve.cli import (
    alerts,
    analyse,
    catalog,
    demo,
    destinations,
    doctor,
    goals,
    imports,
    metrics,
    people,
    privacy,
    projects,
    replay,
    segments,
    server,
    sql,
    users,
    verify,
)
from tidewheel.serve.cli.output import exit_code, print_error

app = typer.Typer(
    name="tidewheel",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The growth system a retail brand runs itself.",
)
app.command("demo")(demo.demo)
app.command("serve")(server.serve)
app.command("doctor")(doctor.doctor)
app.command("verify")(verify.verify)
app.command("replay")(replay.replay)
app.command("explain")(replay.explain)
app.command("openapi")(server.openapi)
app.add_typer(imports.app, name="import")
app.add_typer(analyse.app, name="analyse")
app.add_typer(sql.app, name="sql")
app.add_typer(people.app, name="people")
app.add_typer(privacy.app, name="privacy")
app.add_typer(segments.app, name="segment")
app.add_typer(metrics.app, name="metrics")
app.add_typer(goals.app, name="goals")
app.add_typer(alerts.app, name="alerts")
app.add_typer(destinations.app, name="destination")
app.add_typer(users.app, name="user")
app.add_typer(projects.app, name="project")
app.add_typer(projects.sources_app, name="source")
app.add_typer(catalog.app, name="catalog")
app.add_typer(users.tokens_app, name="token")


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"tidewheel {__version__}\n")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The growth system a retail brand runs itself."""


def run() -> None:
    """Run a command; an error is told in words and by the exit code."""
    try:
        app(standalone_mode=True)
    except TidewheelError as error:
        print_error(error, as_json="--json" in sys.argv)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)
