"""Funnels of a few rows, worked out by hand. Letters are steps, X an exclusion, times in hours."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.worlds import LABELS, blocks
from tidewheel.analyse.contract import Context
from tidewheel.analyse.funnel.answer import FunnelResult
from tidewheel.analyse.funnel.question import FunnelParams
from tidewheel.analyse.kinds.funnel import Funnel
from tidewheel.analyse.oracle import Happening, World
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

FUNNEL = Funnel()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-02", "to": "2026-11-02"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + 10 * DAY, labels=LABELS)


def a_question(
    steps: int = 3, own: tuple[int, ...] = (), skip: tuple[int, ...] = (), **options: Any
) -> FunnelParams:
    """Make a question of unnamed steps; ``own`` are the hours of each step's own window, 0: none."""
    events: list[dict[str, Any]] = [{"any_of": [{"event": f"s{step}"}]} for step in range(steps)]
    for step in skip:
        events[step]["optional"] = True
    for event, hours in zip(events, own, strict=False):
        event["within"] = {"n": hours, "unit": "hour"} if hours else None
    return FunnelParams.model_validate({"steps": events, "within": {"n": 6, "unit": "hour"}, **options})


def history(text: str, groups: str = "") -> list[Happening]:
    """Read ``A1 B2.5``: step A after one hour, step B after two and a half."""
    rows = []
    for place, word in enumerate(text.split()):
        match = 1 << "ABCX".index(word[0])
        time = SPAN.start + int(float(word[1:]) * HOUR)
        rows.append(Happening(time, match, int(groups[place]) if groups else 0, 0, (None,), 0))
    return rows


def ask(*texts: str, context: Context = CONTEXT, groups: str = "", **options: Any) -> FunnelResult:
    """Answer for people with these histories."""
    params = a_question(**options)
    world = World({number: history(text, groups) for number, text in enumerate(texts)})
    return FUNNEL.shape(params, context, FUNNEL.partial(params, context, blocks(world)))


X = {"step": {"any_of": [{"event": "x"}]}}


@pytest.mark.parametrize(
    ("text", "options", "depth"),
    [
        ("A1 B2 C3", {}, 3),
        ("A1 C2 B3", {}, 2),
        ("C1 B1 A1", {}, 3),
        ("A1 B2 C7", {}, 3),
        ("A1 B2 C7.01", {}, 2),
        ("A1 A4 B5 C9", {}, 3),
        ("A1 B2 A20 B21 C22", {}, 3),
        ("A25 B26 C27", {}, 0),
        ("A23 B25 C28", {}, 3),
        ("A1 B2 X2.5 C3", {"order": "strict"}, 2),
        ("A1 A2 B3 C4", {"order": "strict"}, 3),
        ("A1 B2 A3 C4", {"order": "strict"}, 2),
        ("C1 A2 B3", {"order": "any"}, 3),
        ("C1 A2 B8", {"order": "any"}, 2),
        ("A1 X2 B3 C4", {"exclusions": [X]}, 1),
        ("A1 X2 A3 B4 C5", {"exclusions": [X]}, 3),
        ("A1 X1 B2 X2 C3", {"exclusions": [{**X, "before": 2}]}, 3),
        ("A1 B2 X3 C4", {"exclusions": [{**X, "before": 2}]}, 3),
        ("A1 B2 X3 C4", {"exclusions": [{**X, "after": 2}]}, 2),
        ("A1 B2 X3 B4 C5", {"exclusions": [{**X, "after": 2}]}, 3),
        ("A20 B25 C25.5", {"within": {"same": "day"}}, 1),
        ("A0 B12 C23.9", {"within": {"same": "day"}}, 3),
        ("A1 B2 C3", {"own": (0, 1, 1)}, 3),
        ("A1 B2.01 C3", {"own": (0, 1, 1)}, 1),
        ("A1 B2 B3 C4", {"own": (0, 1, 1)}, 2),
        ("A1 A2 B3 C4", {"own": (0, 1, 1)}, 3),
        ("A1 B2 B3 C4", {"own": (0, 0, 1)}, 3),
        ("A1 B5 C8", {"own": (0, 5, 5)}, 2),
        ("A1 B1 C1", {"own": (0, 1, 1)}, 3),
    ],
)
def test_depth(text: str, options: dict[str, Any], depth: int) -> None:
    steps = ask(text, **options).groups[0].steps
    assert [step.people for step in steps] == [1] * depth + [0] * (3 - depth)


def test_the_shortest_way_to_the_first_conversion_is_timed() -> None:
    everyone = ask("A1 A2 B3 B4 C5 A6 B6 C6").groups[0]
    assert everyone.mean_seconds == 3 * 3600
    assert [step.median_seconds for step in everyone.steps] == [None, 7200.0, 3600.0]


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("A23 A25 B26", [3]),
        ("A23 B23 A25 B26 C27", [3, 1]),
        ("A22 B23 A25 B26 C27", [2, 2]),
        ("B22 A23 A24 B25 C26", [2, 1]),
    ],
)
def test_without_an_order_the_first_row_lies_in_the_period_and_the_rest_are_as_late_as_can_be(
    text: str, gaps: list[float]
) -> None:
    medians = [step.median_seconds for step in ask(text, order="any").groups[0].steps[1:]]
    assert [median / 3600 for median in medians if median is not None] == gaps


def test_a_window_of_its_own_leaves_the_best_of_the_chains_that_keep_it() -> None:
    steps = ask("A1 A2 B3 A3.5 B5 C5.5", own=(0, 2, 1)).groups[0].steps
    assert [step.median_seconds for step in steps] == [None, 1.5 * 3600, 0.5 * 3600]


@pytest.mark.parametrize(
    ("text", "people", "seconds"),
    [
        ("A1 B2 C3", [1, 1, 1], 7200),
        ("A1 C3", [1, 0, 1], 7200),
        ("A1 B2", [1, 1, 0], None),
        ("A1 B8", [1, 0, 0], None),
        ("A1 B2 A3 C4", [1, 1, 1], 3 * 3600),
        ("A1 C2 B3 C4", [1, 0, 1], 3600),
        ("A1 X2 B3", [1, 0, 0], None),
        ("A1 A2 B2.5 C3 B4 C5", [1, 1, 1], 3600),
    ],
)
def test_an_optional_step_is_done_on_the_way_or_skipped(
    text: str, people: list[int], seconds: float | None
) -> None:
    everyone = ask(text, skip=(1,), exclusions=[X]).groups[0]
    assert [step.people for step in everyone.steps] == people
    assert everyone.median_seconds == seconds


def test_figures_around_an_optional_step() -> None:
    one, two, three = ask("A1 B2 C3", "A1 C4", "A1", "A1 B2", skip=(1,)).groups[0].steps
    assert [step.optional for step in (one, two, three)] == [False, True, False]
    assert [one.people, two.people, three.people] == [4, 2, 2]
    assert [one.dropped, two.dropped, three.dropped] == [2, 2, 0]
    assert [two.rate_from_previous, three.rate_from_previous] == [0.5, 0.5]
    assert three.mean_seconds == 2.5 * 3600


@pytest.mark.parametrize(
    ("text", "options", "counts"),
    [
        ("A1 B2 C3 A4 B5 C6", {}, [2, 2, 2]),
        ("A1 A2 B3 C4 A5", {}, [2, 1, 1]),
        ("A1 A2 A8 B9", {}, [2, 1, 0]),
        ("A1 A7 B7 A7.1", {}, [2, 1, 0]),
        ("A1 B2 C3 A3 B4", {}, [1, 1, 1]),
        ("A1 X2 A3 B4 C5", {"exclusions": [X]}, [1, 0, 0]),
        ("A1 A2 B3 C4", {"own": (0, 1, 0)}, [1, 0, 0]),
        ("A1 C2 A3 B4 C5", {"skip": (1,)}, [2, 1, 2]),
        ("A1 B2 C3 A22 B23 A25", {"within": {"same": "day"}}, [2, 2, 1]),
    ],
)
def test_attempts_follow_one_another(text: str, options: dict[str, Any], counts: list[int]) -> None:
    everyone = ask(text, count="attempts", **options).groups[0]
    assert [step.count for step in everyone.steps] == counts
    assert [step.people for step in everyone.steps] == [min(count, 1) for count in counts]


def test_metrics_and_tests_are_of_what_is_counted() -> None:
    result = ask("A1 B2 C3 A4 B5 C6 A7", "A1 A9", count="attempts")
    figures = {figure.name: figure.value for figure in FUNNEL.figures(a_question(count="attempts"), result)}
    assert figures == {"conversion": 2 / 5, "entered": 5, "converted": 2, "median_seconds": 7200}
    dropped = [(step.dropped, step.dropped_people) for step in result.groups[0].steps]
    assert dropped == [(3, 2), (0, 0), (0, 0)]
    test = FUNNEL.contrast(a_question(count="attempts"), result, ask("A1"))[0]
    assert test.value == 2 / 5


def test_figures_of_a_step() -> None:
    everyone = ask("A1 B2 C3", "A1 B5", "A1", "B1").groups[0]
    one, two, three = everyone.steps
    assert [one.people, two.people, three.people] == [3, 2, 1]
    assert [one.dropped, two.dropped, three.dropped] == [1, 1, 0]
    assert [one.rate, two.rate, three.rate] == [1.0, 2 / 3, 1 / 3]
    assert three.rate_from_previous == 0.5
    assert two.mean_seconds == 2.5 * 3600
    assert (three.low, three.high) == pytest.approx((0.0615, 0.7923), abs=1e-4)


def test_nobody_has_no_rates() -> None:
    everyone = ask().groups[0]
    assert [step.rate for step in everyone.steps] == [None, None, None]
    assert everyone.median_seconds is None


@pytest.mark.parametrize(
    ("attribution", "expected"),
    [
        ("first", {"a": [1, 1, 1]}),
        ("last", {"c": [1, 1, 1]}),
        (2, {"b": [1, 1, 1]}),
        ("each", {"a": [1, 0, 0], "b": [0, 1, 0], "c": [0, 0, 1]}),
    ],
)
def test_which_value_a_breakdown_takes(attribution: str | int, expected: dict[str, list[int]]) -> None:
    result = ask("A1 B2 C3", groups="123", attribution=attribution, breakdowns=[{"property": "p"}])
    shown = {str(g.group[0]): [step.people for step in g.steps] for g in result.groups if g.group is not None}
    assert shown == expected


def test_a_bucket_is_incomplete_while_a_window_is_open() -> None:
    for hours, incomplete in ((5, True), (6, False)):
        context = Context(Calendar(), SPAN, now=SPAN.end + hours * HOUR, labels=LABELS)
        assert [p.incomplete for p in ask("A1", context=context, trend="day").groups[0].trend] == [incomplete]


def test_a_bucket_is_complete_once_the_windows_of_its_steps_are_closed() -> None:
    for hours, incomplete in ((2, True), (3, False)):
        context = Context(Calendar(), SPAN, now=SPAN.end + hours * HOUR, labels=LABELS)
        trend = ask("A1", context=context, trend="day", own=(0, 1, 2)).groups[0].trend
        assert [point.incomplete for point in trend] == [incomplete]


def test_times_are_sorted_into_bins() -> None:
    bins = {
        (b.start, b.end): b.count for b in ask("A1 B1 C1", "A1 B2 C2", "A1 B2 C7").groups[0].times if b.count
    }
    assert bins == {(0.0, 1.0): 1, (3600.0, 10800.0): 1, (21600.0, None): 1}


def test_contrast_tests_everyone_and_holds_the_groups_together() -> None:
    many = ask(*["A1 B2 C3"] * 30, *["A1"] * 10, groups="111", breakdowns=[{"property": "p"}])
    few = ask(*["A1 B2 C3"] * 10, *["A1"] * 30, groups="111", breakdowns=[{"property": "p"}])
    tests = FUNNEL.contrast(a_question(), many, few)
    assert [test.group for test in tests] == [None, ["a"]]
    assert (tests[0].value, tests[0].compared) == (0.75, 0.25)
    assert tests[0].p_value < 0.001
    assert 0.25 < tests[0].low < 0.5 < tests[0].high < 0.7
    assert FUNNEL.contrast(a_question(), many, ask())[:1] == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"exclusions": [{**X, "after": 3}]}, "exclusions.0"),
        ({"exclusions": [{**X, "before": 4}]}, "exclusions.0"),
        ({"exclusions": [X, {**X, "after": 2}], "order": "any"}, "exclusions.1"),
        ({"attribution": 4}, "attribution"),
        ({"attribution": 0}, "attribution"),
        ({"own": (1, 1)}, "steps.0.within"),
        ({"own": (0, 0, 1), "order": "any"}, "steps.2.within"),
        ({"skip": (0,)}, "steps.0.optional"),
        ({"count": "held"}, "count"),
        ({"count": "attempts", "order": "any"}, "count"),
        ({"skip": (2,)}, "steps.2.optional"),
        ({"skip": (1,), "order": "strict"}, "steps.1.optional"),
        ({"skip": (1,), "order": "any"}, "steps.1.optional"),
        ({"skip": (1,), "exclusions": [{**X, "after": 2}]}, "exclusions.0"),
        ({"steps": 8, "skip": (1, 2, 3, 4, 5, 6)}, "steps.6.optional"),
    ],
)
def test_what_has_no_meaning_is_refused(options: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        FUNNEL.plan(a_question(**options), CONTEXT)
    assert caught.value.field == field


def test_a_plan_reads_until_the_last_window_closes() -> None:
    assert FUNNEL.plan(a_question(), CONTEXT).span.end == SPAN.end + 6 * HOUR
    early = Context(Calendar(), SPAN, now=SPAN.end + HOUR)
    assert FUNNEL.plan(a_question(), early).span.end == SPAN.end + HOUR + 1
    strict = FUNNEL.plan(a_question(order="strict", exclusions=[X]), CONTEXT)
    assert [step.any_of[0].event for step in strict.steps] == ["s0", "s1", "s2", "x", "*"]
