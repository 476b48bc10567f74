"""From each person's rows to touches, journeys and the credit of every touch, in whole millionths.

Credits are cut by running total: the first ``i`` touches of a journey together get the floor of their exact
share, so that the credits of a conversion add up to it to the last millionth.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Floats, Ints
from tidewheel.analyse.kernels import kernel

UNIT = 1_000_000
"""Credits are integers in millionths of a conversion, and of the value's unit."""
PATH_MODELS = 7
"""first, last, last non-direct, linear, position, time decay, participation: in this order."""
COLUMNS = 4
"""What is kept of a model: conversions, whole value, millionths of value, people."""
MIX = np.uint64(0x9E3779B97F4A7C15)
SEED = 0x243F6A8885A308D


@kernel
def touches(
    offsets: Ints, time: Ints, match: Ints, names: Ints, again: int, heads: Ints, row: Ints, touch: Ints
) -> int:
    """Write (row, touch) of every touch; those of person ``p`` are ``heads[p]:heads[p + 1]``.

    ``names`` (definitions x rows) are touches, 0 for none. A touch that repeats the one before it of the same
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
                one = names[d, i]
                if not match[i] >> d & 1 or one == 0:
                    continue
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
def cut(total: int, part: int, whole: int) -> int:
    """Return the floor of ``total * part / whole`` without leaving 64 bits; 0 < whole < 2**31."""
    return total // whole * part + total % whole * part // whole


@kernel
def credit(
    total: int,
    touch: Ints,
    slot: Ints,
    weight: Ints,
    position: Ints,
    indirect: int,
    out: Ints,
) -> None:
    """Add the credits for ``total`` to ``out`` (models x slots); ``slot[j]`` is where touch ``j`` belongs.

    ``weight`` are those of time decay; ``indirect`` is the touch that last non-direct picks.
    """
    k = touch.size
    out[0, slot[0]] += total
    out[1, slot[k - 1]] += total
    out[2, slot[indirect]] += total
    decay = weight.sum()
    front, middle, back = position[0], position[1], position[2]
    if k <= 2:
        middle = 0
    whole = front + middle + back
    if k == 1 or whole == 0:
        front, middle, back, whole = (1, 0, 0, 1) if k == 1 else (1, k - 2, 1, k)
    ahead, behind = cut(total, front, whole), cut(total, front + middle, whole)
    run = 0
    for j in range(k):
        out[3, slot[j]] += cut(total, j + 1, k) - cut(total, j, k)
        out[5, slot[j]] += cut(total, run + weight[j], decay) - cut(total, run, decay)
        run += weight[j]
        out[6, slot[j]] = total
        if j == 0:
            out[4, slot[j]] += ahead
        if j == k - 1:
            out[4, slot[j]] += total - behind
        if 0 < j < k - 1:
            out[4, slot[j]] += cut(behind - ahead, j, k - 2) - cut(behind - ahead, j - 1, k - 2)


@kernel
def earned(
    low: Ints,
    high: Ints,
    touch: Ints,
    when: Ints,
    direct: npt.NDArray[np.bool_],
    value: Ints,
    position: Ints,
    half_life: float,
    record: Ints,
    name: Ints,
    counts: Ints,
    worths: Ints,
) -> int:
    """Write (journey, touch) with its credits of one conversion and of its value, by model; return how many.

    A conversion without touches is credited to touch 0. ``direct`` says of each touch whether last non-direct
    passes it over while there is another. ``counts`` and ``worths`` are models x records, zero on entry.
    """
    n = 0
    held, longest = np.full(direct.size, -1, np.int64), 1
    for c in range(low.size):
        longest = max(longest, high[c] - low[c])
    slots, weights = np.empty(longest, np.int64), np.empty(longest, np.int64)
    for c in range(low.size):
        k = high[c] - low[c]
        begin = n
        if k == 0:
            record[n], name[n] = c, 0
            counts[:, n] = UNIT
            worths[:, n] = value[c]
            n += 1
            continue
        if k == 1:
            record[n], name[n] = c, touch[low[c]]
            counts[:, n] = UNIT
            worths[:, n] = value[c]
            n += 1
            continue
        slot, weight = slots[:k], weights[:k]
        scale, indirect = 1 << 30, -1
        while scale * k > 1 << 30:
            scale >>= 1
        for j in range(k):
            one = touch[low[c] + j]
            if held[one] < begin:
                held[one] = n
                record[n], name[n] = c, one
                n += 1
            slot[j] = held[one] - begin
            weight[j] = np.int64(scale * 2.0 ** ((when[low[c] + j] - when[high[c] - 1]) / half_life))
            if not direct[one]:
                indirect = j
        if indirect < 0:
            indirect = k - 1
        mine = touch[low[c] : high[c]]
        credit(UNIT, mine, slot, weight, position, indirect, counts[:, begin:n])
        if value[c]:
            credit(value[c], mine, slot, weight, position, indirect, worths[:, begin:n])
    return n


@kernel
def gather(record: Ints, place: Ints, person: Ints, counts: Ints, worths: Ints, out: Ints) -> None:
    """Add records to ``out`` (models * 4 x places); a person counts once a place and model.

    The records of a person stand together within a place.
    """
    last = np.full((counts.shape[0], out.shape[1]), -1, np.int64)
    for i in range(record.size):
        r, at = record[i], place[i]
        for m in range(counts.shape[0]):
            if counts[m, r] == 0 and worths[m, r] == 0:
                continue
            out[m * COLUMNS, at] += counts[m, r]
            out[m * COLUMNS + 1, at] += worths[m, r] // UNIT
            out[m * COLUMNS + 2, at] += worths[m, r] % UNIT
            if last[m, at] != person[r]:
                out[m * COLUMNS + 3, at] += 1
                last[m, at] = person[r]


@kernel
def moves(
    low: Ints, high: Ints, touch: Ints, line: Ints, converted: npt.NDArray[np.bool_], width: int, key: Ints
) -> int:
    """Write a key for each step of each journey: from the start (0) or a touch to the next, or to its end.

    A touch that follows itself is one. The ends are ``width - 2`` (converted) and ``width - 1``.
    """
    n = 0
    for c in range(low.size):
        if high[c] == low[c]:
            continue
        base, at = line[c] * width * width, 0
        for j in range(low[c], high[c]):
            if touch[j] != at:
                key[n] = base + at * width + touch[j]
                n += 1
                at = touch[j]
        key[n] = base + at * width + (width - 2 if converted[c] else width - 1)
        n += 1
    return n


@kernel
def mixed(state: int, value: int) -> int:
    """Return a hash of 64 bits of a state and one more number."""
    x = (np.uint64(state) ^ np.uint64(value)) * MIX
    x ^= x >> np.uint64(29)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(32)
    return np.int64(x)  # type: ignore[return-value]


@kernel
def shortened(
    low: Ints, high: Ints, touch: Ints, line: Ints, depth: int, key: Ints, ends: Ints, members: Ints
) -> None:
    """Write the last ``depth`` touches of each journey, repeats in a row as one, and a hash of line and touches.

    The members of journey ``c`` end at ``ends[c]``; -1 stands in front where there were more.
    """
    n = 0
    kept = np.empty(depth, np.int64)
    for c in range(low.size):
        size, more = 0, False
        for j in range(high[c] - 1, low[c] - 1, -1):
            if size and kept[size - 1] == touch[j]:
                continue
            if size == depth:
                more = True
                break
            kept[size] = touch[j]
            size += 1
        state = mixed(SEED, line[c])
        if more:
            members[n] = -1
            state = mixed(state, -1)
            n += 1
        for j in range(size - 1, -1, -1):
            members[n] = kept[j]
            state = mixed(state, kept[j])
            n += 1
        key[c], ends[c] = state, n


@kernel
def sets(
    low: Ints, high: Ints, touch: Ints, line: Ints, size: int, key: Ints, ends: Ints, members: Ints
) -> None:
    """Write the different touches (below ``size``) of each journey, ascending, and a hash of line and touches."""
    n = 0
    held = np.full(size, -1, np.int64)
    for c in range(low.size):
        begin = n
        for j in range(low[c], high[c]):
            if held[touch[j]] != c:
                held[touch[j]] = c
                members[n] = touch[j]
                n += 1
        members[begin:n].sort()
        state = mixed(SEED, line[c])
        for at in range(begin, n):
            state = mixed(state, members[at])
        key[c], ends[c] = state, n


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
