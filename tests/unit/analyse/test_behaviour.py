"""Distributions, intervals, lifecycles, stickiness, compositions and tables of a few rows, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.oracle.agree import answer
from tests.oracle.worlds import LABELS, blocks
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.cuts import even_cuts, whole_cuts
from tidewheel.analyse.kinds.composition import Composition
from tidewheel.analyse.kinds.distribution import Distribution
from tidewheel.analyse.kinds.interval import Interval
from tidewheel.analyse.kinds.lifecycle import Lifecycle
from tidewheel.analyse.kinds.stickiness import Stickiness
from tidewheel.analyse.kinds.table import Table
from tidewheel.analyse.oracle import Happening, World
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-02", "to": "2026-11-05"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end, labels=LABELS)
A, B = {"any_of": [{"event": "a"}]}, {"any_of": [{"event": "b"}]}
KINDS: dict[str, Any] = {
    kind.name: kind for kind in (Distribution, Interval, Lifecycle, Stickiness, Composition, Table)
}


def a_world(*texts: str) -> World:
    """Read ``A0 B1.5a``: a at once, b after a day and a half in group a; ``X`` is both; values are 2.5."""
    people = {}
    for number, text in enumerate(texts):
        rows = []
        for word in text.split():
            group = "_abcde".index(word[-1]) if word[-1].isalpha() else 0
            day = float(word[1:].rstrip("abcde"))
            rows.append((day, "ABX".index(word[0]) + 1, group))
        people[number] = [
            Happening(SPAN.start + int(day * DAY), match, group, 0, (2.5,), 0)
            for day, match, group in sorted(rows)
        ]
    return World(people)


def ask(kind: str, *texts: str, **options: Any) -> Any:
    """Answer for people with these histories."""
    params = KINDS[kind].Params.model_validate(options)
    world = replace(a_world(*texts), grouped=bool(params.breakdowns))
    KINDS[kind]().plan(params, CONTEXT)
    return answer(KINDS[kind](), params, CONTEXT, blocks(world))


def test_a_distribution_counts_people_by_times_and_those_who_did_not() -> None:
    result = ask("distribution", "A0 A1 A2", "A1", "B1", "A3 B3", event=A, active=B)
    overall = result.groups[0].overall
    assert [(one.low, one.high) for one in result.ranges] == [(1, 2), (2, 3), (3, None)]
    assert (overall.counts, overall.idle, overall.total) == ([2, 0, 1], 1, 5)
    assert overall.percentiles[1] == 1


def test_a_distribution_of_sums_and_days() -> None:
    options = {"event": A, "property": {"property": "p"}}
    assert ask("distribution", "A0 A0.1", "A1", by="sum", **options).groups[0].overall.total == 7.5
    days = ask("distribution", "A0 A0.1 A1", "A1", by="days", grain="day", **options).groups[0]
    assert days.overall.counts == [1, 1]
    assert [point.people for point in days.points] == [1, 2, 0, 0]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [("nearest", [HOUR, 12 * HOUR]), ("every", [HOUR, 3 * HOUR, 12 * HOUR]), ("first", [3 * HOUR])],
)
def test_which_pairs(pairs: str, expected: list[int]) -> None:
    text = f"A1 A{1 + 2 / 24} B1.125 B2 A2.5 B3"
    overall = ask("interval", text, start=A, end=B, pairs=pairs).groups[0].overall
    assert (overall.pairs, overall.minimum, overall.maximum) == (len(expected), expected[0], expected[-1])


def test_a_pair_may_start_before_the_period_but_not_too_long_before() -> None:
    assert ask("interval", "A-2 B1", start=A, end=B).groups[0].overall.p50 == 3 * DAY
    assert ask("interval", "A-2 B1", start=A, end=B, at_most=2 * DAY).groups[0].overall.pairs == 0
    assert ask("interval", "X0 X1 X3", start=A, end=B).groups[0].overall.mean == 1.5 * DAY


def test_a_lifecycle() -> None:
    result = ask("lifecycle", "A0 A1 A3", "A-5 A1", "A2", event=A, grain="day")
    assert [point.people for point in result.groups[0].points] == [
        [1, 0, 0, 0, 1],
        [0, 1, 1, 0, 0],
        [1, 0, 0, 2, 0],
        [0, 0, 1, 1, 1],
    ]
    assert [point.quick_ratio for point in result.groups[0].points] == [None, None, 0.5, 1.0]


def test_stickiness() -> None:
    group = ask("stickiness", "A0 A0.5 A2", "A-1 A1", event=A, windows=[2]).groups[0]
    assert (group.exactly, group.at_least, group.mean) == ([1, 1, 0, 0], [2, 1, 0, 0], 1.5)
    assert (group.daily, group.windows[0]) == ([1, 1, 1, 0], [2, 2, 2, 1])
    assert group.stickiness == [3 / 7]


def test_a_composition_and_its_classes() -> None:
    texts = ("A0a A1a A2a A3a", "A0a A0.1a A0.2a A0.3a", "A0b", "A0c")
    result = ask("composition", *texts, event=A, breakdowns=[{"property": "g"}])
    assert [(one.group, one.value, one.grade) for one in result.shares] == [
        (["a"], 8, "A"),
        (["b"], 1, "B"),
        (["c"], 1, "B"),
    ]
    assert (result.half, result.shares[1].cumulative) == (1, 0.9)


def test_subtotals_of_a_table_count_people_once() -> None:
    params = Table.Params.model_validate(
        {
            "event": A,
            "measures": [{"kind": "people"}],
            "breakdowns": [{"property": "r"}],
            "columns": [{"property": "c"}],
        }
    )
    context = replace(CONTEXT, labels=Labels((("x",), ("a", "b")), (1, 2)))
    rows = [Happening(SPAN.start + at, 1, code, 0, (1.0,), 0) for at, code in enumerate((2, 3, 4))]
    result = answer(Table(), params, context, blocks(World({1: rows, 2: rows[:1]})))
    assert [head.values for head in result.rows] == [[], [None], ["x"]]
    assert [head.values for head in result.columns] == [[], ["a"], ["b"]]
    assert result.values[0] == [[2, 2, 1], [2, 2, 1], [1, 1, 0]]


def test_ranges_read_well() -> None:
    assert whole_cuts(3) == [1, 2, 3]
    assert whole_cuts(30) == [1, 2, 3, 4, 5, 6, 11, 21]
    assert even_cuts(90, 980) == [0, 200, 400, 600, 800]


@pytest.mark.parametrize(
    ("kind", "options", "field"),
    [
        ("distribution", {"event": A, "by": "sum"}, "property"),
        ("distribution", {"event": A, "cuts": [3, 1]}, "cuts"),
        ("interval", {"start": A, "end": B, "cuts": [0]}, "cuts"),
        ("composition", {"event": A, "measure": {"kind": "mean", "property": "p"}, "breakdowns": [{"property": "g"}]}, "measure.kind"),
        ("composition", {"event": A, "classes": [90, 80], "breakdowns": [{"property": "g"}]}, "classes"),
        ("table", {"event": A, "breakdowns": [{"property": "g"}] * 2, "columns": [{"property": "g"}] * 3}, "columns"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused(kind: str, options: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        KINDS[kind]().plan(KINDS[kind].Params.model_validate(options), CONTEXT)
    assert caught.value.field == field
