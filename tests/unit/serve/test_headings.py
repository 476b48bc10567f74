"""Every heading of the terminal's tables has a Chinese one, and what is data keeps its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from tidewheel.core.errors import unknown
from tidewheel.core.text import Text
from tidewheel.model import PLAN_SECTIONS
from tidewheel.serve import cli
from tidewheel.serve.api.alerts import AlertReply, CheckReply, DeliveryReply
from tidewheel.serve.api.connectors import ConnectorReply, RunReply
from tidewheel.serve.cli import output
from tidewheel.serve.cli.headings import HEADINGS, STATES

FOLDER = Path(cli.__file__).parent
READ_FROM_ANSWERS = {("answers.py", "columns"), ("definitions.py", "more"), ("plan.py", "counts")}
"""Headings that are names of the API's own fields: those that are words are translated, the rest stays."""


def words() -> Iterator[tuple[str, str]]:
    """Yield (place, heading) of every table."""
    for path in sorted(FOLDER.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                lists = {
                    target.id: node.value
                    for node in ast.walk(function)
                    if isinstance(node, ast.Assign)
                    for target in node.targets
                    if isinstance(target, ast.Name)
                }
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print_table":
                        yield from headings(node.args[0], lists, path.name)


def headings(node: ast.AST, lists: dict[str, ast.expr], place: str) -> Iterator[tuple[str, str]]:
    """Yield the words of a list of headings; what cannot be read must be data."""
    if isinstance(node, ast.Constant):
        yield place, str(node.value)
    elif isinstance(node, ast.List | ast.Tuple):
        for one in node.elts:
            yield from headings(one, lists, place)
    elif isinstance(node, ast.IfExp):
        yield from headings(node.body, lists, place)
        yield from headings(node.orelse, lists, place)
    elif isinstance(node, ast.Starred):
        yield from headings(node.value, lists, place)
    elif isinstance(node, ast.Name) and isinstance(lists.get(node.id), ast.List | ast.Tuple):
        yield from headings(lists[node.id], lists, place)
    elif not (isinstance(node, ast.Name) and (place, node.id) in READ_FROM_ANSWERS):
        assert "Given" in ast.unparse(node), f"{place}: {ast.unparse(node)}"


def test_every_heading_is_said_in_chinese() -> None:
    used = set(words())
    assert len(used) > 150
    missing = {(place, word) for place, word in used if word not in HEADINGS}
    assert not missing
    assert not {*PLAN_SECTIONS.values(), "meant"} - set(HEADINGS)


def test_every_word_is_used() -> None:
    read = {*PLAN_SECTIONS.values(), "meant", "total", "mean"}
    assert set(HEADINGS) == {word for _, word in words()} | read


@pytest.mark.parametrize(
    ("spoken", "said"), [("zh_CN.UTF-8", ["名称", "name"]), ("C.UTF-8", ["name", "name"])]
)
def test_a_heading_that_is_data_stays(
    spoken: str, said: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", spoken)
    with output.out.capture() as shown:
        output.print_table(["name", output.Given("name")], [["a", "b"]])
    assert shown.get().splitlines()[0].split() == said


def _choices(kind: Any) -> Iterator[str]:
    for one in get_args(kind):
        yield from [one] if isinstance(one, str) else _choices(one)


def test_every_state_is_said_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = (
        (ConnectorReply, "state"), (RunReply, "state"), (AlertReply, "state"), (DeliveryReply, "state"), (DeliveryReply, "kind"),
        (CheckReply, "news"),
    )  # fmt: skip
    used = {word for reply, name in fields for word in _choices(reply.model_fields[name].annotation)}
    assert used <= set(STATES)
    assert set(STATES) - used == {"schedule", "problem"}
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert [output.state(word) for word in ("waiting", "ada")] == ["等待中", "ada"]
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert output.state("waiting") == "waiting"


@pytest.mark.parametrize(
    ("spoken", "labels"),
    [("zh_CN.UTF-8", ["收到：marz", "应为：mars"]), ("C.UTF-8", ["got: marz", "expected: mars"])],
)
def test_an_error_is_said_in_one_language(
    spoken: str, labels: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", spoken)
    output.print_error(unknown(Text("planet", "行星"), "marz", ["mars"], field="planet"), as_json=False)
    told = capsys.readouterr().err
    assert [label in told for label in labels] == [True, True], told
