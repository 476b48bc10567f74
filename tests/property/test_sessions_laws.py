"""Laws of sessions that hold for any people and any question."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.sessions import Sessions, SessionsParams, SessionsResult, bits
from tidewheel.analyse.oracle import World
from tidewheel.core.period import HOUR, Calendar, Dates

SESSIONS = Sessions()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-04"}), 0)
NAMES = Labels((("p", "q", "r", "s"),), (1,))
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end, labels=LABELS, names=(NAMES,))
SEEDS = st.integers(0, 2**32)
STEP = {"any_of": [{"event": "e"}]}


def a_world(seed: int, params: SessionsParams) -> World:
    """Draw people who act within three days."""
    dice, count = random.Random(seed), len(bits(params).steps)
    return make_world(
        dice, bits=count, start=SPAN.start, hours=72, rows=16, people=9, coarse=HOUR, overlap=0.6, names=1
    )


def ask(world: World, **options: Any) -> SessionsResult:
    """Answer a question."""
    params = SessionsParams.model_validate(options)
    return SESSIONS.shape(params, CONTEXT, SESSIONS.partial(params, CONTEXT, blocks(world)))


def world_of(seed: int, **options: Any) -> World:
    """Draw the world of a question."""
    return a_world(seed, SessionsParams.model_validate(options))


@given(SEEDS, st.sampled_from(["hour", "day", "week"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_everything_sums_to_the_sessions(seed: int, grain: str, new_day: bool) -> None:
    found = ask(world_of(seed), grain=grain, new_day=new_day, nodes=2, breakdowns=[{"property": "c"}], top=2)
    everyone, *groups = found.groups
    sessions = everyone.total.sessions
    assert sum(point.sessions for point in everyone.points) == sessions
    assert sum(group.total.sessions for group in groups) == sessions
    assert sum(one.sessions for one in found.durations) == sessions
    assert sum(one.sessions for one in found.depths) == sessions
    assert sum(end.entries for end in found.ends) == sum(end.exits for end in found.ends) == sessions
    assert sum(end.bounces for end in found.ends) == everyone.total.bounces
    assert all(end.exits <= end.events for end in found.ends)
    for group in found.groups:
        assert all(point.people <= point.sessions for point in group.points)
        assert group.total.people <= sum(point.people for point in group.points) or not sessions


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_longer_timeout_never_makes_more_sessions(seed: int) -> None:
    counts = [
        ask(world_of(seed), timeout=minutes).groups[0].total.sessions for minutes in (1, 60, 180, 600, 1440)
    ]
    assert counts == sorted(counts, reverse=True)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_cuts_only_add_sessions_and_people_stay(seed: int) -> None:
    world = world_of(seed, cut=STEP)
    plain, cut, days = (
        ask(world, **options).groups[0].total for options in ({}, {"cut": STEP}, {"new_day": True})
    )
    assert plain.sessions <= min(cut.sessions, days.sessions)
    assert plain.people == cut.people == days.people


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_with_every_event_a_cut_all_sessions_bounce(seed: int) -> None:
    world = world_of(seed)
    every = {p: [replace(row, match=3) for row in rows] for p, rows in world.people.items()}
    total = ask(World(every, names=1), cut=STEP).groups[0].total
    assert total.sessions == total.bounces == sum(len(rows) for rows in every.values())
    assert not total.duration_mean


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_renumbering_people_and_ignored_events_change_nothing(seed: int) -> None:
    world = world_of(seed)
    found = ask(world)
    assert ask(World({1000 - p: rows for p, rows in world.people.items()}, names=1)) == found
    noise = {
        p: [one for row in rows for one in (replace(row, match=1), replace(row, match=2, names=(0,)))]
        for p, rows in world.people.items()
    }
    assert ask(World(noise, names=1), ignore=STEP) == found
