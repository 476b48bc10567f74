"""Kernel and oracle agree on every figure of intervals, in thousands of random worlds."""

from __future__ import annotations

import random

import pytest

from tests.oracle.agree import agree
from tests.oracle.worlds import LABELS, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.interval import Interval, IntervalParams
from tidewheel.analyse.oracle import World, named
from tidewheel.analyse.oracles.interval import IntervalOracle, pairs
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

CALENDAR = Calendar("Asia/Shanghai", week_start=2)
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-12"}), 0)
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end - DAY, labels=LABELS)


def a_question(dice: random.Random) -> IntervalParams:
    """Draw the options of an interval."""
    return IntervalParams.model_validate(
        {
            "start": {"any_of": [{"event": "a"}]},
            "end": {"any_of": [{"event": "b"}]},
            "pairs": dice.choice(("nearest", "every", "first")),
            "at_most": dice.choice((HOUR, DAY, 30 * DAY)),
            "hold": dice.choice((None, {"property": "k"})),
            "weigh": dice.choice(("pairs", "people")),
            "cuts": dice.choice(((), (4 * HOUR, DAY))),
            "grain": dice.choice(("day", "week", "month")),
            "breakdowns": dice.choice(([], [{"property": "category"}], [{"property": "category"}])),
            "top": dice.choice((2, 10)),
        }
    )


def a_world(dice: random.Random, params: IntervalParams) -> World:
    """Draw people for a question, with only the rows its plan reads."""
    span = Interval().plan(params, CONTEXT).span
    world = make_world(
        dice,
        bits=2,
        start=SPAN.start - 3 * DAY,
        hours=13 * 24,
        people=dice.choice((0, 3, 10)),
        rows=12,
        overlap=dice.choice((0.0, 0.6)),
        coarse=dice.choice((4 * HOUR, 12 * HOUR)),
        grouped=bool(params.breakdowns),
        ragged_group=bool(params.breakdowns) and dice.random() < 0.5,
        ragged_key=params.hold is not None and dice.random() < 0.5,
    )
    for person, rows in world.people.items():
        world.people[person] = [row for row in rows if span.start <= row.time < span.end]
    return world


@pytest.mark.parametrize("seed", range(10))
def test_interval_equals_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params = a_question(dice)
        world = a_world(dice, params)
        found = pairs(world, params, CONTEXT)
        sizes = {
            code: len({pair.person for pair in found if code in pair.groups})
            for code in {code for pair in found for code in pair.groups}
        }
        chosen = named(sizes, params.top, LABELS) if params.breakdowns else []
        agree(dice, Interval(), IntervalOracle(), world, params, CONTEXT, chosen)
