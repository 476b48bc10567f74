"""Laws of trends that hold for any people and any question."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.trends import Trends
from tidewheel.analyse.oracle import World
from tidewheel.analyse.trends_question import TrendsLine, TrendsParams, TrendsResult
from tidewheel.core.period import DAY, Calendar, Dates

TRENDS = Trends()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-07"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + DAY, labels=LABELS)
SEEDS = st.integers(0, 2**32)


def a_world(seed: int, *, grouped: bool = False) -> World:
    """Draw people who act within the period."""
    world = make_world(random.Random(seed), bits=2, start=SPAN.start, hours=7 * 24, rows=12, people=15)
    return replace(world, grouped=grouped)


def ask(world: World, kind: str, **options: object) -> TrendsResult:
    """Answer a trends question over a world."""
    series = [
        {"step": {"any_of": [{"event": f"s{k}"}]}, "measure": {"kind": kind, "property": "p"}}
        for k in range(2)
    ]
    params = TrendsParams.model_validate({"series": series, **options})
    return TRENDS.shape(params, CONTEXT, TRENDS.partial(params, CONTEXT, blocks(world)))


def known(line: TrendsLine) -> list[float]:
    """Return a line's figures, all of which are known."""
    return [value for value in line.values if value is not None]


@given(SEEDS, st.sampled_from(["count", "sum"]), st.sampled_from(["minute", "hour", "day", "week"]))
@settings(max_examples=40, deadline=None)
def test_what_adds_adds_up_to_the_whole_period(seed: int, kind: str, grain: str) -> None:
    for line in ask(a_world(seed), kind, grain=grain).lines:
        assert sum(known(line)) == line.total


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_people_of_the_period_lie_between_the_largest_bucket_and_their_sum(seed: int) -> None:
    for line in ask(a_world(seed), "people").lines:
        assert line.total is not None
        assert max(known(line)) <= line.total <= sum(known(line))


@given(SEEDS, st.sampled_from(["count", "people", "per_person", "sum", "mean", "min", "median", "distinct"]))
@settings(max_examples=40, deadline=None)
def test_the_last_cumulative_point_is_the_whole_period(seed: int, kind: str) -> None:
    for line in ask(a_world(seed), kind, cumulative=True).lines:
        assert line.values[-1] == line.total


@given(SEEDS, st.integers(2, 7))
@settings(max_examples=40, deadline=None)
def test_rolling_people_lie_between_one_bucket_and_the_sum_of_all(seed: int, reach: int) -> None:
    plain, rolling = ask(a_world(seed), "people").lines, ask(a_world(seed), "people", rolling=reach).lines
    for one, many in zip(plain, rolling, strict=True):
        for point, value in enumerate(known(many)):
            covered = known(one)[max(0, point - reach + 1) : point + 1]
            assert max(covered) <= value <= sum(covered)
        assert one.total == many.total


@given(SEEDS, st.sampled_from(["count", "sum"]))
@settings(max_examples=40, deadline=None)
def test_groups_add_up_to_everyone(seed: int, kind: str) -> None:
    result = ask(a_world(seed, grouped=True), kind, breakdowns=[{"property": "c"}], top=2)
    for series in range(2):
        everyone, *groups = [line for line in result.lines if line.series == series]
        rows = zip(*(known(group) for group in groups), strict=True)
        assert [sum(row) for row in rows] == known(everyone)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_formula_is_the_arithmetic_of_its_lines(seed: int) -> None:
    formulas = [{"expression": "(A + B) / A * 100"}]
    one, two, both = ask(a_world(seed), "count", formulas=formulas).lines
    for a, b, value in zip(one.values, two.values, both.values, strict=True):
        assert a is not None
        assert b is not None
        assert value == (pytest.approx((a + b) / a * 100) if a else None)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_everyone_is_first_seen_once(seed: int) -> None:
    first, ever = ask(a_world(seed), "first_time").lines, ask(a_world(seed), "people").lines
    for one, all_people in zip(first, ever, strict=True):
        assert sum(known(one)) == one.total == all_people.total
