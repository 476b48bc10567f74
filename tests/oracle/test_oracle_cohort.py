"""Purchase cohorts and their oracle agree on the whole answer and on every list of people, in random worlds."""

from __future__ import annotations

import random
from functools import reduce

import pytest

from tests.oracle.worlds import LABELS, blocks, codes_of, make_world, split, whole
from tidewheel.analyse.contract import Block, Context
from tidewheel.analyse.kinds.cohort import Cohort, CohortParams, CohortPart
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.cohort import CohortOracle
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

COHORT = Cohort()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-09"}), 0)


def a_context(dice: random.Random) -> Context:
    now = SPAN.end + dice.choice((-4 * DAY, -5 * HOUR, 2 * DAY + HOUR, 40 * DAY))
    return Context(CALENDAR, SPAN, now=now, labels=LABELS)


def a_question(dice: random.Random) -> CohortParams:
    return CohortParams.model_validate(
        {
            "money": dice.choice(("gross", "paid", "net", "net")),
            "grain": dice.choice(("day", "day", "week", "month")),
            "periods": dice.choice((1, 3, 6)),
            "orders": dice.choice((2, 4)),
            "breakdowns": [{"property": "category"}],
            "top": dice.choice((2, 10)),
        }
    )


def a_world(dice: random.Random, params: CohortParams, context: Context) -> World:
    world = make_world(
        dice,
        bits=2,
        start=SPAN.start - dice.choice((0, 3)) * DAY,
        hours=12 * 24,
        people=dice.choice((0, 4, 12)),
        rows=9,
        values=2,
        ragged_group=dice.random() < 0.5,
    )
    until = min(COHORT.plan(params, context).span.end, context.now + 1)
    for person, rows in world.people.items():
        world.people[person] = [row for row in rows if row.time < until]
    return world


def fold(params: CohortParams, context: Context, *parts: Block) -> CohortPart:
    folded = [COHORT.partial(params, context, block) for block in parts]
    return reduce(lambda a, b: a.merge(b), folded, COHORT.empty(params, context))


@pytest.mark.parametrize("seed", range(10))
def test_cohorts_equal_the_oracle_however_people_are_dealt_out(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params, context = a_question(dice), a_context(dice)
        world = a_world(dice, params, context)
        expected = CohortOracle().answer(world, params, context)
        once = COHORT.shape(params, context, fold(params, context, blocks(world)))
        assert not differences(once, expected), params
        parts = split(dice, world, 4)
        assert COHORT.shape(params, context, fold(params, context, *parts)) == once
        assert COHORT.shape(params, context, fold(params, context, *reversed(parts))) == once


@pytest.mark.parametrize("seed", range(4))
def test_every_cell_opens_into_as_many_people(seed: int) -> None:
    dice = random.Random(100 + seed)
    for _ in range(40):
        params, context = a_question(dice), a_context(dice)
        world = a_world(dice, params, context)
        block = blocks(world)
        result = COHORT.shape(params, context, fold(params, context, block))
        labels = [group.group for group in result.groups]
        named = {code for g in labels if g not in (None, ["$other"]) for code in codes_of(g, set()) or ()}
        for cell, count in COHORT.counted(params, result):
            codes = codes_of(cell.group, named)
            groups = None if codes is None else whole(sorted(codes))
            found = COHORT.people(params, context, block, cell, groups)
            assert len(set(found.tolist())) == len(found) == count, cell
