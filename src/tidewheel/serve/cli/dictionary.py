"""``tidewheel dictionary``."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import language, print_json, print_table, say
from tidewheel.serve.cli.reach import reach

app = typer.Typer(
    no_args_is_help=True, help="Event dictionary: what has arrived under which names and types."
)

Scope = Annotated[str, typer.Option("--scope", help="event, item or person.")]


@app.command("events")
def list_events(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the events that have arrived, the most frequent first."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/schema")["events"]
    if as_json:
        print_json(found)
        return
    rows = [
        [one["name"], _title(one), one["count"], one["daily"][-1], one["first_seen"], one["last_seen"]]
        for one in found
    ]
    print_table(["event", "title", "count", "today", "first seen", "last seen"], rows)


@app.command("properties")
def list_properties(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the properties that have arrived; one whose values come in several types has a line for each."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/schema")["properties"]
    if as_json:
        print_json(found)
        return
    rows = [
        [one["name"], _title(one), one["scope"], one["kind"], one["count"], _samples(one["samples"][:3])]
        for one in found
    ]
    print_table(["property", "title", "scope", "type", "count", "samples"], rows)


@app.command("types")
def show_types(
    name: Annotated[str, typer.Argument(help="Name of a property.")],
    scope: Scope = "event",
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show in which types a property's values come, how many of each, from which sources and since when."""
    with reach(home) as api:
        here = f"/projects/{api.project(project)}"
        found = api.get(f"{here}/schema/kinds", property=name, scope=scope)
        sources = {one["id"]: one["name"] for one in api.get(f"{here}/sources")["sources"]}
    if as_json:
        print_json(found)
        return
    rows = [
        [
            one["kind"],
            one["count"],
            f"{one['share'] * 100:.1f}%",
            ", ".join(f"{sources.get(source, source)} {count:,}" for source, count in one["sources"].items()),
            one["first_seen"],
            one["last_seen"],
            _samples(one["samples"][:3]),
        ]
        for one in found["kinds"]
    ]
    print_table(["type", "count", "share", "sources", "first seen", "last seen", "samples"], rows)
    if found["planned"]:
        say(f"The tracking plan says: {found['planned']}.", f"埋点方案声明的类型：{found['planned']}。")


def _title(one: dict[str, Any]) -> str | None:
    return one["title"][language()] if one["title"] else None


def _samples(samples: list[Any]) -> str:
    return " · ".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in samples)
