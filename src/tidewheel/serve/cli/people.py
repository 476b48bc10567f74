"""``tidewheel people``."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from tidewheel.serve.cli.options import AsOf, Home, Json, Project
from tidewheel.serve.cli.output import print_hands, print_json, print_links, print_table, say
from tidewheel.serve.cli.reach import reach

app = typer.Typer(no_args_is_help=True, help="People: find them, look at one.")


@app.command("find")
def find(
    words: Annotated[
        str, typer.Argument(help="Part of an identifier or a name; nothing: those seen last.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="How many to pass over.")] = 0,
    as_of: AsOf = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find people by identifier or name."""
    with reach(home) as api:
        found = api.get(
            f"/projects/{api.project(project)}/people", q=words, limit=limit, offset=offset, as_of=as_of
        )
    if as_json:
        print_json(found)
        return
    rows = [
        [
            person["id"],
            person["name"],
            "\n".join(f"{one['type']}:{one['value']}" for one in person["identifiers"][:4]),
            person["last_seen"],
            person["orders"],
            person["revenue"] / 100,
        ]
        for person in found["people"]
    ]
    print_table(["id", "name", "identifiers", "last seen", "orders", "revenue"], rows)
    say(f"{found['total']:,} in all", f"共 {found['total']:,} 人")


@app.command("show")
def show(
    person: Annotated[str, typer.Argument(help="Id, or any identifier such as phone:+8613800138000.")],
    events: Annotated[int, typer.Option(min=0, max=1000, help="How many events to show.")] = 20,
    as_of: AsOf = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show one person: identifiers, links, properties, the latest events."""
    with reach(home) as api:
        path = f"/projects/{api.project(project)}/people/{quote(person, safe='')}"
        found = api.get(path, as_of=as_of)
        line = api.get(f"{path}/events", limit=events, as_of=as_of)["events"] if events else []
    if as_json:
        print_json({**found, "timeline": line})
        return
    _print_person(found)
    rows = [[event["time"], event["name"], event["actor"], _brief(event)] for event in line]
    print_table(["time", "event", "as", "properties"], rows)


def _print_person(person: dict[str, Any]) -> None:
    say(
        f"{person['id']}  {person['name'] or ''}".rstrip(), f"{person['id']}  {person['name'] or ''}".rstrip()
    )
    rows = [
        [f"{one['type']}:{one['value']}", one["events"], one["first_seen"], one["last_seen"]]
        for one in person["identifiers"]
    ]
    print_table(["identifier", "events", "first seen", "last seen"], rows)
    if person["links"]:
        print_links(person["links"])
    if person["hands"]:
        say("Devices that changed hands:", "换过手的设备：")
        print_hands(person["hands"])
    if person["properties"]:
        known = [[name, _plain(one["value"]), one["time"]] for name, one in person["properties"].items()]
        print_table(["property", "value", "since"], known)


def _plain(value: Any) -> str:
    """Return a value as it is; a whole number without a point, and without marks, as it may be a year."""
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _brief(event: dict[str, Any]) -> str:
    told = ", ".join(f"{name}={value}" for name, value in list(event["properties"].items())[:5])
    goods = f" [{len(event['items'])} items]" if event["items"] else ""
    return told + goods
