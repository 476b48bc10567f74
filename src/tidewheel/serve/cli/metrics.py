"""``tidewheel metrics``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import in_units, language, print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(no_args_is_help=True, help="Metrics: named definitions, in git or in the browser.")

Name = Annotated[str, typer.Argument(help="Its name.")]
Folder = Annotated[Path, typer.Argument(help="Folder of YAML files.", exists=True, file_okay=False)]
Period = Annotated[str, typer.Option("--period", help="30day, 8week, 6month or 2026-11-01..2026-11-30.")]
Why = Annotated[str, typer.Option("--why", help="Kept with the version, like the message of a commit.")]
Prune = Annotated[
    bool,
    typer.Option("--prune", help="Remove metrics, and alerts where files have some, that are in no file."),
]


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
        found = api.get(_path(api, project, name))
    if as_json:
        print_json(found)
        return
    means = MetricDefinition.model_validate(found["definition"])
    say(write({name: means}).rstrip(), write({name: means}).rstrip())
    rows = [
        [one["version"], one["time"], one["by"], one["why"], _meaning(one["definition"] or {})]
        for one in found["versions"]
    ]
    print_table(["version", "since", "by", "why", "meant"], rows)
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
        path = _path(api, project, name)
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


@app.command("diff")
def diff(
    folder: Folder, prune: Prune = False, project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """Say what applying a folder would change; nothing is changed."""
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
    """Bring the definitions of a folder into force, all or none."""
    _apply(folder, why, project, home, prune=prune, dry_run=False, as_json=as_json)


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write metrics.yaml into; - prints it.")],
    project: Project = None,
    home: Home = None,
) -> None:
    """Write all metrics and alerts as one YAML file that can be applied again."""
    from tidewheel.model import MetricDefinition, parse_alert, write

    with reach(home) as api:
        here = api.project(project)
        found = api.get(f"/projects/{here}/metrics")["metrics"]
        alerts = api.get(f"/projects/{here}/alerts")["alerts"]
    text = write(
        {one["name"]: MetricDefinition.model_validate(one["definition"]) for one in found},
        {one["name"]: parse_alert(one["name"], one["definition"]) for one in alerts},
    )
    if str(folder) == "-":
        sys.stdout.write(text)
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.yaml").write_text(text, "utf-8")


@app.command("remove")
def remove(
    name: Name, why: Why = "", project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """Remove a metric that nothing uses; its versions are kept."""
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
    from tidewheel.model import read_alerts, read_folder

    wanted = {name: means.model_dump(mode="json") for name, means in read_folder(folder).items()}
    alerts = read_alerts(folder)
    told = None if alerts is None else {name: one.model_dump(mode="json") for name, one in alerts.items()}
    with reach(home) as api:
        body = {"metrics": wanted, "alerts": told, "why": why, "prune": prune, "dry_run": dry_run}
        found = api.post(f"/projects/{api.project(project)}/metrics/apply", body)
    if as_json:
        print_json(found)
        return
    rows = [
        [one["what"], one["change"], one["name"], one["version"] or None, ", ".join(one["fields"])]
        for one in found["changes"]
    ]
    print_table(["what", "change", "name", "version", "fields"], rows)


def _meaning(means: dict[str, Any]) -> str:
    if means.get("formula"):
        return str(means["formula"])
    return f"{means['question']['kind']}: {means['figure']}" if means.get("question") else "–"


def _path(api: Reach, project: str | None, name: str) -> str:
    return f"/projects/{api.project(project)}/metrics/{quote(name, safe='')}"
