"""``tidewheel source words``: how the names that a vendor's clients use become ours."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

import tomli_w
import typer

from tidewheel.core.errors import BadInput, NotFound
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(no_args_is_help=True, help="Words: how the names that a vendor's clients use become ours.")

SourceId = Annotated[str, typer.Argument(help="The source's id.")]
Protocol = Annotated[str, typer.Argument(help="The vendor's protocol: growingio, segment, posthog …")]
File = Annotated[Path, typer.Argument(help="A TOML file, as export writes it.")]


@app.command("show")
def show(
    source: SourceId, protocol: Protocol, project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """List what events and properties become at a source."""
    with reach(home) as api:
        found = api.get(_path(api, project, source, protocol))
    if as_json:
        print_json(found)
        return
    words = found["words"]
    rows = [
        ["event", name, "–" if one["leave_out"] else one["event"] or name]
        for name, one in words["events"].items()
    ]
    rows += [["property", name, ours or "–"] for name, ours in words["every"]["properties"].items()]
    rows += [["person", name, ours or "–"] for name, ours in words["person"]["properties"].items()]
    rows += [["identifier", name, ours] for name, ours in words["identifiers"].items()]
    print_table(["kind", "theirs", "ours"], rows)
    say(
        "These words are the source's own." if found["own"] else "These words come with Tidewheel.",
        "该数据源使用自己的对应关系。" if found["own"] else "使用随产品提供的对应关系。",
    )


@app.command("export")
def export(source: SourceId, protocol: Protocol, project: Project = None, home: Home = None) -> None:
    """Write the words as TOML, to be changed and imported again."""
    with reach(home) as api:
        found = api.get(_path(api, project, source, protocol))
    typer.echo(tomli_w.dumps(_said(found["words"])), nl=False)


@app.command("import")
def bring(
    source: SourceId,
    protocol: Protocol,
    file: File,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let the words of a file hold at a source from now on."""
    words = _read(file)
    with reach(home) as api:
        found = api.send("PUT", f"/api/v1{_path(api, project, source, protocol)}", json=words).json()
    if as_json:
        print_json(found)
    else:
        say(
            f"{len(found['words']['events'])} events have words.",
            f"已设定 {len(found['words']['events'])} 个事件的对应关系。",
        )


@app.command("try")
def attempt(
    source: SourceId,
    protocol: Protocol,
    file: File,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show what the words of a file would make of the events that arrived lately; nothing is changed."""
    words = _read(file)
    with reach(home) as api:
        found = api.post(f"{_path(api, project, source, protocol)}/trial", {"words": words})
    if as_json:
        print_json(found)
        return
    rows = [[one["sent"], one["count"], one["now"] or "–", one["then"] or "–"] for one in found["names"]]
    print_table(["sent", "events", "now", "then"], rows)
    say(
        f"{found['changed']} of the last {found['arrived']} events would change.",
        f"最近 {found['arrived']} 条事件中有 {found['changed']} 条会变化。",
    )


@app.command("reset")
def reset(
    source: SourceId, protocol: Protocol, project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """Go back to the words that come with Tidewheel."""
    with reach(home) as api:
        found = api.send("DELETE", f"/api/v1{_path(api, project, source, protocol)}").json()
    if as_json:
        print_json(found)


def source_of(api: Reach, place: str, source: str) -> dict[str, Any]:
    """Return one of a project's sources."""
    found: dict[str, Any] | None = next(
        (one for one in api.get(place)["sources"] if one["id"] == source), None
    )
    if found is None:
        raise NotFound("no_such_source", Text("There is no such source.", "没有这个数据源。"), got=source)
    return found


def _path(api: Reach, project: str | None, source: str, protocol: str) -> str:
    return f"/projects/{api.project(project)}/sources/{source}/vocabularies/{protocol}"


def _said(value: Any) -> Any:
    """Return words without what says nothing; an empty name of a property says that it is left out."""
    if isinstance(value, dict):
        return {
            name: _said(part)
            for name, part in value.items()
            if part not in (None, False, {}, []) and (name, part) != ("prefix", "") and _said(part) != {}
        }
    return sorted(value) if isinstance(value, list) else value


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(
            "bad_words_file",
            Text("{file} cannot be read as TOML: {why}.", "无法按 TOML 读取 {file}：{why}。"),
            got=str(file),
            hint=Text(
                "Start from `tidewheel source words export`.",
                "可从 `tidewheel source words export` 的输出开始修改。",
            ),
            file=str(file),
            why=str(error),
        ) from None
