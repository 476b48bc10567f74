"""Which clicks are answered by nothing, and which come in anger."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Ints
from tidewheel.analyse.kernels import kernel

Flags = npt.NDArray[np.bool_]


@kernel
def unanswered(offsets: Ints, time: Ints, click: Flags, answer: Flags, within: int, found: Flags) -> None:
    """Mark the clicks that no answer of the person follows within so many ms.

    An answer at the very moment of the click counts, whichever of the two comes first in order.
    """
    for p in range(offsets.size - 1):
        following = np.int64(-1)
        for i in range(offsets[p + 1] - 1, offsets[p] - 1, -1):
            if answer[i]:
                following = time[i]
            found[i] = click[i] and (following < 0 or time[i] + within < following)
        at, known = np.int64(0), False
        for i in range(offsets[p], offsets[p + 1]):
            if answer[i]:
                at, known = time[i], True
            if found[i] and known and at == time[i]:
                found[i] = False


def angry(owner: Ints, spot: Ints, time: Ints, often: int, within: int) -> Flags:
    """Mark the clicks that are among ``often`` of a person on one spot within so many ms.

    Clicks come in the order of persons and time; a spot below 0 is none.
    """
    found = np.zeros(owner.size, bool)
    if owner.size < often:
        return found
    order = np.lexsort((np.arange(owner.size), spot, owner))
    o, s, t = owner[order], spot[order], time[order]
    first = np.arange(owner.size - often + 1)
    last = first + often - 1
    burst = (o[first] == o[last]) & (s[first] == s[last]) & (s[first] >= 0) & (t[last] - t[first] <= within)
    steps = np.zeros(owner.size + 1, np.int64)
    np.add.at(steps, first[burst], 1)
    np.add.at(steps, last[burst] + 1, -1)
    found[order] = np.cumsum(steps[:-1]) > 0
    return found
