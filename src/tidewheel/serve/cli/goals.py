"""``tidewheel goals``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from tidewheel.serve.cli.definitions import Name, add_changes, add_files, path_of, plain, print_versions
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import in_units, language, print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(no_args_is_help=True, help="Goals: targets, what makes them up, and why they changed.")

Period = Annotated[str, typer.Option("--period", help="30day, 8week, 6month or 2026-11-01..2026-11-30.")]
Previous = Annotated[
    str | None,
    typer.Option("--previous", help="What it is set against; otherwise the days of equal number before."),
]
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
        found = api.get(path_of(api, "goals", project, name))
    if as_json:
        print_json(found)
        return
    text = write_goals({name: GoalDefinition.model_validate(found["definition"])}).rstrip()
    say(text, text)
    print_versions(found)


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
        found = api.get(f"{path_of(api, 'goals', project, name)}/explain", period=period, **more)
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


def _read(folder: Path) -> dict[str, Any]:
    from tidewheel.model import read_goals

    return {"goals": plain(read_goals(folder))}


def _write(api: Reach, project: str) -> str:
    from tidewheel.model import GoalDefinition, write_goals

    found = api.get(f"/projects/{project}/goals")["goals"]
    return write_goals({one["name"]: GoalDefinition.model_validate(one["definition"]) for one in found})


add_files(app, "goals", _read, _write)
add_changes(app, "goals")


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
