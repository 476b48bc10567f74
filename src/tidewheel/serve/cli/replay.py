"""``tidewheel replay`` and ``tidewheel explain``: kept answers, asked again."""

from __future__ import annotations

from typing import Annotated

import typer

from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import print_json, print_table, say
from tidewheel.serve.cli.question import read_params
from tidewheel.serve.cli.reach import reach


def replay(
    answer: Annotated[str, typer.Argument(help="File with an answer, as analyse --json prints it.")],
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Ask a kept answer's question again, of the facts it saw; ends with 1 where the answer is another now."""
    with reach(home) as api:
        path = f"/api/v1/projects/{api.project(project)}/replay"
        found = api.send("POST", path, json={"answer": read_params(answer, "answer")}).json()
    if as_json:
        print_json(found)
    elif found["equal"]:
        say(
            f"The same to the byte; {found['later']:,} facts that came later were left out.",
            f"逐字节一致；之后到达的 {found['later']:,} 条数据未计入。",
        )
    else:
        if found["elsewhere"]:
            _not_here()
        print_table(["then and now"], [[one] for one in found["differences"]])
        changed = ", ".join(found["changed"]) or "–"
        say(f"Changed since: {changed}.", f"之后有变化的：{changed}。")
        if found["missing"]:
            say(
                f"{found['missing']:,} facts it saw were erased since.",
                f"当时看到的数据中有 {found['missing']:,} 条已被删除。",
            )
    if found["differences"]:
        raise typer.Exit(1)


def _not_here() -> None:
    say(
        "This answer was given by another project, or with another data folder; here it is asked of other facts. "
        "Name its project with --project.",
        "该结果来自其他项目或其他数据目录，这里查询的是另一批数据。请用 --project 指定它所属的项目。",
    )


def explain(
    before: Annotated[str, typer.Argument(help="File with the first answer.")],
    after: Annotated[str, typer.Argument(help="File with the second answer, of the same kind.")],
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Tell why two answers differ: facts, links, question, minute or program."""
    body = {"before": read_params(before, "before"), "after": read_params(after, "after")}
    with reach(home) as api:
        found = api.send("POST", f"/api/v1/projects/{api.project(project)}/explain", json=body).json()
    if as_json:
        print_json(found)
        return
    if found["elsewhere"]:
        _not_here()
    names = ["before", "after", "data", "identity", "definition", "moment", "version"]
    rows = [
        [" · ".join([one["name"], *map(str, one["group"] or [])]), *(one[name] for name in names)]
        for one in found["figures"]
    ]
    print_table(["figure", *names], rows)
    came = [[one["source"], one["facts"], one["first"], one["last"]] for one in found["arrived"]]
    if came:
        print_table(["source", "facts" if not found["backwards"] else "facts fewer", "first", "last"], came)
    first, facts, links = found["people"]
    say(
        f"{found['links']:,} links; persons {first:,} → {facts:,} with the facts → {links:,} with the links.",
        f"关联 {found['links']:,} 条；用户数 {first:,} → 计入数据后 {facts:,} → 计入关联后 {links:,}。",
    )
    for one in found["fields"]:
        say(one, one)
