"""From each person's rows to touches and journeys, and what conversions are worth in whole millionths."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Floats, Ints
from tidewheel.analyse.kernels import kernel

UNIT: Final = 1_000_000
"""Credits are integers in millionths of a conversion, and of the value's unit."""


@kernel
def touches(
    offsets: Ints,
    time: Ints,
    match: Ints,
    names: Ints,
    bases: Ints,
    again: int,
    heads: Ints,
    row: Ints,
    touch: Ints,
) -> int:
    """Write (row, touch) of every touch; those of person ``p`` are ``heads[p]:heads[p + 1]``.

    ``names`` (definitions x rows) are what rows are called, 0 for nothing; the touches of a definition begin behind its
    base. A touch that repeats the one before it of the same
    definition at most ``again`` ms after that was last seen is the same touch.
    """
    n = 0
    definitions = names.shape[0]
    last = np.empty(definitions, np.int64)
    seen = np.empty(definitions, np.int64)
    for p in range(offsets.size - 1):
        heads[p] = n
        last[:] = 0
        for i in range(offsets[p], offsets[p + 1]):
            for d in range(definitions):
                if not match[i] >> d & 1 or names[d, i] <= 0:
                    continue
                one = names[d, i] + bases[d]
                same = again > 0 and last[d] == one and time[i] - seen[d] <= again
                last[d], seen[d] = one, time[i]
                if not same:
                    row[n], touch[n] = i, one
                    n += 1
    heads[offsets.size - 1] = n
    return n


@kernel
def journeys(
    offsets: Ints,
    time: Ints,
    match: Ints,
    bit: int,
    heads: Ints,
    touch_row: Ints,
    first: int,
    end: int,
    within: int,
    fresh: bool,
    person: Ints,
    row: Ints,
    low: Ints,
    high: Ints,
    repeat: npt.NDArray[np.bool_],
    converted: npt.NDArray[np.bool_],
) -> int:
    """Write one journey for each conversion of the period, and one for each person with touches in it but none.

    The touches of a journey are ``low:high``. That of a conversion holds the touches up to it and at most
    ``within`` ms before it; that of somebody who did not convert ends with the last touch of the period.
    With ``fresh`` an earlier conversion uses up its touches. ``repeat``: the person had converted before.
    """
    n = 0
    for p in range(offsets.size - 1):
        a, b, previous = heads[p], heads[p], -1
        inside = False
        for i in range(offsets[p], offsets[p + 1]):
            if not match[i] >> bit & 1:
                continue
            if time[i] >= end:
                break
            while b < heads[p + 1] and touch_row[b] <= i:
                b += 1
            while fresh and a < b and touch_row[a] <= previous:
                a += 1
            while a < b and time[touch_row[a]] < time[i] - within:
                a += 1
            if time[i] >= first:
                person[n], row[n], low[n], high[n] = p, i, a, b
                repeat[n], converted[n] = previous >= 0, True
                inside = True
                n += 1
            previous = i
        if inside:
            continue
        b = heads[p + 1]
        while b > heads[p] and time[touch_row[b - 1]] >= end:
            b -= 1
        if b == heads[p] or time[touch_row[b - 1]] < first:
            continue
        reached = touch_row[b - 1]
        a = b - 1
        while a > heads[p] and time[touch_row[a - 1]] >= time[reached] - within:
            if fresh and touch_row[a - 1] <= previous:
                break
            a -= 1
        person[n], row[n], low[n], high[n] = p, reached, a, b
        repeat[n], converted[n] = previous >= 0, False
        n += 1
    return n


@kernel
def paid(order: Ints, group: Ints, value: Ints, refund: Ints) -> None:
    """Take refunds off ``value``, the earliest conversion of an order first, never below zero.

    ``order`` sorts the conversions by order and time; ``refund[group]`` is what is left of each order's.
    """
    for i in order:
        g = group[i]
        if g >= 0 and value[i] > 0:
            taken = min(value[i], refund[g])
            value[i] -= taken
            refund[g] -= taken


def millionths(values: Floats) -> Ints:
    """Return values as whole millionths; missing ones are 0, those beyond ±9e12 count as ±9e12."""
    held = np.clip(np.nan_to_num(values, nan=0.0), -9e12, 9e12)
    whole = np.floor(held)
    found: Ints = whole.astype(np.int64) * UNIT + np.rint((held - whole) * UNIT).astype(np.int64)
    return found
