"""``tidewheel plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tidewheel.collect.plan import KINDS, TrackingPlan, parse_part
from tidewheel.model import PLAN_SECTIONS, read_plan, write_plan
from tidewheel.serve.cli.definitions import Folder, Into, add_files, plain, write_file
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import language, print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach
from tidewheel.serve.release_report import as_markdown

app = typer.Typer(
    no_args_is_help=True, help="Tracking plan: which events and properties are meant to arrive, and which do."
)

Days = Annotated[int, typer.Option("--days", help="Today and the days before it.", min=1, max=90)]


@app.command("list")
def list_events(days: Days = 14, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the events that are planned or arrive, and how many are not as planned."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/plan/coverage", days=days)
    if as_json:
        print_json(found)
        return
    rows = [
        [
            one["name"],
            one["title"][language()] if one["title"] else None,
            one["status"] or "–",
            one["owner"] or None,
            one["count"],
            one["violations"],
            one["last_seen"],
        ]
        for one in found["events"]
    ]
    print_table(["event", "title", "status", "owner", "count", "violations", "last seen"], rows)


@app.command("check")
def check(folder: Folder, as_json: Json = False) -> None:
    """Read a folder and say whether it is a plan; no server is needed."""
    plan = read_plan(folder)
    counts = {PLAN_SECTIONS[kind]: len(plan.of(kind)) for kind in KINDS}
    if as_json:
        print_json(counts)
        return
    print_table([*counts], [list(counts.values())])


def _read(folder: Path) -> dict[str, Any]:
    plan = read_plan(folder)
    return {PLAN_SECTIONS[kind]: plain(plan.of(kind)) for kind in KINDS}


def _export(api: Reach, project: str) -> str:
    found = api.get(f"/projects/{project}/plan")
    plan = TrackingPlan()
    for one in found["events"]:
        plan.of("event")[one["name"]] = parse_part("event", one["name"], one["definition"])
    for one in found["properties"]:
        plan.of(one["kind"])[one["name"]] = parse_part(one["kind"], one["name"], one["definition"])
    return write_plan(plan)


add_files(app, "plan", _read, _export, told="kind")


@app.command("markdown")
def markdown(folder: Into, project: Project = None, home: Home = None) -> None:
    """Write the plan as one Markdown file for people who review it, in the language of the terminal."""
    with reach(home) as api:
        text = api.send("GET", f"/api/v1/projects/{api.project(project)}/plan/plan.md").text
    write_file(folder, "plan.md", text)


@app.command("draft")
def draft(
    folder: Into,
    days: Annotated[int, typer.Option("--days", help="Today and the days before it.", min=1, max=90)] = 30,
    template: Annotated[
        str | None, typer.Option("--template", help="Take a plan that comes with the product: retail.")
    ] = None,
    project: Project = None,
    home: Home = None,
) -> None:
    """Write what has arrived and is not planned yet as a YAML file to look over and apply."""
    with reach(home) as api:
        here = f"/projects/{api.project(project)}/plan"
        found = (
            api.get(f"{here}/templates/{template}")
            if template
            else api.post(f"{here}/draft", None, days=days)
        )
    write_file(folder, "plan.yaml", found["yaml"])


@app.command("violations")
def violations(days: Days = 14, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List what was not as planned."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/quality/violations", days=days)
    if as_json:
        print_json(found)
        return
    rows = [
        [
            one["source"],
            one["event"],
            one["property"] or None,
            one["code"],
            one["count"],
            one["blocked"],
            ", ".join(map(str, one["samples"])),
            one["muted"]["reason"] if one["muted"] else None,
        ]
        for one in found["violations"]
    ]
    print_table(["source", "event", "property", "code", "count", "blocked", "samples", "muted"], rows)


@app.command("volumes")
def volumes(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List how many events of each name and source came today, what is usual, and what has fallen silent."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/quality/volumes", hours=24)
    if as_json:
        print_json(found)
        return
    rows = []
    for one in found["volumes"]:
        usual = [hour["expected"] for hour in one["hours"] if hour["expected"] is not None]
        quiet = one["silent"]
        rows.append(
            [
                one["event"],
                one["source"],
                sum(hour["count"] for hour in one["hours"]),
                round(sum(usual)) if usual else None,
                one["last_seen"],
                f"{quiet['hours']:.1f} h ({quiet['hourly']:.0f}/h)" if quiet else None,
            ]
        )
    print_table(["event", "source", "24 h", "usual", "last seen", "silent"], rows)


@app.command("verify")
def verify(
    since: Annotated[str, typer.Option("--since", help="30m, 2h, 3d ago, or a time.")] = "1d",
    until: Annotated[str, typer.Option("--until", help="The same; otherwise now.")] = "",
    source: Annotated[str, typer.Option("--source", help="Id of the source.")] = "",
    device: Annotated[str, typer.Option("--device", help="An identifier, such as device:d-1.")] = "",
    where: Annotated[
        str, typer.Option("--where", help="A property's value, such as app_version=2.4.0.")
    ] = "",
    event: Annotated[
        list[str] | None,
        typer.Option("--event", help="An event that must be seen; otherwise all that are planned or live."),
    ] = None,
    markdown: Annotated[Path | None, typer.Option("--markdown", help="Write the report there.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the report there.")] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Hold what a release sent against the plan; exits with 1 where the plan is not met."""
    body = {
        "since": since, "until": until, "source": source, "device": device, "where": where,
        "events": event or None,
    }  # fmt: skip
    with reach(home) as api:
        here = f"/projects/{api.project(project)}/plan"
        found = api.post(f"{here}/verify", body)
        if csv:
            csv.write_bytes(api.send("POST", f"/api/v1{here}/verify.csv", json=body).content)
    if markdown:
        markdown.write_text(as_markdown(found, language()), "utf-8")
    if as_json:
        print_json(found)
    else:
        rows = [
            [
                "✓" if one["met"] else "✗", one["name"], one["status"] or "–", one["count"] or None,
                one["clean"] / one["count"] if one["count"] else None, one["blocked"] or None, _faults(one),
            ]
            for one in found["events"]
            if one["wanted"] or one["count"] or one["blocked"]
        ]  # fmt: skip
        for row in rows:
            row[4] = None if row[4] is None else f"{row[4] * 100:.1f}%"
        print_table(["", "event", "status", "seen", "clean", "blocked", "what is wrong"], rows)
        say(
            f"{found['seen']} of {found['wanted']} events seen; the plan is {'met' if found['met'] else 'not met'}.",
            f"应见 {found['wanted']} 个事件，见到 {found['seen']} 个；{'符合' if found['met'] else '不符合'}方案。",
        )
    if not found["met"]:
        raise typer.Exit(1)


@app.command("mode")
def mode(
    source: Annotated[str, typer.Argument(help="Id of the source.")],
    mode: Annotated[str, typer.Argument(help="observe, warn or block.")],
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say what becomes of events of a source that are not as planned: counted, told as well, or refused."""
    with reach(home) as api:
        path = f"/api/v1/projects/{api.project(project)}/sources/{source}"
        done = api.send("PATCH", path, json={"plan_mode": mode}).json()
    if as_json:
        print_json(done)
        return
    say(f"{done['name']}: {done['plan_mode']}", f"{done['name']}：{done['plan_mode']}")


def _faults(one: dict[str, Any]) -> str:
    if not one["count"] and not one["blocked"] and one["wanted"]:
        return "–"
    parts = [
        f"{held['name']}: {', '.join(f'{code} {count}' for code, count in held['codes'].items())}"
        for held in one["properties"]
        if held["codes"]
    ]
    own = {code for held in one["properties"] for code in held["codes"]}
    parts += [f"{code} {count}" for code, count in one["codes"].items() if code not in own]
    return "; ".join(parts)
