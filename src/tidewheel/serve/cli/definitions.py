"""What the commands of metrics, goals and picked events have in common: files compared, applied, written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from urllib.parse import quote

import typer

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

Name: TypeAlias = Annotated[str, typer.Argument(help="Its name.")]
Folder: TypeAlias = Annotated[
    Path, typer.Argument(help="Folder of YAML files.", exists=True, file_okay=False)
]
Into: TypeAlias = Annotated[Path, typer.Argument(help="Folder to write the file into; - prints it.")]
Why: TypeAlias = Annotated[
    str, typer.Option("--why", help="Kept with the version, like the message of a commit.")
]
Prune: TypeAlias = Annotated[bool, typer.Option("--prune", help="Remove what is in no file.")]


def add_files(
    app: typer.Typer,
    section: str,
    read: Callable[[Path], dict[str, Any]],
    write: Callable[[Reach, str], str],
    *,
    told: str = "what",
) -> None:
    """Give a group of commands ``diff``, ``apply`` and ``export``.

    ``read`` turns a folder into the body of a request to ``/{section}/apply``, ``write`` what a project has into YAML.
    ``told`` is the field of a change that says what was changed.
    """

    @app.command("diff")
    def diff(
        folder: Folder,
        prune: Prune = False,
        project: Project = None,
        home: Home = None,
        as_json: Json = False,
    ) -> None:
        """Try the definitions of a folder and say what applying it would change; nothing is changed."""
        _apply({"prune": prune, "dry_run": True}, folder, project, home, as_json=as_json)

    @app.command("apply")
    def apply(
        folder: Folder,
        why: Why = "",
        prune: Prune = False,
        project: Project = None,
        home: Home = None,
        as_json: Json = False,
    ) -> None:
        """Bring the definitions of a folder into force, all or none."""
        _apply({"prune": prune, "why": why}, folder, project, home, as_json=as_json)

    @app.command("export")
    def export(folder: Into, project: Project = None, home: Home = None) -> None:
        """Write all definitions as one YAML file that can be applied again."""
        with reach(home) as api:
            write_file(folder, f"{section}.yaml", write(api, api.project(project)))

    def _apply(
        how: dict[str, Any], folder: Path, project: str | None, home: Path | None, *, as_json: bool
    ) -> None:
        body = read(folder) | how
        with reach(home) as api:
            found = api.post(f"/projects/{api.project(project)}/{section}/apply", body)
        if as_json:
            print_json(found)
            return
        rows = [
            [one[told], one["change"], one["name"], one["version"] or None, ", ".join(one["fields"])]
            for one in found["changes"]
        ]
        print_table(["what", "change", "name", "version", "fields"], rows)


def add_changes(app: typer.Typer, section: str) -> None:
    """Give a group of commands ``remove`` and ``restore``."""

    @app.command("remove")
    def remove(
        name: Name, why: Why = "", project: Project = None, home: Home = None, as_json: Json = False
    ) -> None:
        """Remove a definition that nothing uses; its versions are kept."""
        with reach(home) as api:
            path = f"/api/v1{path_of(api, section, project, name)}"
            done = api.send("DELETE", path, params={"why": why}).json()
        if as_json:
            print_json(done)

    @app.command("restore")
    def restore(
        name: Name,
        version: Annotated[int, typer.Argument(help="Which version; show lists them.")],
        why: Why = "",
        project: Project = None,
        home: Home = None,
        as_json: Json = False,
    ) -> None:
        """Bring an earlier version back into force; those since then are kept."""
        with reach(home) as api:
            path = path_of(api, section, project, name)
            means = _version(api.get(path)["versions"], version)
            body = {"definition": means, "why": why or f"version {version} restored"}
            done = api.send("PUT", f"/api/v1{path}", json=body).json()
        if as_json:
            print_json(done)
        else:
            say(
                f"{name} means what it meant in version {version}; that is version {done['version']} now.",
                f"{name} 已恢复为第 {version} 版的定义，现为第 {done['version']} 版。",
            )


def _version(versions: list[dict[str, Any]], wanted: int) -> dict[str, Any]:
    found = {one["version"]: one["definition"] for one in versions}
    if found.get(wanted) is None:
        known = [number for number, means in sorted(found.items()) if means is not None]
        raise BadInput(
            "no_such_version",
            Text("There is no definition of version {version}.", "没有第 {version} 版的定义。"),
            field="version",
            got=wanted,
            expected=known,
            hint=Text("Take one that show lists.", "请从 show 列出的版本中选择。"),
            version=wanted,
        )
    means: dict[str, Any] = found[wanted]
    return means


def path_of(api: Reach, section: str, project: str | None, name: str) -> str:
    """Return where one definition is."""
    return f"/projects/{api.project(project)}/{section}/{quote(name, safe='')}"


def plain(definitions: dict[str, Any]) -> dict[str, Any]:
    """Return definitions as a request carries them."""
    return {name: means.model_dump(mode="json") for name, means in definitions.items()}


def print_versions(found: dict[str, Any], **more: Callable[[dict[str, Any]], str]) -> None:
    """Print the versions of a definition; ``more`` makes further columns of what it meant."""
    rows = [
        [
            *(one[key] for key in ("version", "time", "by", "why")),
            *(make(one["definition"] or {}) for make in more.values()),
        ]
        for one in found["versions"]
    ]
    print_table(["version", "since", "by", "why", *more], rows)


def write_file(folder: Path, name: str, text: str) -> None:
    """Write a file into a folder, which is made when missing; ``-`` prints the text."""
    if str(folder) == "-":
        sys.stdout.write(text)
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
