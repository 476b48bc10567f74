"""The analysis that the how-to adds keeps the contract, and its oracle agrees; the code is the same in both languages."""

from __future__ import annotations

import random
import sys
import types
from typing import Any

import pytest

from tests.contract.shop import asking, shop
from tests.docs.pages import DOCS, ZH, blocks
from tests.oracle.worlds import blocks as as_block
from tests.oracle.worlds import make_world
from tidewheel.analyse import contract, oracle
from tidewheel.analyse.contract import Context
from tidewheel.analyse.run import ANALYSES, ask, people_behind
from tidewheel.core.period import Calendar, Dates

PAGES = [docs / "how-to" / "add-an-analysis.md" for docs in (DOCS, ZH)]


def code(page: Any, word: str) -> str:
    return next(block.code for block in blocks(page) if block.words == (word,) or list(block.words) == [word])


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = types.ModuleType("repeats_of_the_page")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    exec(compile(code(PAGES[0], "analysis"), "repeats.py", "exec"), made.__dict__)
    made.__dict__.update(Oracle=oracle.Oracle, World=oracle.World)
    exec(compile(code(PAGES[0], "oracle"), "oracle.py", "exec"), made.__dict__)
    monkeypatch.setitem(ANALYSES.all(), "repeats", made.__dict__["Repeats"])
    return made


def test_the_code_is_the_same_in_both_languages() -> None:
    assert all(code(PAGES[0], word) == code(PAGES[1], word) for word in ("analysis", "oracle"))


def test_it_answers_and_every_count_opens(module: Any) -> None:
    params = module.Repeats.samples[0]
    result = ask(shop(), "repeats", params, asking()).result
    assert sum(result.people) > 10
    for cell, count in module.Repeats().counted(module.RepeatsParams.model_validate(params), result):
        _, people = people_behind(shop(), "repeats", params, cell.model_dump(), asking())
        assert len(people) == count


def test_its_oracle_agrees(module: Any) -> None:
    span = Calendar().span(Dates.model_validate({"from": "2026-11-02", "to": "2026-11-04"}), 0)
    context = Context(Calendar(), span, now=span.end)
    kind, dice = module.Repeats(), random.Random(5)
    assert isinstance(kind, contract.Analysis)
    for _ in range(100):
        params = module.RepeatsParams.model_validate(
            {"event": {"any_of": [{"event": "e"}]}, "most": dice.randint(1, 6)}
        )
        world = make_world(dice, bits=1, start=span.start, rows=9)
        part = kind.partial(params, context, as_block(world))
        assert kind.shape(params, context, part) == module.RepeatsOracle().answer(world, params, context)
