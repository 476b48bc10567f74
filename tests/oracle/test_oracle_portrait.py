"""Portraits and their oracle agree on the whole answer and on every list of people, in random worlds."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import reduce

import pytest

from tests.oracle.worlds import blocks, make_world, split
from tidewheel.analyse.contract import Block, Context, Trait
from tidewheel.analyse.kinds.portrait import Portrait, PortraitParams, PortraitPart
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.portrait import PortraitOracle
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.period import Calendar, Dates

PORTRAIT = Portrait()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-09"}), 0)
TRAITS = (
    Trait("text", ["x", "y", "z", "w"]),
    Trait("number", [0.25, 1.0, 2.0, 7.5, 100.0]),
    Trait("list", [("a",), ("b", "c"), ("a", "c"), ("d", "a, b")]),
    Trait("time", ["2026-10-30", "2026-11-02", "2026-11-10"]),
    Trait("text", ["< 1", "1 – 10", "≥ 10"]),
)
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end, traits=TRAITS)


def a_question(dice: random.Random) -> PortraitParams:
    return PortraitParams.model_validate(
        {
            "money": dice.choice(("gross", "paid", "net")),
            "properties": [
                *({"property": name, "scope": "person"} for name in ("text", "number", "list", "time")),
                {"property": "number", "scope": "person", "bins": [1, 10]},
            ],
            "behaviours": [{"any_of": [{"event": "z"}]}] * dice.choice((0, 2)),
            "spend": dice.random() < 0.7,
            "bins": dice.choice((2, 3, 5)),
            "support": dice.choice((1, 8)),
            "top": dice.choice((1, 2, 10)),
        }
    )


def a_world(dice: random.Random) -> World:
    world = make_world(
        dice, bits=5, start=SPAN.start, people=dice.choice((0, 8, 30, 90)), rows=5, values=2, overlap=0.5
    )
    for person in world.people:
        world.traits[person] = tuple(dice.randint(0, len(trait.table)) for trait in TRAITS)
        lean = 1 if world.traits[person][0] % 2 else 3
        world.sets[person] = dice.choice((1, 2, 2, 3, lean))
    return world


def fold(params: PortraitParams, *parts: Block) -> PortraitPart:
    folded = [PORTRAIT.partial(params, CONTEXT, block) for block in parts if block.people.size]
    return reduce(lambda a, b: a.merge(b), folded, PORTRAIT.empty(params, CONTEXT))


@pytest.mark.parametrize("seed", range(10))
def test_portraits_equal_the_oracle_however_people_are_dealt_out(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params, world = a_question(dice), a_world(dice)
        expected = PortraitOracle().answer(world, params, CONTEXT)
        once = PORTRAIT.shape(params, CONTEXT, fold(params, blocks(world)))
        assert not differences(once, expected), params
        parts = split(dice, world, 4)
        assert PORTRAIT.shape(params, CONTEXT, fold(params, *parts)) == once
        assert PORTRAIT.shape(params, CONTEXT, fold(params, *reversed(parts))) == once


@pytest.mark.parametrize("seed", range(4))
def test_every_cell_opens_into_as_many_people(seed: int) -> None:
    dice = random.Random(100 + seed)
    for _ in range(40):
        params, world = a_question(dice), a_world(dice)
        block = blocks(world)
        if not block.people.size:
            continue
        part = fold(params, block)
        context = replace(CONTEXT, settled=PORTRAIT.settle(params, CONTEXT, part))
        for cell, count in PORTRAIT.counted(params, PORTRAIT.shape(params, CONTEXT, part)):
            found = PORTRAIT.people(params, context, block, cell, None)
            assert len(set(found.tolist())) == len(found) == count, cell
