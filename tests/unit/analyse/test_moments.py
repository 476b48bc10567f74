"""What the time of an event says by itself is what a clock and a calendar on the wall say, in any zone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts import Fact, view
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.moments import told
from tidewheel.analyse.run import Asking, ask
from tidewheel.core.errors import BadInput
from tidewheel.core.period import HOUR, Calendar

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
YEARS = st.lists(st.integers(1_400_000_000_000, 1_830_000_000_000), min_size=1, max_size=60)


@given(st.sampled_from(ZONES), st.sampled_from(["", "CN", "DE-BY"]), YEARS)
@settings(max_examples=150, deadline=None)
def test_they_are_as_on_the_wall(zone: str, region: str, times: list[int]) -> None:
    calendar = Calendar(zone, holidays=region)
    wall = [calendar.local(time) for time in times]
    at = np.array(times, np.int64)
    assert told("$hour", calendar, at).tolist() == [one.hour for one in wall]
    assert told("$weekday", calendar, at).tolist() == [one.isoweekday() for one in wall]
    assert told("$working_day", calendar, at).tolist() == [calendar.works_on(one.date()) for one in wall]


def test_every_hour_of_a_day_on_which_clocks_change() -> None:
    calendar = Calendar("Europe/Berlin")
    start = calendar.at(calendar.local(1_792_900_000_000).date())
    times = np.arange(start - 48 * HOUR, start + 48 * HOUR, HOUR // 4)
    assert told("$hour", calendar, times).tolist() == [calendar.local(int(time)).hour for time in times]


SATURDAY = Calendar().at(Calendar().local(1_791_600_000_000).date())
"""2026-10-10, a Saturday on which China works."""


def trends(**more: object) -> dict[str, object]:
    return {
        "series": [{"step": {"any_of": [{"event": "purchase"}]}}],
        "period": {"from": "2026-10-08", "to": "2026-10-12"},
        **more,
    }


def asked(region: str = "CN", **more: object) -> dict[str, float | None]:
    facts = [Fact("purchase", SATURDAY + at * HOUR, f"user:{at}", at + 50) for at in (-20, 9, 10, 33, 57)]
    asking = Asking(Calendar(holidays=region), SATURDAY + 90 * HOUR, Threads(1))
    result = ask(view([facts]), "trends", trends(**more), asking).result
    return dict(zip([one[:10] for one in result.buckets], result.lines[0].values, strict=True))


def test_days_that_do_not_count_are_no_points() -> None:
    assert asked(days="working") == {"2026-10-08": 0, "2026-10-09": 1, "2026-10-10": 2, "2026-10-12": 1}
    assert asked(days="off") == {"2026-10-11": 1}
    assert asked("", days="off") == {"2026-10-10": 2, "2026-10-11": 1}
    week = asked(days="working", rolling=2)
    assert week["2026-10-12"] == 3, "Saturday and Monday: Sunday is not between them"


def test_a_period_without_such_a_day_is_told() -> None:
    with pytest.raises(BadInput) as told:
        asked(days="off", period={"from": "2026-10-08", "to": "2026-10-09"})
    assert (told.value.code, told.value.field) == ("no_such_days", "days")


def test_the_last_working_day_before_days_off_is_over_at_its_end() -> None:
    calendar = Calendar(holidays="CN")
    question = trends(days="working", period={"from": "2026-10-09", "to": "2026-10-13"})
    asking = Asking(calendar, SATURDAY + 30 * HOUR, Threads(1))
    result = ask(view([[Fact("purchase", SATURDAY, "user:a", 1)]]), "trends", question, asking).result
    assert result.incomplete == [False, False, True, True]


@pytest.mark.parametrize(
    "condition",
    [
        {"property": "$hour", "op": "is", "value": "nine"},
        {"property": "$hour", "op": "contains", "value": "9"},
        {"property": "$working_day", "op": "before", "value": "2026-10-10"},
    ],
)
def test_what_they_cannot_be_asked_is_told(condition: dict[str, object]) -> None:
    with pytest.raises(BadInput) as told:
        asked(filters=[condition])
    assert told.value.code in {"wrong_value", "wrong_operator"}
