"""``tidewheel metrics``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tidewheel.serve.cli.definitions import Name, add_changes, add_files, path_of, plain, print_versions
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import in_units, language, print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(no_args_is_help=True, help="Metrics: named definitions, in git or in the browser.")

Period = Annotated[str, typer.Option("--period", help="30day, 8week, 6month or 2026-11-01..2026-11-30.")]


@app.command("list")
def list_metrics(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the metrics."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/metrics")
    if as_json:
        print_json(found)
        return
    rows = [
        [
            one["name"],
            one["definition"]["title"][language()],
            one["version"],
            _meaning(one["definition"]),
            one["by"],
        ]
        for one in found["metrics"]
    ]
    print_table(["name", "title", "version", "means", "by"], rows)


@app.command("show")
def show(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Show what a metric means, every version of it, and what uses it."""
    from tidewheel.model import MetricDefinition, write

    with reach(home) as api:
        found = api.get(path_of(api, "metrics", project, name))
    if as_json:
        print_json(found)
        return
    means = MetricDefinition.model_validate(found["definition"])
    say(write({name: means}).rstrip(), write({name: means}).rstrip())
    print_versions(found, meant=_meaning)
    if found["used"]:
        print_table(["used by", "name"], [[one["kind"], one["name"]] for one in found["used"]])


@app.command("value")
def value(
    name: Name,
    period: Period = "30day",
    by: Annotated[str | None, typer.Option("--by", help="day, week or month: each by itself.")] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Work a metric out for a period, or for each day, week or month of it."""
    with reach(home) as api:
        path = path_of(api, "metrics", project, name)
        if by:
            found = api.get(f"{path}/series", period=period, by=by)
        else:
            found = api.get(f"{path}/value", period=period)
    if as_json:
        print_json(found)
    elif by:
        rows = [
            [point["start"], in_units(point["value"], found["format"]), point["complete"]]
            for point in found["points"]
        ]
        print_table(["start", "value", "over"], rows)
    else:
        print_table(
            ["name", "version", "value", "before"],
            [
                [
                    name,
                    found["version"],
                    *(in_units(found[one], found["format"]) for one in ("value", "previous")),
                ]
            ],
        )


def _read(folder: Path) -> dict[str, Any]:
    from tidewheel.model import read_alerts, read_folder

    alerts = read_alerts(folder)
    return {"metrics": plain(read_folder(folder)), "alerts": None if alerts is None else plain(alerts)}


def _write(api: Reach, project: str) -> str:
    from tidewheel.model import MetricDefinition, parse_alert, write

    found = api.get(f"/projects/{project}/metrics")["metrics"]
    alerts = api.get(f"/projects/{project}/alerts")["alerts"]
    return write(
        {one["name"]: MetricDefinition.model_validate(one["definition"]) for one in found},
        {one["name"]: parse_alert(one["name"], one["definition"]) for one in alerts},
    )


add_files(app, "metrics", _read, _write)
add_changes(app, "metrics")


def _meaning(means: dict[str, Any]) -> str:
    if means.get("formula"):
        return str(means["formula"])
    return f"{means['question']['kind']}: {means['figure']}" if means.get("question") else "–"
