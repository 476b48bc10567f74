"""``tidewheel source``: sources, the keys that vendors' clients hold, and how their names become ours."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tidewheel.serve.cli import words
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import print_json, print_table
from tidewheel.serve.cli.reach import reach

app = typer.Typer(no_args_is_help=True, help="Sources: where a project's events come from.")
app.add_typer(words.app, name="words")


@app.command("add")
def add_source(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    kind: Annotated[str, typer.Option(help="web, mini_program, app, store, server, import …")] = "server",
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a source and print its write key."""
    with reach(home) as api:
        made = api.post(f"/projects/{api.project(project)}/sources", {"name": name, "kind": kind})
    if as_json:
        print_json(made)
    else:
        print_table(["id", "kind", "write key"], [[made["id"], made["kind"], made["write_key"]]])


@app.command("list")
def list_sources(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List a project's sources and their write keys."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/sources")
    if as_json:
        print_json(found)
    else:
        columns = ("id", "name", "kind", "write_key", "enabled", "events_24h", "last_event_at")
        rows = [[source[column] for column in columns] for source in found["sources"]]
        print_table(["id", "name", "kind", "write key", "enabled", "events 24h", "last event at"], rows)


@app.command("keys")
def keys(
    source: Annotated[str, typer.Argument(help="The source's id.")],
    add: Annotated[
        list[str] | None, typer.Option(help="A key to add; may be given again.", show_default=False)
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option(help="A key to remove; may be given again.", show_default=False)
    ] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show or change the keys by which clients of other vendors name a source: accounts, projects, tokens."""
    with reach(home) as api:
        place = f"/projects/{api.project(project)}/sources"
        if add or remove:
            own = words.source_of(api, place, source)["vendor_keys"] or ()
            kept = [key for key in own if key not in (remove or ())]
            body = {"vendor_keys": [*kept, *(add or ())]}
            found = api.send("PATCH", f"/api/v1{place}/{source}", json=body).json()
        else:
            found = words.source_of(api, place, source)
    if as_json:
        print_json({"source": source, "vendor_keys": found["vendor_keys"]})
    else:
        print_table(["vendor key"], [[key] for key in found["vendor_keys"] or ()])


@app.command("losses")
def show_losses(
    source: Annotated[str, typer.Argument(help="The source's id.")],
    days: Annotated[int, typer.Option(help="Today and the days before it.", min=1, max=90)] = 14,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show how many events the clients of a source numbered and never delivered, day by day."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/sources/{source}/losses", days=days)
    if as_json:
        print_json(found)
    else:
        rows = [[day["day"], day["arrived"], day["missing"], _share(day)] for day in found["days"]]
        rows.append(["all", found["arrived"], found["missing"], _share(found)])
        print_table(["day", "arrived", "missing", "missing %"], rows)


def _share(day: dict[str, Any]) -> str:
    whole = day["arrived"] + day["missing"]
    return f"{day['missing'] / whole:.2%}" if whole else "–"
