"""From each person's rows to cohort records and the periods in which they came back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Ints
from tidewheel.analyse.kernels import kernel


@kernel
def entries(
    offsets: Ints,
    time: Ints,
    match: Ints,
    bucket: Ints,
    first: int,
    end: int,
    first_time: bool,
    person: Ints,
    row: Ints,
) -> int:
    """Write one (person, row) for each bucket in which a person started: the first such row of the bucket.

    A start counts at ``first <= time < end``; with ``first_time`` only a person's very first one.
    """
    n = 0
    for p in range(offsets.size - 1):
        last = -1
        for i in range(offsets[p], offsets[p + 1]):
            if not match[i] & 1:
                continue
            if first <= time[i] < end and bucket[i] != last:
                person[n], row[n] = p, i
                n += 1
                last = bucket[i]
            if first_time:
                break
    return n


@kernel
def returns(
    offsets: Ints,
    time: Ints,
    match: Ints,
    bucket: Ints,
    person: Ints,
    row: Ints,
    column: Ints,
    amount: Ints,
    came: npt.NDArray[np.bool_],
    sums: Ints,
) -> None:
    """Mark the columns in which the people of each entry came back, and add up what they did there.

    A person's entries stand together and ascend. A return counts from the entry's own moment on. ``column[d]`` is where coming back d buckets later
    belongs; later than that is the last column if ``column`` says so by its final entry, -1: nowhere.
    ``amount`` (2 x rows) is added to ``sums`` (2 x entries x columns); both empty when not asked.
    """
    reach, valued = column.size - 2, amount.size > 0
    longest = 0
    for p in range(offsets.size - 1):
        longest = max(longest, offsets[p + 1] - offsets[p])
    held, last = np.empty(longest, np.int64), np.empty(longest, np.int64)
    added = np.empty((2, longest if valued else 0), np.int64)
    known, n, pointer = -1, 0, 0
    for e in range(person.size):
        if person[e] != known:
            known, n, pointer = person[e], 0, 0
            for i in range(offsets[known], offsets[known + 1]):
                if not match[i] & 2:
                    continue
                if n == 0 or held[n - 1] != bucket[i]:
                    held[n] = bucket[i]
                    if valued:
                        added[:, n] = 0
                    n += 1
                last[n - 1] = time[i]
                if valued:
                    added[0, n - 1] += amount[0, i]
                    added[1, n - 1] += amount[1, i]
        start = row[e]
        while pointer < n and held[pointer] < bucket[start]:
            pointer += 1
        for place in range(pointer, n):
            distance = held[place] - bucket[start]
            if last[place] < time[start]:
                continue
            if distance > reach and column[reach + 1] < 0:
                break
            at = column[min(distance, reach + 1)]
            came[e, at] = True
            if valued and distance > 0:
                sums[0, e, at] += added[0, place]
                sums[1, e, at] += added[1, place]
            elif valued:
                i = start
                while i > offsets[known] and time[i - 1] == time[start]:
                    i -= 1
                while i < offsets[known + 1] and bucket[i] == bucket[start]:
                    if match[i] & 2:
                        sums[0, e, at] += amount[0, i]
                        sums[1, e, at] += amount[1, i]
                    i += 1


@kernel
def returns_since(
    offsets: Ints,
    time: Ints,
    match: Ints,
    person: Ints,
    row: Ints,
    length: int,
    column: Ints,
    amount: Ints,
    came: npt.NDArray[np.bool_],
    sums: Ints,
) -> None:
    """Do as :func:`returns` does where periods are ``length`` long and roll from each entry's own moment."""
    reach, valued = column.size - 2, amount.size > 0
    beyond = column[reach + 1]
    for e in range(person.size):
        since, first, end = time[row[e]], offsets[person[e]], offsets[person[e] + 1]
        i = row[e]
        while i > first and time[i - 1] == since:
            i -= 1
        distance, until = 0, since + length
        while i < end:
            if match[i] & 2:
                if time[i] >= until:
                    distance = (time[i] - since) // length
                    until = since + (distance + 1) * length
                if distance > reach and beyond < 0:
                    break
                at = column[min(distance, reach + 1)]
                came[e, at] = True
                if valued:
                    sums[0, e, at] += amount[0, i]
                    sums[1, e, at] += amount[1, i]
                elif distance > reach:
                    break
            i += 1


@kernel
def tallied(
    offsets: Ints,
    time: Ints,
    match: Ints,
    cuts: Ints,
    first: int,
    end: int,
    first_time: bool,
    column: Ints,
    last_only: bool,
    entered: Ints,
    came: Ints,
) -> int:
    """Count entries (by cohort) and returns (cohorts x columns) without groups and values; return the people.

    The same as :func:`entries`, :func:`returns` and :func:`count` one after another, in one pass over each person.
    Buckets are guessed by an even pace, which is nearly always right, and starts are written whether they count or
    not: a processor cannot guess which rows begin a new bucket.
    """
    reach, final, low = column.size - 2, cuts.size - 1, cuts[0]
    pace = final / max(cuts[final] - low, 1)
    held, last = np.empty(cuts.size, np.int64), np.empty(cuts.size, np.int64)
    cohort, since = np.empty(cuts.size + 1, np.int64), np.empty(cuts.size + 1, np.int64)
    people = 0
    for p in range(offsets.size - 1):
        starts, backs, started, returned, open_to_start = 0, 0, -1, -1, 1
        for i in range(np.uint64(offsets[p]), np.uint64(offsets[p + 1])):
            t, bits = time[i], match[i]
            if t < low:
                open_to_start &= 1 - (bits & int(first_time))
                continue
            b = min(int((t - low) * pace), final)
            while t < cuts[np.uint64(b)]:
                b -= 1
            while b < final and t >= cuts[np.uint64(b) + np.uint64(1)]:
                b += 1
            if bits & 2:
                backs += int(b != returned)
                returned = b
                held[np.uint64(backs - 1)], last[np.uint64(backs - 1)] = b, t
            begins = bits & open_to_start
            counts = begins & int(first <= t) & int(t < end) & int(b != started)
            cohort[np.uint64(starts)], since[np.uint64(starts)] = b, t
            starts += counts
            started = b if counts else started
            open_to_start &= 1 - (begins & int(first_time))
        people += int(starts > 0)
        for e in range(np.uint64(starts)):
            entered[cohort[e]] += 1
        pointer = 0
        for e in range(starts if backs else 0):
            while pointer < backs and held[pointer] < cohort[e]:
                pointer += 1
            seen = -1
            for place in range(pointer, backs):
                distance = held[place] - cohort[e]
                if last[place] < since[e]:
                    continue
                if distance > reach and column[reach + 1] < 0:
                    break
                at = column[min(distance, reach + 1)]
                if at != seen:
                    if last_only and seen >= 0:
                        came[cohort[e], seen] -= 1
                    came[cohort[e], at] += 1
                    seen = at
    return people


@kernel
def count(
    entry: Ints, place: Ints, came: npt.NDArray[np.bool_], sums: Ints, last_only: bool, cells: Ints
) -> None:
    """Add what the entries did to ``cells`` (3 x places x columns): who came, and the sums.

    With ``last_only`` an entry counts as coming in the last of its columns alone.
    """
    for i in range(entry.size):
        counted = False
        for column in range(came.shape[1] - 1, -1, -1):
            if not came[entry[i], column]:
                continue
            if not (last_only and counted):
                cells[0, place[i], column] += 1
                counted = True
            if sums.size:
                cells[1, place[i], column] += sums[0, entry[i], column]
                cells[2, place[i], column] += sums[1, entry[i], column]
