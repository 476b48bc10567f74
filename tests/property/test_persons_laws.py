"""Laws of distributions and intervals that hold for any people and any question."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.agree import answer
from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.distribution import Distribution, DistributionParams, DistributionResult
from tidewheel.analyse.kinds.interval import Interval, IntervalParams, IntervalResult
from tidewheel.analyse.kinds.trends import Trends
from tidewheel.analyse.oracle import World
from tidewheel.analyse.trends_question import TrendsParams
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-07"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + DAY, labels=LABELS)
SEEDS = st.integers(0, 2**32)
A, B = {"any_of": [{"event": "a"}]}, {"any_of": [{"event": "b"}]}
SPLIT = [{"property": "category"}]


def a_world(seed: int) -> World:
    """Draw people who act within the period."""
    return make_world(random.Random(seed), bits=2, start=SPAN.start, hours=7 * 24, rows=14, people=15)


def spread(world: World, **options: object) -> DistributionResult:
    """Answer a distribution over a world."""
    params = DistributionParams.model_validate({"event": A, "property": {"property": "p"}, **options})
    found: DistributionResult = answer(Distribution(), params, CONTEXT, blocks(world))
    return found


def apart(world: World, **options: object) -> IntervalResult:
    """Answer an interval question over a world."""
    params = IntervalParams.model_validate({"start": A, "end": B, "grain": "day", **options})
    found: IntervalResult = answer(Interval(), params, CONTEXT, blocks(world))
    return found


@given(SEEDS, st.sampled_from(["count", "sum", "distinct", "hours", "days"]))
@settings(max_examples=60, deadline=None)
def test_ranges_hold_everyone_once(seed: int, by: str) -> None:
    for group in spread(a_world(seed), by=by, grain="day", breakdowns=SPLIT, top=3).groups:
        for point in [group.overall, *group.points]:
            assert sum(point.counts) == point.people
            assert abs(sum(point.sums) - point.total) < 1e-6


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_events_by_person_add_up_to_all_events(seed: int) -> None:
    world = a_world(seed)
    series = {"step": A, "measure": {"kind": "count"}}
    trend = answer(
        Trends(),
        TrendsParams.model_validate({"series": [series], "grain": "total"}),
        CONTEXT,
        blocks(replace(world, grouped=False)),
    )
    assert spread(world).groups[0].overall.total == trend.lines[0].total


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_finer_units_of_time_are_never_fewer(seed: int) -> None:
    world = a_world(seed)
    events, hours, days, weeks = (
        spread(world, by=by).groups[0].overall.total for by in ("count", "hours", "days", "weeks")
    )
    assert events >= hours >= days >= weeks


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_idle_and_doing_make_everyone_who_was_there(seed: int) -> None:
    world = a_world(seed)
    whole = spread(world, active=B).groups[0].overall
    both = sum(any(row.match & 3 for row in rows) for rows in world.people.values())
    assert whole.people + (whole.idle or 0) == both


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_percentiles_rise_and_lie_between_the_ends(seed: int) -> None:
    for point in spread(a_world(seed), by="sum", percentiles=[0, 20, 50, 99, 100]).groups:
        values = [value for value in point.overall.percentiles if value is not None]
        assert values == sorted(values)
        assert values[:1] == ([] if not values else [point.overall.minimum])


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_nearest_pairs_are_among_all_pairs_and_shorter(seed: int) -> None:
    world = a_world(seed)
    nearest, every = (apart(world, pairs=pairs).groups[0].overall for pairs in ("nearest", "every"))
    assert nearest.pairs <= every.pairs
    assert nearest.people == every.people
    if nearest.mean is not None and every.mean is not None:
        assert nearest.minimum == every.minimum
        assert nearest.mean <= every.mean + 1e-6


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_longer_limit_never_loses_pairs(seed: int) -> None:
    world = a_world(seed)
    pairs = [apart(world, at_most=limit).groups[0].overall.pairs for limit in (HOUR, DAY, 30 * DAY)]
    assert pairs == sorted(pairs)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_intervals_of_the_days_make_those_of_the_period(seed: int) -> None:
    for weigh in ("pairs", "people"):
        for group in apart(a_world(seed), weigh=weigh, breakdowns=SPLIT, top=2).groups:
            assert sum(point.pairs for point in group.points) == group.overall.pairs
            assert sum(group.overall.counts) == (
                group.overall.pairs if weigh == "pairs" else group.overall.people
            )


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_the_same_behaviour_twice_gives_one_interval_less_than_events(seed: int) -> None:
    world = a_world(seed)
    both = {"any_of": [{"event": "a"}]}
    for person, rows in world.people.items():
        world.people[person] = [replace(row, match=3) for row in rows]
    found = apart(world, start=both, end=both).groups[0].overall
    assert found.pairs == sum(max(len(rows) - 1, 0) for rows in world.people.values())
