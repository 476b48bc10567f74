"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Home: TypeAlias = Annotated[
    Path | None, typer.Option("--home", help="Data folder; TIDEWHEEL_HOME otherwise.", show_default=False)
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Project: TypeAlias = Annotated[
    str | None,
    typer.Option("--project", "-p", help="Project id; needed where there are several.", show_default=False),
]
