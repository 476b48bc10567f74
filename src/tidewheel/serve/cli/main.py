"""``tidewheel``: the commands, and what becomes of an error."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_group

from tidewheel import __version__
from tidewheel.core.errors import TidewheelError
from tidewheel.serve.cli import help_words
from tidewheel.serve.cli.options import single
from tidewheel.serve.cli.output import exit_code, language, print_error

PLACES: Final = {
    "demo": "demo:demo",
    "serve": "server:serve",
    "collect": "server:collect",
    "doctor": "doctor:doctor",
    "verify": "verify:verify",
    "replay": "replay:replay",
    "explain": "replay:explain",
    "openapi": "server:openapi",
    "import": "imports:app",
    "analyse": "analyse:app",
    "sql": "sql:app",
    "live": "live:live",
    "people": "people:app",
    "privacy": "privacy:app",
    "segment": "segments:app",
    "metrics": "metrics:app",
    "goals": "goals:app",
    "dictionary": "dictionary:app",
    "plan": "plan:app",
    "picks": "picks:app",
    "note": "notes:app",
    "identity": "identity:app",
    "alerts": "alerts:app",
    "enrichment": "enrichment:app",
    "destination": "destinations:app",
    "connectors": "connectors:app",
    "user": "users:app",
    "project": "projects:app",
    "source": "sources:app",
    "catalog": "catalog:app",
    "processes": "processes:app",
    "token": "users:tokens_app",
}
"""Where each command or group is: a module of this folder, and the name in it."""


class OnUse(TyperGroup):
    """Imports a command's module when the command is asked for: one that speaks HTTP needs no engine."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return every name; from here on all are imported."""
        for name in PLACES:
            self.get_command(ctx, name)
        return list(PLACES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command; for an unknown name all are imported, so that the nearest can be told."""
        if cmd_name not in PLACES:
            self.list_commands(ctx)
        elif cmd_name not in self.commands:
            module, _, attribute = PLACES[cmd_name].partition(":")
            found = getattr(importlib.import_module(f"tidewheel.serve.cli.{module}"), attribute)
            command = get_group(found) if isinstance(found, typer.Typer) else single(cmd_name, found)
            command.name = cmd_name
            self.add_command(command)
            if language() == "zh":
                help_words.put_all(command, help_words.words() | own_words(cmd_name))
        return super().get_command(ctx, cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help of the program itself."""
        if language() == "zh":
            help_words.put(self, help_words.OWN)
        super().format_help(ctx, formatter)


def own_words(name: str) -> dict[str, str]:
    """Return what a group of commands says of itself in Chinese: the kinds of analyses have their words with them."""
    if name != "analyse":
        return {}
    from tidewheel.serve.cli import kinds

    return kinds.words()


app = typer.Typer(
    name="tidewheel",
    cls=OnUse,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": help_words.NAMES},
    help="The growth system a retail brand runs itself.",
)


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
    # what is imported stays: looking for cycles among it at Python's usual pace takes a seventh of a start
    gc.set_threshold(100_000, 20, 50)
    try:
        app(standalone_mode=True)
    except TidewheelError as error:
        print_error(error, as_json="--json" in sys.argv)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)
