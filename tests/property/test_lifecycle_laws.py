"""Laws of the lifecycle that hold for any people."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.agree import answer
from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.lifecycle import Lifecycle, LifecycleParams, LifecycleResult
from tidewheel.analyse.kinds.trends import Trends
from tidewheel.analyse.oracle import World
from tidewheel.analyse.trends_question import TrendsParams
from tidewheel.core.period import DAY, Calendar, Dates

SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-02", "to": "2026-11-15"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + DAY, labels=LABELS)
SEEDS = st.integers(0, 2**32)
GRAINS = st.sampled_from(["day", "week"])
A = {"any_of": [{"event": "a"}]}


def a_world(seed: int) -> World:
    """Draw people who act before and within the period."""
    begin = SPAN.start - 6 * DAY
    return make_world(random.Random(seed), bits=1, start=begin, hours=20 * 24, rows=12, people=15)


def ask(world: World, **options: object) -> LifecycleResult:
    """Answer a lifecycle question over a world."""
    params = LifecycleParams.model_validate({"event": A, **options})
    found: LifecycleResult = answer(Lifecycle(), params, CONTEXT, blocks(world))
    return found


@given(SEEDS, GRAINS)
@settings(max_examples=60, deadline=None)
def test_new_returning_and_resurrected_are_the_active_people(seed: int, grain: str) -> None:
    world = a_world(seed)
    series = {"step": A, "measure": {"kind": "people"}}
    params = TrendsParams.model_validate({"series": [series], "grain": grain})
    active = answer(Trends(), params, CONTEXT, blocks(replace(world, grouped=False))).lines[0].values
    points = ask(world, grain=grain).groups[0].points
    assert [sum(point.people[:3]) for point in points] == active
    for before, after in pairwise(points):
        assert after.people[1] + after.people[3] == sum(before.people[:3])


@given(SEEDS, GRAINS)
@settings(max_examples=60, deadline=None)
def test_flows_lead_from_one_bucket_to_the_next(seed: int, grain: str) -> None:
    points = ask(a_world(seed), grain=grain).groups[0].points
    for before, after in pairwise(points):
        assert [sum(row) for row in after.flows[:-1]] == before.people
        assert [sum(column) for column in zip(*after.flows, strict=True)] == after.people
        assert after.flows[-1][0] == after.people[0]


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_groups_add_up_to_everyone(seed: int) -> None:
    groups = ask(a_world(seed), grain="day", breakdowns=[{"property": "c"}], top=3).groups
    for bucket, point in enumerate(groups[0].points):
        assert [sum(g.points[bucket].people[s] for g in groups[1:]) for s in range(5)] == point.people


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_the_standard_stages_can_be_written_as_rules(seed: int) -> None:
    world = a_world(seed)
    stages = [
        {"name": "new", "age_to": 0},
        {"name": "back", "idle_to": 0},
        {"name": "dormant", "idle_to": 1},
        {"name": "asleep"},
    ]
    own = ask(world, grain="day", stages=stages).groups[0].points
    standard = ask(world, grain="day").groups[0].points
    for a, b in zip(own, standard, strict=True):
        new, returning, resurrected, dormant, asleep = b.people
        assert a.people == [new, returning + resurrected, dormant, asleep, 0]


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_loading_earlier_facts_makes_nobody_new(seed: int) -> None:
    world = a_world(seed)
    later = World({p: [row for row in rows if row.time >= SPAN.start] for p, rows in world.people.items()})
    more, fewer = (ask(one, grain="day").groups[0].points for one in (world, later))
    assert all(a.people[0] <= b.people[0] for a, b in zip(more, fewer, strict=True))
