"""What never came, against plain sets of numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.facts import DAY, START, Fact, view
from tidewheel.analyse.losses import BEFORE, JUMP, Losses, losses
from tidewheel.core.period import Calendar

CALENDAR = Calendar(zone="Asia/Shanghai")
TODAY = 8
NOW = START + TODAY * DAY + DAY // 2
DAYS = 4
Came = tuple[str, int, int]
"""A run, a number and when it came (hours after the first day)."""

hours = st.integers(0, TODAY * 24 + 12)
came = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 12), hours), max_size=40)
reported = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 14), hours), max_size=3)


def asked(rows: list[Came], reports: list[Came], parts: int = 1) -> Losses:
    facts: list[Fact] = []
    for place, (run, number, hour) in enumerate(rows):
        said: dict[str, Any] = {"delivery_id": run, "delivery_number": number}
        facts.append(Fact("page_view", START + hour * 3_600_000, "device:1", place, said))
    for place, (run, number, hour) in enumerate(reports):
        said = {"last_tracking_id": run, "last_max_log_id": number}
        facts.append(Fact("delivery_report", START + hour * 3_600_000, "device:1", 1000 + place, said))
    batches = [facts[part::parts] for part in range(parts)]
    return losses(view(batches).snapshot(), "test", CALENDAR, NOW, DAYS)


def plainly(rows: list[Came], reports: list[Came]) -> tuple[Counter[int], Counter[int]]:
    """Return what came and what is missing, by the day after the first."""
    start = TODAY - DAYS + 1
    near = [row for row in rows if row[2] * 3_600_000 >= start * DAY - BEFORE and row[1] >= 1]
    older = {run for run, _, hour in rows if hour * 3_600_000 < start * DAY - BEFORE}
    told: dict[str, int] = defaultdict(int)
    when: dict[str, int] = {}
    for run, number, hour in reports:
        if hour >= start * 24:
            told[run] = max(told[run], number)
            when[run] = min(when.get(run, hour), hour)
    arrived: Counter[int] = Counter()
    missing: Counter[int] = Counter()
    for run in sorted({row[0] for row in near} | told.keys()):
        numbers = {
            number: min(hour for name, own, hour in near if (name, own) == (run, number))
            for name, number, _ in near
            if name == run
        }
        if not numbers:
            if run not in older:
                missing[when[run] // 24] += told[run]
            continue
        for hour in numbers.values():
            arrived[hour // 24] += 1
        first, last = min(numbers), max(numbers)
        begin = 1 if run in told and run not in older else first
        for number in range(begin, max(last, told[run]) + 1):
            if number not in numbers:
                before = [own for own in numbers if own < number]
                missing[numbers[max(before) if before else first] // 24] += 1
    return arrived, missing


@settings(deadline=None, max_examples=60)
@given(came, reported, st.integers(1, 3))
@example([("a", 3, 100), ("a", 5, 190)], [("a", 9, 195)], 2)
@example([("a", 9, 10)], [("a", 9, 195), ("d", 4, 193)], 1)
def test_gaps_are_what_sets_of_numbers_lack(rows: list[Came], reports: list[Came], parts: int) -> None:
    found = asked(rows, reports, parts)
    arrived, missing = plainly(rows, reports)
    start = TODAY - DAYS + 1
    assert [day.day for day in found.days] == [
        date(2026, 9, 1) + timedelta(days=start + n) for n in range(DAYS)
    ]
    assert [day.arrived for day in found.days] == [arrived[start + n] for n in range(DAYS)]
    assert [day.missing for day in found.days] == [missing[start + n] for n in range(DAYS)]
    assert found.runs == len({run for run, number, hour in rows if hour >= start * 24 and number >= 1})


@settings(deadline=None, max_examples=30)
@given(came, reported)
def test_order_and_repetition_change_nothing(rows: list[Came], reports: list[Came]) -> None:
    first: dict[tuple[str, int], int] = {}
    for run, number, hour in rows:
        first[run, number] = min(hour, first.get((run, number), hour))
    once = [(run, number, hour) for (run, number), hour in first.items()]
    assert asked(once, reports) == asked([*reversed(once), *once], [*reversed(reports), *reports], 3)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(1, 8), min_size=1, max_size=8, unique=True))
def test_what_is_taken_away_is_what_is_missing(gone: list[int]) -> None:
    whole = [("a", number, 190) for number in range(10)]
    left = [row for row in whole if row[1] not in gone]
    assert sum(day.missing for day in asked(whole, [("a", 9, 193)]).days) == 0
    assert sum(day.missing for day in asked(left, [("a", 9, 193)]).days) == len(gone)


def test_a_client_that_counts_anew_is_no_loss_and_other_sources_are_left_out() -> None:
    found = asked([("a", 1, 190), ("a", JUMP + 3, 191)], [])
    assert [day.missing for day in found.days] == [0] * DAYS
    edge = asked([("a", 1, 190), ("a", JUMP + 2, 191)], [])
    assert sum(day.missing for day in edge.days) == JUMP
    snapshot = view([[Fact("x", NOW, "device:1", 1, {"delivery_id": "a", "delivery_number": 1})]]).snapshot()
    assert losses(snapshot, "other", CALENDAR, NOW, DAYS).runs == 0
    assert losses(snapshot, "test", CALENDAR, NOW, DAYS).runs == 1


def test_a_source_that_numbers_nothing_has_no_runs() -> None:
    found = losses(view([[Fact("x", NOW, "device:1", 1)]]).snapshot(), "test", CALENDAR, NOW, 2)
    assert (found.runs, [(day.arrived, day.missing) for day in found.days]) == (0, [(0, 0), (0, 0)])
