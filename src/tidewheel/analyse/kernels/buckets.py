"""Calendar buckets, cut once for all the blocks of a question."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from tidewheel.analyse.contract import Ints
from tidewheel.core.period import Calendar, Grain, Span


@lru_cache(maxsize=256)
def edges(calendar: Calendar, span: Span, grain: Grain) -> Ints:
    """Return bucket starts covering ``span`` plus the end of the last one; not to be written to."""
    found = calendar.edges(span, grain)
    found.setflags(write=False)
    return found


def numbered(cuts: Ints, time: Ints) -> Ints:
    """Return the bucket of each moment: ``cuts[b] <= time < cuts[b + 1]``."""
    return np.searchsorted(cuts, time, side="right") - 1


def starts(calendar: Calendar, cuts: Ints) -> list[str]:
    """Return bucket starts as ISO 8601 in the project's zone."""
    return [calendar.local(int(cut)).isoformat() for cut in cuts[:-1]]
