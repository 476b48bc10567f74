"""Kernel and oracle agree on every figure and every list of people, in thousands of random worlds."""

from __future__ import annotations

import random
from functools import reduce

import pytest

from tests.oracle.worlds import LABELS, blocks, codes_of, make_world, split, whole
from tidewheel.analyse.contract import Block, Context
from tidewheel.analyse.kinds.trends import Trends
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.trends import TrendsOracle
from tidewheel.analyse.plain_measures import counts, done, figure, points
from tidewheel.analyse.trends_question import TrendsCell, TrendsLine, TrendsParams, TrendsResult
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.period import Calendar, Dates

TRENDS = Trends()
CALENDAR = Calendar("Asia/Shanghai", week_start=2, holidays="CN")
# Days off and worked weekends among them: China worked on Saturday, 10 October 2026.
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-10-09", "to": "2026-10-13"}), 0)
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end + 1, labels=LABELS)
KINDS = (
    "count", "people", "per_person", "sum", "mean", "min", "max", "median", "percentile", "first_time", "distinct", "sessions",
)  # fmt: skip


def a_question(dice: random.Random) -> TrendsParams:
    """Draw the options of a trend."""
    grain = dice.choice(("hour", "day", "day", "week", "month", "total"))
    cumulative = dice.random() < 0.3
    outlook: dict[str, object] = {}
    if grain in ("day", "week") and not cumulative and dice.random() < 0.3:
        outlook["usual"] = {"width": dice.choice((1, 3.5)), "history": dice.randint(4, 6)}
    if grain in ("day", "week") and not cumulative and dice.random() < 0.1:
        outlook["forecast"] = dice.randint(1, 5)
    kinds = [dice.choice(KINDS) for _ in range(dice.randint(1, 3))]
    times = [{"times": "p"} if kind != "distinct" and dice.random() < 0.2 else {} for kind in kinds]
    return TrendsParams.model_validate(
        {
            "series": [
                {"step": {"any_of": [{"event": f"s{k}"}]}, "measure": {"kind": kind, "property": "p", "percentile": 80, **more}}
                for k, (kind, more) in enumerate(zip(kinds, times, strict=True))
            ],
            "grain": grain,
            "cumulative": cumulative,
            "rolling": 1 if cumulative or grain == "total" else dice.choice((1, 2, 3)),
            "days": dice.choice(("all", "all", "working", "off")),
            "breakdowns": dice.choice(([], [{"property": "category"}])),
            "top": dice.choice((2, 10)),
            **outlook,
        }
    )  # fmt: skip


def a_world(dice: random.Random, params: TrendsParams) -> World:
    """Draw people for a question, with only the rows its plan reads."""
    span = TRENDS.plan(params, CONTEXT).span
    long = (params.usual is not None or params.forecast > 0) and dice.random() < 0.8
    world = make_world(
        dice,
        bits=len(params.series),
        start=SPAN.start - (1200 if long else dice.choice((0, 100))) * 3_600_000,
        hours=1400 if long else 196,
        people=8,
        rows=60 if long else 10,
        values=max(1, len(TRENDS.plan(params, CONTEXT).values)),
        overlap=dice.choice((0.0, 0.5)),
        grouped=bool(params.breakdowns),
        ragged_group=bool(params.breakdowns) and dice.random() < 0.5,
        ragged_value=dice.random() < 0.5,
    )
    for person, rows in world.people.items():
        world.people[person] = [row for row in rows if span.start <= row.time < span.end]
    return world


def answer(params: TrendsParams, *parts: Block) -> TrendsResult:
    """Fold blocks and add them up in the order given."""
    folded = [TRENDS.partial(params, CONTEXT, block) for block in parts]
    merged = reduce(lambda a, b: a.merge(b), folded, TRENDS.empty(params, CONTEXT))
    return TRENDS.shape(params, CONTEXT, merged)


def check_line(
    world: World, block: Block, params: TrendsParams, line: TrendsLine, codes: set[int] | None
) -> None:
    """Compare a line's figures, and the people behind them, with the oracle."""
    measure = params.series[line.series].measure
    groups = None if codes is None else whole(sorted(codes))
    windows: list[tuple[int | None, list[int] | None]] = [*enumerate(points(params, CONTEXT)), (None, None)]
    for bucket, covered in windows:
        events = done(world, params, CONTEXT, line.series, covered, codes)
        shown = line.total if bucket is None else line.values[bucket]
        expected = figure(world, params, line.series, events)
        assert shown == (None if expected is None else pytest.approx(expected, abs=1e-9))
        cell = TrendsCell(series=line.series, bucket=bucket, group=line.group)
        listed = TRENDS.people(params, CONTEXT, block, cell, groups)
        assert sorted(listed) == sorted({event.person for event in events})
        if measure.kind in {"people", "first_time"}:
            assert len(listed) == shown


@pytest.mark.parametrize("seed", range(8))
def test_trends_equal_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(60):
        params = a_question(dice)
        world = a_world(dice, params)
        block = blocks(world)
        result = answer(params, block)
        labels = {str(line.group): line.group for line in result.lines}.values()
        named = {code for g in labels if g not in (None, ["$other"]) for code in codes_of(g, set()) or ()}
        assert len(named) <= params.top
        for line in result.lines:
            check_line(world, block, params, line, codes_of(line.group, named))
        present = {
            code
            for rows in world.people.values()
            for row in rows
            for s in range(len(params.series))
            if row.match >> s & 1 and counts(params, CONTEXT, row.time)
            if (not params.usual and not params.forecast) or SPAN.start <= row.time < SPAN.end
            for code in world.groups_of(row, 1 << s)
        }
        first_only = any(series.measure.kind == "first_time" for series in params.series)
        if params.breakdowns and params.rolling == 1 and not first_only:
            assert len(named) == min(len(present), params.top)
            assert (["$other"] in labels) == (len(present) > params.top)


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
        a, b, c, d = (TRENDS.partial(params, CONTEXT, part) for part in parts)
        assert TRENDS.shape(params, CONTEXT, a.merge(b).merge(c.merge(d))) == once
        assert TRENDS.shape(params, CONTEXT, d.merge(c.merge(b.merge(a)))) == once


@pytest.mark.parametrize("seed", range(4))
def test_the_whole_answer_equals_the_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(60):
        params = a_question(dice)
        world = a_world(dice, params)
        expected = TrendsOracle().answer(world, params, CONTEXT)
        assert not differences(answer(params, blocks(world)), expected), params
