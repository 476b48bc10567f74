"""What first buyers did since: the kind of each order, the time between orders, and the table of all of it."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Ints
from tidewheel.analyse.kernels import kernel

FIRST, AGAIN, FURTHER, REFUND = range(4)
"""What happened: a first order, the first repeat order of a period, a further one, a refund."""
FIGURES: Final = 4
"""By cohort and period: repeat buyers, those who bought again for the first time, orders, money."""


@kernel
def followed(
    entry: Ints, order: Ints, period: Ints, time: Ints, orders: int,
    kind: Ints, fresh: Ints, waiting: Ints, number: Ints, wait: Ints,
) -> int:  # fmt: skip
    """Say what each movement of money is; return how many waits for an order up to number ``orders`` are written.

    The orders of an entry stand together and ascend, and come before all refunds (``order`` -1).
    """
    n, nth, last, before, current = 0, 0, -1, 0, -1
    for i in range(entry.size):
        fresh[i] = 0
        if order[i] < 0:
            kind[i] = REFUND
            continue
        if entry[i] != current:
            current, nth, last = entry[i], 0, -1
        nth += 1
        kind[i] = FIRST if nth == 1 else FURTHER if period[i] == last else AGAIN
        if nth > 1:
            last = period[i]
            if nth <= orders:
                waiting[n], number[n], wait[n] = current, nth, time[i] - before
                n += 1
        fresh[i] = int(nth == 2)
        before = time[i]
    return n


@kernel
def tallied(
    chosen: npt.NDArray[np.bool_], cohort: Ints, entry: Ints, period: Ints, kind: Ints, fresh: Ints,
    value: Ints, cells: Ints,
) -> None:  # fmt: skip
    """Add what the chosen entries did to ``cells`` (figures x cohorts x periods)."""
    for i in range(entry.size):
        at = period[i]
        if not chosen[entry[i]] or at >= cells.shape[2]:
            continue
        row = cohort[entry[i]]
        cells[0, row, at] += int(kind[i] == AGAIN)
        cells[1, row, at] += fresh[i]
        cells[2, row, at] += int(kind[i] != REFUND)
        cells[3, row, at] += value[i]
