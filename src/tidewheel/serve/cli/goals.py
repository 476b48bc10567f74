"""``tidewheel goals``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import in_units, language, print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(no_args_is_help=True, help="Goals: targets, what makes them up, and why they changed.")

Name = Annotated[str, typer.Argument(help="Its name.")]
Folder = Annotated[Path, typer.Argument(help="Folder of YAML files.", exists=True, file_okay=False)]
Period = Annotated[str, typer.Option("--period", help="30day, 8week, 6month or 2026-11-01..2026-11-30.")]
Previous = Annotated[
    str | None,
    typer.Option("--previous", help="What it is set against; otherwise the days of equal number before."),
]
Why = Annotated[str, typer.Option("--why", help="Kept with the version, like the message of a commit.")]
Prune = Annotated[bool, typer.Option("--prune", help="Remove goals that are in no file.")]
WAYS = {"rest": "(everything else)", "mix": "(change of shares)", "residual": "(not explained)"}


@app.command("list")
def list_goals(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the goals."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/goals")
    if as_json:
        print_json(found)
        return
    rows = []
    for one in found["goals"]:
        means = one["definition"]
        target = means["target"]["value"] if means["target"] else None
        rows.append(
            [one["name"], means["title"][language()], means["metric"], target, means["how"], one["version"]]
        )
    print_table(["name", "title", "metric", "target", "how", "version"], rows)


@app.command("show")
def show(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Show what a goal means, and every version of it."""
    from tidewheel.model import GoalDefinition, write_goals

    with reach(home) as api:
        found = api.get(_path(api, project, name))
    if as_json:
        print_json(found)
        return
    text = write_goals({name: GoalDefinition.model_validate(found["definition"])}).rstrip()
    say(text, text)
    rows = [[one["version"], one["time"], one["by"], one["why"]] for one in found["versions"]]
    print_table(["version", "since", "by", "why"], rows)


@app.command("explain")
def explain(
    name: Name,
    period: Period = "30day",
    previous: Previous = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say why a goal changed: what each part brought, and what no part explains."""
    with reach(home) as api:
        more = {"previous": previous} if previous else {}
        found = api.get(f"{_path(api, project, name)}/explain", period=period, **more)
    if as_json:
        print_json(found)
        return
    rows = [
        [
            "  " * depth + _called(row),
            *(in_units(row[one], row["format"]) for one in ("value", "previous")),
            in_units(row["gain"], found["row"]["format"]),
            None if row["share"] is None else f"{row['share'] * 100:.1f}%",
            row["method"],
            row["progress"]["state"] if row["progress"] else None,
        ]
        for depth, row in _lines(found["row"], 0)
    ]
    print_table(["part", "value", "before", "brought", "share", "method", "target"], rows)


@app.command("diff")
def diff(
    folder: Folder, prune: Prune = False, project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """Try the goals of a folder on the project and say what applying it would change; nothing is changed."""
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
    """Bring the goals of a folder into force, all or none."""
    _apply(folder, why, project, home, prune=prune, dry_run=False, as_json=as_json)


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write goals.yaml into; - prints it.")],
    project: Project = None,
    home: Home = None,
) -> None:
    """Write all goals as one YAML file that can be applied again."""
    from tidewheel.model import GoalDefinition, write_goals

    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/goals")["goals"]
    text = write_goals({one["name"]: GoalDefinition.model_validate(one["definition"]) for one in found})
    if str(folder) == "-":
        sys.stdout.write(text)
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "goals.yaml").write_text(text, "utf-8")


@app.command("remove")
def remove(
    name: Name, why: Why = "", project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """Remove a goal; its versions are kept."""
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
    from tidewheel.model import read_goals

    wanted = {name: means.model_dump(mode="json") for name, means in read_goals(folder).items()}
    with reach(home) as api:
        body = {"goals": wanted, "why": why, "prune": prune, "dry_run": dry_run}
        found = api.post(f"/projects/{api.project(project)}/goals/apply", body)
    if as_json:
        print_json(found)
        return
    rows = [
        [one["change"], one["name"], one["version"], ", ".join(one["fields"])] for one in found["changes"]
    ]
    print_table(["change", "name", "version", "fields"], rows)


def _lines(row: dict[str, Any], depth: int) -> Iterator[tuple[int, dict[str, Any]]]:
    yield depth, row
    for one in row["rows"]:
        if one["way"] != "residual" or one["gain"]:
            yield from _lines(one, depth + 1)


def _called(row: dict[str, Any]) -> str:
    if row["title"]:
        return str(row["title"][language()])
    if row["label"] is not None:
        return ", ".join("(not set)" if one is None else str(one) for one in row["label"])
    return WAYS[row["way"]]


def _path(api: Reach, project: str | None, name: str) -> str:
    return f"/projects/{api.project(project)}/goals/{quote(name, safe='')}"
