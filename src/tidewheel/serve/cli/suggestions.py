"""``tidewheel identity suggest``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.cli.following import followed
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import language, print_json, print_table, say
from tidewheel.serve.cli.reach import reach
from tidewheel.serve.cli.verify import share

app = typer.Typer(no_args_is_help=True, help="Who may be one person: look for pairs, accept or refuse them.")

One = Annotated[str, typer.Argument(help="A person's id, or an identifier such as phone:+8613800138000.")]
Other = Annotated[str, typer.Argument(help="The other person.")]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with what was done.")]


@app.command("run")
def run(
    least: Annotated[str, typer.Option(help="Least probability to be told, 50% or more.")] = "50%",
    field: Annotated[
        list[str] | None, typer.Option("--field", help="FIELD=PROPERTY to compare by; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another number takes other random pairs.")] = 0,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Compare people and keep who may be one; nobody is changed."""
    body = {"least": share(least), "fields": _fields(field or []), "seed": seed}
    with reach(home) as api:
        label = Text("Comparing people", "正在比对用户").say(language())
        found = followed(api, api.project(project), "identity/suggestions", body, label, as_json=as_json)
    if as_json:
        print_json(found)
        return
    spoken = language()
    rows = [
        [
            one["title"][spoken],
            one["source"] or "",
            one["people"],
            one["left_out"]
            or "\n".join(f"{each['title'][spoken]} {each['weight']:+.1f}" for each in one["weights"]),
        ]
        for one in found["fields"]
    ]
    print_table(["field", "read from", "people", "weights"], rows)
    say(
        f"{found['total']:,} pairs may be one person; {found['people']:,} people compared.",
        f"{found['total']:,} 对用户可能是同一人，共比对 {found['people']:,} 人。",
    )


@app.command("list")
def list_(
    least: Annotated[str, typer.Option(help="Least probability to be shown.")] = "50%",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="How many to pass over.")] = 0,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List pairs who may be one person and about whom nobody has decided, the likeliest first."""
    with reach(home) as api:
        path = f"/projects/{api.project(project)}/identity/suggestions"
        found = api.get(path, least=share(least), limit=limit, offset=offset)
    if as_json:
        print_json(found)
        return
    if found["run"] is None:
        say(
            "Nobody has looked yet: tidewheel identity suggest run",
            "还没有推测过：tidewheel identity suggest run",
        )
        return
    spoken = language()
    rows = [
        [
            f"{100 * one['probability']:.1f} %",
            _person(one["a"]),
            _person(one["b"]),
            "\n".join(
                f"{each['title'][spoken]} {each['level_title'][spoken]} {each['weight']:+.1f}"
                for each in one["because"]
            ),
            ", ".join(one["over"]),
        ]
        for one in found["suggestions"]
    ]
    print_table(["probability", "a", "b", "because", "limit passed"], rows)
    say(f"{found['total']:,} open", f"待处理 {found['total']:,} 对")
    if found["run"]["stale"]:
        say(
            "Facts or rules have changed since; run it again for what is so now.",
            "此后数据或规则有变化，可重新推测。",
        )


@app.command("accept")
def accept(
    a: One, b: Other, why: Why = "", project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """Link two people whom a suggestion names; undone like any other link."""
    if _decided("accept", {"a": a, "b": b, "why": why}, project, home, as_json=as_json):
        return
    say("They are one person now.", "已合并为同一人。")


@app.command("refuse")
def refuse(
    a: One, b: Other, why: Why = "", project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """Say that two people are two: nobody changes, and the pair is not suggested again."""
    if _decided("refuse", {"a": a, "b": b, "why": why}, project, home, as_json=as_json):
        return
    say("They stay two, and are not suggested again.", "已标记为不同的人，以后不再推测。")


def _decided(
    how: str, said: dict[str, str], project: str | None, home: Path | None, *, as_json: bool
) -> bool:
    """Decide about a pair; returns whether the answer was printed as it is."""
    with reach(home) as api:
        found = api.post(f"/projects/{api.project(project)}/identity/suggestions/{how}", said)
    if as_json:
        print_json(found)
    return as_json


@app.command("accept-all")
def accept_all(
    least: Annotated[str, typer.Option(help="Least probability, such as 99%.")],
    why: Why = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it.")] = False,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Link every open pair from a probability on, within the limits of the rules."""
    with reach(home) as api:
        path = f"/projects/{api.project(project)}/identity/suggestions/accept-all"
        found = api.post(path, {"least": share(least), "why": why, "dry_run": dry_run})
    if as_json:
        print_json(found)
        return
    outcome = found["outcome"]
    say(
        f"{found['linked']:,} pairs: {outcome['before_count']:,} people become {outcome['after_count']:,}. Left: "
        f"{found['over_limit']:,} beyond a limit, {found['kept_apart']:,} kept apart by hand.",
        f"{found['linked']:,} 对：{outcome['before_count']:,} 人合并为 {outcome['after_count']:,} 人。未处理：超出上限 "
        f"{found['over_limit']:,} 对，人工判定为不同的人 {found['kept_apart']:,} 对。",
    )


def _person(person: dict[str, Any]) -> str:
    called = [f"{one['type']}:{one['value']}" for one in person["identifiers"][:3]]
    return "\n".join([person["id"], *called, *person["properties"].values()])


def _fields(given: list[str]) -> dict[str, str]:
    found = {}
    for one in given:
        field, equals, name = one.partition("=")
        if not (field and equals and name):
            raise BadInput(
                "bad_field",
                Text("{got} is not FIELD=PROPERTY.", "{got} 不是 字段=属性 的形式。"),
                field="--field",
                got=one,
                expected="birthday=member_birthday",
            )
        found[field] = name
    return found
