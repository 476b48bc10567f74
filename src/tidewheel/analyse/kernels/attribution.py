"""What journeys are counted as: the credit of every touch, the ways taken, the touches met; added up as they are found.

Credits are cut by running total: the first ``i`` touches of a journey together get the floor of their exact
share, so that the credits of a conversion add up to it to the last millionth.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Ints
from tidewheel.analyse.kernels import kernel
from tidewheel.analyse.kernels.journeys import UNIT

Flags = npt.NDArray[np.bool_]
Slots = npt.NDArray[np.int32]
PATH_MODELS: Final = 7
"""first, last, last non-direct, linear, position, time decay, participation: in this order."""
COLUMNS: Final = 4
"""What is kept of a model: conversions, whole value, millionths of value, people."""
MIX = np.uint64(0x9E3779B97F4A7C15)
SEED = 0x243F6A8885A308D
FEW: Final = 24
"""So many numbers are sorted one by one."""


def slots_for(keys: int) -> Slots:
    """Return an empty table for :func:`placed` that so many keys leave half empty."""
    return np.zeros(1 << (2 * keys).bit_length(), np.int32)


@kernel
def placed(key: int, slots: Slots, keys: Ints, n: int) -> int:
    """Return where a key stands among ``keys[:n]``; a new one is put at ``n``. ``slots`` say where to look."""
    mask = np.uint64(slots.size - 1)
    mixed = np.uint64(key) * MIX
    at = (mixed ^ (mixed >> np.uint64(32))) & mask
    while slots[at] and keys[slots[at] - 1] != key:
        at = (at + np.uint64(1)) & mask
    if not slots[at]:
        slots[at], keys[n] = n + 1, key
    return np.int64(slots[at] - 1)  # type: ignore[return-value]


@kernel
def cut(total: int, part: int, whole: int) -> int:
    """Return the floor of ``total * part / whole`` without leaving 64 bits; 0 < whole < 2**31."""
    return total // whole * part + total % whole * part // whole


@kernel
def credit(total: int, k: int, slot: Ints, weight: Ints, position: Ints, indirect: int, out: Ints) -> None:
    """Add the credits of ``k`` touches for ``total`` to ``out`` (slots x models); ``slot[j]`` is where touch ``j`` belongs.

    ``weight`` are those of time decay; ``indirect`` is the touch that last non-direct picks.
    """
    out[slot[0], 0] += total
    out[slot[k - 1], 1] += total
    out[slot[indirect], 2] += total
    decay = 0
    for j in range(k):
        decay += weight[j]
    even, more = total // k, total % k
    each, rest = total // decay, total % decay
    over, run, before = 0, 0, 0
    for j in range(k):
        s = slot[j]
        over += more
        ahead = int(over >= k)
        over -= ahead * k
        out[s, 3] += even + ahead
        run += weight[j]
        until = each * run + rest * run // decay
        out[s, 5] += until - before
        before = until
        out[s, 6] = total
    front, middle, back = position[0], position[1], position[2]
    if k <= 2:
        middle = 0
    whole = front + middle + back
    if whole == 0:
        front, middle, back, whole = 1, k - 2, 1, k
    opening, ending = cut(total, front, whole), cut(total, front + middle, whole)
    out[slot[0], 4] += opening
    out[slot[k - 1], 4] += total - ending
    if k > 2:
        even, more, over = (ending - opening) // (k - 2), (ending - opening) % (k - 2), 0
        for j in range(1, k - 1):
            over += more
            ahead = int(over >= k - 2)
            over -= ahead * (k - 2)
            out[slot[j], 4] += even + ahead


@kernel
def deal(
    low: int,
    high: int,
    touch: Ints,
    when: Ints,
    direct: Flags,
    value: int,
    position: Ints,
    half_life: float,
    known: Ints,
    slot: Ints,
    weight: Ints,
    name: Ints,
    counts: Ints,
    worths: Ints,
) -> int:
    """Deal one conversion and its value out to its different touches ``low:high``; return how many they are.

    They are written to ``name`` with their credits in ``counts`` and ``worths`` (touches x models). A conversion without
    touches is credited to touch 0. ``direct`` says of each touch whether last non-direct passes it over while there is
    another. ``known`` is -1 for every touch; ``slot`` and ``weight`` have room for the journey.
    """
    k = high - low
    if k <= 1:
        name[0] = touch[low] if k else 0
        counts[0, :], worths[0, :] = UNIT, value
        return 1
    n, scale, indirect = 0, 1 << 30, -1
    while scale * k > 1 << 30:
        scale >>= 1
    for j in range(k):
        one = touch[low + j]
        if known[one] < 0:
            known[one], name[n] = n, one
            counts[n, :], worths[n, :] = 0, 0
            n += 1
        slot[j] = known[one]
        weight[j] = np.int64(scale * 2.0 ** ((when[low + j] - when[high - 1]) / half_life))
        if not direct[one]:
            indirect = j
    for s in range(n):
        known[name[s]] = -1
    if indirect < 0:
        indirect = k - 1
    credit(UNIT, k, slot, weight, position, indirect, counts)
    if value:
        credit(value, k, slot, weight, position, indirect, worths)
    return n


@kernel
def longest(low: Ints, high: Ints) -> int:
    """Return how many touches the longest journey has, at least 1."""
    found = 1
    for c in range(low.size):
        found = max(found, high[c] - low[c])
    return found


@kernel
def earned(
    low: Ints,
    high: Ints,
    touch: Ints,
    when: Ints,
    direct: Flags,
    value: Ints,
    position: Ints,
    half_life: float,
    record: Ints,
    name: Ints,
    counts: Ints,
    worths: Ints,
) -> int:
    """Write (journey, touch) with its credits, see :func:`deal`, of each conversion; return how many."""
    n, most = 0, longest(low, high)
    known, slot, weight = (
        np.full(direct.size, -1, np.int64),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
    )
    for c in range(low.size):
        k = deal(
            low[c], high[c], touch, when, direct, value[c], position, half_life,
            known, slot, weight, name[n:], counts[n:], worths[n:],
        )  # fmt: skip
        record[n : n + k] = c
        n += k
    return n


@kernel
def credit_all(
    low: Ints,
    high: Ints,
    touch: Ints,
    when: Ints,
    direct: Flags,
    value: Ints,
    position: Ints,
    half_life: float,
    person: Ints,
    lines: Ints,
    slots: Slots,
    keys: Ints,
    sums: Ints,
    last: Ints,
    kept: bool,
    seen: Ints,
) -> tuple[int, int]:
    """Add up the credits of all conversions by line and touch; return how many keys, and how many records in ``seen``.

    A conversion counts on each of its ``lines`` (lines x conversions); the key is ``line * touches + touch``. ``sums`` (keys x
    models * 4) and ``last`` (keys x models) are zero on entry; a person counts once a key and model. With ``kept`` each
    (key, person, a bit for each model that credits it) is written to ``seen`` (3 x records). The conversions of a person stand together.
    """
    n, records, size, most = 0, 0, direct.size, longest(low, high)
    known, slot, weight = np.full(size, -1, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    name = np.empty(most, np.int64)
    counts, worths = np.empty((most, PATH_MODELS), np.int64), np.empty((most, PATH_MODELS), np.int64)
    for c in range(low.size):
        k = deal(
            low[c], high[c], touch, when, direct, value[c], position, half_life,
            known, slot, weight, name, counts, worths,
        )  # fmt: skip
        for line in range(lines.shape[0]):
            for s in range(k):
                key, bits = lines[line, c] * size + name[s], 0
                at = placed(key, slots, keys, n)
                n = max(n, at + 1)
                for m in range(PATH_MODELS):
                    count, worth = counts[s, m], worths[s, m]
                    if count == 0 and worth == 0:
                        continue
                    bits |= 1 << m
                    sums[at, m * COLUMNS] += count
                    if worth:
                        sums[at, m * COLUMNS + 1] += worth // UNIT
                        sums[at, m * COLUMNS + 2] += worth % UNIT
                    if last[at, m] != person[c] + 1:
                        sums[at, m * COLUMNS + 3] += 1
                        last[at, m] = person[c] + 1
                if kept:
                    seen[0, records], seen[1, records], seen[2, records] = key, person[c], bits
                    records += 1
    return n, records


@kernel
def amounts(key: Ints, person: Ints, value: Ints, slots: Slots, keys: Ints, sums: Ints) -> int:
    """Add up conversions, whole value, millionths and people by key; return how many keys there are.

    ``sums`` is keys x 5, zero on entry; its last column is for whom was counted last. Those of a person stand together.
    """
    n = 0
    for i in range(key.size):
        at = placed(key[i], slots, keys, n)
        n = max(n, at + 1)
        sums[at, 0] += 1
        if value[i]:
            sums[at, 1] += value[i] // UNIT
            sums[at, 2] += value[i] % UNIT
        if sums[at, 4] != person[i] + 1:
            sums[at, 3] += 1
            sums[at, 4] = person[i] + 1
    return n


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
def paths(
    low: Ints,
    high: Ints,
    touch: Ints,
    person: Ints,
    value: Ints,
    lines: Ints,
    depth: int,
    slots: Slots,
    keys: Ints,
    sums: Ints,
    line_of: Ints,
    ends: Ints,
    members: Ints,
) -> int:
    """Count journeys by line and their last ``depth`` touches, repeats in a row as one; return how many there are.

    ``sums`` as of :func:`amounts`. The key is a hash; the path of key ``i`` ends at ``ends[i]`` of ``members``, with -1 in front
    where there was more.
    """
    n, end = 0, 0
    kept = np.empty(depth + 1, np.int64)
    for c in range(low.size):
        size = shortened(low[c], high[c], touch, depth, kept)
        for line in range(lines.shape[0]):
            state = mixed(SEED, lines[line, c])
            for j in range(size - 1, -1, -1):
                state = mixed(state, kept[j])
            at = placed(state, slots, keys, n)
            if at == n:
                for j in range(size - 1, -1, -1):
                    members[end] = kept[j]
                    end += 1
                line_of[n], ends[n] = lines[line, c], end
                n += 1
            sums[at, 0] += 1
            if value[c]:
                sums[at, 1] += value[c] // UNIT
                sums[at, 2] += value[c] % UNIT
            if sums[at, 4] != person[c] + 1:
                sums[at, 3] += 1
                sums[at, 4] = person[c] + 1
    return n


@kernel
def shortened(low: int, high: int, touch: Ints, depth: int, kept: Ints) -> int:
    """Write the last ``depth`` touches, the latest first, repeats in a row as one, and -1 where there are more; return how many."""
    size = 0
    for j in range(high - 1, low - 1, -1):
        if size and kept[size - 1] == touch[j]:
            continue
        if size == depth:
            kept[size] = -1
            return size + 1
        kept[size] = touch[j]
        size += 1
    return size


@kernel
def along(low: Ints, high: Ints, touch: Ints, depth: int, wanted: Ints, found: Flags) -> None:
    """Mark the journeys whose path, as :func:`paths` counts it, is the one wanted."""
    kept = np.empty(depth + 1, np.int64)
    for c in range(low.size):
        size = shortened(low[c], high[c], touch, depth, kept)
        same = size == wanted.size
        for j in range(size):
            same = same and kept[size - 1 - j] == wanted[j]
        found[c] = same


@kernel
def ascending(numbers: Ints, n: int) -> None:
    """Sort the first ``n`` numbers."""
    if n > FEW:
        numbers[:n].sort()
        return
    for i in range(1, n):
        one, j = numbers[i], i - 1
        while j >= 0 and numbers[j] > one:
            numbers[j + 1] = numbers[j]
            j -= 1
        numbers[j + 1] = one


@kernel
def sets(
    low: Ints,
    high: Ints,
    touch: Ints,
    value: Ints,
    converted: Flags,
    lines: Ints,
    size: int,
    slots: Slots,
    keys: Ints,
    sums: Ints,
    line_of: Ints,
    ends: Ints,
    members: Ints,
) -> int:
    """Count journeys by line and their different touches (below ``size``); return how many sets there are.

    ``sums`` (sets x 4, zero on entry): journeys, conversions, whole value, millionths. The key is a hash; the touches of key
    ``i`` end at ``ends[i]`` of ``members``, ascending.
    """
    n, end = 0, 0
    held, own = np.full(size, -1, np.int64), np.empty(min(size, longest(low, high)), np.int64)
    for c in range(low.size):
        k = 0
        for j in range(low[c], high[c]):
            if held[touch[j]] != c:
                held[touch[j]], own[k] = c, touch[j]
                k += 1
        ascending(own, k)
        for line in range(lines.shape[0]):
            state = mixed(SEED, lines[line, c])
            for j in range(k):
                state = mixed(state, own[j])
            at = placed(state, slots, keys, n)
            if at == n:
                members[end : end + k] = own[:k]
                end += k
                line_of[n], ends[n] = lines[line, c], end
                n += 1
            sums[at, 0] += 1
            sums[at, 1] += np.int64(converted[c])
            if value[c]:
                sums[at, 2] += value[c] // UNIT
                sums[at, 3] += value[c] % UNIT
    return n
