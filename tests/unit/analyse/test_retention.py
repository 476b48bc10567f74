"""Retention of a few rows, worked out by hand. S is the start event, R the return, times in days."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.oracle.worlds import LABELS, blocks
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.retention import (
    Retention,
    RetentionCell,
    RetentionParams,
    RetentionResult,
    grid_of,
)
from tidewheel.analyse.oracle import Happening, World
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

RETENTION = Retention()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-02", "to": "2026-11-04"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + DAY + HOUR, labels=LABELS)


def a_question(**options: Any) -> RetentionParams:
    """Make a question with three periods."""
    start, back = {"any_of": [{"event": "s"}]}, {"any_of": [{"event": "r"}]}
    return RetentionParams.model_validate({"start": start, "back": back, "periods": 3, **options})


def a_world(*texts: str) -> World:
    """Read ``S0 R1.5``: start at once, return after a day and a half; ``B`` is both."""
    people = {}
    for number, text in enumerate(texts):
        rows = [(float(word[1:]), "SRB".index(word[0]) + 1) for word in text.split()]
        rows.sort(key=lambda row: row[0])
        people[number] = [Happening(SPAN.start + int(d * DAY), match, 0, 0, (2.5,), 0) for d, match in rows]
    return World(people, grouped=False)


def ask(*texts: str, **options: Any) -> RetentionResult:
    """Answer for people with these histories."""
    params = a_question(**options)
    return RETENTION.shape(params, CONTEXT, RETENTION.partial(params, CONTEXT, blocks(a_world(*texts))))


def cells(result: RetentionResult) -> list[list[int | None]]:
    """Return each cohort's people and cells."""
    return [[c.people, *(figure.people for figure in c.figures)] for c in result.groups[0].cohorts]


def test_periods_are_calendar_days() -> None:
    assert cells(ask("S0.9 R1.1", "S0 R0.5 R2", "S0.5 R0.2"))[0] == [3, 1, 1, 1, 0]


def test_periods_may_roll_from_each_persons_own_entry() -> None:
    texts = ("S0.9 R1.1", "S0 R0.5 R2", "S0.5 R0.2", "S0.5 R1.5")
    assert cells(ask(*texts, clock="rolling"))[0] == [4, 2, 1, 1, 0]
    assert cells(ask(*texts, clock="rolling", mode="on_or_after"))[0] == [4, 3, 2, 1, 0]
    brackets = ask(*texts, clock="rolling", mode="brackets", brackets=[1, 3])
    assert cells(brackets)[0] == [4, 2, 2]
    assert [name[:10] for name in [brackets.groups[0].cohorts[0].start]] == ["2026-11-02"]


@pytest.mark.parametrize(("grain", "days"), [("hour", 1 / 24), ("day", 1), ("week", 7), ("month", 30)])
def test_how_long_a_rolling_period_is(grain: str, days: float) -> None:
    late = 2.75
    short, long = (f"S{late} R{late + days + more / DAY}" for more in (-1, 0))
    result = ask(short, long, clock="rolling", grain=grain)
    grid = grid_of(a_question(clock="rolling", grain=grain), CONTEXT)
    came = np.array([[figure.people or 0 for figure in c.figures] for c in result.groups[0].cohorts])
    assert (came * grid.begun).sum(axis=0).tolist() == [1, 1 if grid.begun[-1, 1] else 0, 0, 0]


def test_a_rolling_period_is_over_when_it_is_for_whoever_entered_last() -> None:
    figures = ask("S2.9 R3.95", clock="rolling").groups[0].cohorts[2].figures
    assert [figure.people for figure in figures] == [0, 1, 0, None]
    assert [figure.incomplete for figure in figures] == [False, True, True, True]
    edge = Context(Calendar(), SPAN, now=SPAN.end + DAY, labels=LABELS)
    assert grid_of(a_question(clock="rolling"), edge).over[2].tolist() == [True, False, False, False]


def test_a_rolling_week_that_the_period_cuts_is_over_for_those_inside() -> None:
    span = Calendar().span(Dates.model_validate({"from": "2026-11-04", "to": "2026-11-05"}), 0)
    now = Context(Calendar(), span, now=span.end + 7 * DAY, labels=LABELS)
    grid = grid_of(a_question(clock="rolling", grain="week"), now)
    assert grid.over[0].tolist() == [True, False, False, False]
    assert grid.begun[0].tolist() == [True, True, False, False]
    assert RETENTION.plan(a_question(clock="rolling", grain="week"), now).span.end == now.now + 1


def test_a_return_may_share_the_moment_of_the_start_in_either_order() -> None:
    assert cells(ask("R0 S0", "S0 R0"))[0] == [2, 2, 0, 0, 0]


def test_recurring_and_first_time() -> None:
    texts = ("B0 B0.1 B1", "S-5 B1")
    assert [row[0] for row in cells(ask(*texts))] == [1, 2, 0]
    assert [row[0] for row in cells(ask(*texts, first_time=True))] == [1, 0, 0]
    assert RETENTION.plan(a_question(first_time=True), CONTEXT).span.start == 0


def test_what_has_not_begun_is_empty_and_unfinished_is_marked() -> None:
    result = ask("S2 R4")
    assert cells(result)[2] == [1, 0, 0, 1, None]
    assert [figure.incomplete for figure in result.groups[0].cohorts[2].figures] == [False, False, True, True]
    assert [figure.people for figure in result.groups[0].mean] == [0, 0, 0, 0]


def test_the_mean_weighs_complete_cells_by_people() -> None:
    result = ask("S0 R1", "S0", "S0", "S1 R2")
    assert result.groups[0].mean[1].rate == 2 / 4
    assert result.groups[0].people == 4


def test_on_or_after_looks_beyond_the_last_column() -> None:
    assert cells(ask("S0 R3.5", mode="on_or_after", periods=2))[0] == [1, 1, 1, 1]


def test_brackets() -> None:
    result = ask("S0 R2", "S0 R0 R1", mode="brackets", brackets=[1, 3, 4])
    assert result.columns == ["0–<1", "1–<3", "3–<4"]
    assert cells(result)[0] == [2, 1, 2, 0]


@pytest.mark.parametrize(
    ("mode", "kind", "expected"),
    [
        ("exact", "sum", [0, 5, 2.5, 0]),
        ("exact", "count", [0, 2, 1, 0]),
        ("on_or_after", "sum", [7.5, 7.5, 2.5, 0]),
    ],
)
def test_the_value_beside(mode: str, kind: str, expected: list[float]) -> None:
    result = ask("S0 R1 R1.5", "S0 R2", mode=mode, value={"kind": kind, "property": "p"})
    assert [figure.value for figure in result.groups[0].cohorts[0].figures] == expected


def test_those_who_did_not_come_back_open_too() -> None:
    block = blocks(a_world("S0 R1", "S0", "S1"))

    def people(**cell: Any) -> list[int]:
        asked = RetentionCell.model_validate(cell)
        return [int(person) for person in RETENTION.people(a_question(), CONTEXT, block, asked, None)]

    assert people(cohort=0, period=1, lost=True) == [1]
    assert people(cohort=0, lost=True) == [1]
    assert people(lost=True) == [1, 2]
    assert people() == [0, 1, 2]
    with pytest.raises(BadInput):
        people(period=4)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"mode": "brackets"}, "brackets"),
        ({"mode": "brackets", "brackets": [3, 1]}, "brackets"),
        ({"mode": "brackets", "brackets": [0, 1]}, "brackets"),
        ({"mode": "brackets", "brackets": [1, 10_001]}, "brackets"),
        ({"value": {"kind": "median", "property": "p"}}, "value.kind"),
        ({"value": {"kind": "sum"}}, "value.property"),
    ],
)
def test_what_has_no_meaning_is_refused(options: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        RETENTION.plan(a_question(**options), CONTEXT)
    assert caught.value.field == field


def test_a_plan_reads_until_the_last_period_or_now() -> None:
    assert RETENTION.plan(a_question(periods=1), CONTEXT).span.end == SPAN.end + DAY
    assert RETENTION.plan(a_question(), CONTEXT).span.end == CONTEXT.now + 1
    assert (
        RETENTION.plan(a_question(periods=1, clock="rolling", grain="hour"), CONTEXT).span.end
        == SPAN.end + 2 * HOUR
    )
    assert RETENTION.plan(a_question(mode="on_or_after", periods=1), CONTEXT).span.end == CONTEXT.now + 1
