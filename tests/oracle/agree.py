"""Holding a kernel to its oracle: the whole answer, however people are dealt out, and the lists behind it."""

from __future__ import annotations

import random
from functools import reduce
from typing import Any

import pytest

from tests.oracle.worlds import blocks, split, whole
from tidewheel.analyse.contract import Analysis, Context
from tidewheel.analyse.oracle import Line, Oracle, World


def approximately(found: Any, expected: Any, where: str = "") -> None:
    """Compare two answers as JSON; floats may differ in their last digits."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for name, value in expected.items():
            approximately(found[name], value, f"{where}.{name}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), (where, found, expected)
        for number, value in enumerate(expected):
            approximately(found[number], value, f"{where}.{number}")
    elif isinstance(expected, float) and not isinstance(found, bool) and found is not None:
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9), where
    else:
        assert found == expected, (where, found, expected)


def answer(analysis: Analysis[Any, Any, Any, Any], params: Any, context: Context, *parts: Any) -> Any:
    """Fold blocks and add them up in the order given."""
    folded = [analysis.partial(params, context, block) for block in parts]
    merged = reduce(lambda a, b: a.merge(b), folded, analysis.empty(params, context))
    return analysis.shape(params, context, merged)


def agree(
    dice: random.Random,
    analysis: Analysis[Any, Any, Any, Any],
    oracle: Oracle[Any, Any],
    world: World,
    params: Any,
    context: Context,
    lines: list[Line],
) -> Any:
    """Check a world against the oracle, split at random, and a few of its lists of people; return the answer."""
    block = blocks(world)
    found = answer(analysis, params, context, block)
    expected = oracle.answer(world, params, context)
    approximately(found.model_dump(mode="json"), expected.model_dump(mode="json"))
    parts = split(dice, world, 4)
    assert answer(analysis, params, context, *parts) == found
    dice.shuffle(parts)
    a, b, c, d = (analysis.partial(params, context, part) for part in parts)
    assert analysis.shape(params, context, d.merge(a.merge(c.merge(b)))) == found
    part = analysis.partial(params, context, block)
    rest = set(analysis.others(params, context, part).tolist())
    codes = {str(label): found_codes for label, found_codes in lines}
    assert rest == (codes.get("['$other']") or set())
    counted = list(analysis.counted(params, found))
    for cell, count in dice.sample(counted, min(8, len(counted))):
        label = getattr(cell, "group", None)
        inside = None if label is None else whole(sorted(codes[str(label)] or ()))
        people = analysis.people(params, context, block, cell, inside)
        assert len(set(people.tolist())) == len(people)
        assert len(people) == count, cell
    return found
