"""Kernel and oracle agree on drivers of retention and of conversion, in thousands of random worlds."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.oracle.agree import agree
from tests.oracle.worlds import NAMES, make_world
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.conversion_drivers import ConversionDrivers, ConversionDriversParams
from tidewheel.analyse.kinds.retention_drivers import RetentionDrivers, RetentionDriversParams
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.conversion_drivers import ConversionDriversOracle
from tidewheel.analyse.oracles.retention_drivers import RetentionDriversOracle
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

CALENDAR = Calendar("America/New_York")
"""Where a day of 2026-11-01 is 25 hours long."""
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-10-31", "to": "2026-11-02"}), 0)
NAMED = (Labels((NAMES,), (1,)),)


def step(name: str) -> dict[str, Any]:
    return {"any_of": [{"event": name}]}


def shared(dice: random.Random) -> dict[str, Any]:
    """Draw what both kinds ask."""
    return {
        "start": step("a"),
        "first_time": dice.random() < 0.3,
        "behaviours": dice.choice(([], [], [step("c")], [step("c"), {**step("d"), "name": "D"}, step("e")])),
        "exclude": dice.choice(([], [], [step("x")], [step("x"), step("y")])),
        "times": dice.choice(([1], [2, 1], [1, 2, 3, 5])),
        "support": dice.choice((1, 1, 3, 10)),
    }


def a_world(dice: random.Random, params: Any) -> World:
    return make_world(
        dice,
        bits=2 + len(params.exclude) + len(params.behaviours) + 1,
        start=SPAN.start - dice.choice((0, 1)) * DAY,
        hours=dice.choice((30, 80, 120)),
        people=dice.choice((0, 3, 12, 40)),
        rows=dice.choice((6, 14)),
        coarse=dice.choice((1, 4, 12)) * HOUR,
        names=0 if params.behaviours else 1,
        overlap=0.4,
    )


def cut(world: World, analysis: Any, params: Any, context: Context) -> World:
    """Leave only the rows that the plan reads."""
    span = analysis.plan(params, context).span
    end = min(span.end, context.now + 1)
    for person, rows in world.people.items():
        world.people[person] = [row for row in rows if span.start <= row.time < end]
    return world


def a_context(dice: random.Random) -> Context:
    return Context(CALENDAR, SPAN, now=SPAN.end + dice.choice((-1, 0, 1, 2, 9)) * DAY, names=NAMED)


@pytest.mark.parametrize("seed", range(10))
def test_retention_drivers_equal_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(120):
        watch = dice.choice((1, 1, 2))
        first = watch + dice.choice((0, 0, 1))
        own = {
            "back": step("b"),
            "watch_days": watch,
            "from_day": first,
            "to_day": first + dice.choice((0, 1, 2)),
        }
        params = RetentionDriversParams.model_validate({**shared(dice), **own})
        context, analysis = a_context(dice), RetentionDrivers()
        world = cut(a_world(dice, params), analysis, params, context)
        agree(dice, analysis, RetentionDriversOracle(), world, params, context, [])


@pytest.mark.parametrize("seed", range(10))
def test_conversion_drivers_equal_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(120):
        watch = dice.choice((1, 4, 12, 24)) * HOUR
        own = {"goal": step("b"), "watch": watch, "within": watch + dice.choice((1, 8, 24, 48)) * HOUR}
        params = ConversionDriversParams.model_validate({**shared(dice), **own})
        context, analysis = a_context(dice), ConversionDrivers()
        world = cut(a_world(dice, params), analysis, params, context)
        agree(dice, analysis, ConversionDriversOracle(), world, params, context, [])
