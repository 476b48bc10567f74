"""``tidewheel live``: events as the running server takes them in, and how one of them was understood."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import typer

from tidewheel.core.errors import Unavailable
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import language, out, print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

_MARKS = {
    "kept": "✓", "mended": "✓", "violates": "!", "blocked": "✗", "refused": "✗", "left_out": "–", "unread": "✗",
}  # fmt: skip


def live(
    event_id: Annotated[
        str,
        typer.Argument(help="Show one event in full: an id that the stream has told.", show_default=False),
    ] = "",
    device: Annotated[
        str,
        typer.Option("--device", help="Only this identifier (device:abc, abc, a phone number) or test key."),
    ] = "",
    source: Annotated[str, typer.Option("--source", help="Only this source, by id.")] = "",
    event: Annotated[
        str, typer.Option("--event", help="Only this event, by its name as sent or as kept.")
    ] = "",
    problems: Annotated[bool, typer.Option("--problems", help="Only what is not simply kept.")] = False,
    recent: Annotated[
        int, typer.Option("--recent", help="How many that have come already to begin with.", min=0, max=200)
    ] = 20,
    once: Annotated[bool, typer.Option("--once", help="End after what has come already.")] = False,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Watch events arrive and what became of each, or show one in full; the server must be running."""
    with reach(home) as api:
        if not api.running:
            raise Unavailable(
                "not_running",
                Text("No server is running.", "服务没有运行。"),
                hint=Text(
                    "What has come lately is known to the process that takes it in: start it with tidewheel serve.",
                    "最近的上报只有接收进程知道：请先运行 tidewheel serve。",
                ),
            )
        path = f"/projects/{api.project(project)}/live"
        if event_id:
            found = api.get(f"{path}/{event_id}")
            print_json(found) if as_json else _print_whole(found)
            return
        query = {
            "device": device, "source": source, "event": event, "problems": problems, "recent": recent,
            "follow": not once,
        }  # fmt: skip
        for fact in _facts(api, path, query):
            if as_json:
                out.file.write(json.dumps(fact, ensure_ascii=False) + "\n")
                out.file.flush()
            else:
                _print_line(fact)


def _facts(api: Reach, path: str, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    with api.client.stream("GET", f"/api/v1{path}", params=query) as answer:
        if not answer.is_success:
            answer.read()
            api.get(path, **query)  # says what is wrong
        kind = ""
        try:
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: ") and kind == "fact":
                    yield json.loads(line.removeprefix("data: "))
        except httpx.TransportError as error:
            raise Unavailable(
                "server_gone",
                Text("The server does not answer: {why}.", "服务没有响应：{why}。"),
                got=str(api.client.base_url),
                hint=Text("Look at its log, then start it again.", "请查看其日志后重新启动。"),
                why=str(error) or type(error).__name__,
            ) from error


def _print_line(fact: dict[str, Any]) -> None:
    name = f"{fact['sent_as']} → {fact['name']}" if fact["sent_as"] else fact["name"] or fact["protocol"]
    said = ", ".join(f"{key}={value}" for key, value in list(fact["properties"].items())[:5])
    told = fact["problem"]["message"][language()] if fact["problem"] else said
    became = "repeat" if fact["repeated"] else fact["outcome"]
    line = (
        fact["received"][11:23], "=" if fact["repeated"] else _MARKS[fact["outcome"]], f"{became:<8}", name, fact["actor"],
        fact["source"], told, f"[{fact['id']}]",
    )  # fmt: skip
    out.print("  ".join(part for part in line if part), markup=False, soft_wrap=True)


def _print_whole(found: dict[str, Any]) -> None:
    fact, asked = found["fact"], found["request"]
    _print_line(fact)
    say(f"{asked['method']} {asked['path']} · {asked['bytes']:,} B · {fact['protocol']}", f"{asked['method']} {asked['path']} · {asked['bytes']:,} B · {fact['protocol']}")  # fmt: skip
    if found["words"]:
        say(f"named by {', '.join(found['words'])}", f"命名依据：{'、'.join(found['words'])}")
    for one in [found["problem"]] if found["problem"] else []:
        say(f"refused: {one['message']} {one['hint'] or ''}", f"拒收：{one['message']}{one['hint'] or ''}")
    for one in found["violations"]:
        say(
            f"plan ({found['plan_mode']}): {one['message']}",
            f"埋点方案（{found['plan_mode']}）：{one['message']}",
        )
    for one in found["notes"]:
        say(f"note: {one['message']}", f"提示：{one['message']}")
    for kept in found["facts"]:
        say(
            f"{kept['name']}  {kept['actor']}  {kept['time']}",
            f"{kept['name']}  {kept['actor']}  {kept['time']}",
        )
        rows = [_row(value, "") for value in kept["properties"]]
        rows += [_row(value, f"items[{at}].") for at, item in enumerate(kept["items"]) for value in item]
        if rows:
            print_table(["property", "value", "type", "sent as", "made", "made by"], rows)
    if found["added"]:
        print_table(
            ["worked out", "value", "made by"],
            [[one["name"], str(one["value"]), one["by"]] for one in found["added"]],
        )
    if found["links"]:
        print_table(["a", "b"], [[one["a"], one["b"]] for one in found["links"]])
    if found["person"]:
        who = f"{found['person']['id']} ({', '.join(found['person']['identifiers'][:8])})"
        say(f"person: {who}", f"用户：{who}")
    body = asked["withheld"] or json.dumps(asked["body"], ensure_ascii=False, indent=1)
    say(f"as sent: {body}", f"原始报文：{body}")


def _row(value: dict[str, Any], place: str) -> list[Any]:
    sent = value["sent_name"] if value["sent_name"] not in {None, value["name"]} else ""
    if value["sent_value"] is not None and value["sent_value"] != value["value"]:
        sent = f"{sent} {json.dumps(value['sent_value'], ensure_ascii=False)}".strip()
    return [
        place + value["name"],
        str(value["value"]),
        value["kind"],
        sent,
        value["made"],
        " ".join(value["by"]),
    ]
