"""Laws of retention that hold for any people and any question."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.retention import Retention, RetentionCell, RetentionParams, RetentionResult
from tidewheel.analyse.kinds.trends import Trends
from tidewheel.analyse.oracle import World
from tidewheel.analyse.trends_question import TrendsParams
from tidewheel.core.period import DAY, Calendar, Dates

RETENTION = Retention()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-07"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + 3 * DAY, labels=LABELS)
SEEDS = st.integers(0, 2**32)
PERIODS = 6


def a_world(seed: int) -> World:
    """Draw people who act within ten days."""
    return make_world(random.Random(seed), bits=2, start=SPAN.start, hours=10 * 24, rows=12, people=15)


def a_question(**options: object) -> RetentionParams:
    """Make a question about them."""
    start, back = {"any_of": [{"event": "a"}]}, {"any_of": [{"event": "b"}]}
    return RetentionParams.model_validate({"start": start, "back": back, "periods": PERIODS, **options})


def ask(world: World, **options: object) -> RetentionResult:
    """Answer a retention question over a world."""
    params = a_question(**options)
    return RETENTION.shape(params, CONTEXT, RETENTION.partial(params, CONTEXT, blocks(world)))


def rows(result: RetentionResult) -> list[tuple[int, list[int | None]]]:
    """Return each cohort's size and cells."""
    return [(c.people, [figure.people for figure in c.figures]) for c in result.groups[0].cohorts]


CLOCKS = st.sampled_from(["calendar", "rolling"])


@given(SEEDS, st.sampled_from(["exact", "on_or_after", "brackets"]), st.booleans(), CLOCKS)
@settings(max_examples=60, deadline=None)
def test_a_cell_holds_at_most_its_cohort(seed: int, mode: str, first_time: bool, clock: str) -> None:
    result = ask(a_world(seed), mode=mode, first_time=first_time, brackets=[1, 3, 7], clock=clock)
    for size, cells in rows(result):
        assert all(0 <= cell <= size for cell in cells if cell is not None)
    assert all(figure.rate is None or 0 <= figure.rate <= 1 for figure in result.groups[0].mean)


@given(SEEDS, CLOCKS)
@settings(max_examples=60, deadline=None)
def test_unbounded_is_no_less_than_exact_and_never_rises(seed: int, clock: str) -> None:
    exact, unbounded = (rows(ask(a_world(seed), mode=mode, clock=clock)) for mode in ("exact", "on_or_after"))
    for (_, days), (_, later) in zip(exact, unbounded, strict=True):
        assert all(a is None or (b is not None and a <= b) for a, b in zip(days, later, strict=True))
        seen = [cell for cell in later if cell is not None]
        assert seen == sorted(seen, reverse=True)


@given(SEEDS, CLOCKS)
@settings(max_examples=40, deadline=None)
def test_a_bracket_is_the_union_of_its_days(seed: int, clock: str) -> None:
    block = blocks(a_world(seed))
    brackets = a_question(mode="brackets", brackets=[1, 3, 7], clock=clock)
    for cohort in range(7):
        for column, (low, high) in enumerate(((0, 1), (1, 3), (3, 7))):
            days = [
                set(
                    RETENTION.people(
                        a_question(clock=clock),
                        CONTEXT,
                        block,
                        RetentionCell(cohort=cohort, period=day),
                        None,
                    )
                )
                for day in range(low, high)
            ]
            cell = RetentionCell(cohort=cohort, period=column)
            assert set(RETENTION.people(brackets, CONTEXT, block, cell, None)) == set().union(*days)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_what_has_not_begun_is_empty_and_what_is_not_over_is_marked(seed: int) -> None:
    for number, cohort in enumerate(ask(a_world(seed)).groups[0].cohorts):
        for period, figure in enumerate(cohort.figures):
            begins = SPAN.start + (number + period) * DAY
            assert (figure.people is None) == (begins > CONTEXT.now)
            assert figure.incomplete == (begins + DAY > CONTEXT.now)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_everyone_is_there_on_the_day_itself_when_the_events_are_the_same(seed: int) -> None:
    world = a_world(seed)
    same = {p: [replace(r, match=3 if r.match & 1 else r.match) for r in h] for p, h in world.people.items()}
    for size, cells in rows(ask(replace(world, people=same))):
        assert cells[0] == size


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_cohorts_are_the_same_by_both_clocks_and_a_rolling_day_is_one_of_two_of_the_calendar(
    seed: int,
) -> None:
    block = blocks(a_world(seed))

    def came(cohort: int, day: int | None, clock: str) -> set[int]:
        cell = RetentionCell(cohort=cohort, period=day)
        return set(RETENTION.people(a_question(clock=clock), CONTEXT, block, cell, None).tolist())

    for cohort in range(7):
        assert came(cohort, None, "rolling") == came(cohort, None, "calendar")
        for day in range(PERIODS):
            assert came(cohort, day, "rolling") <= came(cohort, day, "calendar") | came(
                cohort, day + 1, "calendar"
            )


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_cohorts_are_the_people_of_a_trend(seed: int) -> None:
    trends, world = Trends(), replace(a_world(seed), grouped=False)
    params = TrendsParams.model_validate(
        {"series": [{"step": {"any_of": [{"event": "a"}]}, "measure": {"kind": "people"}}]}
    )
    inside = {p: [row for row in h if row.time < SPAN.end] for p, h in world.people.items()}
    part = trends.partial(params, CONTEXT, blocks(replace(world, people=inside)))
    assert trends.shape(params, CONTEXT, part).lines[0].values == [size for size, _ in rows(ask(world))]


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_groups_sum_to_everyone(seed: int) -> None:
    result = ask(a_world(seed), breakdowns=[{"property": "c"}], top=2)
    everyone, *groups = result.groups
    for number, cohort in enumerate(everyone.cohorts):
        assert sum(group.cohorts[number].people for group in groups) == cohort.people
        for period, figure in enumerate(cohort.figures):
            if figure.people is not None:
                assert (
                    sum(group.cohorts[number].figures[period].people or 0 for group in groups)
                    == figure.people
                )
