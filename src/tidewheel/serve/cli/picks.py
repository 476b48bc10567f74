"""``tidewheel picks``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from tidewheel.model import PickDefinition, read_picks, write_picks
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import language, print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(
    no_args_is_help=True, help="Picked events: events defined by what was clicked, without code."
)

Name = Annotated[str, typer.Argument(help="Its name.")]
Folder = Annotated[Path, typer.Argument(help="Folder of YAML files.", exists=True, file_okay=False)]
Why = Annotated[str, typer.Option("--why", help="Kept with the version, like the message of a commit.")]
Prune = Annotated[bool, typer.Option("--prune", help="Remove picked events that are in no file.")]


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
        path = _path(api, project, name)
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
    rows = [[one["version"], one["time"], one["by"], one["why"]] for one in found["versions"]]
    print_table(["version", "since", "by", "why"], rows)


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
    print_table(names, [[one[name] for name in names] for one in found["elements"]])


@app.command("diff")
def diff(
    folder: Folder, prune: Prune = False, project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """Say what applying the picked events of a folder would change; nothing is changed."""
    _apply(folder, "", project, home, prune=prune, dry_run=True, as_json=as_json)


@app.command("apply")
def apply(
    folder: Folder,
    why: Why = "",
    prune: Prune = False,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Bring the picked events of a folder into force, all or none."""
    _apply(folder, why, project, home, prune=prune, dry_run=False, as_json=as_json)


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write picks.yaml into; - prints it.")],
    project: Project = None,
    home: Home = None,
) -> None:
    """Write all picked events as one YAML file that can be applied again."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/picks")["picks"]
    text = write_picks({one["name"]: PickDefinition.model_validate(one["definition"]) for one in found})
    if str(folder) == "-":
        sys.stdout.write(text)
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "picks.yaml").write_text(text, "utf-8")


@app.command("remove")
def remove(
    name: Name, why: Why = "", project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """Remove a picked event; its versions are kept."""
    with reach(home) as api:
        done = api.send("DELETE", f"/api/v1{_path(api, project, name)}", params={"why": why}).json()
    if as_json:
        print_json(done)


def _apply(
    folder: Path,
    why: str,
    project: str | None,
    home: Path | None,
    *,
    prune: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    wanted = {name: means.model_dump(mode="json") for name, means in read_picks(folder).items()}
    with reach(home) as api:
        body = {"picks": wanted, "why": why, "prune": prune, "dry_run": dry_run}
        found = api.post(f"/projects/{api.project(project)}/picks/apply", body)
    if as_json:
        print_json(found)
        return
    print_table(
        ["change", "name", "version"],
        [[one["change"], one["name"], one["version"]] for one in found["changes"]],
    )


def _path(api: Reach, project: str | None, name: str) -> str:
    return f"/projects/{api.project(project)}/picks/{quote(name, safe='')}"
