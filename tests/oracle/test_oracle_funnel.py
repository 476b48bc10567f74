"""Kernel and oracle agree on every figure and every list of people, in thousands of random worlds."""

from __future__ import annotations

import random
from functools import reduce
from statistics import mean, median

import pytest

from tests.oracle.worlds import LABELS, blocks, codes_of, make_world, split, whole
from tidewheel.analyse.contract import Block, Context
from tidewheel.analyse.funnel.answer import FunnelGroup, FunnelResult
from tidewheel.analyse.funnel.question import FunnelCell, FunnelParams
from tidewheel.analyse.kinds.funnel import Funnel
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.funnel import (
    FunnelOracle,
    Way,
    dropped,
    membership,
    persons,
    reached,
    taken,
    ways,
    whole_way,
)
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.period import HOUR, Calendar, Dates

FUNNEL = Funnel()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-02", "to": "2026-11-03"}), 0)
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end + 12 * 3_600_000, labels=LABELS)


def a_stretch(dice: random.Random) -> dict[str, object] | None:
    """Draw the time for one step; sometimes none."""
    hours = dice.choice((0, 1, 4, 4, 8, 12))
    return {"n": hours, "unit": "hour"} if hours else None


def a_question(dice: random.Random) -> FunnelParams:
    """Draw the options of a funnel, each beside every other that it may stand beside."""
    steps = dice.randint(2, 4)
    order = dice.choice(("ordered", "ordered", "strict", "any"))
    skipped: set[int] = set()
    if order == "ordered" and dice.random() < 0.5:
        steps = dice.randint(3, 5)
        skipped = set(dice.sample(range(1, steps - 1), dice.randint(1, steps - 2)))
    must = [step + 1 for step in range(steps) if step not in skipped]
    exclusions = []
    for _ in range(dice.choice((0, 0, 1, 2))):
        after, before = sorted(dice.sample(must, 2))
        between = {} if order == "any" else {"after": after, "before": dice.choice((None, before))}
        exclusions.append({"step": {"any_of": [{"event": "x"}]}, **between})
    within = dice.choice(
        ({"n": dice.choice((1, 4, 8, 16, 24)), "unit": "hour"}, {"same": "day"}, {"same": "session"})
    )
    bounded = order != "any" and dice.random() < 0.5
    hold = dice.choice(([], [{"property": "sku", "scope": "item"}]))
    units = ["people", "people", "sessions"]
    units += ["held", "held"] if hold else []
    units += [] if order == "any" else ["attempts", "attempts"]
    return FunnelParams.model_validate(
        {
            "steps": [
                {
                    "any_of": [{"event": f"s{k}"}],
                    "within": a_stretch(dice) if bounded and k else None,
                    "optional": k in skipped,
                }
                for k in range(steps)
            ],
            "order": order,
            "within": within,
            "exclusions": exclusions,
            "hold": hold,
            "count": dice.choice(units),
            "attribution": dice.choice(("first", "last", "each", dice.randint(1, steps))),
            "breakdowns": [{"property": "category"}],
            "top": dice.choice((2, 10)),
            "trend": dice.choice((None, "hour", "day")),
        }
    )


def a_world(dice: random.Random, params: FunnelParams) -> World:
    """Draw people for a question; some of their rows lie after the period."""
    bits = len(params.steps) + len(params.exclusions) + (params.order == "strict")
    span = FUNNEL.plan(params, CONTEXT).span
    world = make_world(
        dice,
        bits=bits,
        start=SPAN.start + dice.choice((0, 30)) * HOUR,
        overlap=dice.choice((0.0, 0.3, 0.6)),
        rows=dice.choice((4, 7)),
        hours=dice.choice((24, 60)),
        ragged_group=dice.random() < 0.5,
        ragged_key=dice.random() < 0.5,
    )
    for person, rows in world.people.items():
        world.people[person] = [row for row in rows if span.start <= row.time < span.end]
    return world


def check_group(
    world: World, params: FunnelParams, found: dict[int, Way], group: FunnelGroup, codes: set[int] | None
) -> None:
    """Compare one group's figures with the oracle's sets of people."""
    inside = [reached(world, params, found, step, codes) for step in range(len(params.steps))]
    for step, figure in enumerate(group.steps):
        assert figure.count == len(inside[step])
        assert figure.people == len(persons(found, inside[step]))
        gaps = [taken(params, found[p], step) for p in inside[step] if step]
        assert figure.median_seconds == (median(gaps) / 1000 if gaps else None)
        assert figure.mean_seconds == (pytest.approx(mean(gaps) / 1000) if gaps else None)
        gone = dropped(world, params, found, step, codes)
        assert (figure.dropped, figure.dropped_people) == (len(gone), len(persons(found, gone)))
    whole_ways = [whole_way(params, found[p]) for p in inside[-1]]
    assert group.median_seconds == (median(whole_ways) / 1000 if whole_ways else None)
    assert sum(bin_.count for bin_ in group.times) == len(whole_ways)
    for number, point in enumerate(group.trend):
        low = CALENDAR.edges(SPAN, params.trend or "day")[number : number + 2]
        came = {p for p in inside[0] if low[0] <= found[p].first.time < low[1]}
        went = {p for p in inside[-1] if low[0] <= found[p].first.time < low[1]}
        assert (point.entered, point.converted) == (len(came), len(went))


def check_people(
    dice: random.Random,
    block: Block,
    world: World,
    params: FunnelParams,
    found: dict[int, Way],
    group: FunnelGroup,
    codes: set[int] | None,
) -> None:
    """Compare every list of people with its count and with the oracle."""
    groups = None if codes is None else whole(sorted(codes))
    for step in range(1, len(params.steps) + 1):
        inside = reached(world, params, found, step - 1, codes)
        cell = FunnelCell(step=step, group=group.group)
        listed = FUNNEL.people(params, CONTEXT, block, cell, groups)
        assert sorted(listed) == sorted(persons(found, inside))
        assert len(listed) == group.steps[step - 1].people
        gone = FUNNEL.people(params, CONTEXT, block, cell.model_copy(update={"dropped": True}), groups)
        assert sorted(gone) == sorted(persons(found, dropped(world, params, found, step - 1, codes)))
        assert len(gone) == group.steps[step - 1].dropped_people
        for bucket in dice.sample(range(len(group.trend)), min(len(group.trend), 2)):
            low, high = CALENDAR.edges(SPAN, params.trend or "day")[bucket : bucket + 2]
            came = {unit for unit in inside if low <= found[unit].first.time < high}
            some = FUNNEL.people(params, CONTEXT, block, cell.model_copy(update={"bucket": bucket}), groups)
            assert sorted(some) == sorted(persons(found, came))


def answer(params: FunnelParams, *parts: Block) -> FunnelResult:
    """Fold blocks and add them up in the order given."""
    folded = [FUNNEL.partial(params, CONTEXT, block) for block in parts]
    merged = reduce(lambda a, b: a.merge(b), folded, FUNNEL.empty(params, CONTEXT))
    return FUNNEL.shape(params, CONTEXT, merged)


@pytest.mark.parametrize("seed", range(12))
def test_funnel_equals_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(150):
        params = a_question(dice)
        world = a_world(dice, params)
        block = blocks(world)
        found = ways(world, params, CONTEXT)
        result = answer(params, block)
        named = {
            code
            for g in result.groups[1:]
            if g.group != ["$other"]
            for code in codes_of(g.group, set()) or ()
        }
        for group in result.groups:
            codes = codes_of(group.group, named)
            check_group(world, params, found, group, codes)
            check_people(dice, block, world, params, found, group, codes)
        present = {c for way in found.values() for s in way.rows for c in membership(world, params, way, s)}
        assert (len(present) > params.top) == (["$other"] in [group.group for group in result.groups])
        assert min(len(present), params.top) == len(named)


@pytest.mark.parametrize("seed", range(4))
def test_merging_does_not_depend_on_grouping_or_order(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(25):
        params = a_question(dice)
        world = a_world(dice, params)
        parts = split(dice, world, 4)
        once = answer(params, blocks(world))
        assert answer(params, *parts) == once
        dice.shuffle(parts)
        a, b, c, d = (FUNNEL.partial(params, CONTEXT, part) for part in parts)
        assert FUNNEL.shape(params, CONTEXT, a.merge(b).merge(c.merge(d))) == once
        assert FUNNEL.shape(params, CONTEXT, d.merge(c.merge(b.merge(a)))) == once


@pytest.mark.parametrize("seed", range(4))
def test_the_whole_answer_equals_the_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(60):
        params = a_question(dice)
        world = a_world(dice, params)
        expected = FunnelOracle().answer(world, params, CONTEXT)
        assert not differences(answer(params, blocks(world)), expected), params


def a_skipping_question(dice: random.Random) -> FunnelParams:
    """Draw a funnel of five steps of which some may be skipped, with windows and exclusions that matter."""
    skipped = set(dice.sample((1, 2, 3), dice.randint(1, 3)))
    must = [step + 1 for step in range(5) if step not in skipped]
    after, before = sorted(dice.sample(must, 2))
    exclusion = {"step": {"any_of": [{"event": "x"}]}, "after": after, "before": before}
    bounded = dice.random() < 0.6
    steps = [
        {
            "any_of": [{"event": f"s{k}"}],
            "optional": k in skipped,
            "within": {"n": dice.choice((2, 4, 6)), "unit": "hour"} if bounded and k and dice.random() < 0.5 else None,
        }
        for k in range(5)
    ]  # fmt: skip
    return FunnelParams.model_validate(
        {
            "steps": steps,
            "within": {"n": dice.choice((8, 12, 30)), "unit": "hour"},
            "exclusions": dice.choice(([], [exclusion])),
            "breakdowns": [{"property": "category"}],
            "attribution": dice.choice(("first", "last", "each")),
            "count": dice.choice(("people", "sessions", "attempts")),
        }
    )


@pytest.mark.parametrize("seed", range(6))
def test_optional_steps_equal_the_oracle_where_people_do_much(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(60):
        params = a_skipping_question(dice)
        world = make_world(
            dice,
            bits=5 + len(params.exclusions),
            start=SPAN.start,
            hours=30,
            coarse=2 * HOUR,
            rows=10,
            people=12,
            overlap=0.15,
        )
        expected = FunnelOracle().answer(world, params, CONTEXT)
        assert not differences(answer(params, blocks(world)), expected), params
