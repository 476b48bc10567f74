"""Kernel and oracle agree on every share, class and point, in thousands of random worlds."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.oracle.agree import agree
from tests.oracle.worlds import LABELS, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.composition import Composition, CompositionParams
from tidewheel.analyse.oracle import World, named
from tidewheel.analyse.oracles.composition import CompositionOracle, present
from tidewheel.core.period import DAY, Calendar, Dates

CALENDAR = Calendar("Asia/Shanghai", week_start=2)
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-12"}), 0)
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end - DAY, labels=LABELS)


def a_question(dice: random.Random) -> CompositionParams:
    """Draw the options of a composition."""
    return CompositionParams.model_validate(
        {
            "event": {"any_of": [{"event": "a"}]},
            "measure": {"kind": dice.choice(("count", "people", "sum")), "property": "p"},
            "grain": dice.choice(("total", "day", "week", "month")),
            "classes": dice.choice(((), (50,), (80, 95))),
            "breakdowns": [{"property": "category"}],
            "top": dice.choice((2, 10)),
        }
    )


def a_world(dice: random.Random, params: CompositionParams) -> World:
    """Draw people for a question."""
    world = make_world(
        dice,
        bits=1,
        start=SPAN.start,
        hours=9 * 24,
        people=dice.choice((0, 3, 12)),
        rows=9,
        ragged_group=dice.random() < 0.5,
        ragged_value=dice.random() < 0.5,
    )
    return world if params.measure.kind == "sum" else replace(world, ragged_value=False)


@pytest.mark.parametrize("seed", range(10))
def test_composition_equals_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params = a_question(dice)
        world = a_world(dice, params)
        found = CompositionOracle().answer(world, params.model_copy(update={"top": 50}), CONTEXT)
        sizes = {
            0 if one.group[0] is None else "abcde".index(str(one.group[0])) + 1: one.value or 0.0
            for one in found.shares
        }
        assert set(sizes) == present(world, CONTEXT)
        agree(
            dice, Composition(), CompositionOracle(), world, params, CONTEXT, named(sizes, params.top, LABELS)
        )
