"""Kernel and oracle agree on every figure of a distribution, in thousands of random worlds."""

from __future__ import annotations

import random

import pytest

from tests.oracle.agree import agree
from tests.oracle.worlds import LABELS, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.distribution import Distribution, DistributionParams
from tidewheel.analyse.oracle import World, named
from tidewheel.analyse.oracles.distribution import DistributionOracle, people, present
from tidewheel.core.period import DAY, Calendar, Dates

CALENDAR = Calendar("Asia/Shanghai", week_start=2)
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-12"}), 0)
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end - DAY, labels=LABELS)


def a_question(dice: random.Random) -> DistributionParams:
    """Draw the options of a distribution."""
    return DistributionParams.model_validate(
        {
            "event": {"any_of": [{"event": "a"}]},
            "active": dice.choice((None, {"any_of": [{"event": "b"}]})),
            "by": dice.choice(("count", "sum", "distinct", "hours", "days", "weeks")),
            "property": {"property": "p"},
            "cuts": dice.choice(((), (), (1, 2, 4.5))),
            "width": dice.choice((None, 2, 30)),
            "grain": dice.choice(("total", "day", "week", "month")),
            "percentiles": dice.choice(((50,), (0, 10, 33.3, 100))),
            "breakdowns": dice.choice(([], [{"property": "category"}], [{"property": "category"}])),
            "top": dice.choice((2, 10)),
        }
    )


def a_world(dice: random.Random, params: DistributionParams) -> World:
    """Draw people for a question."""
    return make_world(
        dice,
        bits=1 if params.active is None else 2,
        start=SPAN.start,
        hours=10 * 24,
        people=dice.choice((0, 3, 10)),
        rows=12,
        grouped=bool(params.breakdowns),
        ragged_group=bool(params.breakdowns) and dice.random() < 0.5,
        ragged_value=dice.random() < 0.5,
    )


@pytest.mark.parametrize("seed", range(10))
def test_distribution_equals_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params = a_question(dice)
        world = a_world(dice, params)
        span = (SPAN.start, SPAN.end)
        sizes = {
            code: len(people(world, params, CONTEXT, span, (None, {code}))[0])
            for code in present(world, params, CONTEXT)
        }
        chosen = named(sizes, params.top, LABELS) if params.breakdowns else []
        agree(dice, Distribution(), DistributionOracle(), world, params, CONTEXT, chosen)
