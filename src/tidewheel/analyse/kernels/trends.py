"""From rows to (series, group, bucket) records, and from records to distinct people in windows.

A *line* is ``(code + 1) * series + s``; code -1 is everyone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Floats, Ints
from tidewheel.analyse.kernels import kernel

Flags = npt.NDArray[np.bool_]
FOREVER = 2**40


@kernel
def records(
    offsets: Ints,
    match: Ints,
    bucket: Ints,
    first_only: Flags,
    group_offsets: Ints,
    codes: Ints,
    item_bits: Ints,
    line: Ints,
    row: Ints,
    who: Ints,
) -> int:
    """Write a (line, row, person) for everyone and each different group of each row; return how many.

    Rows with a negative bucket are not written. A series of ``first_only`` has one row a person: the first,
    whatever its bucket. ``group_offsets`` is empty without groups, ``item_bits`` where entries are not items.
    """
    n, series = 0, first_only.size
    done = np.zeros(series, np.bool_)
    for person in range(offsets.size - 1):
        done[:] = False
        for i in range(offsets[person], offsets[person + 1]):
            for s in range(series):
                if not match[i] >> s & 1 or done[s]:
                    continue
                done[s] = first_only[s]
                if bucket[i] < 0:
                    continue
                line[n], row[n], who[n] = s, i, person
                n += 1
                if not group_offsets.size:
                    continue
                begin = n
                for entry in range(group_offsets[i], group_offsets[i + 1]):
                    if item_bits.size and not item_bits[entry] >> s & 1:
                        continue
                    wanted = (codes[entry] + 1) * series + s
                    known = False
                    for earlier in range(begin, n):
                        known = known or line[earlier] == wanted
                    if not known:
                        line[n], row[n], who[n] = wanted, i, person
                        n += 1
                if n == begin:
                    line[n], row[n], who[n] = series + s, i, person
                    n += 1
    return n


@kernel
def tallied(
    offsets: Ints, time: Ints, match: Ints, cuts: Ints, first: int, series: int, events: Ints, people: Ints
) -> None:
    """Count rows and persons by series and bucket (``events``, ``people``: series x cuts), without groups.

    The last column is the whole period. Rows before ``first`` or the cuts do not count.
    """
    step_of = np.full(256, -1, np.int64)
    for s in range(min(series, 8)):
        step_of[1 << s] = s
    last, width = np.empty(series, np.int64), np.uint64(cuts.size)
    final = cuts.size - 1
    zero, low, high = cuts[0], max(cuts[0], first), cuts[final]
    pace = final / max(high - zero, 1)
    for person in range(offsets.size - 1):
        last[:] = -1
        for i in range(np.uint64(offsets[person]), np.uint64(offsets[person + 1])):
            t, bits = time[i], np.uint64(match[i])
            if t < low or t >= high:
                continue
            b = min(int((t - zero) * pace), final - 1)  # a guess, nearly always right
            while t < cuts[np.uint64(b)]:
                b -= 1
            while t >= cuts[np.uint64(b) + np.uint64(1)]:
                b += 1
            at = np.uint64(b)
            only = step_of[bits] if bits < 256 else -1
            if only >= 0:
                cell = np.uint64(only) * width + at
                events[cell] += 1
                people[cell] += int(last[np.uint64(only)] != b)
                last[np.uint64(only)] = b
                continue
            for s in range(series):
                if bits >> np.uint64(s) & np.uint64(1):
                    cell = np.uint64(s) * width + at
                    events[cell] += 1
                    people[cell] += int(last[s] != b)
                    last[s] = b
        for s in range(series):
            people[np.uint64(s + 1) * width - np.uint64(1)] += int(last[s] >= 0)
    for s in range(series):
        for b in range(final):
            events[np.uint64(s + 1) * width - np.uint64(1)] += events[np.uint64(s) * width + np.uint64(b)]


@kernel
def measured(
    line: Ints,
    row: Ints,
    series: int,
    chosen: int,
    offsets: Ints,
    values: Floats,
    item_bits: Ints,
    codes: Ints,
    record: Ints,
    value: Floats,
) -> int:
    """Write (record, value) for each value that records of series ``chosen`` stand for; return how many.

    ``codes`` is empty unless values and groups are of the same items: then an item counts in its group.
    """
    n = 0
    for i in range(line.size):
        if line[i] % series != chosen:
            continue
        code = line[i] // series - 1
        for entry in range(offsets[row[i]], offsets[row[i] + 1]):
            if np.isnan(values[entry]) or (item_bits.size and not item_bits[entry] >> chosen & 1):
                continue
            if codes.size and code >= 0 and codes[entry] != code:
                continue
            record[n], value[n] = i, values[entry]
            n += 1
    return n


@kernel
def visits(
    line: Ints,
    bucket: Ints,
    person: Ints,
    inside: Flags,
    lines: int,
    buckets: int,
    reach: int,
    cell: Ints,
    change: Ints,
    fresh: Flags,
) -> int:
    """Count each person once in every window; return how many changes were written.

    Records of a person stand together and ascend in bucket. Point b covers the buckets (b - reach, b].
    With ``reach`` 1 a change is a person in a cell; otherwise +1 where a person's stay begins and -1 where
    it ends, to be summed along the buckets. Cell ``buckets`` of a line counts its people inside the period.
    ``fresh`` marks the first record of each (person, line, bucket, inside).
    """
    n, width = 0, buckets + 1
    who, until = np.full(lines, -1, np.int64), np.zeros(lines, np.int64)
    last, counted = np.full(lines, -1, np.int64), np.full(lines, -1, np.int64)
    for i in range(line.size):
        at, b = line[i], bucket[i]
        new = who[at] != person[i]
        fresh[i] = new or last[at] != 2 * b + inside[i]
        last[at] = 2 * b + inside[i]
        if inside[i] and counted[at] != person[i]:
            counted[at] = person[i]
            cell[n], change[n] = at * width + buckets, 1
            n += 1
        end = min(b + reach, buckets)
        if new or b >= until[at]:
            cell[n], change[n] = at * width + b, 1
            n += 1
        elif end > until[at]:
            cell[n], change[n] = at * width + until[at], 1
            n += 1
        else:
            continue
        who[at], until[at] = person[i], end
        if reach > 1 and end < buckets:
            cell[n], change[n] = at * width + end, -1
            n += 1
    return n


@kernel
def grouped(
    offsets: Ints, time: Ints, match: Ints, place: Ints, cuts: Ints, first: int, counting: Flags, keep: bool,
    events: Ints, people: Ints, seen_cell: Ints, seen_person: Ints,
) -> int:  # fmt: skip
    """Do what :func:`tallied` does for everyone and for the one group of each row, ``place`` from 0 on.

    ``events`` and ``people`` are (groups + 1) x series x cuts, everyone first; people only of ``counting`` series.
    With ``keep`` each (cell, person) of a group is written once; returns how many.
    """
    n, series, width = 0, counting.size, cuts.size
    final = width - 1
    stamp = np.full(events.size, -1, np.int64)
    step = (cuts[final] - cuts[0]) / max(final, 1)
    for person in range(offsets.size - 1):
        b = 0
        for i in range(offsets[person], offsets[person + 1]):
            t = time[i]
            if t < first or t < cuts[0] or t >= cuts[final]:
                continue
            if t >= cuts[b + 1]:
                b = max(b, min(int((t - cuts[0]) / step), final - 1))
                while t < cuts[b]:
                    b -= 1
                while t >= cuts[b + 1]:
                    b += 1
            for s in range(series):
                if not match[i] >> s & 1:
                    continue
                for line in (s, (place[i] + 1) * series + s):
                    cell, whole = line * width + b, line * width + final
                    events[cell] += 1
                    if final > 1:
                        events[whole] += 1
                    if not counting[s]:
                        continue
                    if stamp[cell] != person:
                        stamp[cell] = person
                        people[cell] += 1
                        if keep and line >= series:
                            seen_cell[n], seen_person[n] = cell, person
                            n += 1
                    if final > 1 and stamp[whole] != person:
                        stamp[whole] = person
                        people[whole] += 1
    if final == 1:  # one bucket is the whole period
        events[1::2], people[1::2] = events[::2], people[::2]
    return n


@kernel
def active(
    offsets: Ints, day: Ints, unit: Ints, reaches: Ints, exactly: Ints, changes: Ints
) -> None:  # fmt: skip
    """Count people by their number of different units (``exactly``), and by day for each reach.

    ``day`` and ``unit`` ascend within a person, -1 where a row does not count. ``changes`` (reaches x days) are as
    :func:`visits` writes them: people of a day for reach 1, otherwise where a stay begins and ends.
    """
    days = changes.shape[1]
    until = np.empty(reaches.size, np.int64)
    for person in range(offsets.size - 1):
        units, last = 0, -1
        until[:] = -1
        for i in range(offsets[person], offsets[person + 1]):
            if unit[i] > last:
                last = unit[i]
                units += 1
            b = day[i]
            if b < 0 or (i > offsets[person] and day[i - 1] == b):
                continue
            for r in range(reaches.size):
                end = min(b + reaches[r], days)
                if b >= until[r]:
                    changes[r, b] += 1
                elif end > until[r]:
                    changes[r, until[r]] += 1
                else:
                    continue
                until[r] = end
                if reaches[r] > 1 and end < days:
                    changes[r, end] -= 1
        exactly[units] += 1
