"""``tidewheel privacy``: what a person agreed to, handing over what is known, erasing."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import print_json, print_table, remark, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(
    no_args_is_help=True, help="Consents, handing over what is known of a person, erasing people."
)
Person = Annotated[str, typer.Argument(help="Id, or any identifier such as phone:+8613800138000.")]


@app.command("show")
def show(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Show what the project has decided about personal data."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/privacy")["policy"]
    if as_json:
        print_json(found)
        return
    print_table(["decision", "value"], [[name, _short(value)] for name, value in found.items()])


@app.command("decide")
def decide(
    decisions: Annotated[
        list[str], typer.Argument(help="NAME=VALUE with JSON values, such as keep_months=24.")
    ],
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Decide about personal data: who sees it, what is hashed, how long events are kept."""
    changes = dict(map(_decision, decisions))
    with reach(home) as api:
        path = f"/projects/{api.project(project)}/privacy"
        policy = {**api.get(path)["policy"], **changes}
        found = api.send("PUT", f"/api/v1{path}", json=policy).json()["policy"]
    if as_json:
        print_json(found)
    else:
        print_table(["decision", "value"], [[name, _short(found[name])] for name in changes])


@app.command("consents")
def consents(person: Person, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Show what a person has agreed to and withdrawn, and whether they may be contacted."""
    with reach(home) as api:
        found = api.get(f"{_person(api, project, person)}/consents")
    if as_json:
        print_json(found)
        return
    columns = ["time", "purpose", "channel", "state", "source", "evidence", "version"]
    print_table([*columns], [[line[name] for name in columns] for line in found["ledger"]])
    now = [
        [one["purpose"], one["channel"], one["allowed"], one["reason"], one["since"]] for one in found["now"]
    ]
    print_table(["purpose", "channel", "may", "why", "since"], now)


@app.command("consent")
def consent(
    person: Person,
    purpose: Annotated[str, typer.Argument(help="What for, such as marketing.")],
    state: Annotated[str, typer.Argument(help="granted or withdrawn.")],
    channel: Annotated[str, typer.Option(help="Over which channel; any means all.")] = "any",
    evidence: Annotated[str | None, typer.Option(help="What shows it: the words, a form, a call.")] = None,
    version: Annotated[str | None, typer.Option(help="Version of the text that was agreed to.")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Whose law applies, such as CN.")] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write down what a person has agreed to, or withdrawn."""
    body = {
        "purpose": purpose, "state": state, "channel": channel, "evidence": evidence, "version": version,
        "jurisdiction": jurisdiction,
    }  # fmt: skip
    with reach(home) as api:
        found = api.post(f"{_person(api, project, person)}/consents", body)
    if as_json:
        print_json(found)
    else:
        say(f"Written down: {purpose} {channel} {state}", f"已记录：{purpose} {channel} {state}")


@app.command("export")
def export(
    person: Person,
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write.")] = Path("person.zip"),
    project: Project = None,
    home: Home = None,
) -> None:
    """Write everything known about one person into a ZIP archive."""
    with reach(home) as api:
        answer = api.send("GET", f"/api/v1{_person(api, project, person)}/export")
    out.write_bytes(answer.content)
    out.chmod(0o600)
    say(f"Written to {out}", f"已写入 {out}")


@app.command("erase")
def erase(
    identifiers: Annotated[
        list[str], typer.Argument(help="Identifiers such as phone:+8613800138000, or one person's id.")
    ],
    suppress: Annotated[bool, typer.Option("--suppress", help="Refuse their events from now on.")] = False,
    only_these: Annotated[
        bool, typer.Option("--only-these", help="Not the other identifiers of their people.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for the certificate; without names.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Erase people for good, wait until it is done, and show the certificate."""
    if not yes:
        typer.confirm(
            "This cannot be undone. Erase? · 删除后无法恢复，确认删除？",
            abort=True,
            err=True,
        )
    with reach(home) as api:
        own = api.project(project)
        whom: dict[str, Any] = {"identifiers": identifiers, "only_these": only_these}
        if len(identifiers) == 1 and ":" not in identifiers[0]:
            whom = {"person": identifiers[0]}
        body = {**whom, "suppress": suppress, "reason": reason, "confirm": own}
        found = api.post(f"/projects/{own}/erasures", body)
        waited: list[str] = []
        while found["state"] != "done":
            time.sleep(0.2)
            found = api.get(f"/projects/{own}/erasures/{found['id']}")
            waited = _tell_waiting(found, waited)
    if as_json:
        print_json(found["certificate"])
        return
    _print_certificate(found["certificate"])


@app.command("erasures")
def erasures(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List erasures and how far they are."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/erasures")
    if as_json:
        print_json(found)
        return
    rows = [
        [
            one["id"],
            one["state"],
            one["created_at"],
            one["finished_at"],
            one["by"],
            one["reason"],
            ", ".join(_hosts(one, "waiting")) if one["state"] != "done" else "",
            ", ".join(_hosts(one, "missing")),
        ]
        for one in found["erasures"]
    ]
    print_table(["id", "state", "asked", "finished", "by", "reason", "waits for", "missing"], rows)


@app.command("certificate")
def certificate(
    erasure: Annotated[str, typer.Argument(help="Id of the erasure.")],
    html: Annotated[Path | None, typer.Option(help="Write the page to print to this file.")] = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show the certificate of a finished erasure."""
    with reach(home) as api:
        path = f"/projects/{api.project(project)}/erasures/{quote(erasure, safe='')}"
        page = api.send("GET", f"/api/v1{path}/certificate").text
        found = api.get(path)["certificate"]
    if html is not None:
        html.write_text(page, "utf-8")
        say(f"Written to {html}", f"已写入 {html}")
    elif as_json:
        print_json(found)
    else:
        _print_certificate(found)


def _person(api: Reach, project: str | None, person: str) -> str:
    return f"/projects/{api.project(project)}/people/{quote(person, safe='')}"


def _hosts(found: dict[str, Any], state: str) -> list[str]:
    """Return where the processes of an erasure are that have come to a state."""
    return [f"{one['host']}:{one['folder']}" for one in found["processes"] if one["state"] == state]


def _tell_waiting(found: dict[str, Any], before: list[str]) -> list[str]:
    """Say who is waited for, each time it has changed; returns who that is."""
    waiting = _hosts(found, "waiting")
    if waiting and waiting != before:
        remark(f"Waiting for {', '.join(waiting)}", f"正在等待 {'、'.join(waiting)}")
    return waiting


def _print_certificate(found: dict[str, Any]) -> None:
    rows = [[name, _short(value)] for name, value in found.items()]
    print_table(["certificate", ""], rows)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _decision(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        if equals and name:
            return name, value
    raise BadInput(
        "bad_decision",
        Text("{got} is not NAME=VALUE.", "{got} 不是「名称=值」。"),
        field="decisions",
        got=text,
        expected="keep_months=24",
    )
