"""The pages of analyses name every parameter, and their examples are questions that can be asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tests.contract.shop import asking, shop
from tests.docs.pages import DOCS, ZH, blocks
from tidewheel.analyse.question import Operator, Question
from tidewheel.analyse.run import ANALYSES, ask

FOLDERS = [docs / "reference" / "analyses" for docs in (DOCS, ZH)]
PAGES = sorted(page for folder in FOLDERS for page in folder.glob("*.md"))
ENGLISH = [page for page in PAGES if page.parent == FOLDERS[0]]
KINDS = list(ANALYSES.all())
IN_BOTH = pytest.mark.parametrize("folder", FOLDERS, ids=["en", "zh"])


def name(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield a model and those in its fields."""
    waiting, seen = [model], set[type[BaseModel]]()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        yield one
        types = [field.annotation for field in one.model_fields.values()]
        while types:
            kind: Any = types.pop()
            types += get_args(kind)
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                waiting.append(kind)


def fields(model: type[BaseModel]) -> set[str]:
    """Return what one writes in JSON for a model and those in its fields."""
    found = models(model)
    return {field.alias or name for one in found for name, field in one.model_fields.items()}


def explained(page: Path) -> set[str]:
    """Return what the first cells of a page's tables name."""
    rows = re.findall(r"^\| ([^|]*`[^|]*) \|", page.read_text("utf-8"), re.MULTILINE)
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


@IN_BOTH
def test_shared_parameters_are_explained(folder: Path) -> None:
    assert not fields(Question) - explained(folder / "README.md")
    assert not set(get_args(Operator)) - explained(folder / "README.md")


@IN_BOTH
@pytest.mark.parametrize("kind", KINDS)
def test_own_parameters_are_explained(folder: Path, kind: str) -> None:
    params = ANALYSES.get(kind).Params
    own = set(params.model_fields) - set(Question.model_fields)
    assert not own - explained(folder / f"{kind}.md")
    assert not set(ANALYSES.get(kind).Cell.model_fields) - explained(folder / f"{kind}.md")
    assert not fields(params) - explained(folder / f"{kind}.md") - explained(folder / "README.md")


def examples(page: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return a page's questions: blocks marked as JSON of a kind."""
    marked = ((block.words, block.code) for block in blocks(page) if block.language == "json")
    return [(words[0], json.loads(code)) for words, code in marked if words and words[0] in KINDS]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_examples_are_questions(page: Path) -> None:
    assert examples(page)
    for kind, params in examples(page):
        ANALYSES.get(kind).Params.model_validate(params)


@pytest.mark.parametrize("page", ENGLISH, ids=name)
def test_examples_are_the_same_in_both_languages(page: Path) -> None:
    twin = FOLDERS[1] / page.name
    assert [without_names(one) for one in examples(twin)] == [without_names(one) for one in examples(page)]


def without_names(value: Any) -> Any:
    """Return a value without what things are called in it."""
    if isinstance(value, dict):
        return {key: without_names(one) for key, one in value.items() if key != "name"}
    return [without_names(one) for one in value] if isinstance(value, list | tuple) else value


@pytest.mark.slow
@pytest.mark.parametrize("page", ENGLISH, ids=name)
def test_examples_have_answers_on_the_demo_shop(page: Path) -> None:
    for kind, params in examples(page):
        found = ask(shop(), kind, params, asking())
        assert not found.warnings
        assert found.provenance.events
