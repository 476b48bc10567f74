"""From each person's active buckets to the stage they are in at the end of every bucket."""

from __future__ import annotations

import numpy as np

from tidewheel.analyse.contract import Ints
from tidewheel.analyse.kernels import kernel

FAR = 2**30
"""No upper bound."""
NEW, RETURNING, RESURRECTED, DORMANT, ASLEEP = range(5)
"""The standard stages."""
NEVER = -2


@kernel
def walk(
    offsets: Ints,
    bucket: Ints,
    code: Ints,
    low: int,
    high: int,
    window: int,
    rules: Ints,
    person: Ints,
    at: Ints,
    before: Ints,
    stage: Ints,
    group: Ints,
) -> int:
    """Write (person, bucket, stage before, stage, group) for buckets ``low`` … ``high`` - 1; return how many.

    Nothing is written before a person's first row. Rows ascend; bucket -1 is "longer ago than can matter".
    A rule (shape stages x 8) gives bounds, both included: buckets since the first active one, since the last,
    active ones among the last ``window``, and buckets between the last two active ones. The first rule that
    holds is the stage, ``len(rules)`` is none; as ``stage before``, ``len(rules) + 1`` is not known yet.
    ``group`` is the code of the person's last row.
    """
    n, stages = 0, rules.shape[0]
    active = np.empty(max(high + 2, 2), np.int64)
    facts = np.empty(4, np.int64)
    for p in range(offsets.size - 1):
        i, count, head = offsets[p], 0, 0
        previous = stages + 1
        for b in range(low - 1, high):
            while i < offsets[p + 1] and bucket[i] <= b:
                if count == 0 or active[count - 1] != bucket[i]:
                    active[count] = bucket[i]
                    count += 1
                i += 1
            if count == 0:
                continue
            while head < count and active[head] <= b - window:
                head += 1
            facts[0], facts[1], facts[2] = b - active[0], b - active[count - 1], count - head
            facts[3] = active[count - 1] - active[count - 2] if count > 1 else FAR
            found = 0
            while found < stages:
                holds = True
                for f in range(4):
                    holds = holds and rules[found, 2 * f] <= facts[f] <= rules[found, 2 * f + 1]
                if holds:
                    break
                found += 1
            if b >= low:
                person[n], at[n], before[n], stage[n], group[n] = p, b, previous, found, code[i - 1]
                n += 1
            previous = found
    return n


@kernel
def flows(
    offsets: Ints,
    bucket: Ints,
    place: Ints,
    low: int,
    window: int,
    rules: Ints,
    out: Ints,
    runs: Ints,
) -> None:
    """Count people by group, bucket from ``low`` on, stage before and stage; what :func:`walk` would write, added up.

    ``out`` is groups x buckets x (stages + 1) x stages, its last "before" not known yet; ``place`` is each row's
    group there. ``runs`` (groups x (buckets + 1) x stages) holds changes: once no bound can be crossed any more, a
    person stays in one stage until the next active bucket.
    """
    high, stages = low + out.shape[1], rules.shape[0]
    unknown = out.shape[3]
    active = np.empty(max(high + 2, 2), np.int64)
    facts, tops = np.empty(4, np.int64), np.zeros(2, np.int64)
    for r in range(stages):
        for f in range(2):
            tops[f] = max(tops[f], rules[r, 2 * f])
            if rules[r, 2 * f + 1] < FAR:
                tops[f] = max(tops[f], rules[r, 2 * f + 1])
    for p in range(offsets.size - 1):
        i, end, count, head = offsets[p], offsets[p + 1], 0, 0
        previous, b = unknown, low - 1
        while b < high:
            while i < end and bucket[i] <= b:
                if count == 0 or active[count - 1] != bucket[i]:
                    active[count] = bucket[i]
                    count += 1
                i += 1
            if count == 0:
                if i == end:
                    break
                b = bucket[i]
                continue
            while head < count and active[head] <= b - window:
                head += 1
            facts[0], facts[1], facts[2] = b - active[0], b - active[count - 1], count - head
            facts[3] = active[count - 1] - active[count - 2] if count > 1 else FAR
            found = 0
            while found < stages:
                holds = True
                for f in range(4):
                    holds = holds and rules[found, 2 * f] <= facts[f] <= rules[found, 2 * f + 1]
                if holds:
                    break
                found += 1
            group = place[i - 1]
            if b >= low:
                out[group, b - low, previous, found] += 1
            previous = found
            b += 1
            if facts[0] > tops[0] and facts[1] > tops[1] and head == count:
                following = high if i == end else min(bucket[i], high)
                first = max(b, low)
                if following > first:
                    runs[group, first - low, found] += 1
                    runs[group, following - low, found] -= 1
                b = max(b, following)
    spread(runs, out)


@kernel
def standard_flows(
    offsets: Ints, time: Ints, place: Ints, cuts: Ints, low: int, out: Ints, runs: Ints
) -> None:
    """Do what :func:`flows` does with the standard stages, which only the last two active buckets tell.

    ``place`` may be empty: everyone is of group 0.
    """
    last, grouped = cuts.size - 1, place.size > 0
    rate = last / max(cuts[last] - cuts[0], 1)
    for p in range(offsets.size - 1):
        at, edge, group = NEVER, cuts[0], 0
        before, stage = out.shape[3], NEW
        for i in range(offsets[p], offsets[p + 1]):
            t = time[i]
            if at == NEVER or t >= edge:
                b = -1
                if t >= cuts[0]:
                    b = min(int((t - cuts[0]) * rate), last)
                    while t < cuts[b]:
                        b -= 1
                    while b < last and t >= cuts[b + 1]:
                        b += 1
                if at != NEVER:
                    stay(at, b, before, stage, group, low, out, runs)
                    before = stage if b == at + 1 else DORMANT if b == at + 2 else ASLEEP
                    stage = RETURNING if b == at + 1 else RESURRECTED
                at, edge = b, cuts[b + 1] if b < last else np.int64(2**62)
            if grouped:
                group = place[i]
        if at != NEVER:
            stay(at, low + out.shape[1], before, stage, group, low, out, runs)
    spread(runs, out)


@kernel
def stay(
    at: int, following: int, before: int, stage: int, group: int, low: int, out: Ints, runs: Ints
) -> None:
    """Count a person in an active bucket, and asleep from there to the ``following`` one."""
    high = low + out.shape[1]
    following = min(following, high)
    if low <= at < high:
        out[group, at - low, before, stage] += 1
    if low <= at + 1 < following:
        out[group, at + 1 - low, stage, DORMANT] += 1
    if low <= at + 2 < following:
        out[group, at + 2 - low, DORMANT, ASLEEP] += 1
    first = max(at + 3, low)
    if first < following:
        runs[group, first - low, ASLEEP] += 1
        runs[group, following - low, ASLEEP] -= 1


@kernel
def spread(runs: Ints, out: Ints) -> None:
    """Count people in the buckets of ``runs``, which hold where they begin and end, as staying in their stage."""
    for g in range(out.shape[0]):
        for s in range(out.shape[3]):
            held = 0
            for b in range(out.shape[1]):
                held += runs[g, b, s]
                out[g, b, s, s] += held
