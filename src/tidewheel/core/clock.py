"""The clock, passed in so that tests can hold it still."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[], int]
"""Returns milliseconds since 1970 in UTC."""
STEP_MS: Final = 60_000
"""By how much a clock may be set without its being a leap."""
_NEVER_SET: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that goes on while the machine sleeps."""
_AHEAD_MS: Final = 7_200_000


def system_clock() -> int:
    """Return the wall clock of this machine."""
    return time.time_ns() // 1_000_000


def out_of_reach(moment: int, now: int) -> bool:
    """Say whether a moment that should be over lies hours ahead: it was written down while the clock was wrong."""
    return moment - now > _AHEAD_MS


def even_clock() -> int:
    """Return milliseconds since some moment, by a clock that nobody sets."""
    return time.clock_gettime_ns(_NEVER_SET) // 1_000_000


class SteadyClock:
    """The wall clock, whose leaps are believed once it has stood by them for ``patience_ms``.

    A leap is a step of more than ``STEP_MS``, ahead or back, against a clock that nobody sets. Until it is believed, time
    goes on evenly from before it: a clock that is wrong for a moment, and then right again, has changed nothing.
    ``believed`` is called with the size of a leap, in milliseconds, when it is.
    """

    def __init__(
        self,
        patience_ms: int,
        *,
        wall: Clock = system_clock,
        even: Clock = even_clock,
        believed: Callable[[int], None] = lambda leap: None,
    ) -> None:
        self._patience_ms, self._wall, self._even, self._believed = patience_ms, wall, even, believed
        self._ahead = wall() - even()
        self._leapt: tuple[int, int] | None = None
        """How far ahead of the even clock the wall clock is after its leap, and when, by the even one, that was seen."""

    @property
    def leap(self) -> int:
        """By how many milliseconds the wall clock is off what is believed; 0 when it is believed itself."""
        leapt = self._leapt
        return 0 if leapt is None else leapt[0] - self._ahead

    def __call__(self) -> int:
        """Return the time that is believed, in milliseconds since 1970 in UTC."""
        even, wall = self._even(), self._wall()
        ahead, leapt = wall - even, self._leapt
        if abs(ahead - self._ahead) <= STEP_MS:
            self._ahead, self._leapt = ahead, None
            return wall
        if leapt is None or abs(ahead - leapt[0]) > STEP_MS:
            leapt = ahead, even
        if even - leapt[1] < self._patience_ms:
            self._leapt = ahead, leapt[1]
            return even + self._ahead
        leap, self._ahead, self._leapt = ahead - self._ahead, ahead, None
        self._believed(leap)
        return wall
