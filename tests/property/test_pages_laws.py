"""Laws of pages and sources that hold for any people and any question."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.pages import Pages, PagesParams, PagesResult
from tidewheel.analyse.oracle import World
from tidewheel.core.period import HOUR, Calendar, Dates

PAGES = Pages()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-04"}), 0)
NAMES = Labels((("p", "q", "r", "s"),), (1,))
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end, labels=LABELS, names=(NAMES,))
SEEDS = st.integers(0, 2**32)


def a_world(seed: int) -> World:
    """Draw people who act within three days; bits are activity, page view, goal."""
    return make_world(
        random.Random(seed), bits=3, start=SPAN.start, hours=72, rows=16, people=9, coarse=HOUR, names=1
    )


def ask(world: World, **options: Any) -> PagesResult:
    """Answer a question."""
    params = PagesParams.model_validate({"goal": {"any_of": [{"event": "g"}]}, **options})
    return PAGES.shape(params, CONTEXT, PAGES.partial(params, CONTEXT, blocks(world)))


@given(SEEDS, st.booleans(), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_entries_exits_and_sources_sum_to_the_visits(seed: int, new_day: bool, some: int) -> None:
    found = ask(a_world(seed), new_day=new_day, pages=some, breakdowns=[{"property": "c"}], top=some)
    whole, *sources = found.sources
    assert sum(one.entries for one in found.pages) == sum(one.exits for one in found.pages) == whole.visits
    assert sum(one.views for one in found.pages) == whole.views
    assert sum(one.bounces for one in found.pages) == whole.bounces
    for name in ("visits", "new_people", "bounces", "views", "conversions"):
        assert sum(getattr(one, name) for one in sources) == getattr(whole, name)
    for one in found.sources:
        assert one.new_people <= one.people <= one.visits <= one.views or not one.visits
        assert (one.converted_people or 0) <= (one.conversions or 0) <= one.visits
    for page in found.pages:
        assert page.bounces <= min(page.entries, page.exits)
        assert max(page.entries, page.exits) <= page.views
        assert page.people <= page.views


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_longer_timeout_never_makes_more_visits_or_fewer_pages_a_visit(seed: int) -> None:
    found = [ask(a_world(seed), timeout=minutes).sources[0] for minutes in (1, 60, 180, 600, 1440)]
    assert [one.visits for one in found] == sorted((one.visits for one in found), reverse=True)
    assert len({(one.views, one.people) for one in found}) == 1


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_past_makes_nobody_new_and_changes_nothing_else(seed: int) -> None:
    world = a_world(seed)
    before = {
        p: [replace(rows[0], time=SPAN.start - HOUR, match=1), *rows] if rows else rows
        for p, rows in world.people.items()
    }
    fresh, known = ask(world), ask(World(before, names=1))
    assert known.sources[0].new_people == 0
    assert known.sources[0].model_copy(update={"new_people": fresh.sources[0].new_people}) == fresh.sources[0]
    assert known.pages == fresh.pages


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_renumbering_people_changes_nothing(seed: int) -> None:
    world = a_world(seed)
    assert ask(World({1000 - p: rows for p, rows in world.people.items()}, names=1)) == ask(world)
