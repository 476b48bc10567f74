"""Kernels and oracle agree on every credit and every list of people, in random worlds."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import reduce
from typing import Any

import pytest
from pydantic import BaseModel

from tests.oracle.worlds import LABELS, blocks, codes_of, make_world, split, whole
from tidewheel.analyse.attribution.answer import AttributionResult
from tidewheel.analyse.contract import Block, Context, Labels
from tidewheel.analyse.oracle import ORACLES, World
from tidewheel.analyse.run import ANALYSES
from tidewheel.core.period import DAY, HOUR, MINUTE, Calendar, Dates

ATTRIBUTION = ANALYSES.get("attribution")()
ORACLE = ORACLES.get("attribution")()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-08"}), 0)
TOUCHES = (LABELS, Labels(tables=(("x", "direct", "natural", "z", "w"),), strides=(1,)))
NOW = SPAN.end + 2 * DAY


def a_question(dice: random.Random) -> Any:
    """Draw the options of an attribution."""
    touches = [
        {"step": {"any_of": [{"event": "a"}]}, "property": {"property": "p"}},
        {"step": {"any_of": [{"event": "b"}], "name": "B"}, "property": {"property": "q"}},
    ]
    valued = dice.random() < 0.7
    return ATTRIBUTION.Params.model_validate(
        {
            "touches": touches[: dice.randint(1, 2)],
            "conversion": {"any_of": [{"event": "c"}]},
            "measure": {"kind": "sum", "property": "v"} if valued else {"kind": "count"},
            "model": dice.choice(("linear", "last", "markov")),
            "within_days": dice.choice((1, 2, 30)),
            "fresh": dice.random() < 0.4,
            "chain": dice.random() < 0.6,
            "direct": dice.choice(([], ["direct", "a"], ["natural", "direct", "x", "z", "w"])),
            "position": dice.choice(((0.4, 0.2, 0.4), (1, 0, 0), (0, 1, 0), (0.1, 0.3, 0.7))),
            "half_life_days": dice.choice((0.25, 7.0)),
            "again_minutes": dice.choice((0, 30, 600)),
            "names": dice.choice((1, 3, 12)),
            "refund": {"any_of": [{"event": "r"}]} if valued and dice.random() < 0.4 else None,
            "breakdowns": [{"property": "category"}] if dice.random() < 0.6 else [],
            "top": dice.choice((2, 10)),
        }
    )


def context_of(params: Any) -> Context:
    """Return the context of a question of random worlds."""
    return Context(CALENDAR, SPAN, NOW, LABELS, TOUCHES[: len(params.touches)])


def a_world(dice: random.Random, params: Any) -> World:
    """Draw people for a question, with only the rows its plan reads."""
    span = ATTRIBUTION.plan(params, context_of(params)).span
    world = make_world(
        dice,
        bits=len(params.touches) + 1 + (params.refund is not None),
        start=SPAN.start - dice.choice((0, 4)) * DAY,
        hours=10 * 24,
        people=dice.choice((3, 12)),
        rows=14,
        coarse=dice.choice((HOUR, 10 * MINUTE)),
        values=2,
        names=len(params.touches),
        ragged_value=dice.random() < 0.3 and params.refund is None,
    )
    world.grouped = bool(params.breakdowns)
    for person, rows in world.people.items():
        world.people[person] = [row for row in rows if span.start <= row.time < min(span.end, NOW + MINUTE)]
    return world


def answer(params: Any, *parts: Block) -> AttributionResult:
    """Fold blocks and add them up in the order given."""
    context = context_of(params)
    folded = [ATTRIBUTION.partial(params, context, block) for block in parts]
    merged = reduce(lambda a, b: a.merge(b), folded, ATTRIBUTION.empty(params, context))
    found: AttributionResult = ATTRIBUTION.shape(params, context, merged)
    return found


def near(one: Any, other: Any, where: str = "") -> None:
    """Hold two answers to be equal, credits of whole-journey models to a few millionths."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key in one:
            near(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for at, (a, b) in enumerate(zip(one, other, strict=True)):
            near(a, b, f"{where}[{at}]")
    elif isinstance(one, float) and isinstance(other, float):
        assert one == pytest.approx(other, rel=1e-6, abs=1e-5), where
    else:
        assert one == other, where


def by_touch(result: BaseModel) -> dict[str, Any]:
    """Return an answer with rows in the order of their names: near-equal credits may swap places."""
    found = result.model_dump()
    for group in found["groups"]:
        group["rows"].sort(key=lambda row: str(row["touch"]))
    return found


@pytest.mark.parametrize("seed", range(10))
def test_attribution_equals_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params = a_question(dice)
        world = a_world(dice, params)
        parts = split(dice, world, 3)
        dice.shuffle(parts)
        near(by_touch(answer(params, *parts)), by_touch(ORACLE.answer(world, params, context_of(params))))


@pytest.mark.parametrize("seed", range(4))
def test_every_count_of_people_is_the_length_of_its_list(seed: int) -> None:
    dice = random.Random(100 + seed)
    checked = 0
    for _ in range(15):
        params = a_question(dice)
        context, block = context_of(params), blocks(a_world(dice, params))
        result = answer(params, block)
        labels = [group.group for group in result.groups[1:]]
        named = {code for label in labels if label != ["$other"] for code in codes_of(label, set()) or ()}
        cells = list(ATTRIBUTION.counted(params, result))
        for cell, count in dice.sample(cells, min(len(cells), 60)):
            codes = codes_of(cell.group, named)
            groups = None if codes is None else whole(sorted(codes))
            people: Any = (
                ATTRIBUTION.people(params, context, block, cell, groups) if len(block.people) else []
            )
            assert len(people) == count, cell
            checked += count > 0
    assert checked > 50


@pytest.mark.parametrize("seed", range(3))
def test_merging_does_not_depend_on_grouping_or_order(seed: int) -> None:
    dice = random.Random(200 + seed)
    for _ in range(25):
        params = a_question(dice)
        world = a_world(dice, params)
        parts = split(dice, world, 4)
        once = answer(params, blocks(world))
        assert answer(params, *parts) == once
        context = context_of(params)
        a, b, c, d = (ATTRIBUTION.partial(params, context, part) for part in parts)
        assert ATTRIBUTION.shape(params, context, a.merge(b).merge(c.merge(d))) == once
        assert ATTRIBUTION.shape(params, context, d.merge(c.merge(b.merge(a)))) == once


def test_the_numbering_of_people_does_not_matter() -> None:
    dice = random.Random(7)
    params = a_question(dice)
    world = a_world(dice, params)
    people = list(world.people)
    shuffled = dice.sample(people, len(people))
    other = replace(world, people={new: world.people[old] for old, new in zip(people, shuffled, strict=True)})
    assert answer(params, blocks(other)) == answer(params, blocks(world))
