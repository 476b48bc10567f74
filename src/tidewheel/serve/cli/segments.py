"""``tidewheel segment``."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import print_json, print_table, remark, say
from tidewheel.serve.cli.question import read_params
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(no_args_is_help=True, help="Segments: people kept by a rule or as a list.")

Segment = Annotated[str, typer.Argument(help="Its name or id.")]
_PAGE = 1000


@app.command("list")
def list_segments(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the segments and how many people are in them now."""
    with reach(home) as api:
        path = f"/projects/{api.project(project)}/segments"
        found = api.get(path)["segments"]
        for one in found:
            one["count"] = api.get(f"{path}/{one['id']}/count")["count"]
    if as_json:
        print_json({"segments": found})
        return
    rows = [[one["id"], one["name"], one["kind"], one["count"], one["by"], _used(one)] for one in found]
    print_table(["id", "name", "kind", "people", "by", "used by"], rows)


@app.command("show")
def show(segment: Segment, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Show what a segment is made of, how many are in it and what uses it."""
    with reach(home) as api:
        path = _path(api, project, segment)
        found = {**api.get(path), "count": api.get(f"{path}/count")["count"]}
    if as_json:
        print_json(found)
        return
    columns = ("id", "name", "kind", "count", "version", "by", "updated_at")
    print_table(
        ["id", "name", "kind", "people", "version", "by", "changed"], [[found[one] for one in columns]]
    )
    if found["answer"]:
        say(json.dumps(found["answer"], ensure_ascii=False), json.dumps(found["answer"], ensure_ascii=False))
    if found["used"]:
        print_table(
            ["used by", "name", "id"], [[one["kind"], one["name"], one["id"]] for one in found["used"]]
        )


@app.command("save")
def save(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="rule: worked out whenever it is used; list: who they are now."),
    ] = None,
    analysis: Annotated[
        str | None, typer.Option("--analysis", help="Kind of question the people stand behind.")
    ] = None,
    params: Annotated[
        str | None, typer.Option("--params", help="JSON file with the question, - for standard input.")
    ] = None,
    cell: Annotated[
        str | None,
        typer.Option("--cell", help='The figure, as JSON: {"series": 0} or {"step": 1, "dropped": true}.'),
    ] = None,
    comparison: Annotated[
        int | None, typer.Option("--comparison", min=0, max=3, help="Of which comparison, from 0.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="File of identifiers, one a line, such as phone:13800138000."),
    ] = None,
    identifier_type: Annotated[
        str | None, typer.Option("--type", help="What the identifiers are, where lines do not say it.")
    ] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Save the people behind a figure, or a file of identifiers."""
    body: dict[str, Any] = {"name": name, "kind": kind or ("list" if file else "rule")}
    if file:
        body |= {"identifiers": _lines(file), "identifier_type": identifier_type}
    else:
        body["answer"] = {
            "kind": analysis or "trends",
            "params": read_params(params),
            "cell": _cell(cell),
            "comparison": comparison,
        }
    with reach(home) as api:
        made = api.post(f"/projects/{api.project(project)}/segments", body)
    if as_json:
        print_json(made)
        return
    print_table(["id", "name", "kind", "people"], [[made["id"], made["name"], made["kind"], made["count"]]])
    if made["left_out"]:
        remark(
            f"{made['left_out']:,} lines are no identifiers: {', '.join(made['examples'][:3])}",
            f"有 {made['left_out']:,} 行不是标识：{'、'.join(made['examples'][:3])}",
        )


@app.command("people")
def list_people(
    segment: Segment,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="How many to pass over.")] = 0,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show the people who are in a segment now."""
    with reach(home) as api:
        found = api.get(f"{_path(api, project, segment)}/people", limit=limit, offset=offset)
    if as_json:
        print_json(found)
        return
    rows = [
        [
            one["id"],
            one["name"],
            "\n".join(_names(one)[:4]),
            one["last_seen"],
            one["orders"],
            one["revenue"] / 100,
        ]
        for one in found["people"]
    ]
    print_table(["id", "name", "identifiers", "last seen", "orders", "revenue"], rows)
    say(f"{found['total']:,} in all", f"共 {found['total']:,} 人")


@app.command("delete")
def delete(segment: Segment, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Delete a segment; for a week it can be brought back."""
    with reach(home) as api:
        path = _path(api, project, segment)
        found = api.get(path)
        done = api.send("DELETE", f"/api/v1{path}").json()
    if as_json:
        print_json(done)
    else:
        say(
            f"Bring it back: tidewheel segment restore {found['id']}",
            f"恢复：tidewheel segment restore {found['id']}",
        )


@app.command("restore")
def restore(
    segment: Annotated[str, typer.Argument(help="Its id.")],
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Bring back a segment that was deleted within a week."""
    with reach(home) as api:
        found = api.post(f"{_path(api, project, segment)}/restore", {})
    if as_json:
        print_json(found)
    else:
        print_table(["id", "name", "kind"], [[found["id"], found["name"], found["kind"]]])


@app.command("export")
def export(
    segment: Segment,
    file: Annotated[
        Path | None, typer.Option("--file", help="Where to write it; standard output otherwise.")
    ] = None,
    project: Project = None,
    home: Home = None,
) -> None:
    """Write the people of a segment as CSV: id, name, identifiers, city, orders, revenue in fen, first and last seen."""
    with reach(home) as api:
        people = _everybody(api, _path(api, project, segment))
        if file is None:
            _write(people, sys.stdout)
        else:
            with file.open("w", encoding="utf-8", newline="") as out:
                _write(people, out)


def _write(people: Iterator[dict[str, Any]], out: Any) -> None:
    columns = ("id", "name", "identifiers", "city", "orders", "revenue", "first_seen", "last_seen")
    writer = csv.writer(out)
    writer.writerow(columns)
    for person in people:
        told = {**person, "identifiers": " ".join(_names(person))}
        writer.writerow([_safe(told[column]) for column in columns])


def _safe(value: Any) -> Any:
    """Keep a spreadsheet from reading text as a formula."""
    text = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{value}" if text else value


def _everybody(api: Reach, path: str) -> Iterator[dict[str, Any]]:
    offset, total = 0, 1
    while offset < total:
        page = api.get(f"{path}/people", limit=_PAGE, offset=offset)
        yield from page["people"]
        total, offset = page["total"], offset + _PAGE


def _names(person: dict[str, Any]) -> list[str]:
    return [f"{one['type']}:{one['value']}" for one in person["identifiers"]]


def _used(segment: dict[str, Any]) -> str:
    return ", ".join(one["name"] for one in segment["used"])


def _path(api: Reach, project: str | None, segment: str) -> str:
    return f"/projects/{api.project(project)}/segments/{quote(segment, safe='')}"


def _cell(text: str | None) -> dict[str, Any]:
    try:
        return dict(json.loads(text or "{}"))
    except (ValueError, TypeError) as error:
        raise BadInput(
            "bad_cell",
            Text("{got} is not a JSON object.", "{got} 不是 JSON 对象。"),
            field="--cell",
            got=text,
            expected='{"series": 0}',
        ) from error


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            "unreadable_file",
            Text("{path} cannot be read: {why}.", "无法读取 {path}：{why}。"),
            field="--file",
            got=str(file),
            hint=Text("It must be a text file in UTF-8.", "文件须为 UTF-8 编码的文本。"),
            path=file,
            why=str(error),
        ) from error
