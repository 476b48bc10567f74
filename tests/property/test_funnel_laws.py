"""Laws of funnels that hold for any people and any question."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.funnel.answer import FunnelResult
from tidewheel.analyse.funnel.question import FunnelCell, FunnelParams
from tidewheel.analyse.kinds.funnel import Funnel
from tidewheel.analyse.kinds.trends import Trends
from tidewheel.analyse.oracle import Happening, World
from tidewheel.analyse.trends_question import TrendsParams
from tidewheel.core.period import DAY, Calendar, Dates, Span

FUNNEL = Funnel()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-02", "to": "2026-11-04"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + DAY, labels=LABELS)
STEPS = 3
SEEDS = st.integers(0, 2**32)


def a_world(seed: int, *, overlap: float = 0.4) -> World:
    """Draw people; bit 3 are rows that are no step (or an exclusion, where one is asked)."""
    return make_world(
        random.Random(seed), bits=STEPS + 1, start=SPAN.start, hours=80, rows=12, people=20, overlap=overlap
    )


def bounded(hours: dict[int, int]) -> list[dict[str, Any]]:
    """Make the steps, some with a window of their own."""
    return [
        {"any_of": [{"event": f"s{k}"}], "within": {"n": hours[k], "unit": "hour"} if k in hours else None}
        for k in range(STEPS)
    ]


def a_question(**options: Any) -> FunnelParams:
    """Make a question of three steps within half a day."""
    steps = [{"any_of": [{"event": f"s{k}"}]} for k in range(STEPS)]
    question = {"steps": steps, "within": {"n": 12, "unit": "hour"}, **options}
    return FunnelParams.model_validate(question)


def ask(world: World, context: Context = CONTEXT, **options: Any) -> FunnelResult:
    """Answer a funnel question over a world."""
    params = a_question(**options)
    return FUNNEL.shape(params, context, FUNNEL.partial(params, context, blocks(world)))


def counts(result: FunnelResult, group: int = 0) -> list[int]:
    """Return the people at each step."""
    return [step.people for step in result.groups[group].steps]


def who(world: World, **options: Any) -> list[set[int]]:
    """Return the people at each step."""
    params = a_question(**options)
    cells = [FunnelCell(step=step) for step in range(1, len(params.steps) + 1)]
    block = blocks(world)
    return [set(FUNNEL.people(params, CONTEXT, block, cell, None).tolist()) for cell in cells]


def changed(world: World, **changes: object) -> World:
    """Return the world with each row replaced by a function of itself."""
    function = changes["row"]
    assert callable(function)
    return replace(world, people={p: [function(row) for row in rows] for p, rows in world.people.items()})


def within(one: list[set[int]], two: list[set[int]]) -> bool:
    """Say whether everybody at a step of the first is at that step of the second."""
    return all(a <= b for a, b in zip(one, two, strict=True))


@given(SEEDS, st.sampled_from(["ordered", "strict", "any"]))
@settings(max_examples=60, deadline=None)
def test_each_step_holds_only_people_of_the_step_before(seed: int, order: str) -> None:
    found = who(a_world(seed), order=order)
    assert within(found[1:], found[:-1])


@given(SEEDS, st.sampled_from(["ordered", "strict", "any"]), st.integers(1, 30), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_widening_the_window_loses_nobody(seed: int, order: str, hours: int, more: int) -> None:
    narrow, wide = (
        who(a_world(seed), order=order, within={"n": n, "unit": "hour"}) for n in (hours, hours + more)
    )
    assert within(narrow, wide)


@given(SEEDS, st.sampled_from(["ordered", "strict"]), st.integers(1, 12), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_a_window_of_a_step_wins_nobody_and_widening_it_loses_nobody(
    seed: int, order: str, hours: int, more: int
) -> None:
    world = a_world(seed)
    narrow, wide = (who(world, order=order, steps=bounded({1: hours, 2: n})) for n in (hours, hours + more))
    assert within(narrow, wide)
    assert within(wide, who(world, order=order))


@given(
    SEEDS,
    st.sampled_from([{}, {"within": {"same": "day"}}, {"hold": [{"property": "sku", "scope": "item"}]}]),
)
@settings(max_examples=60, deadline=None)
def test_an_optional_step_changes_nothing_of_the_required_ones(seed: int, options: dict[str, Any]) -> None:
    world = replace(a_world(seed, overlap=0.2), ragged_key=True)
    steps = [{**step, "optional": at == 1} for at, step in enumerate(bounded({2: 8}))]
    without = changed(world, row=lambda row: replace(row, match=row.match & 1 | row.match >> 2 << 1))
    items = changed(
        without,
        row=lambda row: replace(
            row, items=tuple(replace(item, bits=item.bits & 1 | item.bits >> 2 << 1) for item in row.items)
        ),
    )
    first, _, last = who(world, steps=steps, **options)
    assert [first, last] == who(items, steps=[steps[0], steps[2]], **options)


@given(
    SEEDS, st.sampled_from(["people", "sessions", "held", "attempts"]), st.sampled_from(["ordered", "strict"])
)
@settings(max_examples=80, deadline=None)
def test_whatever_is_counted_reconciles(seed: int, count: str, order: str) -> None:
    options: dict[str, Any] = {
        "order": order,
        "count": count,
        "trend": "day",
        "breakdowns": [{"property": "c"}],
        "top": 2,
    }
    options["hold"] = [{"property": "sku"}] if count == "held" else []
    world = a_world(seed)
    result = ask(world, **options)
    everyone, *groups = result.groups
    for number, step in enumerate(everyone.steps):
        assert step.people <= step.count
        assert count != "people" or step.people == step.count
        assert sum(group.steps[number].count for group in groups) == step.count
        assert step.dropped == step.count - everyone.steps[min(number + 1, STEPS - 1)].count
    assert sum(point.entered for point in everyone.trend) == everyone.steps[0].count
    assert sum(point.converted for point in everyone.trend) == everyone.steps[-1].count
    assert sum(one.count for one in everyone.times) == everyone.steps[-1].count
    if count != "held":
        assert everyone.steps[0].people == counts(ask(world, order=order))[0]


@given(SEEDS)
@example(12407)
@settings(max_examples=60, deadline=None)
def test_relaxing_the_order_loses_nobody(seed: int) -> None:
    strict, ordered, free = (who(a_world(seed), order=order) for order in ("strict", "ordered", "any"))
    assert within(strict, ordered)
    assert within(ordered, free)


@given(SEEDS, st.sampled_from(["ordered", "strict", "any"]), st.sampled_from([(1, None), (1, 2), (2, 3)]))
@settings(max_examples=60, deadline=None)
def test_an_exclusion_wins_nobody(seed: int, order: str, between: tuple[int, int | None]) -> None:
    ends = {} if order == "any" else {"after": between[0], "before": between[1]}
    exclusion = {"step": {"any_of": [{"event": "x"}]}, **ends}
    assert within(who(a_world(seed), order=order, exclusions=[exclusion]), who(a_world(seed), order=order))


@given(SEEDS, st.sampled_from(["ordered", "strict", "any"]), st.sampled_from(["first", "last", 1, 2, 3]))
@settings(max_examples=60, deadline=None)
def test_groups_sum_to_everyone(seed: int, order: str, attribution: str | int) -> None:
    result = ask(
        a_world(seed),
        order=order,
        attribution=attribution,
        breakdowns=[{"property": "c"}],
        top=2,
        trend="day",
    )
    parts = [counts(result, group) for group in range(1, len(result.groups))]
    assert [sum(column) for column in zip(*parts, strict=True)] == counts(result)
    everyone = result.groups[0]
    assert sum(point.entered for point in everyone.trend) == everyone.steps[0].people
    assert sum(point.converted for point in everyone.trend) == everyone.steps[-1].people
    assert (
        sum(step.dropped for step in everyone.steps) + everyone.steps[-1].people == everyone.steps[0].people
    )


@given(SEEDS, st.permutations(range(STEPS)))
@settings(max_examples=60, deadline=None)
def test_without_an_order_the_steps_may_be_permuted(seed: int, order: list[int]) -> None:
    world = a_world(seed)

    def permuted(row: Happening) -> Happening:
        moved = sum(1 << order[step] for step in range(STEPS) if row.match >> step & 1)
        return replace(row, match=moved | row.match >> STEPS << STEPS)

    assert counts(ask(changed(world, row=permuted), order="any")) == counts(ask(world, order="any"))


@given(SEEDS, st.sampled_from(["ordered", "strict", "any"]), st.integers(-400, 400))
@settings(max_examples=60, deadline=None)
def test_shifting_all_times_changes_nothing(seed: int, order: str, days: int) -> None:
    world, shift = a_world(seed), days * DAY
    later = replace(CONTEXT, span=Span(SPAN.start + shift, SPAN.end + shift), now=CONTEXT.now + shift)
    shifted = changed(world, row=lambda row: replace(row, time=row.time + shift))
    options: dict[str, Any] = {"order": order, "within": {"same": "day"}, "breakdowns": [{"property": "c"}]}
    assert ask(shifted, later, **options) == ask(world, **options)


@given(SEEDS, st.sampled_from(["ordered", "strict", "any"]))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_of_one_millisecond_does_not_matter(seed: int, order: str) -> None:
    world, dice = a_world(seed), random.Random(seed)
    mixed = {
        person: sorted(rows, key=lambda row: (row.time, dice.random()))
        for person, rows in world.people.items()
    }
    one, two = ask(world, order=order).groups[0], ask(replace(world, people=mixed), order=order).groups[0]
    assert one == two


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_step_one_is_the_people_of_a_trend(seed: int) -> None:
    trends, world = Trends(), replace(a_world(seed), grouped=False)
    params = TrendsParams.model_validate(
        {"series": [{"step": {"any_of": [{"event": "s0"}]}, "measure": {"kind": "people"}}]}
    )
    inside = {p: [row for row in rows if row.time < SPAN.end] for p, rows in world.people.items()}
    part = trends.partial(params, CONTEXT, blocks(replace(world, people=inside)))
    assert trends.shape(params, CONTEXT, part).lines[0].total == counts(ask(world))[0]


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_one_row_is_never_two_steps(order: str) -> None:
    row = Happening(time=SPAN.start, match=0b111, group=0, key=0, values=(None,), session=0)
    assert counts(ask(World({1: [row], 2: [row, row], 3: [row, row, row]}), order=order)) == [3, 2, 1]
