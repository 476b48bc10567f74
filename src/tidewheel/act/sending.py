"""When an attempt that failed is made again."""

from __future__ import annotations

from random import Random
from typing import Final

ATTEMPTS: Final = 8
"""About an hour in all."""
FIRST_MS: Final = 30_000
LONGEST_MS: Final = 3_600_000


def again_at(now: int, attempts: int, dice: Random) -> int | None:
    """Return when to try again after so many attempts, None when it is time to give up.

    The wait doubles from half a minute on; up to a half of it is left out by chance, so that many messages
    do not come back at the same moment.
    """
    if attempts >= ATTEMPTS:
        return None
    wait = min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1))
    return now + round(wait * dice.uniform(0.5, 1.0))
