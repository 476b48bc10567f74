"""``tidewheel import``: one command a kind of file."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.cli.following import followed
from tidewheel.serve.cli.mapping import Flags, mapping_of
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(no_args_is_help=True, help="Load files: CSV, TSV, JSONL, Parquet, Excel.")

KINDS = {
    "events": "Load events: who did what when.",
    "orders": "Load orders: purchases and refunds.",
    "items": "Load the goods: names, categories, prices, costs, stock.",
    "costs": "Load advertising costs by day and channel.",
    "lift": "Load results of lift tests: orders a channel brought that would not have come without it.",
    "people": "Load people: identifiers and properties.",
    "weblog": "Load logs of a web server: pages that people saw.",
    "consents": "Load consents: who agreed to what, or took it back, and when.",
}

File = Annotated[Path, typer.Argument(help="The file.", show_default=False)]
Who = Annotated[list[str] | None, typer.Option("--who", help="COLUMN or TYPE=COLUMN; may be repeated.")]
What = Annotated[str | None, typer.Option("--what", help="Column with the event's name, or =NAME.")]
When = Annotated[str | None, typer.Option("--when", help="Column with the time.")]
Items = Annotated[
    list[str] | None, typer.Option("--items", help="Column with items as JSON, or PROPERTY=COLUMN, repeated.")
]
Field = Annotated[list[str] | None, typer.Option("--field", help="PROPERTY=COLUMN; may be repeated.")]
Money = Annotated[
    list[str] | None, typer.Option("--money", help="COLUMN=yuan or COLUMN=fen; may be repeated.")
]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", help="Column to leave out; may be repeated.")]
Id = Annotated[str | None, typer.Option("--id", help="Column with the event's own id.")]
Zone = Annotated[str | None, typer.Option("--zone", help="Time zone of times that name none.")]
DateOrder = Annotated[str | None, typer.Option("--date-order", help="dmy or mdy, for dates like 3/11/2026.")]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook.")]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help="JSON file with the whole mapping.")]
Source = Annotated[str, typer.Option("--source", help="Source the events are put down to.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show how the file would be read.")]


def _command(kind: str) -> Callable[..., None]:
    def command(
        file: File,
        who: Who = None,
        what: What = None,
        when: When = None,
        items: Items = None,
        field: Field = None,
        money: Money = None,
        exclude: Exclude = None,
        id_column: Id = None,
        zone: Zone = None,
        date_order: DateOrder = None,
        sheet: Sheet = None,
        mapping: MappingFile = None,
        source: Source = "imports",
        dry_run: DryRun = False,
        project: Project = None,
        home: Home = None,
        as_json: Json = False,
    ) -> None:
        flags = Flags(who, what, when, items, field, money, exclude, id_column, zone, date_order, sheet)
        body: dict[str, Any] = {"path": str(_existing(file)), "kind": kind, "source": source}
        with reach(home) as api:
            where = api.project(project)
            path = f"/api/v1/projects/{where}/imports/local"
            given = _read_mapping(mapping)
            if flags.given():
                given = mapping_of(flags, given or _look(api, path, body)["guess"])
            if given is not None:
                body["mapping"] = given
            if dry_run:
                _show_preview(_look(api, path, body), as_json=as_json)
            else:
                label = Path(body["path"]).name
                _show_result(
                    followed(api, where, "imports/local", body, label, as_json=as_json), as_json=as_json
                )

    command.__doc__ = KINDS[kind]
    return command


for _kind in KINDS:
    app.command(_kind)(_command(_kind))


@app.command("samples")
def write_samples(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; it is made.", show_default=False)],
) -> None:
    """Write made-up order exports of Tmall, JD and a WeChat shop, as the tutorial reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in resources.files("tidewheel.collect.files.samples").iterdir():
        if file.name.endswith(".csv"):
            (folder / file.name).write_bytes(file.read_bytes())
            say(str(folder / file.name), str(folder / file.name))


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise BadInput(
            "no_such_file",
            Text("There is no file {path}.", "没有文件 {path}。"),
            field="FILE",
            got=str(file),
            path=file,
        )
    return file.resolve()


def _read_mapping(file: Path | None) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        found: dict[str, Any] = json.loads(_existing(file).read_text("utf-8"))
    except ValueError as error:
        raise BadInput(
            "bad_json",
            Text("{path} is not valid JSON: {error}.", "{path} 不是合法的 JSON：{error}。"),
            field="--mapping",
            path=file,
            error=error,
        ) from error
    return found


def _look(api: Reach, path: str, body: dict[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = api.send("POST", path, json={**body, "look": True}).json()
    return seen


def _show_preview(seen: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(seen)
        return
    say(
        f"{seen['file']}: {seen['format']} {seen['encoding'] or ''}".rstrip(),
        f"{seen['file']}：{seen['format']} {seen['encoding'] or ''}".rstrip(),
    )
    rows = [
        [column["name"], column["kind"], ", ".join(map(str, column["samples"][:3]))[:60], _role(seen, column)]
        for column in seen["columns"]
    ]
    print_table(["column", "kind", "samples", "read as"], rows)
    _show_problems(seen["problems"])


def _role(seen: dict[str, Any], column: dict[str, Any]) -> str:
    roles = [reason["role"] for reason in seen["reasons"] if reason["column"] == column["name"]]
    guess = seen["guess"]
    roles += [f"who.{kind}" for kind, name in guess["who"].items() if name == column["name"]]
    roles += [part for part in ("what", "when", "id") if guess.get(part) == column["name"]]
    roles += [name for name, named in guess["fields"].items() if named == column["name"]]
    kept = guess.get("include") is None or column["name"] in guess["include"]
    return ", ".join(dict.fromkeys(roles)) or ("property" if kept else "left out")


def _show_result(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    names = ("rows", "accepted", "rejected", "skipped", "facts", "duplicates")
    print_table([*names], [[done[name] for name in names]])
    if done["first_time"]:
        say(f"{done['first_time']} to {done['last_time']}", f"{done['first_time']} 至 {done['last_time']}")
    _show_problems(done["problems"])


def _show_problems(problems: list[dict[str, Any]]) -> None:
    if problems:
        rows = [[one["row"], one["field"], one["message"], one["hint"]] for one in problems[:20]]
        print_table(["row", "field", "problem", "what to do"], rows)
