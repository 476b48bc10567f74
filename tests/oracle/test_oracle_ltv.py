"""Lifetime value and its oracle agree on the whole answer and on every list of people, in random worlds."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import reduce

import pyarrow as pa
import pytest

from tests.oracle.worlds import LABELS, NAMES, blocks, codes_of, make_world, split, whole
from tidewheel.analyse.contract import Block, Context
from tidewheel.analyse.kinds.ltv import Ltv, LtvParams, LtvPart
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.ltv import LtvOracle
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

LTV = Ltv()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-12"}), 0)


def costs(dice: random.Random) -> pa.Table:
    rows = [
        {
            "day": f"2026-11-{dice.randint(1, 14):02}",
            "category": dice.choice((*NAMES, None, "z")),
            "cost": dice.randint(0, 90),
        }
        for _ in range(dice.choice((0, 30)))
    ]
    schema = pa.schema([("day", pa.string()), ("category", pa.string()), ("cost", pa.int64())])
    return pa.Table.from_pylist(rows, schema)


def a_context(dice: random.Random) -> Context:
    now = SPAN.end + dice.choice((-4 * DAY, -5 * HOUR, 2 * DAY + HOUR, 40 * DAY))
    return Context(CALENDAR, SPAN, now=now, labels=LABELS, tables={"costs": costs(dice)})


def a_question(dice: random.Random) -> LtvParams:
    return LtvParams.model_validate(
        {
            "money": dice.choice(("gross", "paid", "net", "net")),
            "grain": dice.choice(("day", "week", "month")),
            "ages": dice.sample(range(9), 4),
            "breakdowns": [{"property": dice.choice(("category", "other"))}],
            "top": dice.choice((2, 10)),
            "cost_property": dice.choice((None, None, "category")),
        }
    )


def a_world(dice: random.Random, params: LtvParams, context: Context) -> World:
    world = make_world(
        dice,
        bits=3,
        start=SPAN.start - dice.choice((0, 5)) * DAY,
        hours=20 * 24,
        people=dice.choice((0, 4, 12)),
        rows=9,
        values=2,
        ragged_group=dice.random() < 0.5,
    )
    until = min(LTV.plan(params, context).span.end, context.now + 1)
    for person, rows in world.people.items():
        world.people[person] = [row for row in rows if row.time < until]
    return world


def fold(params: LtvParams, context: Context, *parts: Block) -> LtvPart:
    folded = [LTV.partial(params, context, block) for block in parts]
    return reduce(lambda a, b: a.merge(b), folded, LTV.empty(params, context))


@pytest.mark.parametrize("seed", range(10))
def test_ltv_equals_oracle_however_people_are_dealt_out(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params, context = a_question(dice), a_context(dice)
        world = a_world(dice, params, context)
        expected = LtvOracle().answer(world, params, context)
        once = LTV.shape(params, context, fold(params, context, blocks(world)))
        assert not differences(once, expected), params
        parts = split(dice, world, 4)
        assert LTV.shape(params, context, fold(params, context, *parts)) == once
        assert LTV.shape(params, context, fold(params, context, *reversed(parts))) == once


@pytest.mark.parametrize("seed", range(4))
def test_every_cell_opens_into_as_many_people(seed: int) -> None:
    dice = random.Random(100 + seed)
    for _ in range(40):
        params, context = a_question(dice), replace(a_context(dice), tables={})
        world = a_world(dice, params, context)
        block = blocks(world)
        result = LTV.shape(params, context, fold(params, context, block))
        labels = [group.group for group in result.groups]
        named = {code for g in labels if g not in (None, ["$other"]) for code in codes_of(g, set()) or ()}
        for cell, count in LTV.counted(params, result):
            codes = codes_of(cell.group, named)
            groups = None if codes is None else whole(sorted(codes))
            found = LTV.people(params, context, block, cell, groups)
            assert len(set(found.tolist())) == len(found) == count, cell
