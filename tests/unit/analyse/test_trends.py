"""Trends of a few rows, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.oracle.worlds import LABELS, blocks, real
from tidewheel.analyse.contract import Context, Ragged
from tidewheel.analyse.kinds.trends import Trends
from tidewheel.analyse.oracle import Happening, Item, World
from tidewheel.analyse.trends_question import TrendsCell, TrendsParams, TrendsResult
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

TRENDS = Trends()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-02", "to": "2026-11-04"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + DAY, labels=LABELS)


def row(day: float, value: float | None = None, group: int = 0, items: tuple[Item, ...] = ()) -> Happening:
    """Make an event some days into the period."""
    return Happening(SPAN.start + int(day * DAY), 1, group, 0, (value,), 0, items)


def a_question(kind: str = "count", **options: Any) -> TrendsParams:
    """Make a question of one series."""
    measure = {"kind": kind, "property": "p", **options.pop("measure", {})}
    series = [{"step": {"any_of": [{"event": "e"}]}, "measure": measure}]
    return TrendsParams.model_validate({"series": series, **options})


def ask(world: World, kind: str, context: Context = CONTEXT, **options: Any) -> TrendsResult:
    """Answer for a world."""
    params = a_question(kind, **options)
    block = blocks(replace(world, grouped=bool(params.breakdowns)))
    return TRENDS.shape(params, context, TRENDS.partial(params, context, block))


PEOPLE = World({1: [row(0, 1.0), row(0.5, 2.0), row(2, 10.0)], 2: [row(0, 6.0), row(2.5)]})


@pytest.mark.parametrize(
    ("kind", "values", "total"),
    [
        ("count", [3, 0, 2], 5),
        ("people", [2, 0, 2], 2),
        ("per_person", [1.5, None, 1], 2.5),
        ("sum", [9, 0, 10], 19),
        ("mean", [3, None, 10], 4.75),
        ("min", [1, None, 10], 1),
        ("max", [6, None, 10], 10),
        ("median", [2, None, 10], 4),
        ("percentile", [5.2, None, 10], 8.8),
        ("distinct", [3, 0, 1], 4),
        ("first_time", [2, 0, 0], 2),
    ],
)
def test_measures(kind: str, values: list[float | None], total: float) -> None:
    line = ask(PEOPLE, kind).lines[0]
    assert line.values == [None if value is None else pytest.approx(value) for value in values]
    assert line.total == pytest.approx(total)


def test_cumulative_and_rolling_count_people_once() -> None:
    assert ask(PEOPLE, "people", cumulative=True).lines[0].values == [2, 2, 2]
    assert ask(PEOPLE, "people", rolling=2).lines[0].values == [2, 2, 2]
    assert ask(PEOPLE, "count", rolling=2).lines[0].values == [3, 3, 2]


def test_rolling_reads_before_the_period() -> None:
    params = a_question("people", rolling=3)
    assert TRENDS.plan(params, CONTEXT).span.start == SPAN.start - 2 * DAY
    line = ask(World({1: [row(-1.5)], 2: [row(0)]}), "people", rolling=3).lines[0]
    assert line.values == [2, 1, 1]
    assert line.total == 1


def test_a_first_time_is_looked_for_in_all_history() -> None:
    assert TRENDS.plan(a_question("first_time"), CONTEXT).span.start == 0
    line = ask(World({1: [row(-300), row(1)], 2: [row(1), row(2)]}), "first_time").lines[0]
    assert line.values == [0, 1, 0]


def test_unfinished_and_cut_buckets_are_marked_and_future_ones_empty() -> None:
    now = replace(CONTEXT, now=SPAN.start + DAY + HOUR)
    result = ask(PEOPLE, "count", now)
    assert result.incomplete == [False, True, True]
    assert result.lines[0].values == [3, 0, None]
    assert ask(PEOPLE, "count", grain="week").incomplete == [True]
    assert ask(PEOPLE, "count", grain="total").buckets == ["2026-11-02T00:00:00+08:00"]


def test_price_times_quantity_of_the_items_that_match() -> None:
    goods = (Item(1, 1, 0, (100.0,)), Item(0, 1, 0, (999.0,)), Item(1, 2, 0, (30.0,)), Item(1, 1, 0, (None,)))
    world = World({1: [row(0, items=goods)]}, ragged_group=True, ragged_value=True)
    params = a_question("sum", measure={"scope": "item", "times": "quantity"}, breakdowns=[{"property": "c"}])
    block = blocks(world)
    prices = block.values[0]
    assert isinstance(prices, Ragged)
    block = replace(block, values=(prices, Ragged(prices.offsets, real([2.0, 5.0, None, 7.0]))))
    shown = TRENDS.shape(params, CONTEXT, TRENDS.partial(params, CONTEXT, block))
    assert {str(line.group): line.total for line in shown.lines} == {
        "None": 230.0,
        "['a']": 200.0,
        "['b']": 30.0,
    }


def test_other_counts_a_person_once() -> None:
    world = World({1: [row(0, group=1), row(0.1, group=2), row(0.2, group=3)], 2: [row(0, group=1)]})
    result = ask(world, "people", breakdowns=[{"property": "c"}], top=1)
    assert {str(line.group): line.total for line in result.lines} == {"None": 2, "['a']": 2, "['$other']": 1}


def test_cents_add_up_exactly_in_any_order() -> None:
    values = [0.1, 1e15, -1e15, 0.2, 1e-3]
    totals = {
        ask(World({1: [row(0, v) for v in order]}), "sum").lines[0].total for order in (values, values[::-1])
    }
    assert len(totals) == 1
    assert totals.pop() == pytest.approx(0.301, abs=1e-9)


def test_formulas_follow_their_group() -> None:
    params = TrendsParams.model_validate(
        {
            "series": [
                {"step": {"any_of": [{"event": "e"}]}, "measure": {"kind": kind}}
                for kind in ("count", "people")
            ],
            "formulas": [{"expression": "A / B", "name": "each"}],
            "breakdowns": [{"property": "c"}],
        }
    )
    world = World({1: [replace(row(0, group=1), match=3), replace(row(0, group=2), match=3)], 2: []})
    result = TRENDS.shape(params, CONTEXT, TRENDS.partial(params, CONTEXT, blocks(world)))
    assert [(line.letter, line.group, line.total, line.opens) for line in result.lines[-3:]] == [
        ("C", None, 2.0, False),
        ("C", ["a"], 1.0, False),
        ("C", ["b"], 1.0, False),
    ]
    assert result.lines[-1].values == [1.0, None, None]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        (a_question("sum", measure={"property": None}), "series.0.measure.property"),
        (a_question(cumulative=True, rolling=2), "rolling"),
        (a_question(grain="total", rolling=2), "rolling"),
        (a_question(formulas=[{"expression": "A / B"}]), "formulas.0.expression"),
    ],
)
def test_what_has_no_meaning_is_refused(params: TrendsParams, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        TRENDS.plan(params, CONTEXT)
    assert caught.value.field == field


def test_a_formula_does_not_open() -> None:
    with pytest.raises(BadInput):
        TRENDS.people(a_question(), CONTEXT, blocks(PEOPLE), TrendsCell(series=1), None)


def test_text_may_be_counted_by_its_code() -> None:
    params = a_question("distinct")
    plan = TRENDS.plan(params, CONTEXT)
    assert plan.coded == (0,)
    assert np.unique([v.property for v in plan.values]).tolist() == ["p"]
