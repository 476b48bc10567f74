from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tidewheel.core.period import DAY
from tidewheel.demo.seasons import seasons


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)  # type: ignore[arg-type, misc]


def test_days_end_with_the_one_that_holds_now() -> None:
    made = seasons(at(2026, 11, 21, 0, 30), 3, 500)
    assert made.dates == [date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21)]
    assert made.starts.tolist() == [at(2026, 11, day) for day in (19, 20, 21, 22)]
    assert (np.diff(made.starts) == DAY).all()


def test_sales_fall_on_their_days() -> None:
    made = seasons(at(2026, 11, 21, 12), 200, 500)
    by_day = {day: made.phases[one].name for day, one in zip(made.dates, made.phase, strict=True) if one >= 0}
    assert by_day[date(2026, 6, 17)] == "official"
    assert by_day[date(2026, 6, 20)] == "return"
    assert by_day[date(2026, 11, 1)] == "warm_up"
    assert by_day[date(2026, 11, 11)] == "official"
    assert date(2026, 8, 1) not in by_day
    assert (
        made.traffic[made.dates.index(date(2026, 11, 11))]
        > 2 * made.traffic[made.dates.index(date(2026, 11, 18))]
    )


@pytest.mark.parametrize("hour", [0, 3, 7, 12, 21, 23])
def test_moments_of_today_lie_before_now_and_reach_it(hour: int) -> None:
    now = at(2026, 11, 21, hour, 7)
    made = seasons(now, 2, 500)
    drawn = np.linspace(0, 1, 2_000, endpoint=False)
    today = made.moment(np.ones(len(drawn), dtype=np.int64), drawn)
    assert today.min() >= made.starts[1]
    assert today.max() < now
    assert (today > now - 31 * 60_000).mean() > 0.1
    yesterday = made.moment(np.zeros(len(drawn), dtype=np.int64), drawn)
    assert yesterday.min() >= made.starts[0]
    assert yesterday.max() < made.starts[1]


def test_today_is_never_empty() -> None:
    assert seasons(at(2026, 11, 21, 0, 5), 2, 500).quiet_floor == pytest.approx(0.3)
    assert seasons(at(2026, 11, 21, 0, 5), 2, 10).quiet_floor == 0.5
    assert seasons(at(2026, 11, 21, 23, 59), 2, 500).quiet_floor > 0.99
