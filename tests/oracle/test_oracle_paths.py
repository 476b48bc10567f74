"""Paths and their oracle agree on the whole answer and every list of people, in a thousand random worlds."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import reduce

import pytest

from tests.oracle.worlds import LABELS, blocks, make_world, split, whole
from tidewheel.analyse.contract import Block, Context, Labels
from tidewheel.analyse.flows import PathResult
from tidewheel.analyse.kinds.paths import Paths, PathsParams, bits
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.paths import PathsOracle
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.period import HOUR, Calendar, Dates

PATHS, ORACLE = Paths(), PathsOracle()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-05"}), 0)
NAMES = Labels((("p", "q", "r"), ("x", "y")), (1, 4))
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end, labels=LABELS, names=(NAMES,))
STEP = {"any_of": [{"event": "e"}]}


def a_question(dice: random.Random) -> PathsParams:
    """Draw the options of a path question."""

    def maybe(chance: float = 0.3) -> object:
        return STEP if dice.random() < chance else None

    goal, told = maybe(0.6), maybe(0.6)
    return PathsParams.model_validate(
        {
            "anchor": STEP,
            "position": dice.choice(("start", "end", "through")),
            "steps": dice.randint(1, 4),
            "unit": dice.choice(("session", "session", "life")),
            "which": dice.choice(("first", "last", "every")),
            "within": dice.choice((0, 0, 30, 300)),
            "collapse": dice.random() < 0.6,
            "timeout": dice.choice((1, 60, 600)),
            "new_day": dice.random() < 0.3,
            "cut": maybe(),
            "ignore": maybe(),
            "show": maybe(),
            "hide": maybe(),
            "split": told,
            "by": [{"property": "page"}] if told else [],
            "goal": goal,
            "outcome": dice.choice(("all", "converted", "dropped")) if goal else "all",
            "nodes": dice.choice((1, 2, 8)),
            "least": dice.choice((1, 1, 2, 3)),
            "breakdowns": [{"property": "category"}] if dice.random() < 0.5 else [],
            "top": dice.choice((2, 10)),
        }
    )


def a_world(dice: random.Random, params: PathsParams) -> World:
    """Draw people who act close together, with the rows the plan reads."""
    world = make_world(
        dice,
        bits=len(bits(params).steps),
        start=SPAN.start,
        hours=72,
        people=8,
        rows=14,
        coarse=dice.choice((HOUR // 2, 2 * HOUR)),
        overlap=0.5,
        names=1,
        ragged_group=dice.random() < 0.3,
    )
    named = {
        person: [replace(row, names=(dice.randrange(12),)) for row in rows]
        for person, rows in world.people.items()
    }
    return replace(world, people=named, grouped=bool(params.breakdowns))


def answer(params: PathsParams, *parts: Block) -> PathResult:
    """Fold blocks and add them up in the order given."""
    folded = [PATHS.partial(params, CONTEXT, block) for block in parts]
    merged = reduce(lambda a, b: a.merge(b), folded, PATHS.empty(params, CONTEXT))
    return PATHS.shape(params, CONTEXT, merged)


@pytest.mark.parametrize("seed", range(10))
def test_paths_equal_their_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params = a_question(dice)
        world = a_world(dice, params)
        parts = split(dice, world, 3)
        dice.shuffle(parts)
        result = answer(params, *parts)
        assert not differences(result, ORACLE.answer(world, params, CONTEXT))


@pytest.mark.parametrize("seed", range(4))
def test_every_count_of_people_is_the_length_of_its_list(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(12):
        params = a_question(dice)
        world = a_world(dice, params)
        block = blocks(world)
        part = PATHS.partial(params, CONTEXT, block)
        result = PATHS.shape(params, CONTEXT, part)
        others = PATHS.others(params, CONTEXT, part)
        for cell, count in PATHS.counted(params, result):
            groups = None
            if cell.group is not None:
                code = 0 if cell.group[0] is None else "abcde".find(str(cell.group[0])) + 1
                groups = others if cell.group == ["$other"] else whole([code])
            assert PATHS.people(params, CONTEXT, block, cell, groups).size == count, cell


@pytest.mark.parametrize("seed", range(3))
def test_merging_does_not_depend_on_grouping_or_order(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(25):
        params = a_question(dice)
        world = a_world(dice, params)
        a, b, c, d = (PATHS.partial(params, CONTEXT, part) for part in split(dice, world, 4))
        once = answer(params, blocks(world))
        assert PATHS.shape(params, CONTEXT, a.merge(b).merge(c.merge(d))) == once
        assert PATHS.shape(params, CONTEXT, d.merge(c.merge(b.merge(a)))) == once
