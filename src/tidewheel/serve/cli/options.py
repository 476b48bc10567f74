"""Options that several commands share, and how a function becomes a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

Home: TypeAlias = Annotated[
    Path | None, typer.Option("--home", help="Data folder; TIDEWHEEL_HOME otherwise.", show_default=False)
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
AsOf: TypeAlias = Annotated[
    str | None,
    typer.Option("--as-of", help="By the links asserted by this moment, such as 2026-11-21T00:00:00+08:00."),
]
Project: TypeAlias = Annotated[
    str | None,
    typer.Option("--project", "-p", help="Project id; needed where there are several.", show_default=False),
]


def single(name: str, function: Callable[..., None], said: str | None = None) -> Any:
    """Return a function as a command of its own; ``said`` is its help, its docstring otherwise."""
    alone = typer.Typer(add_completion=False)
    alone.command(name, help=said)(function)
    return typer.main.get_command(alone)
