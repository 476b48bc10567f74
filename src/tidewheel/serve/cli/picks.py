"""``tidewheel picks``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tidewheel.model import PickDefinition, read_picks, write_picks
from tidewheel.serve.cli.definitions import Name, add_changes, add_files, path_of, plain, print_versions
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import language, print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(
    no_args_is_help=True, help="Picked events: events defined by what was clicked, without code."
)


@app.command("list")
def list_picks(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the picked events."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/picks")
    if as_json:
        print_json(found)
        return
    rows = [
        [
            one["name"],
            one["definition"]["title"][language()],
            ", ".join(dict.fromkeys(rule["event"] for rule in one["definition"]["any_of"])),
            one["version"],
        ]
        for one in found["picks"]
    ]
    print_table(["name", "title", "picked from", "version"], rows)


@app.command("show")
def show(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Show what a picked event means, what it covers, and every version of it."""
    with reach(home) as api:
        path = path_of(api, "picks", project, name)
        found = api.get(path)
        covers = api.post(f"/projects/{api.project(project)}/picks/try", {"definition": found["definition"]})
    if as_json:
        print_json(found | {"covers": covers})
        return
    text = write_picks({name: PickDefinition.model_validate(found["definition"])}).rstrip()
    say(text, text)
    say(
        f"Last 7 days: {covers['events']} events, {covers['people']} people. Ever: {covers['ever']} events.",
        f"近 7 天：{covers['events']} 次，{covers['people']} 人。历史累计：{covers['ever']} 次。",
    )
    print_versions(found)


@app.command("elements")
def elements(
    days: Annotated[int, typer.Option("--days", help="Of the last days.")] = 7,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List what was clicked most, by page and element: what can be picked."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/picks/elements", days=str(days))
    if as_json:
        print_json(found)
        return
    names = ["count", "page", "element", "element_text"]
    print_table(
        ["count", "page", "element", "element text"],
        [[one[name] for name in names] for one in found["elements"]],
    )


def _read(folder: Path) -> dict[str, Any]:
    return {"picks": plain(read_picks(folder))}


def _write(api: Reach, project: str) -> str:
    found = api.get(f"/projects/{project}/picks")["picks"]
    return write_picks({one["name"]: PickDefinition.model_validate(one["definition"]) for one in found})


add_files(app, "picks", _read, _write)
add_changes(app, "picks")
