"""From each person's rows to what became of them, and how often they did each behaviour before."""

from __future__ import annotations

from typing import Final

import numpy as np

from tidewheel.analyse.contract import Ints
from tidewheel.analyse.kernels import kernel

NOT_REACHED: Final = 0
REACHED: Final = 1
UNFINISHED: Final = 2
EARLY: Final = 3
ABSENT: Final = 4


@kernel
def length(number: int, most: int) -> int:
    """Return how many bits a number has, at most ``most``."""
    n = 0
    while number and n < most:
        number >>= 1
        n += 1
    return n


@kernel
def started(
    offsets: Ints, time: Ints, match: Ints, first: int, end: int, first_ever: bool, row: Ints
) -> None:
    """Write the row of each person's first start (bit 0) at ``first <= time < end``, -1 where there is none.

    With ``first_ever`` only the very first start of all counts.
    """
    for p in range(offsets.size - 1):
        row[p] = -1
        for i in range(offsets[p], offsets[p + 1]):
            if not match[i] & 1:
                continue
            if first <= time[i] < end:
                row[p] = i
                break
            if first_ever or time[i] >= end:
                break


@kernel
def fated(
    offsets: Ints,
    time: Ints,
    match: Ints,
    row: Ints,
    since: Ints,
    until: Ints,
    now: int,
    early: bool,
    fate: Ints,
) -> None:
    """Write what became of each person: whether the outcome (bit 1) came at ``since <= time < until``.

    Who has no start is absent, whose ``until`` lies after ``now`` is unfinished. With ``early``, who had the outcome
    from the start's moment on but before ``since`` is early.
    """
    for p in range(offsets.size - 1):
        if row[p] < 0:
            fate[p] = ABSENT
            continue
        if until[p] > now:
            fate[p] = UNFINISHED
            continue
        fate[p] = NOT_REACHED
        i = row[p]
        while i > offsets[p] and time[i - 1] == time[row[p]]:
            i -= 1
        while i < offsets[p + 1] and time[i] < until[p]:
            if match[i] & 2 and i != row[p]:
                if time[i] >= since[p]:
                    fate[p] = REACHED
                    break
                if early:
                    fate[p] = EARLY
                    break
            i += 1


@kernel
def levelled(
    offsets: Ints,
    time: Ints,
    match: Ints,
    code: Ints,
    first_bit: int,
    left_out: int,
    row: Ints,
    counted: Ints,
    fate: Ints,
    times: Ints,
    by_level: Ints,
    by_total: Ints,
    everyone: Ints,
) -> None:
    """Count people by what became of them, behaviour, level (how many of ``times`` they came up to) and activity.

    A behaviour counts from the start's own moment on, other than that row, until ``counted``. It is ``code`` of the rows
    that have ``first_bit``, from 1; without codes, behaviour b + 1 is bit ``first_bit + b``, and the bit after them is any row. Rows with a bit of
    ``left_out`` do not count. Activity is the length in bits of a number of rows, up to the last column: ``everyone`` (2 x
    activity) by all rows; ``by_total`` (2 x behaviours x activity) by all rows of those who did it at all; ``by_level``
    (2 x behaviours x levels x activity) by their rows of anything else.
    """
    behaviours, most = by_level.shape[1], everyone.shape[1] - 1
    done, touched = np.zeros(behaviours, np.int64), np.empty(behaviours, np.int64)
    for p in range(offsets.size - 1):
        if fate[p] > REACHED:
            continue
        n, total, i = 0, 0, row[p]
        while i > offsets[p] and time[i - 1] == time[row[p]]:
            i -= 1
        while i < offsets[p + 1] and time[i] < counted[p]:
            if i == row[p] or match[i] & left_out:
                i += 1
                continue
            bits = match[i] >> first_bit
            if code.size:
                if bits & 1 and code[i] > 0:
                    total += 1
                    if done[code[i]] == 0:
                        touched[n] = code[i]
                        n += 1
                    done[code[i]] += 1
            elif bits:
                total += 1
                for b in range(1, behaviours):
                    if bits >> (b - 1) & 1:
                        if done[b] == 0:
                            touched[n] = b
                            n += 1
                        done[b] += 1
            i += 1
        own = length(total, most)
        everyone[fate[p], own] += 1
        for k in range(n):
            level, times_done = 0, done[touched[k]]
            while level < times.size and times_done >= times[level]:
                level += 1
            by_level[fate[p], touched[k], level, length(total - times_done, most)] += 1
            by_total[fate[p], touched[k], own] += 1
            done[touched[k]] = 0
