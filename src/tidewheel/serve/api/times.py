"""Moments as people give them to commands: a time, or how long ago."""

from __future__ import annotations

import re

from tidewheel.collect.times import read_time, zone_of
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, HOUR, MINUTE
from tidewheel.core.text import Text

_AGO = re.compile(r"([1-9]\d{0,4})([mhd])")
_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}


def read_moment(field: str, text: str, now: int, zone: str) -> int:
    """Return the moment (ms) of ``2h`` (ago) or of a time; one without a zone is in the project's."""
    ago = _AGO.fullmatch(text)
    if ago:
        return now - int(ago[1]) * _UNITS[ago[2]]
    found = read_time(text, zone_of(zone))
    if found is None:
        raise BadInput(
            "bad_moment",
            Text("{text} is not a moment.", "{text} 不是时间。"),
            field=field,
            got=text,
            expected="30m | 2h | 3d | 2026-11-21T10:00:00+08:00",
            text=text,
        )
    return found
