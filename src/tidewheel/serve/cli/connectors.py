"""``tidewheel connectors``: places that are read by themselves."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import typer

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import language, print_json, print_table, say, state
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(no_args_is_help=True, help="Connectors: places that are read by themselves.")

Name = Annotated[str, typer.Argument(help="Its name.")]
KindName = Annotated[str, typer.Argument(help="Kind of place, such as folder or sql; kinds lists them.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="SETTING=VALUE; may be repeated. Lists and objects are written as JSON."),
]
Secret = Annotated[
    list[str] | None,
    typer.Option("--secret", help="Secret setting, read from standard input, a line each; may be repeated."),
]
Rows = Annotated[
    str, typer.Option("--rows", help="What a row is: events, orders, people, items, costs, lift, weblog.")
]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help="JSON file with the whole mapping.")]
Of = Annotated[
    str | None,
    typer.Option("--of", help="Connector whose secrets are used where none is given.", show_default=False),
]


@app.command("kinds")
def list_kinds(
    kind: Annotated[str | None, typer.Argument(help="Show the settings of this kind.")] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List the kinds of places, or the settings of one."""
    with reach(home) as api:
        kinds = api.get(_base(api, project))["kinds"]
    found = [one for one in kinds if kind in {None, one["name"]}]
    if as_json:
        print_json(found)
    elif kind is None:
        print_table(["kind", "title"], [[one["name"], one["title"][language()]] for one in found])
    else:
        rows = [
            [name, "yes" if name in one["place"].get("required", []) else "", _default(name, field, one), field.get("description", "")]
            for one in found
            for name, field in one["place"]["properties"].items()
        ]  # fmt: skip
        print_table(["setting", "needed", "default", "meaning"], rows)


@app.command("list")
def list_connectors(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the connectors and how they stand."""
    with reach(home) as api:
        found = api.get(_base(api, project))["connectors"]
    if as_json:
        print_json(found)
        return
    rows = [
        [one["name"], one["kind"], one["rows"], state(one["state"]), _lag(one), _last(one), (one["problem"] or {}).get("message", "")]
        for one in found
    ]  # fmt: skip
    print_table(["name", "kind", "each row is", "state", "lag", "last run", "problem"], rows)


@app.command("show")
def show(name: Name, project: Project = None, home: Home = None) -> None:
    """Show a connector as JSON, without its secrets."""
    with reach(home) as api:
        print_json(api.get(_path(api, project, name)))


@app.command("check")
def check(
    kind: KindName,
    settings: Set = None,
    secret: Secret = None,
    of: Of = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Connect to a place, and say what is wrong with it or what is there."""
    body = {"kind": kind, "place": _place(settings, secret), "name": of}
    with reach(home) as api:
        found = api.post(f"{_base(api, project)}/check", body)
    if as_json:
        print_json(found)
    else:
        say(found["message"], found["message"])


@app.command("discover")
def discover(
    kind: KindName,
    settings: Set = None,
    secret: Secret = None,
    of: Of = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show what can be read at a place."""
    body = {"kind": kind, "place": _place(settings, secret), "name": of}
    with reach(home) as api:
        found = api.post(f"{_base(api, project)}/discover", body)["found"]
    if as_json:
        print_json(found)
        return
    rows = [
        [one["name"], " ".join(f"--set {key}={value}" for key, value in one["settings"].items()), ", ".join(one["columns"][:8])]
        for one in found
    ]  # fmt: skip
    print_table(["name", "settings", "columns"], rows)


@app.command("look")
def look(
    kind: KindName,
    rows: Rows,
    settings: Set = None,
    secret: Secret = None,
    of: Of = None,
    mapping: MappingFile = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show how the first rows of a place would be read; the mapping printed is the guess, to be mended and given back."""
    body = {
        "kind": kind,
        "place": _place(settings, secret),
        "name": of,
        "rows": rows,
        "mapping": _mapping(mapping),
    }
    with reach(home) as api:
        seen = api.post(f"{_base(api, project)}/preview", body)
    if as_json:
        print_json(seen)
        return
    print_json({name: value for name, value in seen["guess"].items() if value not in (None, {}, [])})
    if seen["problems"]:
        problems = [[one["row"], one["field"], one["message"], one["hint"]] for one in seen["problems"][:20]]
        print_table(["row", "field", "problem", "what to do"], problems)


@app.command("save")
def save(
    name: Name,
    kind: KindName,
    rows: Rows,
    settings: Set = None,
    secret: Secret = None,
    mapping: MappingFile = None,
    every: Annotated[int | None, typer.Option("--every", help="Minutes between runs.")] = None,
    cron: Annotated[
        str | None,
        typer.Option("--cron", help="Times in five fields, such as '30 3 * * *', in the project's zone."),
    ] = None,
    tell: Annotated[
        list[str] | None, typer.Option("--tell", help="Destination told of failures; may be repeated.")
    ] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a connector or change it; secrets that are not given stay as they are. Without --every or --cron it is read by hand."""
    body = {
        "kind": kind,
        "place": _place(settings, secret),
        "rows": rows,
        "mapping": _mapping(mapping),
        "schedule": {"every_minutes": every, "cron": cron},
        "tell": tell or [],
    }
    with reach(home) as api:
        done = api.send("PUT", f"/api/v1{_path(api, project, name)}", json=body).json()
    if as_json:
        print_json(done)
    else:
        say(
            f"{name} reads {done['rows']} ({done['state']}).",
            f"{name} 读取 {done['rows']}（{state(done['state'])}）。",
        )


@app.command("run")
def run_now(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Read a connector now and wait for the end."""
    with reach(home) as api:
        done = api.post(f"{_path(api, project, name)}/run", {"wait": True})
    last = done["last_run"]
    if as_json:
        print_json(last)
    else:
        _show_runs([last])
        _show_problems(last)
    if last["state"] in {"failed", "partly"}:
        raise typer.Exit(6)


@app.command("pause")
def pause(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Let a connector rest."""
    _pause(name, project, home, paused=True, as_json=as_json)


@app.command("resume")
def resume(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Let a connector go on."""
    _pause(name, project, home, paused=False, as_json=as_json)


@app.command("again")
def again(
    name: Name,
    since: Annotated[
        str | None,
        typer.Option("--since", help="From this day or time on, such as 2026-11-01; else everything."),
    ] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read again at the next run; what is in already adds nothing."""
    with reach(home) as api:
        moment = None if since is None else _moment(api, project, since)
        done = api.post(f"{_path(api, project, name)}/again", {"since": moment})
    if as_json:
        print_json(done)


@app.command("runs")
def list_runs(
    name: Name,
    limit: Annotated[int, typer.Option("--limit", help="Most runs shown.")] = 20,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List what a connector's runs did, the latest first."""
    with reach(home) as api:
        found = api.get(f"{_path(api, project, name)}/runs", limit=limit)["runs"]
    if as_json:
        print_json(found)
    else:
        _show_runs(found)


@app.command("remove")
def remove(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Remove a connector; what it has brought stays."""
    with reach(home) as api:
        done = api.send("DELETE", f"/api/v1{_path(api, project, name)}").json()
    if as_json:
        print_json(done)


def _pause(name: str, project: str | None, home: Path | None, *, paused: bool, as_json: bool) -> None:
    with reach(home) as api:
        done = api.post(f"{_path(api, project, name)}/pause", {"paused": paused})
    if as_json:
        print_json(done)


def _base(api: Reach, project: str | None) -> str:
    return f"/projects/{api.project(project)}/connectors"


def _path(api: Reach, project: str | None, name: str) -> str:
    return f"{_base(api, project)}/{quote(name, safe='')}"


def _place(settings: list[str] | None, secret: list[str] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word in settings or []:
        name, sign, value = word.partition("=")
        if not sign or not name:
            raise BadInput(
                "bad_pair",
                Text("{got} is not NAME=COLUMN.", "{got} 不是 名称=列 的形式。"),
                field="--set",
                got=word,
                expected="host=10.0.0.5",
            )
        found[name] = _value(value)
    if secret:
        lines = sys.stdin.read().splitlines() if len(secret) > 1 else [sys.stdin.read().rstrip("\n")]
        found |= dict(zip(secret, lines, strict=False))
    return found


def _value(text: str) -> Any:
    """Return what was written: true, false, null, objects and lists as JSON, anything else as text."""
    if text in {"true", "false", "null"} or text[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _mapping(file: Path | None) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            "bad_json",
            Text("{path} is not valid JSON: {error}.", "{path} 不是合法的 JSON：{error}。"),
            field="--mapping",
            path=file,
            error=error,
        ) from error
    return found


def _moment(api: Reach, project: str | None, since: str) -> int:
    zone = next(one for one in api.get("/projects")["projects"] if one["id"] == api.project(project))[
        "time_zone"
    ]
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise BadInput(
            "bad_moment",
            Text("{got} is not a day or time.", "{got} 不是日期或时间。"),
            field="--since",
            got=since,
            expected="2026-11-01",
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp() * 1000)


def _default(name: str, field: dict[str, Any], kind: dict[str, Any]) -> str:
    if name in kind["secrets"]:
        return "(secret)"
    return "" if field.get("default") is None else str(field["default"])


def _lag(one: dict[str, Any]) -> str:
    seconds = one["lag_seconds"]
    return "" if seconds is None else f"{seconds // 60} min"


def _last(one: dict[str, Any]) -> str:
    return (one["last_run"] or {}).get("started_at", "")[:19].replace("T", " ")


def _show_runs(runs: list[dict[str, Any]]) -> None:
    names = ("rows", "facts", "duplicates", "rejected", "skipped", "failed")
    rows = [
        [one["started_at"][:19].replace("T", " "), state(one["state"]), state(one["by"]), *(one[name] for name in names), (one["error"] or {}).get("message", "")]
        for one in runs
    ]  # fmt: skip
    print_table(["started", "state", "by", *names, "error"], rows)


def _show_problems(run: dict[str, Any]) -> None:
    if run["problems"]:
        rows = [[one["where"], one["row"], one["message"], one["hint"]] for one in run["problems"][:20]]
        print_table(["where", "row", "problem", "what to do"], rows)
