"""``tidewheel project``."""

from __future__ import annotations

from typing import Annotated

import typer

from tidewheel.serve.cli.options import Home, Json
from tidewheel.serve.cli.output import print_json, print_table
from tidewheel.serve.cli.reach import reach

app = typer.Typer(no_args_is_help=True, help="Projects: one brand each.")

_ZONE = typer.Option(help="Where its days begin.")
_CURRENCY = typer.Option(help="ISO 4217.")
_WEEK_START = typer.Option(min=0, max=6, help="0 is Monday, 6 is Sunday.")
_HOLIDAYS = typer.Option(help="Whose public holidays are days off: CN, DE-BY; empty: nobody's.")


@app.command("add")
def add_project(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    time_zone: Annotated[str, _ZONE] = "Asia/Shanghai",
    currency: Annotated[str, _CURRENCY] = "CNY",
    week_start: Annotated[int, _WEEK_START] = 0,
    holidays: Annotated[str | None, _HOLIDAYS] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a project."""
    body = {
        "name": name,
        "time_zone": time_zone,
        "currency": currency,
        "week_start": week_start,
        "holidays": holidays,
    }
    with reach(home) as api:
        made = api.post("/projects", body)
    if as_json:
        print_json(made)
    else:
        print_table(["id", "name", "time zone"], [[made["id"], made["name"], made["time_zone"]]])


@app.command("change")
def change_project(
    project: Annotated[str, typer.Argument(help="Its id.")],
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    time_zone: Annotated[str | None, _ZONE] = None,
    currency: Annotated[str | None, _CURRENCY] = None,
    week_start: Annotated[int | None, _WEEK_START] = None,
    holidays: Annotated[str | None, _HOLIDAYS] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Change how a project is called, cuts time and counts money; what is not given stays."""
    given = {
        "name": name,
        "time_zone": time_zone,
        "currency": currency,
        "week_start": week_start,
        "holidays": holidays,
    }
    body = {key: value for key, value in given.items() if value is not None}
    with reach(home) as api:
        made = api.send("PATCH", f"/api/v1/projects/{project}", json=body).json()
    if as_json:
        print_json(made)
    else:
        print_table(
            ["name", "time zone", "currency", "week starts", "holidays"],
            [[made[key] for key in ("name", "time_zone", "currency", "week_start", "holidays")]],
        )


@app.command("list")
def list_projects(home: Home = None, as_json: Json = False) -> None:
    """List the projects."""
    with reach(home) as api:
        found = api.get("/projects")
    if as_json:
        print_json(found)
    else:
        rows = [[one[key] for key in ("id", "name", "time_zone", "currency")] for one in found["projects"]]
        print_table(["id", "name", "time zone", "currency"], rows)


@app.command("remove")
def remove_project(
    project: Annotated[str, typer.Argument(help="Its id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Delete a project with all its facts, for good."""
    if not yes:
        typer.confirm(f"Delete {project} and every event in it?", abort=True)
    with reach(home) as api:
        done = api.send("DELETE", f"/api/v1/projects/{project}", params={"confirm": project}).json()
    if as_json:
        print_json(done)
