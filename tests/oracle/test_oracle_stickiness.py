"""Kernel and oracle agree on every figure of stickiness, in thousands of random worlds."""

from __future__ import annotations

import random

import pytest

from tests.oracle.agree import agree
from tests.oracle.worlds import LABELS, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.stickiness import Stickiness, StickinessParams
from tidewheel.analyse.oracle import World, named
from tidewheel.analyse.oracles.stickiness import StickinessOracle, sizes
from tidewheel.core.period import DAY, Calendar, Dates

CALENDAR = Calendar("Asia/Shanghai", week_start=2)
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-09"}), 0)


def a_question(dice: random.Random) -> StickinessParams:
    """Draw the options of stickiness."""
    return StickinessParams.model_validate(
        {
            "event": {"any_of": [{"event": "a"}]},
            "unit": dice.choice(("hour", "day", "day", "week", "month")),
            "windows": dice.choice(((), (2,), (3, 7), (7, 2, 4))),
            "breakdowns": dice.choice(([], [{"property": "category"}])),
            "top": dice.choice((2, 10)),
        }
    )


def a_world(dice: random.Random, params: StickinessParams, context: Context) -> World:
    """Draw people for a question, with only the rows its plan reads."""
    span = Stickiness().plan(params, context).span
    world = make_world(
        dice,
        bits=1,
        start=SPAN.start - dice.choice((0, 8)) * DAY,
        hours=dice.choice((7, 15)) * 24,
        people=dice.choice((0, 3, 10)),
        rows=9,
        grouped=bool(params.breakdowns),
        ragged_group=bool(params.breakdowns) and dice.random() < 0.5,
    )
    end = min(span.end, context.now + 1)
    for person, rows in world.people.items():
        world.people[person] = [row for row in rows if span.start <= row.time < end]
    return world


@pytest.mark.parametrize("seed", range(10))
def test_stickiness_equals_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params = a_question(dice)
        context = Context(CALENDAR, SPAN, now=SPAN.end + dice.choice((-2 * DAY, 1)), labels=LABELS)
        world = a_world(dice, params, context)
        chosen = named(sizes(world, params, context), params.top, LABELS) if params.breakdowns else []
        agree(dice, Stickiness(), StickinessOracle(), world, params, context, chosen)
