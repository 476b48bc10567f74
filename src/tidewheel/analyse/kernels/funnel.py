"""Finding the best chain of steps in each run of rows.

Arrays shared by the kernels: run ``r`` has the rows ``offsets[r]:offsets[r + 1]``, ascending in ``time``.
Bit ``k`` of ``match`` is step ``k``, bit ``steps + e`` exclusion ``e``; any higher bit marks other rows.
``segment`` is empty, or a chain may not cross from one segment value to the next. ``depth[r]`` receives
the length of the best chain, ``rows[r, :depth[r]]`` its rows: of each step's rows at the chosen time the
first. Rows of one millisecond are taken together and may follow one another in any order.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.kernels import kernel

Ints = npt.NDArray[np.int64]
NEVER = -(2**62)


@kernel
def seat(
    holder: Ints, match: Ints, time: Ints, row: int, allowed: int, evict: bool, via: Ints, queue: Ints
) -> bool:
    """Give ``row`` one of its ``allowed`` steps, moving other holders to other steps of theirs if needed.

    True when one more step is held. Otherwise, with ``evict``, the oldest holder that can make room
    leaves. Rows put in one after another by ascending time so hold, for every t, as many steps as the
    rows since t can hold at all (they are the heaviest basis of a transversal matroid).
    """
    seen = match[row] & allowed
    head, tail = 0, 0
    for step in range(holder.size):
        if seen >> step & 1:
            if holder[step] < 0:
                holder[step] = row
                return True
            via[step] = -1
            queue[tail] = step
            tail += 1
    target = -1
    while head < tail and target < 0:
        step = queue[head]
        head += 1
        fresh = match[holder[step]] & allowed & ~seen
        seen |= fresh
        for other in range(holder.size):
            if fresh >> other & 1:
                via[other] = step
                queue[tail] = other
                tail += 1
                if holder[other] < 0:
                    target = other
                    break
    gained = target >= 0
    if not gained and evict:
        for place in range(tail):
            step = queue[place]
            if target < 0 or time[holder[step]] < time[holder[target]]:
                target = step
    if target < 0:
        return False
    while via[target] >= 0:
        holder[target] = holder[via[target]]
        target = via[target]
    holder[target] = row
    return gained


@kernel
def climb(
    base: int,
    kept: Ints,
    count: int,
    match: Ints,
    time: Ints,
    holder: Ints,
    via: Ints,
    queue: Ints,
) -> int:
    """Return how far a chain of ``base`` steps gets with the rows of one moment, each used at most once."""
    holder[:] = -1
    top = base
    while top < holder.size:
        allowed = (1 << (top + 1)) - (1 << base)
        grown = False
        for place in range(count):
            row = kept[place]
            taken = False
            for step in range(base, top):
                taken = taken or holder[step] == row
            if (
                not taken
                and match[row] & allowed
                and seat(holder, match, time, row, allowed, False, via, queue)
            ):
                grown = True
                break
        if not grown:
            break
        top += 1
    return top


MOST_PLAIN_STEPS = 8


@kernel
def in_order_plainly(
    offsets: Ints, time: Ints, match: Ints, steps: int, window: int, entry_end: int, depth: Ints, rows: Ints
) -> int:
    """Do as :func:`in_order` where each row matches one step and no two share a moment; return how many do not.

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
def gaps(time: Ints, rows: Ints, out: Ints) -> None:
    """Write the time from each row of a chain to the next, -1 where there is none."""
    for chain in range(rows.shape[0]):
        for k in range(rows.shape[1] - 1):
            onward = rows[chain, k + 1]
            out[chain, k] = time[onward] - time[rows[chain, k]] if onward >= 0 else -1


@kernel
def in_order(
    offsets: Ints,
    time: Ints,
    match: Ints,
    segment: Ints,
    steps: int,
    window: int,
    entry_end: int,
    strict: bool,
    after: Ints,
    before: Ints,
    legs: Ints,
    depth: Ints,
    rows: Ints,
) -> None:
    """Find chains whose steps follow one another, for the runs with a depth of -1.

    ``start[k]`` is the latest start of a live chain of ``k`` steps and ``chain[k]`` its rows: a later start
    has at least as much window left, so no other chain of ``k`` steps can get further. Of those that start then
    its every step is the latest, since of two chains the later row of each step makes a chain too: whatever
    bounds the time from one step to another is kept. So it is also the one with the most time left to the next
    step, where ``legs`` has the longest time to each step from the one before (empty: none).
    """
    plain = (1 << steps) - 1
    start = np.empty(steps + 1, np.int64)
    chain = np.empty((steps + 1, steps), np.int64)
    first, filled = np.empty(steps, np.int64), np.empty(steps, np.int64)
    holder, via, queue = np.empty(steps, np.int64), np.empty(steps, np.int64), np.empty(steps, np.int64)
    kept = np.empty(steps * steps, np.int64)
    for run in range(offsets.size - 1):
        if depth[run] >= 0:
            continue
        start[:] = NEVER
        best, i, stop = 0, offsets[run], offsets[run + 1]
        while i < stop and best < steps:
            t, j = time[i], i + 1
            while j < stop and time[j] == t:
                j += 1
            if segment.size and i > offsets[run] and segment[i] != segment[i - 1]:
                start[:] = NEVER
            if j == i + 1 and match[i] <= plain and not strict:
                for k in range(min(best, steps - 1), 0, -1):
                    if (
                        match[i] >> k & 1
                        and t - start[k] <= window
                        and start[k] >= start[k + 1]
                        and (legs.size == 0 or t - time[chain[k, k - 1]] <= legs[k])
                    ):
                        start[k + 1] = start[k]
                        for step in range(k):
                            chain[k + 1, step] = chain[k, step]
                        chain[k + 1, k] = i
                        if k == best:
                            best += 1
                            for step in range(best):
                                rows[run, step] = chain[best, step]
                if match[i] & 1 and t < entry_end:
                    start[1] = t
                    chain[1, 0] = i
                    if best == 0:
                        best = 1
                        rows[run, 0] = i
                i = j
                continue
            first[:] = -1
            filled[:] = 0
            count, fired, single = 0, 0, True
            for row in range(i, j):
                mask = match[row] & plain
                fired |= match[row]
                single = single and mask & (mask - 1) == 0
                keep = False
                for k in range(steps):
                    if mask >> k & 1:
                        if first[k] < 0:
                            first[k] = row
                        keep = keep or filled[k] < steps
                if keep:
                    kept[count] = row
                    count += 1
                    for k in range(steps):
                        filled[k] += mask >> k & 1
            found, found_start = best, NEVER
            for base in range(steps - 1, -1, -1):
                begun = t if base == 0 else start[base]
                if t - begun > window or (base == 0 and t >= entry_end):
                    continue
                if legs.size and base > 0 and t - time[chain[base, base - 1]] > legs[base]:
                    continue
                top = base
                if single:
                    while top < steps and first[top] >= 0:
                        top += 1
                elif first[base] >= 0:
                    top = climb(base, kept, count, match, time, holder, via, queue)
                if top > found or (top == found and found > best and begun >= found_start):
                    found, found_start = top, begun
                    rows[run, :base] = chain[base, :base]
                    rows[run, base:top] = first[base:top]
                horizon = base + 1 if strict else 0
                for e in range(after.size):
                    if fired >> (steps + e) & 1 and after[e] <= base:
                        horizon = max(horizon, before[e])
                for k in range(base + 1, top + 1):
                    if k >= horizon and begun >= start[k]:
                        start[k] = begun
                        chain[k, :base] = chain[base, :base]
                        chain[k, base:k] = first[base:k]
                if 0 < base < horizon:
                    start[base] = NEVER
            best = found
            i = j
        depth[run] = best


@kernel
def write_chain(
    holder: Ints, offset: int, time: Ints, match: Ints, plain: int, better_only: bool, out: Ints
) -> None:
    """Write the held rows by time into ``out``; with ``better_only`` if its middle is later than what is there."""
    n = 0
    order = np.empty(holder.size, np.int64)
    for step in range(holder.size):
        if holder[step] >= 0:
            place = n
            while place > 0 and time[order[place - 1]] > time[holder[step]]:
                order[place] = order[place - 1]
                place -= 1
            order[place] = holder[step]
            n += 1
    if better_only:
        place = n - 1
        while place > 0 and time[order[place]] == time[out[place]]:
            place -= 1
        if place == 0 or time[order[place]] < time[out[place]]:
            return
    for place in range(n):
        row = order[place]
        back = row
        while back > offset and time[back - 1] == time[row]:
            back -= 1
            if match[back] & plain:
                order[place] = back
    out[:n] = order[:n]


@kernel
def in_any_order(
    offsets: Ints,
    time: Ints,
    match: Ints,
    segment: Ints,
    steps: int,
    window: int,
    entry_end: int,
    exclusions: int,
    depth: Ints,
    rows: Ints,
) -> None:
    """Find the most steps done, in whatever order, within one window that opens before ``entry_end``."""
    plain = (1 << steps) - 1
    holder, trial = np.empty(steps, np.int64), np.empty(steps, np.int64)
    via, queue = np.empty(steps, np.int64), np.empty(steps, np.int64)
    for run in range(offsets.size - 1):
        holder[:] = -1
        best, i, stop = 0, offsets[run], offsets[run + 1]
        entry, entry_from, entry_to = NEVER, 0, 0
        while i < stop and best < steps:
            t, j = time[i], i + 1
            while j < stop and time[j] == t:
                j += 1
            if segment.size and i > offsets[run] and segment[i] != segment[i - 1]:
                holder[:] = -1
                entry = NEVER
            fired = 0
            for row in range(i, j):
                fired |= match[row]
                if match[row] & plain:
                    seat(holder, match, time, row, plain, True, via, queue)
                    if t < entry_end:
                        entry, entry_from, entry_to = t, i, j
            held, oldest = 0, t
            for k in range(steps):
                if holder[k] >= 0 and t - time[holder[k]] > window:
                    holder[k] = -1
                if holder[k] >= 0:
                    held += 1
                    oldest = min(oldest, time[holder[k]])
            if held > best and t - entry <= window:
                best = held
                if oldest < entry_end:
                    write_chain(holder, offsets[run], time, match, plain, False, rows[run])
                else:
                    written = False
                    for row in range(entry_from, entry_to):
                        if match[row] & plain:
                            trial[:] = holder
                            seat(trial, match, time, row, plain, True, via, queue)
                            write_chain(trial, offsets[run], time, match, plain, written, rows[run])
                            written = True
            if fired >> steps & ((1 << exclusions) - 1):
                for k in range(steps):
                    if holder[k] >= 0 and time[holder[k]] < t:
                        holder[k] = -1
                if entry < t:
                    entry = NEVER
            i = j
        depth[run] = best
