"""Paths around anchors: walked, told apart exactly, and counted with their different people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Ints
from tidewheel.analyse.kernels import kernel

Flags = npt.NDArray[np.bool_]
END, BEYOND, MORE = -1, -2, -3
"""What stands in a path where no node does: it begins or ends here, it is over, it goes on further."""
FIRST, LAST, EVERY = 0, 1, 2
ABREAST: Final = 16
TOGETHER: Final = 8
"""More batches than ``ABREAST`` are not kept: so many of the smallest are put together, and each row is moved seldom."""


@kernel
def marked(
    match: Ints, called: Ints, anchor: int, goal: int, activity: int, ignore: int, show: int, hide: int,
    node: Ints, active: Flags, anchors: Flags, goals: Flags,
) -> None:  # fmt: skip
    """Say of each row which node it is (-1: not shown), and whether it is active, an anchor, the goal.

    The parts of a question are bits of ``match``, 0 where they were not asked; without ``show`` everything is shown.
    """
    for i in range(match.size):
        bits = match[i]
        anchors[i], goals[i] = bits & anchor != 0, bits & goal != 0
        usual = bits & activity != 0 and bits & ignore == 0
        active[i] = anchors[i] or goals[i] or usual
        shown = usual and bits & hide == 0 and (show == 0 or bits & show != 0)
        node[i] = called[i] if anchors[i] or shown else -1


@kernel
def walk(
    offsets: Ints, unit: Ints, time: Ints, node: Ints, anchor: Flags, goal: Flags,
    which: int, before: int, after: int, window: int, collapse: bool,
    person: Ints, row: Ints, reached: Flags, path: Ints,
) -> int:  # fmt: skip
    """Write one path an anchor: its person, the anchor's row, whether the goal is reached, the nodes around it.

    ``node`` is -1 where a row is not shown. A path stays in the anchor's unit and within ``window`` ms of it
    (0: no matter how long). With ``before`` steps the first ``before + 1`` columns lead to the anchor, with
    ``after`` steps the last ``after + 1`` follow it; the outermost column says whether it goes on. The goal is
    reached by a row at or after the anchor. With ``collapse`` a node that repeats at once is one.
    """
    n = 0
    lead = before + 1 if before else 0
    for p in range(offsets.size - 1):
        begin = offsets[p]
        while begin < offsets[p + 1]:
            end = begin + 1
            while end < offsets[p + 1] and unit[end] == unit[begin]:
                end += 1
            found, known, next_goal = -1, False, begin
            previous = -1
            for i in range(begin, end):
                if node[i] < 0:
                    continue
                if node[i] != previous:
                    known = False
                previous = node[i]
                if not anchor[i] or (collapse and known and which == EVERY):
                    continue
                known = True
                if which == FIRST and found >= 0:
                    continue
                if which != LAST or found < 0:
                    found = n
                    n += 1
                person[found], row[found] = p, i
            first_found = n
            while first_found > 0 and person[first_found - 1] == p and row[first_found - 1] >= begin:
                first_found -= 1
            for e in range(first_found, n):
                here = row[e]
                path[e, :] = BEYOND
                path[e, lead] = node[here]
                if before:
                    at, held = 0, node[here]
                    for i in range(here - 1, begin - 1, -1):
                        if window and time[here] - time[i] > window:
                            break
                        if node[i] < 0 or (collapse and node[i] == held):
                            continue
                        at, held = at + 1, node[i]
                        path[e, lead - at] = MORE if at > before else held
                        if at > before:
                            break
                    if at <= before:
                        path[e, lead - at - 1] = END
                if after:
                    at, held = 0, node[here]
                    for i in range(here + 1, end):
                        if window and time[i] - time[here] > window:
                            break
                        if node[i] < 0 or (collapse and node[i] == held):
                            continue
                        at, held = at + 1, node[i]
                        path[e, lead + at] = MORE if at > after else held
                        if at > after:
                            break
                    if at <= after:
                        path[e, lead + at + 1] = END
                next_goal = max(next_goal, here)
                while next_goal < end and not goal[next_goal]:
                    next_goal += 1
                reached[e] = next_goal < end and (window == 0 or time[next_goal] - time[here] <= window)
            begin = end
    return n


@kernel
def distinct(table: Ints, ids: Ints, first: Ints) -> int:
    """Number the different rows of a table in order of appearance; return how many.

    Rows are compared in full: a hash only says where to look.
    """
    size = 16
    while size < 2 * table.shape[0]:
        size *= 2
    slots = np.full(size, -1, np.int64)
    n = 0
    for i in range(table.shape[0]):
        mixed = np.uint64(14695981039346656037)
        for c in range(table.shape[1]):
            mixed = (mixed ^ np.uint64(table[i, c] + 4)) * np.uint64(1099511628211)
            mixed ^= mixed >> np.uint64(29)
        slot = np.int64(mixed & np.uint64(size - 1))
        while slots[slot] >= 0:
            other = first[slots[slot]]
            same = True
            for c in range(table.shape[1]):
                if table[other, c] != table[i, c]:
                    same = False
                    break
            if same:
                break
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = n
            first[n] = i
            n += 1
        ids[i] = slots[slot]
    return n


@kernel
def profiles(person: Ints, ids: Ints, single: Ints, heads: Ints, which: Ints) -> int:
    """Sort people by how many different rows are theirs: one (counted in ``single``) or several (listed).

    A person's ids stand together. Returns how many people are listed.
    """
    last = np.full(single.size, -1, np.int64)
    listed, at, i = 0, 0, 0
    heads[0] = 0
    while i < person.size:
        begin, j = at, i
        while j < person.size and person[j] == person[i]:
            if last[ids[j]] != person[i]:
                last[ids[j]] = person[i]
                which[at] = ids[j]
                at += 1
            j += 1
        if at - begin == 1:
            single[which[begin]] += 1
            at = begin
        else:
            listed += 1
            heads[listed] = at
        i = j
    return listed


@kernel
def spread(
    row: Ints, cell: Ints, use: Flags, count: Ints, single: Ints, heads: Ints, which: Ints, times: Ints, people: Ints
) -> None:  # fmt: skip
    """Add what each row counts to its cells: how often, and how many different people.

    ``row`` and ``cell`` are pairs, those of a row standing together; a cell named twice by a row counts twice
    but its people once. Only rows in ``use`` count.
    """
    n = use.size
    starts = np.zeros(n + 1, np.int64)
    for i in range(row.size):
        starts[row[i] + 1] += 1
    for i in range(n):
        starts[i + 1] += starts[i]
    last = np.full(people.size, -1, np.int64)
    for r in range(n):
        if not use[r]:
            continue
        for e in range(starts[r], starts[r + 1]):
            times[cell[e]] += count[r]
            if last[cell[e]] != r:
                last[cell[e]] = r
                people[cell[e]] += single[r]
    last[:] = -1
    for m in range(heads.size - 1):
        for w in range(heads[m], heads[m + 1]):
            r = which[w]
            if not use[r]:
                continue
            for e in range(starts[r], starts[r + 1]):
                if last[cell[e]] != m:
                    last[cell[e]] = m
                    people[cell[e]] += 1


@kernel
def _often(row: Ints, cell: Ints, use: Flags, count: Ints, times: Ints) -> None:
    for i in range(row.size):
        if use[row[i]]:
            times[cell[i]] += count[row[i]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Different rows with how often each occurs and whose they are.

    ``single[i]`` people have row i and no other; the people with several have the rows
    ``which[heads[k]:heads[k + 1]]``. Who they are is not kept.
    """

    table: Ints
    count: Ints
    single: Ints
    heads: Ints
    which: Ints

    @property
    def size(self) -> int:
        """How much it holds."""
        return self.table.shape[0] + self.which.size


@dataclass(frozen=True, slots=True)
class Trails:
    """Rows of integers counted exactly, in a few batches that are put together when asked."""

    width: int
    batches: tuple[Batch, ...] = ()

    @classmethod
    def of(cls, table: Ints, person: Ints) -> Self:
        """Count the rows of a block; the rows of a person stand together."""
        if not person.size:
            return cls(table.shape[1])
        ids, first = np.empty(person.size, np.int64), np.empty(person.size, np.int64)
        n = distinct(table, ids, first)
        single, heads = np.zeros(n, np.int64), np.empty(person.size + 1, np.int64)
        which = np.empty(person.size, np.int64)
        listed = profiles(person, ids, single, heads, which)
        batch = Batch(
            table[first[:n]],
            np.bincount(ids, minlength=n),
            single,
            heads[: listed + 1].copy(),
            which[: heads[listed]].astype(np.int32),
        )
        return cls(table.shape[1], (batch,))

    def merge(self, other: Self) -> Self:
        """Return the rows of both, smaller batches put together."""
        held = sorted((*self.batches, *other.batches), key=lambda batch: -batch.size)
        while len(held) > ABREAST:
            held[-TOGETHER:] = [_together(held[-TOGETHER:])]
        return type(self)(self.width, tuple(held))

    def whole(self) -> Batch:
        """Return everything as one batch."""
        return _together(list(self.batches)) if self.batches else _nothing(self.width)


def _nothing(width: int) -> Batch:
    none = np.zeros(0, np.int64)
    return Batch(np.zeros((0, width), np.int64), none, none, np.zeros(1, np.int64), none)


def _together(batches: list[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    table = np.concatenate([batch.table for batch in batches])
    ids, first = np.empty(table.shape[0], np.int64), np.empty(table.shape[0], np.int64)
    n = distinct(table, ids, first)
    count, single = np.zeros(n, np.int64), np.zeros(n, np.int64)
    np.add.at(count, ids, np.concatenate([batch.count for batch in batches]))
    np.add.at(single, ids, np.concatenate([batch.single for batch in batches]))
    heads, which, rows, listed = [np.zeros(1, np.int64)], [], 0, 0
    for batch in batches:
        heads.append(batch.heads[1:] + listed)
        which.append(ids[rows + batch.which].astype(np.int32))
        rows += batch.table.shape[0]
        listed += int(batch.heads[-1])
    return Batch(table[first[:n]], count, single, np.concatenate(heads), np.concatenate(which))


def tallied(batch: Batch, use: Flags, row: Ints, cell: Ints, cells: int) -> tuple[Ints, Ints]:
    """Return how often each cell occurs and how many different people it has; pairs are sorted by row."""
    times, people = np.zeros(cells, np.int64), np.zeros(cells, np.int64)
    which = batch.which.astype(np.int64)
    spread(row, cell, use, batch.count, batch.single, batch.heads, which, times, people)
    return times, people


def often(batch: Batch, use: Flags, row: Ints, cell: Ints, cells: int) -> Ints:
    """Return how often each cell occurs."""
    times = np.zeros(cells, np.int64)
    _often(row, cell, use, batch.count, times)
    return times
