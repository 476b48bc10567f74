"""Working days: weekends and public holidays are off, weekends worked in their stead are not."""

from __future__ import annotations

from datetime import date

import pytest

from tidewheel.core.errors import BadInput
from tidewheel.core.working_days import check_region, is_working, regions


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    "worked",
    # As the State Council announced for 2025 and 2026.
    [
        "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
        "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
    ],
)  # fmt: skip
def test_china_works_on_weekends_in_the_stead_of_holidays(worked: str) -> None:
    assert day(worked).weekday() >= 5
    assert is_working(day(worked), "CN")
    assert not is_working(day(worked))


@pytest.mark.parametrize(
    "off",
    ["2025-01-28", "2025-10-08", "2026-01-02", "2026-02-16", "2026-02-23", "2026-04-06", "2026-05-05", "2026-10-07", "2026-11-28"],
)  # fmt: skip
def test_days_off_in_china(off: str) -> None:
    assert not is_working(day(off), "CN")


def test_without_a_region_monday_to_friday_are_working_days() -> None:
    found = [is_working(date.fromordinal(day("2026-10-05").toordinal() + n)) for n in range(7)]
    assert found == [True] * 5 + [False] * 2


def test_parts_of_countries_keep_their_own() -> None:
    assert not is_working(day("2026-06-04"), "DE-BY")
    assert is_working(day("2026-06-04"), "DE-BE")
    assert {"CN", "HK", "US", "DE", "DE-BY"} <= regions()


@pytest.mark.parametrize(("wrong", "near"), [("cn", "CN"), ("DE-BYY", "DE-BY"), ("Atlantis", "CN")])
def test_a_region_that_is_not_known_is_told_with_what_comes_near(wrong: str, near: str) -> None:
    with pytest.raises(BadInput) as told:
        check_region(wrong)
    assert told.value.code == "unknown_region"
    assert told.value.field == "holidays"
    if wrong != "Atlantis":
        assert told.value.expected == near
