"""Lines of web-server logs in the common and combined forms of Apache and nginx."""

from __future__ import annotations

import re
from typing import Any, Final

COLUMNS: Final = ("ip", "user", "time", "method", "url", "status", "bytes", "referrer", "user_agent")
_LINE: Final = re.compile(
    r"(?P<ip>\S+) \S+ (?P<user>.+?) \[(?P<time>[^\]]+)\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<bytes>\d+|-)'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<user_agent>(?:[^"\\]|\\.)*)")?'
)
_TIME: Final = re.compile(r"(\d{1,2})/(\w{3})/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{4})")
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}


def is_log(text: str) -> bool:
    """Tell whether a text is made of such lines."""
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    whole = lines[:-1] if len(lines) > 1 else lines
    return bool(whole) and sum(_LINE.match(line) is not None for line in whole) >= 0.8 * len(whole)


def cells_of(line: str) -> dict[str, Any] | None:
    """Return the parts of a line; None where it is none. The time is ISO 8601; a dash is nothing."""
    found = _LINE.match(line)
    time = _TIME.fullmatch(found["time"]) if found else None
    if found is None or time is None or time[2] not in _MONTHS:
        return None
    method, _, rest = found["request"].partition(" ")
    made = {
        "ip": found["ip"],
        "user": found["user"],
        "time": f"{time[3]}-{_MONTHS[time[2]]:02d}-{int(time[1]):02d}T{time[4]}{time[5][:3]}:{time[5][3:]}",
        "method": method,
        "url": rest.rpartition(" ")[0] if " HTTP/" in rest else rest,
        "status": int(found["status"]),
        "bytes": found["bytes"],
        "referrer": found["referrer"],
        "user_agent": found["user_agent"],
    }
    return {name: None if value in {"-", ""} else value for name, value in made.items()}
