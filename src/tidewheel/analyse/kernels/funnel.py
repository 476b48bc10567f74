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
    since: Ints,
    depth: Ints,
    rows: Ints,
) -> None:
    """Find chains whose steps follow one another, for the runs with a depth of -1.

    ``start[k]`` is the latest start of a live chain of ``k`` steps and ``chain[k]`` its rows: a later start
    has at least as much window left, so no other chain of ``k`` steps can get further. Of those that start then
    its every step is the latest, since of two chains the later row of each step makes a chain too: whatever
    bounds the time from one step to another is kept. So it is also the one with the most time left to the next
    step, where ``legs`` has the longest time to each step from the step ``since`` (empty: none).
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
                        and (legs.size == 0 or t - time[chain[k, since[k]]] <= legs[k])
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
                top = base
                if single:
                    while top < steps and first[top] >= 0:
                        top += 1
                elif first[base] >= 0:
                    top = climb(base, kept, count, match, time, holder, via, queue)
                if legs.size:
                    for k in range(base, top):
                        if 0 <= since[k] < base and t - time[chain[base, since[k]]] > legs[k]:
                            top = k
                            break
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


@kernel
def narrowed(match: Ints, steps: int, exclusions: int, chosen: Ints, out: Ints) -> None:
    """Write ``match`` as it is where only the ``chosen`` steps are asked: their bits, then those of exclusions."""
    for row in range(match.size):
        bits = match[row] >> steps & ((1 << exclusions) - 1)
        bits <<= chosen.size
        for place in range(chosen.size):
            bits |= (match[row] >> chosen[place] & 1) << place
        out[row] = bits


@kernel
def place_of(chosen: Ints, step: int) -> int:
    """Return the 1-based place of a 1-based step among the chosen, one past them if it is not there."""
    for place in range(chosen.size):
        if chosen[place] == step - 1:
            return place + 1
    return chosen.size + 1


@kernel
def bounds_of(
    chosen: Ints, after: Ints, before: Ints, legs: Ints, since: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return exclusions and windows of steps as they are where only the chosen steps are asked."""
    begins, ends = np.empty(after.size, np.int64), np.empty(after.size, np.int64)
    for e in range(after.size):
        begins[e], ends[e] = place_of(chosen, after[e]), place_of(chosen, before[e])
    own = np.empty(chosen.size if legs.size else 0, np.int64)
    counted = np.full(chosen.size, -1, np.int64)
    for place in range(chosen.size):
        if legs.size:
            own[place] = legs[chosen[place]]
        if place > 0:
            counted[place] = place_of(chosen, since[chosen[place]] + 1) - 1
    return begins, ends, own, counted


@kernel
def done_with(chosen: Ints, done: int, required: Ints, optional: Ints, picked: int) -> int:
    """Write ``done`` required steps and the optional ones ``picked`` in order into ``chosen``; return how many.

    The first optional step is the highest bit of ``picked``.
    """
    n, at = 0, 0
    for reached in range(done):
        while at < optional.size and optional[at] < required[reached]:
            if picked >> (optional.size - 1 - at) & 1:
                chosen[n] = optional[at]
                n += 1
            at += 1
        chosen[n] = required[reached]
        n += 1
    while at < optional.size:
        if picked >> (optional.size - 1 - at) & 1:
            chosen[n] = optional[at]
            n += 1
        at += 1
    return n


@kernel
def with_optional(
    offsets: Ints,
    time: Ints,
    match: Ints,
    segment: Ints,
    steps: int,
    window: int,
    entry_end: int,
    required: Ints,
    optional: Ints,
    after: Ints,
    before: Ints,
    legs: Ints,
    since: Ints,
    depth: Ints,
    rows: Ints,
) -> None:
    """Find the chains: ``depth`` is the number of the last required step, a step not done has the row -1.

    What is required decides how far a chain gets and when; skipped or not, an optional step changes neither. So
    the chain of the required steps alone is found first. Then each set of optional steps, the largest first, is
    tried as steps like the others, with the last required step held to the moment at which it was reached.
    There are few: those the person did at all.
    """
    runs, exclusions = offsets.size - 1, after.size
    bits = np.empty(match.size, np.int64)
    narrowed(match, steps, exclusions, required, bits)
    reached = np.full(runs, -1, np.int64)
    plain = np.full((runs, required.size), -1, np.int64)
    begins, ends, own, counted = bounds_of(required, after, before, legs, since)
    in_order(
        offsets, time, bits, segment, required.size, window, entry_end, False, begins, ends, own, counted, reached, plain
    )  # fmt: skip
    part, chosen = np.array([0, 0]), np.empty(steps, np.int64)
    got, way = np.empty(1, np.int64), np.empty((1, steps), np.int64)
    for run in range(runs):
        done, low, high = reached[run], offsets[run], offsets[run + 1]
        depth[run] = required[done - 1] + 1 if done else 0
        for place in range(done):
            rows[run, required[place]] = plain[run, place]
        if done == 0:
            continue
        next_one = required[done] if done < required.size else steps
        seen, possible = 0, 0
        for row in range(low, high):
            seen |= match[row]
        for at in range(optional.size):
            if optional[at] < next_one and seen >> optional[at] & 1:
                possible |= 1 << (optional.size - 1 - at)
        moment = time[plain[run, done - 1]]
        part[1] = high - low
        most, found_end, found_start = 0, NEVER, NEVER
        for size in range(optional.size, 0, -1):
            for picked in range(possible, 0, -1):
                if picked & ~possible:
                    continue
                count, rest = 0, picked
                while rest:
                    rest &= rest - 1
                    count += 1
                if count != size:
                    continue
                n = done_with(chosen, done, required, optional, picked)
                asked = chosen[:n]
                scratch = bits[low:high]
                narrowed(match[low:high], steps, exclusions, asked, scratch)
                pinned = place_of(asked, required[done - 1] + 1) - 1
                for row in range(low, high):
                    if time[row] != moment:
                        bits[row] &= ~(1 << pinned)
                begins, ends, own, counted = bounds_of(asked, after, before, legs, since)
                got[0] = -1
                parts = segment[low:high] if segment.size else segment
                in_order(
                    part, time[low:high], scratch, parts, n, window, entry_end, False, begins, ends, own, counted, got, way
                )  # fmt: skip
                if got[0] < n:
                    continue
                end, start = time[low + way[0, n - 1]], time[low + way[0, 0]]
                if most == 0 or end < found_end or (end == found_end and start > found_start):
                    most, found_end, found_start = size, end, start
                    rows[run, :] = -1
                    for place in range(n):
                        rows[run, asked[place]] = low + way[0, place]
            if most:
                break


@kernel
def attempts(
    offsets: Ints,
    time: Ints,
    match: Ints,
    narrow: Ints,
    segment: Ints,
    steps: int,
    window: int,
    entry_end: int,
    strict: bool,
    after: Ints,
    before: Ints,
    legs: Ints,
    since: Ints,
    kept: Ints,
    bits: Ints,
    starts: Ints,
    owner: Ints,
) -> tuple[int, int]:
    """Cut runs into attempts; return how many rows and attempts there are.

    An attempt begins with the first moment of its run that has step 0 after the attempt before, and lasts until
    the required steps (``narrow`` has their bits) are done or the time for them is over. ``kept`` receives its rows and
    ``bits`` their match, without step 0 but at its start; ``starts`` where it begins among them, ``owner`` its run.
    """
    part, got, way = np.array([0, 0]), np.empty(1, np.int64), np.empty((1, steps), np.int64)
    trial = narrow.copy()
    written, found = 0, 0
    for run in range(offsets.size - 1):
        i, first, stop = offsets[run], offsets[run], offsets[run + 1]
        while i < stop:
            begun = time[i]
            if not match[i] & 1 or begun >= entry_end:
                i += 1
                continue
            low, high = i, i
            while (
                low > first
                and time[low - 1] == begun
                and (not segment.size or segment[low - 1] == segment[i])
            ):
                low -= 1
            while (
                high < stop
                and time[high] - begun <= window
                and (not segment.size or segment[high] == segment[i])
            ):
                if time[high] != begun:
                    trial[high] &= ~1
                high += 1
            part[1], got[0] = high - low, -1
            parts = segment[low:high] if segment.size else segment
            in_order(
                part, time[low:high], trial[low:high], parts, steps, window, entry_end, strict, after, before, legs, since, got, way
            )  # fmt: skip
            over = time[high - 1] if got[0] < steps else time[low + way[0, steps - 1]]
            starts[found], owner[found] = written, run
            found += 1
            i = low
            while i < high and time[i] <= over:
                kept[written] = i
                bits[written] = match[i] if time[i] == begun else match[i] & ~1
                written += 1
                i += 1
            for row in range(i, high):
                trial[row] = narrow[row]
            first = i
    return written, found
