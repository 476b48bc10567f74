"""``tidewheel destination``."""

from __future__ import annotations

import sys
from typing import Annotated, Any
from urllib.parse import quote

import typer

from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import language, print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(no_args_is_help=True, help="Destinations: where the messages of alerts go.")

Name = Annotated[str, typer.Argument(help="Its name.")]


@app.command("list")
def list_destinations(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List where messages go."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/destinations")
    if as_json:
        print_json(found)
        return
    rows = [
        [one["name"], one["channel"], one["place"], one["language"], ", ".join(one["used"])]
        for one in found["destinations"]
    ]
    print_table(["name", "channel", "leads to", "language", "used by"], rows)


@app.command("webhook")
def webhook(
    name: Name,
    form: Annotated[
        str, typer.Option("--format", help="json, or the robot of a group: wecom, feishu, dingtalk.")
    ] = "json",
    spoken: Annotated[str | None, typer.Option("--language", help="zh or en.", show_default=False)] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a webhook; its address is read from standard input, and after it, on a line, the secret if it has one."""
    lines = [line.strip() for line in sys.stdin.read().splitlines()]
    target = {
        "url": lines[0] if lines else "",
        "format": form,
        "secret": lines[1] if len(lines) > 1 else None,
    }
    _save(name, "webhook", target, spoken, project, home, as_json=as_json)


@app.command("mail")
def mail(
    name: Name,
    addresses: Annotated[list[str], typer.Argument(help="Who gets the mail.")],
    spoken: Annotated[str | None, typer.Option("--language", help="zh or en.", show_default=False)] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add addresses that get mail."""
    _save(name, "mail", {"addresses": addresses}, spoken, project, home, as_json=as_json)


@app.command("test")
def greet(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Send a greeting there."""
    with reach(home) as api:
        found = api.post(f"{_path(api, project, name)}/test", {})
    if as_json:
        print_json(found)
    elif found["sent"]:
        say("Sent.", "已发送。")
    else:
        say(f"Not sent: {found['error']}", f"未送达：{found['error']}")
    if not found["sent"]:
        raise typer.Exit(6)


@app.command("remove")
def remove(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Remove a destination that no alert uses."""
    with reach(home) as api:
        done = api.send("DELETE", f"/api/v1{_path(api, project, name)}").json()
    if as_json:
        print_json(done)


def _save(
    name: str,
    channel: str,
    target: dict[str, Any],
    spoken: str | None,
    project: str | None,
    home: Any,
    *,
    as_json: bool,
) -> None:
    body = {"channel": channel, "target": target, "language": spoken or language()}
    with reach(home) as api:
        said = api.send("PUT", f"/api/v1{_path(api, project, name)}", json=body).json()
    if as_json:
        print_json(said)
    else:
        say(f"Messages for {name} go to {said['place']}.", f"{name} 的消息会发到 {said['place']}。")


def _path(api: Reach, project: str | None, name: str) -> str:
    return f"/projects/{api.project(project)}/destinations/{quote(name, safe='')}"
