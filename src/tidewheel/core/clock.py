"""The clock, passed in so that tests can hold it still."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], int]
"""Returns milliseconds since 1970 in UTC."""


def system_clock() -> int:
    """Return the wall clock of this machine."""
    return time.time_ns() // 1_000_000
