"""Whatever a person can meet has its line in the reference, in both languages."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.core import TyperGroup

from tests.arch.tree import modules
from tests.docs.pages import DOCS, ZH
from tidewheel.analyse.run import ANALYSES
from tidewheel.core import errors
from tidewheel.core.plugins import Registry
from tidewheel.core.settings import PREFIX, Settings
from tidewheel.serve.cli.main import app
from tidewheel.serve.openapi import describe
from tools.cli_reference import commands as commands_of

LANGUAGES = pytest.mark.parametrize("docs", [DOCS, ZH], ids=["en", "zh"])
ERRORS = {
    name for name, thing in vars(errors).items() if inspect.isclass(thing) and issubclass(thing, Exception)
}
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def spans(page: Path) -> set[str]:
    """Return what a page writes as code, in spans and headings."""
    return set(re.findall(r"`([^`\n]+)`", page.read_text("utf-8")))


@LANGUAGES
def test_settings(docs: Path) -> None:
    said = spans(docs / "reference" / "settings.md")
    assert {PREFIX + name.upper() for name in Settings.model_fields} <= said
    stale = {word for word in said if re.fullmatch(PREFIX + r"[A-Z_]+", word)}
    assert stale <= {PREFIX + name.upper() for name in Settings.model_fields}


@LANGUAGES
def test_commands(docs: Path) -> None:
    text = (docs / "reference" / "cli.md").read_text("utf-8")
    missing = [command for command in commands() if f"tidewheel {command}" not in text]
    assert not missing


@LANGUAGES
def test_options(docs: Path) -> None:
    text = (docs / "reference" / "cli.md").read_text("utf-8")
    missing = {
        f"{name} {option}"
        for name, command in commands().items()
        for parameter in command.params
        if parameter.param_type_name == "option" and not parameter.hidden
        for option in parameter.opts
        if option.startswith("--") and option not in {"--help", *COMPLETION} and option not in text
    }
    assert not missing


@LANGUAGES
def test_error_codes(docs: Path) -> None:
    missing = codes() - spans(docs / "reference" / "errors.md")
    assert not missing


@LANGUAGES
def test_analyses(docs: Path) -> None:
    pages = {page.stem for page in (docs / "reference" / "analyses").glob("*.md")} - {"README"}
    assert pages == set(ANALYSES.all())


@LANGUAGES
def test_parameters_of_analyses(docs: Path) -> None:
    missing = {
        f"{name}.{field}"
        for name, analysis in ANALYSES.all().items()
        for field in set(analysis.Params.model_fields) - COMMON
        if field not in (docs / "reference" / "analyses" / f"{name}.md").read_text("utf-8")
    }
    assert not missing


@LANGUAGES
def test_routes(docs: Path) -> None:
    """Those of the API and no others; ``POST /v1/events`` and the like are told of in words."""
    text = (docs / "reference" / "api.md").read_text("utf-8")
    said = set(re.findall(r"^\| `([A-Z]+ /[^`]+)` \|", text, re.MULTILINE))
    paths = describe()["paths"]
    kind = re.compile(rf"/analyses/({'|'.join(ANALYSES.all())})\b")
    routes = {
        f"{method.upper()} {kind.sub('/analyses/{kind}', path)}"
        for path, methods in paths.items()
        for method in methods
    }
    assert {route for route in routes if " /api/" in route} == said


@LANGUAGES
def test_contracts(docs: Path) -> None:
    text = (docs / "reference" / "contracts.md").read_text("utf-8")
    found = {registry._base.__name__.partition("[")[0] for registry in registries()}
    assert found
    assert not {name for name in found if f"`{name}`" not in text}


COMPLETION = {"--install-completion", "--show-completion"}
COMMON = {"period", "people", "filters", "breakdowns", "top", "compare", "identity_as_of", "bots", "sample"}


def commands() -> dict[str, Any]:
    """Return every command by its words: ``people find``."""
    found: dict[str, Any] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        if not isinstance(command, TyperGroup):
            found[" ".join(words)] = command
            return
        for name, one in commands_of(command):
            walk(one, (*words, name))

    walk(typer.main.get_command(app), ())
    return found


def codes() -> set[str]:
    """Return the error codes in the source: first arguments of our errors, and keys of tables of problems."""
    nodes = [node for tree in modules().values() for node in ast.walk(tree)]
    made = {code for node in nodes if isinstance(node, ast.Call) for code in code_of(node)}
    listed = {
        str(key.value)
        for node in nodes
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Call) and called(value) == "Problem"
    }
    return made | listed | {"unknown_name"}


def code_of(call: ast.Call) -> Iterator[str]:
    """Yield the code a call makes an error with."""
    first = getattr(call.args[0], "value", None) if call.args else None
    if called(call) in ERRORS and isinstance(first, str) and CODE.fullmatch(first):
        yield first


def called(call: ast.Call) -> str:
    """Return the last word of what is called."""
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def registries() -> list[Registry[object]]:
    """Return every registry of plugins in the package."""
    found = []
    for path, tree in modules().items():
        if any(isinstance(node, ast.Name) and node.id == "Registry" for node in ast.walk(tree)):
            parts = path.relative_to(DOCS.parent / "src").with_suffix("").parts
            module = importlib.import_module(".".join(parts))
            found += [thing for thing in vars(module).values() if isinstance(thing, Registry)]
    return found
