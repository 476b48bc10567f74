"""What is usual of an hour, and when an event has fallen silent, on histories written out by hand."""

from __future__ import annotations

from random import Random

from tidewheel.act.silence import bunching, silence, usual
from tidewheel.analyse.volumes import Series
from tidewheel.core.period import HOUR

NOON = 495_000  # an hour since 1970


def series(weeks: int, hourly: int, until: int = NOON, gap: int = 0) -> Series:
    """Forty an hour, say, up to ``gap`` hours before ``until``."""
    hours = dict.fromkeys(range(NOON - weeks * 168, until - gap), hourly)
    return Series("purchase", "mini", (until - gap) * HOUR - 60_000, hours)


def test_the_same_hour_of_the_weekday_is_usual() -> None:
    made = series(8, 40)
    for back in range(1, 9):
        made.hours[NOON - 168 * back] = 100
    found = usual(made, NOON, min(made.hours))
    assert found is not None
    assert (found.expected, found.low <= 100 <= found.high) == (100, True)
    calm = usual(made, NOON + 24, min(made.hours))
    assert calm is not None
    assert calm.expected == 40


def test_with_little_history_all_days_count_and_with_less_nothing_is_said() -> None:
    made = series(1, 40)
    found = usual(made, NOON, min(made.hours))
    assert found is not None
    assert (found.expected, found.low, round(found.high)) == (40, 0, 62)
    young = Series("purchase", "mini", NOON * HOUR, {NOON - 24: 40, NOON - 48: 40})
    assert usual(young, NOON, NOON - 48) is None


def test_three_hours_without_what_comes_forty_times_an_hour() -> None:
    found = silence(series(6, 40, gap=3), NOON * HOUR)
    assert found is not None
    assert (round(found.hourly), 119 <= found.missing <= 121) == (40, True)
    assert found.since == (NOON - 3) * HOUR - 60_000


def test_a_short_gap_and_a_rare_event_are_no_silence() -> None:
    assert silence(series(6, 40, gap=0), NOON * HOUR + 30 * 60_000) is None
    assert silence(series(6, 1, gap=3), NOON * HOUR) is None
    assert silence(series(6, 1, gap=24), NOON * HOUR) is not None
    assert silence(Series("purchase", "mini", 0), NOON * HOUR) is None


def test_what_never_comes_at_night_is_not_silent_at_night() -> None:
    made = series(6, 40)
    made.hours = {hour: count for hour, count in made.hours.items() if hour % 24 >= 8}
    night = NOON - NOON % 24 + 24
    made.hours |= dict.fromkeys(range(NOON, night), 40)
    made.last = night * HOUR - 1
    assert silence(made, (night + 6) * HOUR) is None
    assert silence(made, (night + 11) * HOUR) is not None


def test_events_that_come_in_bunches_are_missed_later() -> None:
    """Ten at once in every fourth hour: as many in all as ten an hour in a quarter of the hours, at random."""
    dice = Random(7)
    bunched = Series("click", "mini", NOON * HOUR - 1)
    bunched.hours = {
        hour: 10 * (dice.random() < 0.3) + 10 * (dice.random() < 0.3) for hour in range(NOON - 1344, NOON)
    }
    assert 6 <= bunching(bunched, NOON * HOUR) <= 9
    bunched.last = (NOON - 4) * HOUR
    bunched.hours = {hour: count for hour, count in bunched.hours.items() if hour < NOON - 4}
    even = Series("click", "mini", bunched.last, dict.fromkeys(bunched.hours, 6))
    assert bunching(even, NOON * HOUR) == 1
    assert silence(even, NOON * HOUR) is not None
    assert silence(bunched, NOON * HOUR) is None


def test_a_few_busy_days_do_not_make_events_bunched() -> None:
    made = series(4, 40)
    for hour in range(NOON - 240, NOON - 240 + 48):
        made.hours[hour] = 900
    assert bunching(made, NOON * HOUR) == 1


def test_a_clock_that_runs_ahead_hides_no_silence() -> None:
    made = series(6, 40, gap=3)
    made.last = (NOON + 500) * HOUR
    found = silence(made, NOON * HOUR)
    assert found is not None
    assert found.since == (NOON - 3) * HOUR
