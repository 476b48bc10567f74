"""``tidewheel identity``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tidewheel.core.identity_rules import IdentityRules
from tidewheel.model import read_rules, write_rules
from tidewheel.serve.cli.options import AsOf, Home, Json, Project
from tidewheel.serve.cli.output import print_hands, print_json, print_links, print_table, say
from tidewheel.serve.cli.reach import reach
from tidewheel.serve.cli.suggestions import app as suggestions

app = typer.Typer(no_args_is_help=True, help="Identity: who is one person, why, and by which rules.")
app.add_typer(suggestions, name="suggest")

One = Annotated[str, typer.Argument(help="An identifier, such as phone:+8613800138000.")]
Other = Annotated[str, typer.Argument(help="Another identifier.")]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with what was done.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it.")]


@app.command("rules")
def rules(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Print the rules in force as YAML that can be applied again, with --json also every version before."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/identity/rules")
    if as_json:
        print_json(found)
        return
    sys.stdout.write(write_rules(IdentityRules.model_validate(found["rules"])))


@app.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(help="YAML file of rules.", exists=True, dir_okay=False)],
    why: Why = "",
    dry_run: DryRun = False,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make persons by the rules in a file, of all facts at once."""
    wanted = read_rules(file).model_dump(mode="json")
    with reach(home) as api:
        body = {"rules": wanted, "why": why, "dry_run": dry_run}
        path = f"/api/v1/projects/{api.project(project)}/identity/rules"
        found = api.send("PUT", path, json=body).json()
    _print_rules_outcome(found, as_json=as_json)


@app.command("block")
def block(
    identifier: One,
    unblock: Annotated[bool, typer.Option("--unblock", help="Let it join again.")] = False,
    why: Why = "",
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Block a value that says nothing about who somebody is: it joins nobody from now on."""
    with reach(home) as api:
        body = {"identifier": identifier, "blocked": not unblock, "why": why}
        found = api.post(f"/projects/{api.project(project)}/identity/block", body)
    _print_rules_outcome(found, as_json=as_json)


@app.command("why")
def why_one(
    a: One, b: Other, as_of: AsOf = None, project: Project = None, home: Home = None, as_json: Json = False
) -> None:
    """Say why two identifiers are one person, or what keeps them apart."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/identity/why", a=a, b=b, as_of=as_of)
    if as_json:
        print_json(found)
        return
    if found["one_person"] and not found["path"]:
        say("Both are one and the same identifier.", "两者是同一个标识。")
    elif found["one_person"]:
        say("One person, by these links:", "是同一个人，由以下关联相连：")
        print_links(found["path"])
    elif found["against"]:
        say("Two persons; these links are not in force:", "不是同一个人，以下关联未生效：")
        print_links(found["against"])
    else:
        say("Two persons; nothing links them.", "不是同一个人，没有任何关联。")
    if found["hands"]:
        say("Devices that changed hands:", "换过手的设备：")
        print_hands(found["hands"])


@app.command("link")
def link(
    a: One,
    b: Other,
    why: Why = "",
    dry_run: DryRun = False,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make one person of two, whatever the limits say."""
    _decide("link", {"a": a, "b": b}, why, project, home, dry_run=dry_run, as_json=as_json)


@app.command("undo")
def undo(
    a: One,
    b: Other,
    why: Why = "",
    dry_run: DryRun = False,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Undo the link of two identifiers; it stays undone until somebody links them again."""
    _decide("undo", {"a": a, "b": b}, why, project, home, dry_run=dry_run, as_json=as_json)


@app.command("split")
def split(
    identifier: One,
    why: Why = "",
    dry_run: DryRun = False,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Part an identifier from its person by undoing every link that holds it."""
    _decide("split", {"identifier": identifier}, why, project, home, dry_run=dry_run, as_json=as_json)


@app.command("log")
def log(
    by_hand: Annotated[bool, typer.Option("--by-hand", help="Only what people decided.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="How many to pass over.")] = 0,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List what joined and parted whom, asserted last first."""
    with reach(home) as api:
        path = f"/projects/{api.project(project)}/identity/log"
        found = api.get(path, by="hand" if by_hand else "anything", limit=limit, offset=offset)
    if as_json:
        print_json(found)
        return
    rows = [
        [one["received"], one["effect"], one["a"], one["b"], one["source"], one["reason"], one["why"]]
        for one in found["entries"]
    ]
    print_table(["asserted", "effect", "a", "b", "said by", "reason", "why"], rows)
    say(f"{found['total']:,} in all", f"共 {found['total']:,} 条")


@app.command("quarantine")
def quarantine(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List people who were stopped from growing, and identifiers that join nobody."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/identity/quarantine")
    if as_json:
        print_json(found)
        return
    rows = [
        [
            one["id"],
            one["identifiers"],
            one["refused"],
            "\n".join(f"{hub['type']}:{hub['value']} ({hub['named_with']})" for hub in one["hubs"]),
        ]
        for one in found["stopped"]
    ]
    print_table(["person", "identifiers", "links stopped", "named most"], rows)
    barred = [[f"{one['type']}:{one['value']}", one["reason"], one["named_with"]] for one in found["barred"]]
    print_table(["joins nobody", "because", "named with"], barred)


def _decide(
    act: str,
    body: dict[str, str],
    why: str,
    project: str | None,
    home: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    with reach(home) as api:
        here = f"/projects/{api.project(project)}/identity"
        if dry_run:
            ends = {"a": body.get("a") or body["identifier"], "b": body.get("b")}
            found = api.post(f"{here}/preview", {"act": act, **ends})
        else:
            found = api.post(f"{here}/{act}", {**body, "why": why})
    if as_json:
        print_json(found)
        return
    outcome = found["outcome"]
    if not outcome["before_count"]:
        say("Everybody stays who they are.", "所有人的归并不变。")
        return
    for english, chinese, persons in (("before", "之前", "before"), ("after", "之后", "after")):
        rows = [
            [
                one["id"],
                "\n".join(f"{each['type']}:{each['value']}" for each in one["identifiers"][:8]),
                one["events"],
                one["orders"],
                one["revenue"] / 100,
            ]
            for one in outcome[persons]
        ]
        say(english, chinese)
        print_table(["person", "identifiers", "events", "orders", "revenue"], rows)
    if outcome["limits"]:
        limits = [[one["type"], one["most"], one["would_be"]] for one in outcome["limits"]]
        print_table(["limit passed", "allowed", "would be"], limits)
    if found.get("segments"):
        changed = [[one["name"], one["before"], one["after"]] for one in found["segments"]]
        print_table(["segment", "of them before", "of them after"], changed)


def _print_rules_outcome(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    say(
        f"{found['people_before']:,} people become {found['people']:,}; {found['changed']:,} are not who they were.",
        f"{found['people_before']:,} 人变为 {found['people']:,} 人，{found['changed']:,} 人的归并有变化。",
    )
