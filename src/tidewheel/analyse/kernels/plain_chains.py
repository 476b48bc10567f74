"""The common funnel: ordered chains of few steps, where each row is one step. See ``kernels/funnel.py``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.kernels import kernel

Ints = npt.NDArray[np.int64]
NEVER = -(2**62)
MOST_PLAIN_STEPS = 8


@kernel
def in_order_plainly(
    offsets: Ints, time: Ints, match: Ints, steps: int, window: int, entry_end: int, depth: Ints, rows: Ints
) -> int:
    """Do as ``in_order`` where each row matches one step and no two share a moment; return how many do not.

    Those keep a depth of -1. ``start[k]`` is the latest start of a chain of ``k`` steps and ``last[k]`` its last
    row; ``before[i]`` is the row before row ``i`` in the chain that it ends. At most eight steps.
    """
    step_of = np.full(256, -1, np.int64)
    for k in range(steps):
        step_of[1 << k] = k
    start, last = np.empty(steps + 1, np.int64), np.empty(steps + 1, np.int64)
    before = np.empty(time.size, np.int32)
    left = 0
    for run in range(offsets.size - 1):
        begin, end = np.uint64(offsets[run]), np.uint64(offsets[run + 1])
        start[:] = NEVER
        best, reached, former, plain = 0, 0, np.int64(-1), True
        for i in range(begin, end):
            t, bits = time[i], np.uint64(match[i])
            k = step_of[bits] if bits < 256 else -1
            if k < 0 or t == former:
                plain = False
                break
            former = t
            start[0] = t if t < entry_end else NEVER
            fits = t - start[k] <= window
            before[i] = last[k]
            start[k + 1] = start[k] if fits else start[k + 1]
            last[k + 1] = i if fits else last[k + 1]
            if fits and k >= best:
                best, reached = k + 1, i
                if best == steps:
                    plain = i + 1 == end or time[i + 1] != t
                    break
        if not plain:
            left += 1
            continue
        depth[run] = best
        row = reached
        for k in range(best - 1, -1, -1):
            rows[run, k] = row
            row = before[np.uint64(row)]
    return left


@kernel
def gaps(time: Ints, rows: Ints, since: Ints, out: Ints) -> None:
    """Write the time to each row of a chain from that of step ``since``, -1 where there is none."""
    for chain in range(rows.shape[0]):
        for k in range(rows.shape[1] - 1):
            onward = rows[chain, k + 1]
            out[chain, k] = time[onward] - time[rows[chain, since[k + 1]]] if onward >= 0 else -1
