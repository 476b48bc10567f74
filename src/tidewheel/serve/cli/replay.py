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
    """Ask a kept answer's question again at its own minute; ends with 1 where the answer is another now."""
    with reach(home) as api:
        path = f"/api/v1/projects/{api.project(project)}/replay"
        found = api.send("POST", path, json={"answer": read_params(answer)}).json()
    if as_json:
        print_json(found)
    elif found["equal"]:
        say("The same to the byte.", "逐字节一致。")
    else:
        print_table(["then and now"], [[one] for one in found["differences"]])
        changed = ", ".join(found["changed"]) or "–"
        say(f"Changed since: {changed}.", f"之后有变化的：{changed}。")
    if found["differences"]:
        raise typer.Exit(1)


def explain(
    before: Annotated[str, typer.Argument(help="File with the first answer.")],
    after: Annotated[str, typer.Argument(help="File with the second answer, of the same kind.")],
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Tell why two answers differ: another question, another minute, or facts and links that changed."""
    body = {"before": read_params(before), "after": read_params(after)}
    with reach(home) as api:
        found = api.send("POST", f"/api/v1/projects/{api.project(project)}/explain", json=body).json()
    if as_json:
        print_json(found)
        return
    columns = ["figure", "before", "after", "since before", "definition", "moment", "since after"]
    names = ["before", "after", "since_before", "definition", "moment", "since_after"]
    rows = [
        [" · ".join([one["name"], *map(str, one["group"] or [])]), *(one[name] for name in names)]
        for one in found["figures"]
    ]
    print_table(columns, rows)
