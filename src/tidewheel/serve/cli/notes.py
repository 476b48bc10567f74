"""``tidewheel note``."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import print_json, print_table
from tidewheel.serve.cli.reach import reach

app = typer.Typer(
    no_args_is_help=True, help="Notes on the time axis: what happened, shown on every chart over time."
)


@app.command("add")
def add(
    text: Annotated[str, typer.Argument(help="What happened, in at most 200 characters.")],
    on: Annotated[
        str, typer.Option("--on", help="The day, or the moment by the project's clock: 2026-11-11T15:00.")
    ],
    to: Annotated[
        str | None, typer.Option("--to", help="The last day or moment of what lasted.", show_default=False)
    ] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a note to a day or a moment."""
    with reach(home) as api:
        made = api.post(f"/projects/{api.project(project)}/notes", {"text": text, "on": on, "to": to})
    if as_json:
        print_json(made)
    else:
        _print([made])


@app.command("list")
def list_notes(
    first: Annotated[
        str | None, typer.Option("--from", help="Only those that touch this day or later ones.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Only those that touch this day or earlier ones.")
    ] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List the notes, the latest first."""
    bounds = {key: day for key, day in (("from", first), ("to", last)) if day is not None}
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/notes", **bounds)
    if as_json:
        print_json(found)
    else:
        _print(found["notes"])


@app.command("remove")
def remove(
    note: Annotated[str, typer.Argument(help="Its id, as `tidewheel note list` prints it.")],
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Remove a note."""
    with reach(home) as api:
        done = api.send(
            "DELETE", f"/api/v1/projects/{api.project(project)}/notes/{quote(note, safe='')}"
        ).json()
    if as_json:
        print_json(done)


def _print(notes: list[dict[str, Any]]) -> None:
    columns = ("id", "on", "to", "text", "by")
    print_table(["id", "day", "until", "note", "by"], [[one[key] for key in columns] for one in notes])
