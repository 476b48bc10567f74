"""Kernel and oracle agree on every stage and flow, in thousands of random worlds."""

from __future__ import annotations

import random

import pytest

from tests.oracle.agree import agree
from tests.oracle.worlds import LABELS, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.lifecycle import Lifecycle, LifecycleParams
from tidewheel.analyse.oracle import World, named
from tidewheel.analyse.oracles.lifecycle import LifecycleOracle, standings
from tidewheel.core.period import DAY, Calendar, Dates

CALENDAR = Calendar("Asia/Shanghai", week_start=2)
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-12"}), 0)


def a_bound(dice: random.Random) -> tuple[int, int | None]:
    """Draw both ends of a rule's bound."""
    low = dice.choice((0, 0, 0, 1, 2))
    return low, dice.choice((None, None, low, low + 2))


def a_question(dice: random.Random) -> LifecycleParams:
    """Draw the options of a lifecycle."""
    stages = []
    for number in range(dice.choice((0, 0, 2, 3))):
        ages, idle, times = a_bound(dice), a_bound(dice), a_bound(dice)
        one = {"name": f"s{number}", "age_from": ages[0], "age_to": ages[1], "idle_from": idle[0]}
        stages.append({**one, "idle_to": idle[1], "times_from": times[0], "times_to": times[1]})
    return LifecycleParams.model_validate(
        {
            "event": {"any_of": [{"event": "a"}]},
            "grain": dice.choice(("day", "day", "week", "month")),
            "stages": stages,
            "window": dice.choice((1, 2, 5)),
            "breakdowns": dice.choice(([], [{"property": "category"}])),
            "top": dice.choice((2, 10)),
        }
    )


def a_world(dice: random.Random, params: LifecycleParams, context: Context) -> World:
    """Draw people for a question, with only the rows its plan reads."""
    span = Lifecycle().plan(params, context).span
    world = make_world(
        dice,
        bits=1,
        start=SPAN.start - dice.choice((0, 6, 40)) * DAY,
        hours=dice.choice((16, 50)) * 24,
        people=dice.choice((0, 3, 12)),
        rows=9,
        grouped=bool(params.breakdowns),
        ragged_group=bool(params.breakdowns) and dice.random() < 0.5,
    )
    for person, rows in world.people.items():
        world.people[person] = [row for row in rows if row.time < min(span.end, context.now)]
    return world


@pytest.mark.parametrize("seed", range(10))
def test_lifecycle_equals_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params = a_question(dice)
        now = SPAN.end + dice.choice((-3 * DAY, 1))
        context = Context(CALENDAR, SPAN, now=now, labels=LABELS)
        world = a_world(dice, params, context)
        cuts = CALENDAR.edges(SPAN, params.grain).tolist()
        begun = [cut for cut in cuts[:-1] if cut <= now]
        found = [standings(world, params, context, cut, len(params.stages) + 1) for cut in begun]
        sizes = {
            group: sum(1 for one in found[-1] if one[1] == group) for some in found for _, group, _, _ in some
        }
        chosen = named(sizes, params.top, LABELS) if params.breakdowns else []
        agree(dice, Lifecycle(), LifecycleOracle(), world, params, context, chosen)
