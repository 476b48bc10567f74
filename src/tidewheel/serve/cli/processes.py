"""``tidewheel processes``: who shares the lake, and who will not come back."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import typer

from tidewheel.serve.cli.options import Home, Json
from tidewheel.serve.cli.output import print_json, print_table, say
from tidewheel.serve.cli.reach import reach

app = typer.Typer(no_args_is_help=True, help="Servers and collectors that share the lake.")


@app.command("list")
def list_processes(home: Home = None, as_json: Json = False) -> None:
    """List who shares the lake and when each was seen last."""
    with reach(home) as api:
        found = api.get("/processes")
    if as_json:
        print_json(found)
        return
    names = ["id", "host", "folder", "role", "seen", "seen_at", "retired_at"]
    print_table(
        ["id", "host", "folder", "role", "seen", "seen at", "retired at"],
        [[one[name] for name in names] for one in found["processes"]],
    )


@app.command("retire")
def retire(
    process: Annotated[str, typer.Argument(help="Id of the process.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say that a data folder will not come back, so that no erasure waits for it."""
    with reach(home) as api:
        found = api.send("DELETE", f"/api/v1/processes/{quote(process, safe='')}").json()
    if as_json:
        print_json(found)
    else:
        where = f"{found['host']} {found['folder']}"
        say(f"Not waited for any more: {where}", f"不再等待：{where}")
