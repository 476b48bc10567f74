"""``tidewheel sql``: ask in SQL, look at the tables, keep queries."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from typer.core import TyperGroup

from tidewheel.core.errors import BadInput, NotFound
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import Given, print_bytes, print_json, print_table, remark, say
from tidewheel.serve.cli.reach import Reach, reach


class _QueryFirst(TyperGroup):
    """Takes ``tidewheel sql "select 1"`` for ``tidewheel sql query "select 1"``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        words = args if not args or args[0] in {*self.commands, "-h", "--help"} else ["query", *args]
        return super().parse_args(ctx, words)


app = typer.Typer(cls=_QueryFirst, no_args_is_help=True, help="SQL: read-only, over the project's tables.")

Sql: TypeAlias = Annotated[str, typer.Argument(help="The query; - reads it from standard input.")]
Param: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--param", help="NAME=VALUE or NAME:KIND=VALUE for $NAME; may be repeated.", show_default=False
    ),
]
Declared: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--param", help="NAME:KIND or NAME:KIND=DEFAULT for $NAME; may be repeated.", show_default=False
    ),
]
RowCount: TypeAlias = Annotated[
    int | None, typer.Option("--rows", min=1, help="Most rows to show.", show_default=False)
]
Csv: TypeAlias = Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")]
Output: TypeAlias = Annotated[
    Path | None, typer.Option("--output", help="File to write, .csv or .arrow.", show_default=False)
]
KINDS = ("text", "number", "flag", "date", "time", "list")


@app.command("query")
def query(
    sql: Sql,
    param: Param = None,
    rows: RowCount = None,
    csv: Csv = False,
    output: Output = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Run one query. The word itself may be left out: tidewheel sql "select 1"."""
    parameters, values = _given(param or [])
    body = {"sql": sys.stdin.read() if sql == "-" else sql, "parameters": parameters, "values": values}
    with reach(home) as api:
        _run(api, api.project(project), body, rows, csv=csv, output=output, as_json=as_json)


@app.command("tables")
def tables(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the tables and their columns."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/sql/tables")
    if as_json:
        print_json(found)
        return
    for table in found["tables"]:
        say(
            f"\n{table['name']}: {table['description']['en']}",
            f"\n{table['name']}：{table['description']['zh']}",
        )
        lines = [
            [column["name"], column["type"][:60], ", ".join(map(str, column["samples"][:3]))]
            for column in table["columns"]
        ]
        print_table(["column", "type", "samples"], lines)


@app.command("save")
def save(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    sql: Sql,
    param: Declared = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Keep a query under a name; one of the same name is replaced."""
    parameters, _ = _given(param or [], declare=True)
    body = {"name": name, "sql": sys.stdin.read() if sql == "-" else sql, "parameters": parameters}
    with reach(home) as api:
        path = f"/projects/{api.project(project)}/sql/queries"
        old = [one for one in api.get(path)["queries"] if one["name"] == name]
        if old:
            body["chart"] = old[0]["chart"]
        where = f"/api/v1{path}/{old[0]['id']}" if old else f"/api/v1{path}"
        kept = api.send("PUT" if old else "POST", where, json=body).json()
    if as_json:
        print_json(kept)
        return
    say(f"Saved as {kept['name']} ({kept['id']})", f"已保存为 {kept['name']}（{kept['id']}）")


@app.command("list")
def list_queries(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the queries that are kept."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/sql/queries")
    if as_json:
        print_json(found)
        return
    lines = [
        [
            one["name"],
            one["id"],
            ", ".join(f"${each['name']}" for each in one["parameters"]),
            _first_line(one["sql"]),
        ]
        for one in found["queries"]
    ]
    print_table(["name", "id", "parameters", "sql"], lines)


@app.command("run")
def run(
    name: Annotated[str, typer.Argument(help="Name or id of a query that is kept.")],
    param: Param = None,
    rows: RowCount = None,
    csv: Csv = False,
    output: Output = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Run a query that is kept."""
    _, values = _given(param or [])
    with reach(home) as api:
        at = api.project(project)
        kept = _kept(api, at, name)
        body = {"sql": kept["sql"], "parameters": kept["parameters"], "values": values}
        _run(api, at, body, rows, csv=csv, output=output, as_json=as_json)


@app.command("delete")
def delete(
    name: Annotated[str, typer.Argument(help="Name or id of a query that is kept.")],
    project: Project = None,
    home: Home = None,
) -> None:
    """Remove a query that is kept."""
    with reach(home) as api:
        at = api.project(project)
        kept = _kept(api, at, name)
        api.send("DELETE", f"/api/v1/projects/{at}/sql/queries/{kept['id']}")
    say(f"Removed {kept['name']}", f"已删除 {kept['name']}")


def _run(
    api: Reach,
    project: str,
    body: dict[str, Any],
    rows: int | None,
    *,
    csv: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    path = f"/api/v1/projects/{project}/sql"
    if csv or output is not None:
        form = "arrow" if output is not None and output.suffix == ".arrow" else "csv"
        answer = api.send("POST", f"{path}/export", json=body, params={"format": form})
        if output is not None:
            output.write_bytes(answer.content)
            say(f"Wrote {output}", f"已写入 {output}")
        else:
            print_bytes(answer.content)
        if answer.headers["x-more-rows"] == "true":
            remark("There are more rows than a file holds.", "结果行数超过文件上限，未全部写入。")
        return
    answer = api.send("POST", path, json=body | ({"rows": rows} if rows else {}))
    if as_json:
        print_bytes(answer.content)
        return
    found = answer.json()
    print_table([Given(column["name"]) for column in found["columns"]], found["rows"])
    if found["more"]:
        remark(f"The first {len(found['rows']):,} rows", f"仅显示前 {len(found['rows']):,} 行")


def _kept(api: Reach, project: str, name: str) -> dict[str, Any]:
    known: list[dict[str, Any]] = api.get(f"/projects/{project}/sql/queries")["queries"]
    for one in known:
        if name in {one["name"], one["id"]}:
            return one
    raise NotFound(
        "no_such_sql_query",
        Text("There is no such saved query.", "没有这个已存查询。"),
        got=name,
        expected=[one["name"] for one in known][:50],
    )


def _given(texts: Iterable[str], *, declare: bool = False) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return declarations and values of ``name:kind=value``."""
    parameters: list[dict[str, Any]] = []
    values: dict[str, Any] = {}
    for text in texts:
        head, sign, value = text.partition("=")
        name, _, kind = head.partition(":")
        if not name or (kind and kind not in KINDS) or not (sign or (declare and kind)):
            raise BadInput(
                "bad_sql_parameter",
                Text("{given} is not a parameter.", "{given} 不是参数。"),
                field="--param",
                got=text,
                given=text,
                expected="from:date=2026-11-01",
                hint=Text("Kinds: {kinds}", "类型：{kinds}"),
                kinds=", ".join(KINDS),
            )
        if kind:
            parameters.append({"name": name, "kind": kind, **({"default": value} if sign else {})})
        if sign and not (kind and declare):
            values[name] = value
    return parameters, values


def _first_line(sql: str) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= 60 else line[:59] + "…"
