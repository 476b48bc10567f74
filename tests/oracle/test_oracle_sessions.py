"""Sessions and their oracle agree on the whole answer and every list of people, in a thousand random worlds."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import reduce

import pytest

from tests.oracle.worlds import LABELS, blocks, make_world, split, whole
from tidewheel.analyse.contract import Block, Context, Labels
from tidewheel.analyse.kinds.sessions import Sessions, SessionsParams, SessionsResult, bits
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.sessions import SessionsOracle
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.period import HOUR, MINUTE, Calendar, Dates

SESSIONS, ORACLE = Sessions(), SessionsOracle()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-06"}), 0)
NAMES = Labels((("p", "q", "r", "s"),), (1,))
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end - 6 * HOUR, labels=LABELS, names=(NAMES,))
STEP = {"any_of": [{"event": "e"}]}


def a_question(dice: random.Random) -> SessionsParams:
    """Draw the options of a question about sessions."""

    def maybe() -> object:
        return STEP if dice.random() < 0.3 else None

    return SessionsParams.model_validate(
        {
            "timeout": dice.choice((1, 30, 120, 600)),
            "cut": maybe(),
            "ignore": maybe(),
            "contains": maybe(),
            "depth": maybe(),
            "new_day": dice.random() < 0.4,
            "nodes": dice.choice((1, 2, 10)),
            "grain": dice.choice(("hour", "day", "week")),
            "duration_bins": sorted(dice.sample((1, 60, 1800, 7200, 20_000), 3)),
            "depth_bins": sorted(dice.sample(range(1, 6), 2)),
            "breakdowns": [{"property": "category"}] if dice.random() < 0.6 else [],
            "top": dice.choice((1, 2, 10)),
        }
    )


def a_world(dice: random.Random, params: SessionsParams) -> World:
    """Draw people who act close together, with the rows the plan reads."""
    world = make_world(
        dice,
        bits=len(bits(params).steps),
        start=SPAN.start,
        hours=90,
        people=8,
        rows=14,
        coarse=dice.choice((10 * MINUTE + 250, HOUR)),
        overlap=0.5,
        names=1,
        ragged_group=dice.random() < 0.3,
    )
    return replace(world, grouped=bool(params.breakdowns))


def answer(params: SessionsParams, *parts: Block) -> SessionsResult:
    """Fold blocks and add them up in the order given."""
    folded = [SESSIONS.partial(params, CONTEXT, block) for block in parts]
    merged = reduce(lambda a, b: a.merge(b), folded, SESSIONS.empty(params, CONTEXT))
    return SESSIONS.shape(params, CONTEXT, merged)


@pytest.mark.parametrize("seed", range(10))
def test_sessions_equal_their_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params = a_question(dice)
        world = a_world(dice, params)
        parts = split(dice, world, 3)
        dice.shuffle(parts)
        assert not differences(answer(params, *parts), ORACLE.answer(world, params, CONTEXT))


@pytest.mark.parametrize("seed", range(4))
def test_every_count_of_people_is_the_length_of_its_list(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(12):
        params = a_question(dice)
        block = blocks(a_world(dice, params))
        part = SESSIONS.partial(params, CONTEXT, block)
        others = SESSIONS.others(params, CONTEXT, part)
        for cell, count in SESSIONS.counted(params, SESSIONS.shape(params, CONTEXT, part)):
            groups = None
            if cell.group is not None:
                code = 0 if cell.group[0] is None else "abcde".find(str(cell.group[0])) + 1
                groups = others if cell.group == ["$other"] else whole([code])
            assert SESSIONS.people(params, CONTEXT, block, cell, groups).size == count, cell


@pytest.mark.parametrize("seed", range(3))
def test_merging_does_not_depend_on_grouping_or_order(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(25):
        params = a_question(dice)
        world = a_world(dice, params)
        a, b, c, d = (SESSIONS.partial(params, CONTEXT, part) for part in split(dice, world, 4))
        once = answer(params, blocks(world))
        assert SESSIONS.shape(params, CONTEXT, a.merge(b).merge(c.merge(d))) == once
        assert SESSIONS.shape(params, CONTEXT, d.merge(c.merge(b.merge(a)))) == once
