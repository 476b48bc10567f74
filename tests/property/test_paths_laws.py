"""Laws of paths that hold for any people and any question."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.flows import PathGroup
from tidewheel.analyse.kinds.paths import Paths, PathsParams, bits
from tidewheel.analyse.oracle import World
from tidewheel.core.period import HOUR, Calendar, Dates

PATHS = Paths()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-03"}), 0)
NAMES = Labels((("p", "q", "r", "s"),), (1,))
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end, labels=LABELS, names=(NAMES,))
SEEDS = st.integers(0, 2**32)
STEP = {"any_of": [{"event": "e"}]}
OPTIONS = st.fixed_dictionaries(
    {
        "position": st.sampled_from(["start", "end", "through"]),
        "unit": st.sampled_from(["session", "life"]),
        "which": st.sampled_from(["first", "last", "every"]),
        "steps": st.integers(1, 4),
        "nodes": st.sampled_from([1, 3, 30]),
        "least": st.sampled_from([1, 2, 4]),
        "collapse": st.booleans(),
        "timeout": st.sampled_from([30, 300]),
        "goal": st.sampled_from([None, STEP]),
    }
)


def a_question(options: dict[str, Any]) -> PathsParams:
    """Make a question."""
    return PathsParams.model_validate({"anchor": STEP, **options})


def a_world(seed: int, params: PathsParams) -> World:
    """Draw people who act within three days."""
    dice, count = random.Random(seed), len(bits(params).steps)
    return make_world(
        dice, bits=count, start=SPAN.start, hours=72, rows=16, people=9, coarse=HOUR, overlap=0.6, names=1
    )


def ask(world: World, params: PathsParams) -> list[PathGroup]:
    """Answer a question."""
    return PATHS.shape(params, CONTEXT, PATHS.partial(params, CONTEXT, blocks(world))).groups


@given(SEEDS, OPTIONS)
@settings(max_examples=150, deadline=None)
def test_what_flows_in_flows_out(seed: int, options: dict[str, Any]) -> None:
    params = a_question(options)
    group = ask(a_world(seed, params), params)[0]
    into, out = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for link in group.links:
        out[link.at, str(link.source)] += link.count
        into[link.at + 1, str(link.target)] += link.count
    last = max((step.at for step in group.steps), default=0)
    first = min((step.at for step in group.steps), default=0)
    for step in group.steps:
        assert step.at or sum(node.count for node in step.nodes) == group.paths
        for node in step.nodes:
            key = (step.at, str(node.node))
            if step.at < last or params.position != "end":
                assert out[key] + node.less_after == node.count
            if step.at > first or params.position != "start":
                assert into[key] + node.less_before == node.count
            assert node.people <= node.count
            assert node.converted <= node.count


@given(SEEDS, OPTIONS)
@settings(max_examples=80, deadline=None)
def test_leaving_small_links_out_changes_nothing_else(seed: int, options: dict[str, Any]) -> None:
    params = a_question({**options, "least": 1})
    world = a_world(seed, params)
    every, large = ask(world, params)[0], ask(world, params.model_copy(update={"least": 3}))[0]
    assert large.links == [link for link in every.links if link.people >= 3]
    assert large.matrix.moves == [move for move in every.matrix.moves if move.people >= 3]
    assert large.less.different == len(every.links) - len(large.links)
    assert large.matrix.less.count == sum(move.count for move in every.matrix.moves if move.people < 3)
    assert sum(rest.count for rest in large.matrix.less_from) == large.matrix.less.count
    assert sum(rest.count for rest in large.matrix.less_to) == large.matrix.less.count
    assert all(path.people >= 3 for path in large.whole)
    assert large.less.count <= large.paths
    told = {"links", "matrix", "whole", "steps", "less", "less_whole"}
    assert large.model_dump(exclude=told) == every.model_dump(exclude=told)
    nodes = [[(n.node, n.count, n.people, n.converted) for n in step.nodes] for step in every.steps]
    assert nodes == [[(n.node, n.count, n.people, n.converted) for n in step.nodes] for step in large.steps]


@given(SEEDS, OPTIONS)
@settings(max_examples=80, deadline=None)
def test_groups_sum_to_everyone(seed: int, options: dict[str, Any]) -> None:
    params = a_question({**options, "breakdowns": [{"property": "c"}], "top": 2})
    everyone, *groups = ask(a_world(seed, params), params)
    for name in ("paths", "converted_paths", "looping_paths", "ended_at_once"):
        assert sum(getattr(group, name) for group in groups) == getattr(everyone, name)
    assert all(group.people <= everyone.people for group in groups)


@given(SEEDS, OPTIONS)
@settings(max_examples=80, deadline=None)
def test_converted_and_dropped_paths_are_all_paths(seed: int, options: dict[str, Any]) -> None:
    params = a_question({**options, "goal": STEP})
    world = a_world(seed, params)
    whole, won, lost = (
        ask(world, params.model_copy(update={"outcome": outcome}))[0]
        for outcome in ("all", "converted", "dropped")
    )
    assert won.paths + lost.paths == whole.paths == whole.started_paths
    assert won.paths == whole.converted_paths
    assert won.people == whole.converted_people


@given(SEEDS, OPTIONS)
@settings(max_examples=80, deadline=None)
def test_collapsing_removes_only_repeats_and_no_path(seed: int, options: dict[str, Any]) -> None:
    params = a_question({**options, "which": "first", "collapse": True, "nodes": 30})
    world = a_world(seed, params)
    group = ask(world, params)[0]
    assert all(link.source != link.target for link in group.links)
    assert ask(world, params.model_copy(update={"collapse": False}))[0].paths == group.paths


@given(SEEDS, OPTIONS)
@settings(max_examples=60, deadline=None)
def test_shifting_time_and_renumbering_people_change_nothing(seed: int, options: dict[str, Any]) -> None:
    params = a_question(options)
    world = a_world(seed, params)
    moved = {
        1000 - person: [replace(row, time=row.time + 7 * HOUR) for row in rows]
        for person, rows in reversed(world.people.items())
    }
    assert ask(World(moved, names=1), params) == ask(world, params)


@given(SEEDS, OPTIONS)
@settings(max_examples=60, deadline=None)
def test_naming_more_nodes_only_opens_other(seed: int, options: dict[str, Any]) -> None:
    params = a_question({**options, "nodes": 1, "least": 1})
    world = a_world(seed, params)
    few, many = ask(world, params)[0], ask(world, params.model_copy(update={"nodes": 30}))[0]
    assert few.whole == many.whole
    assert few.loops == many.loops
    for one, two in zip(few.steps, many.steps, strict=True):
        assert one.nodes[0] == two.nodes[0]
        assert sum(node.count for node in one.nodes) == sum(node.count for node in two.nodes)
