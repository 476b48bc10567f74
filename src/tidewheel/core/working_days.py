"""Which days people work: Monday to Friday, but for a region's public holidays and the weekends worked in their stead."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from tidewheel.core.errors import BadInput, nearest
from tidewheel.core.text import Text

SATURDAY: Final = 5
USUAL: Final = {"Asia/Shanghai": "CN", "Asia/Urumqi": "CN"}
"""Whose holidays a project keeps that does not say, by its time zone."""


def is_working(day: date, region: str = "") -> bool:
    """Say whether a day is a working day of a region: a country (``CN``), part of one (``DE-BY``), or none.

    Without a region every day from Monday to Friday is. Years for which a country has not announced its holidays
    yet have those known in advance. Raises BadInput for a region that is not known.
    """
    if not region:
        return day.weekday() < SATURDAY
    return day not in _days_off(region, day.year)


@lru_cache(maxsize=512)
def _days_off(region: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - slow to load, and few questions need it

    country, _, part = check_region(region).partition("-")
    known = holidays.country_holidays(country, subdiv=part or None, years=year, expand=False)
    first = date(year, 1, 1).toordinal()
    days = map(date.fromordinal, range(first, date(year + 1, 1, 1).toordinal()))
    return frozenset(day for day in days if not known.is_working_day(day))


def check_region(region: str) -> str:
    """Return the region when its holidays are known, or say which come near."""
    known = regions()
    if region not in known:
        raise BadInput(
            "unknown_region",
            Text("The holidays of {region} are not known.", "没有 {region} 的节假日数据。"),
            field="holidays",
            got=region,
            expected=nearest(region.upper(), known) or "CN",
            hint=Text(
                "Use a country's code of ISO 3166, such as CN, or one of its parts, such as DE-BY.",
                "请使用 ISO 3166 国家代码，例如 CN；或其下级地区，例如 DE-BY。",
            ),
            region=region,
        )
    return region


@lru_cache(maxsize=1)
def regions() -> frozenset[str]:
    """Return every country, and part of one, whose holidays are known."""
    import holidays  # noqa: PLC0415 - see above

    found = holidays.list_supported_countries(include_aliases=False)
    return frozenset({*found, *(f"{country}-{part}" for country, parts in found.items() for part in parts)})
