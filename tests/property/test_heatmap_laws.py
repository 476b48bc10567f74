"""Laws of heat maps that hold for any people and any question."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.heatmap import Heatmap, HeatmapParams, HeatmapResult
from tidewheel.analyse.oracle import World
from tidewheel.core.period import HOUR, Calendar, Dates

HEATMAP = Heatmap()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-01"}), 0)
NAMES = tuple(Labels((words,), (1,)) for words in ("pqrs", "abcd", "tuvw"))
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end, labels=LABELS, names=NAMES)
SEEDS = st.integers(0, 2**32)


def a_world(seed: int) -> World:
    """Draw people who act within ten seconds; bits are click, view, answer."""
    dice = random.Random(seed)
    world = make_world(dice, bits=3, start=0, rows=14, people=8, names=3, values=2, overlap=0.2)
    people = {
        p: [
            replace(row, time=SPAN.start + HOUR + 500 * at)
            for at, row in zip(sorted(dice.choices(range(20), k=len(rows))), rows, strict=True)
        ]
        for p, rows in world.people.items()
    }
    return replace(world, people=people)


def ask(world: World, **options: Any) -> HeatmapResult:
    """Answer a question."""
    params = HeatmapParams.model_validate(options)
    return HEATMAP.shape(params, CONTEXT, HEATMAP.partial(params, CONTEXT, blocks(world)))


@given(SEEDS, st.integers(1, 6), st.integers(1, 9), st.sampled_from([None, "p", "q"]))
@settings(max_examples=80, deadline=None)
def test_elements_groups_and_fields_sum_to_the_clicks(seed: int, some: int, fields: int, page: Any) -> None:
    found = ask(
        a_world(seed), page=page, elements=some, columns=fields, rows=fields, breakdowns=[{"property": "c"}], top=some
    )  # fmt: skip
    everyone, *groups = found.groups
    for name in ("clicks", "placed", "rage_clicks", "dead_clicks"):
        assert sum(getattr(one, name) for one in groups) == getattr(everyone, name)
    for one in found.groups:
        assert sum(element.clicks for element in one.elements) == one.clicks
        assert sum(element.rage_clicks for element in one.elements) == one.rage_clicks
        assert sum(element.dead_clicks for element in one.elements) == one.dead_clicks
        assert sum(field.clicks for field in one.grid) == one.placed <= one.clicks
        assert all(0 <= field.column < fields and 0 <= field.row < fields for field in one.grid)
        assert one.people <= min(one.seen, one.clicks) if one.clicks else one.people == 0
        assert all((element.rate or 0) <= 1 for element in one.elements)
    if page is None:
        assert sum(one.clicks for one in found.pages) == everyone.clicks


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_patience_makes_fewer_dead_and_more_angry_clicks(seed: int) -> None:
    world = a_world(seed)
    dead = [ask(world, dead_seconds=n).groups[0].dead_clicks for n in (1, 2, 4, 8, 20)]
    rage = [ask(world, rage_seconds=n).groups[0].rage_clicks for n in (1, 2, 4, 8, 20)]
    often = [ask(world, rage_clicks=n).groups[0].rage_clicks for n in (2, 3, 4, 8)]
    assert dead == sorted(dead, reverse=True)
    assert rage == sorted(rage)
    assert often == sorted(often, reverse=True)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_only_answers_wake_the_dead(seed: int) -> None:
    world = a_world(seed)
    silent = {p: [replace(row, match=row.match & 3) for row in rows] for p, rows in world.people.items()}
    found = ask(replace(world, people=silent)).groups[0]
    assert found.dead_clicks == found.clicks
    loud = {
        p: [one for row in rows for one in (row, replace(row, match=4))] for p, rows in world.people.items()
    }
    assert ask(replace(world, people=loud)).groups[0].dead_clicks == 0


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_renumbering_people_changes_nothing(seed: int) -> None:
    world = a_world(seed)
    other = replace(world, people={1000 - p: rows for p, rows in world.people.items()})
    assert ask(other) == ask(world)
