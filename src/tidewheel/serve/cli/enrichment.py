"""``tidewheel enrichment``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.cli.definitions import Why
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import Given, language, print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(
    no_args_is_help=True,
    help="Enrichment: what is worked out of events, such as channels, devices and bots, and by which rules.",
)

Name = Annotated[str, typer.Argument(help="agent, campaign, catalogue or channel.")]
File = Annotated[Path, typer.Argument(help="JSON file with rules, as show --json prints them.", exists=True)]
Days = Annotated[int, typer.Option("--days", min=1, max=366, help="How many days of events are looked at.")]


@app.command("list")
def list_enrichments(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List what is worked out, and whether by our rules or the project's own."""
    with reach(home) as api:
        found = api.get(_path(api, project))
    if as_json:
        print_json(found)
        return
    rows = [
        [
            one["name"],
            one["title"][language()],
            one["rules"]["on"],
            one["own"],
            ", ".join(added["property"] for added in one["adds"]),
        ]
        for one in found["enrichments"]
    ]
    print_table(["name", "title", "on", "own rules", "adds"], rows)


@app.command("show")
def show(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Show the rules in force and every version of them; with --json the rules alone, to be changed and applied."""
    with reach(home) as api:
        found = api.get(_path(api, project, name))
    if as_json:
        print_json(found["rules"])
        return
    for key, value in found["rules"].items():
        if key == "rules":
            rows = [
                [at, one["channel"], " + ".join(_said(look) for look in one["when"])]
                for at, one in enumerate(value, 1)
            ]
            print_table(["#", "channel", "when"], rows)
        else:
            say(f"{key}: {value}", f"{key}: {value}")
    rows = [[one["version"], one["time"], one["by"], one["why"]] for one in found["versions"]]
    print_table(["version", "since", "by", "why"], rows)


@app.command("try")
def try_rules(
    name: Name,
    file: File,
    days: Days = 30,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say what other rules would change of the last days' events; nothing is changed."""
    body = {"rules": _read(file), "days": days}
    with reach(home) as api:
        found = api.post(_path(api, project, name, "/try"), body)
    if as_json:
        print_json(found)
        return
    for one in found["properties"]:
        rows = [[value["value"], value["now"], value["then"]] for value in one["values"]]
        print_table([Given(one["property"]), "now", "then"], rows)
    changed, events = found["changed"], found["events"]
    say(f"{changed:,} of {events:,} events would change.", f"{events:,} 条事件中有 {changed:,} 条会变化。")


@app.command("apply")
def apply(
    name: Name,
    file: File,
    why: Why = "",
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Bring rules into force, for all history at once."""
    with reach(home) as api:
        path = f"/api/v1{_path(api, project, name)}"
        found = api.send("PUT", path, json={"rules": _read(file), "why": why}).json()
    if as_json:
        print_json(found)
    else:
        version = found["versions"][0]["version"]
        say(f"In force as version {version}.", f"已生效，版本 {version}。")


@app.command("reset")
def reset(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Go back to the rules as they are shipped."""
    with reach(home) as api:
        found = api.send("DELETE", f"/api/v1{_path(api, project, name)}").json()
    if as_json:
        print_json(found)
    else:
        say("The shipped rules are in force.", "已恢复默认规则。")


def _path(api: Reach, project: str | None, name: str = "", rest: str = "") -> str:
    return f"/projects/{api.project(project)}/enrichment" + (f"/{name}{rest}" if name else "")


def _said(look: dict[str, Any]) -> str:
    values = look["values"]
    shown = ", ".join(values[:3]) + ("…" if len(values) > 3 else "")
    return f"{look['property']} {look['op']} {shown}".strip()


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise BadInput(
            "not_json",
            Text("{file} is not JSON: {why}.", "{file} 不是 JSON：{why}。"),
            field="file",
            got=str(file),
            file=file.name,
            why=str(error)[:200],
        ) from error
