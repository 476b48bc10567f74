"""Reading moments: ISO 8601, numbers since 1970, and the ways shops write dates.

A time without a zone is wall-clock time of the project's zone. Numbers are told apart by their size:
seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
_LONGEST: Final = 64

# 2026/11/3 8:05, 2026.11.3, 2026年11月3日 8时5分, 2026-11-3 上午8:05; the rest of ISO 8601 is Python's own
_WRITTEN: Final = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"(?:[\sT]*(?:星期|周)[一二三四五六日天])?"
    r"(?:[\sT]*(?P<half>上午|下午|凌晨|早上|中午|晚上|AM|PM|am|pm)?\s*"
    r"(?P<hour>\d{1,2})\s*[:：时点]\s*(?P<minute>\d{1,2})?\s*分?\s*"
    r"(?:[:：]?\s*(?P<second>\d{1,2})(?:[.,](?P<part>\d{1,9}))?\s*秒?)?\s*(?P<late>AM|PM|am|pm)?)?"
    r"\s*(?P<zone>Z|z|[+-]\d{2}:?\d{2})?"
)
_COMPACT: Final = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:[ T]?(\d{2})(\d{2})(\d{2})?)?")
_NUMBER: Final = re.compile(r"[+-]?\d{1,20}(?:\.\d*)?")
_WITH_ZONE: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)")


def ms_of(moment: datetime) -> int:
    """Return the milliseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // _MS


def read_number(number: float) -> int | None:
    """Return UTC milliseconds for a count of s, ms, µs or ns since 1970; None when it is none."""
    size = abs(number)
    if size < 1e11:
        return round(number * 1000)
    if size < 1e14:
        return int(number)
    if size < 1e17:
        return int(number) // 1000
    return int(number) // 1_000_000 if size < 1e20 else None


def read_time(value: Any, zone: tzinfo) -> int | None:
    """Return UTC milliseconds, or None when ``value`` is not a moment."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return read_number(value) if value == value else None  # noqa: PLR0124 (NaN)
    if isinstance(value, datetime):
        return _ms_in(value, zone)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if not text or len(text) > _LONGEST or not text.isprintable():
        return None
    if text[4:5] == "-":  # neither a number nor digits alone
        return _read_iso(text, zone)
    if text[0].isdigit() and (found := _COMPACT.fullmatch(text)):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        compact = _made(year, month, day, hour, minute, second, 0, zone)
        if compact is not None:
            return compact
    if _NUMBER.fullmatch(text):
        return read_number(int(text) if text.lstrip("+-").isdigit() else float(text))
    return _read_iso(text, zone)


def read_moment(text: str) -> datetime | None:
    """Return a full ISO 8601 date-time that names its zone as an aware UTC moment, else None."""
    if len(text) > 40 or not _WITH_ZONE.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """Return the zone called ``name``, which the project's settings have checked."""
    return ZoneInfo(name)


def _read_iso(text: str, zone: tzinfo) -> int | None:
    try:
        return _ms_in(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        return _read_written(text, zone)


def _ms_in(moment: datetime, zone: tzinfo) -> int | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return ms_of(moment)
    except OverflowError:
        return None


def _made(
    year: int, month: int, day: int, hour: int, minute: int, second: int, micro: int, zone: tzinfo
) -> int | None:
    try:
        return _ms_in(datetime(year, month, day, hour, minute, second, micro, tzinfo=zone), zone)
    except ValueError:
        return None


def _read_written(text: str, zone: tzinfo) -> int | None:
    found = _WRITTEN.fullmatch(text)
    if not found:
        return None
    part = found.groupdict()
    hour = int(part["hour"] or 0)
    half = (part["half"] or part["late"] or "").upper()
    if half in ("下午", "晚上", "PM") and hour < 12:
        hour += 12
    elif half in ("上午", "凌晨", "早上", "AM") and hour == 12:
        hour = 0
    micro = int((part["part"] or "0").ljust(6, "0")[:6])
    if part["zone"]:
        zone = datetime.fromisoformat(f"2000-01-01T00:00:00{part['zone'].upper()}").tzinfo or zone
    second, minute = int(part["second"] or 0), int(part["minute"] or 0)
    return _made(int(part["year"]), int(part["month"]), int(part["day"]), hour, minute, second, micro, zone)
