"""Moments as they are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tidewheel.collect.files.cells import read_when
from tidewheel.collect.problems import Refused
from tidewheel.collect.times import read_moment, read_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 3, 8, 5, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2026, 11, 3, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026/11/3 8:05", MORNING),
        ("2026-11-03 08:05:00", MORNING),
        ("2026-11-03T08:05:00.000", MORNING),
        ("2026-11-03T00:05:00Z", MORNING),
        ("2026-11-03 08:05:00 +0800", MORNING),
        ("2026.11.3 8:05", MORNING),
        ("2026年11月3日 8:05", MORNING),
        ("2026年11月3日 8时5分", MORNING),
        ("2026年11月3日 上午8:05", MORNING),
        ("2026年11月03日 08:05:00 星期二", None),
        ("2026年11月3日", MIDNIGHT),
        ("2026/11/3", MIDNIGHT),
        ("20261103", MIDNIGHT),
        ("20261103080500", MORNING),
        ("202611030805", MORNING),
        ("2026-11-03 8:05 AM", MORNING),
        (1793664300, MORNING),
        (1793664300000, MORNING),
        ("1793664300.0", MORNING),
        ("soon", None),
        ("2026-13-03", None),
        ("2026/2/30", None),
        ("", None),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**30, None),
        ([], None),
    ],
)
def test_read_time(written: Any, moment: datetime | None) -> None:
    assert read_time(written, SHANGHAI) == (None if moment is None else moment.timestamp() * 1000)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        (46329.336805555555, MORNING),
        ("46329.336805555555", MORNING),
        (46329, MIDNIGHT),
        (46329.0, MIDNIGHT),
        (20261103, MIDNIGHT),
        (20261103.0, MIDNIGHT),
        (datetime(2026, 11, 3, 8, 5), MORNING),  # noqa: DTZ001
        (datetime(2026, 11, 3, 0, 5, tzinfo=UTC), MORNING),
        (date(2026, 11, 3), MIDNIGHT),
        (1793664300000, MORNING),
        ("23/11/2026", datetime(2026, 11, 23, tzinfo=SHANGHAI)),
        ("11/23/2026 08:05", datetime(2026, 11, 23, 8, 5, tzinfo=SHANGHAI)),
        (True, None),
        (float("nan"), None),
    ],
)
def test_read_when(cell: Any, moment: datetime | None) -> None:
    assert read_when(cell, SHANGHAI) == (None if moment is None else moment.timestamp() * 1000)


def test_ambiguous_days_are_asked_about() -> None:
    with pytest.raises(Refused) as caught:
        read_when("3/11/2026", SHANGHAI)
    assert caught.value.code == "ambiguous_date"
    assert read_when("3/11/2026", SHANGHAI, "dmy") == MIDNIGHT.timestamp() * 1000
    assert read_when("11/3/2026", SHANGHAI, "mdy") == MIDNIGHT.timestamp() * 1000


def test_only_full_date_times_with_a_zone_are_moments() -> None:
    assert read_moment("2026-11-03T08:05:00+08:00") == MORNING
    assert read_moment("2026-11-03T08:05:00") is None
    assert read_moment("2026-11-03") is None
    assert read_moment("0001-01-01T00:00:00+14:00") is None
    assert read_moment("2026-99-03T08:05:00Z") is None
