"""Buckets, records and distinct people of the lines of a trend."""

from __future__ import annotations

from typing import Literal

import numpy as np

from tidewheel.analyse.contract import Block, Floats, Ints, Ragged
from tidewheel.analyse.kernels.buckets import Days, counts, cut, numbered
from tidewheel.analyse.kernels.cells import DENSE, Cells, ranked
from tidewheel.analyse.kernels.groups import item_bits
from tidewheel.analyse.kernels.trends import FOREVER, Flags, grouped, measured, records, tallied, visits
from tidewheel.core.period import Calendar, Grain, Span

GROUPED = 262_144
"""Most cells of a block that are counted in place however few its rows are."""


class Buckets:
    """Bucket starts with those before the period: ``earlier`` ones, and those that rolling points reach back to."""

    def __init__(
        self,
        calendar: Calendar,
        span: Span,
        grain: Grain | Literal["total"],
        reach: int = 1,
        days: Days = "all",
        earlier: int = 0,
    ) -> None:
        self.calendar, self.span, self.reach, self.days, self.earlier = calendar, span, reach, days, earlier
        if grain == "total":
            self.cuts = np.array([span.start, span.end], dtype=np.int64)
            self.ends, self.history = self.cuts[1:], 0
        else:
            before = earlier + (0 if reach == FOREVER else reach - 1)
            self.cuts, self.ends, self.history = cut(calendar, span, grain, days, before)

    @property
    def count(self) -> int:
        """The number of buckets with history."""
        return self.cuts.size - 1

    @property
    def width(self) -> int:
        """Cells of a line: the buckets and the whole period."""
        return self.cuts.size

    def numbers(self, time: Ints) -> Ints:
        """Return the bucket of each moment, -1 where it lies in none."""
        found = numbered(self.cuts, time, None if self.history else self.span.start)
        if self.days != "all":
            found[~counts(self.calendar, time, self.days)] = -1
        if (
            self.history and self.reach == 1
        ):  # a bucket that the period begins inside holds what is in the period
            found[(found == self.history) & (time < self.span.start)] = -1
        return found


class Records:
    """The (line, row) records of a block: what is counted, summed and listed."""

    def __init__(self, buckets: Buckets, first_only: Flags, block: Block) -> None:
        self.buckets = buckets
        bucket = buckets.numbers(block.time)
        match = block.match.view(np.int64)
        empty = np.empty(0, np.int64)
        offsets, codes, bits, entries = empty, empty, empty, 0
        if isinstance(block.group, Ragged):
            offsets, codes = block.group.offsets, block.group.values
            bits, entries = item_bits(block, block.group), codes.size
        elif block.group is not None:
            offsets, codes, entries = np.arange(block.time.size + 1), block.group, block.group.size
        lines = np.bitwise_count(block.match & np.uint64((1 << first_only.size) - 1))
        room = int(lines.sum())
        if offsets.size:
            room += int((lines * np.maximum(np.diff(offsets), 1)).sum()) if entries else room
        line, row, person = (np.empty(room, np.int64) for _ in range(3))
        n = records(block.offsets, match, bucket, first_only, offsets, codes, bits, line, row, person)
        self.people = block.people
        self.line, self.row, self.person = line[:n], row[:n], person[:n]
        self.bucket = bucket[self.row]
        self.inside = np.ones(n, bool)
        if buckets.history:
            self.inside = block.time[self.row] >= buckets.span.start
        self.series = first_only.size

        self.cell = self.line * buckets.width + self.bucket

    @property
    def whole_cell(self) -> Ints:
        """The whole-period cell of each record's line."""
        return self.line * self.buckets.width + self.buckets.count

    def values(self, block: Block, series: int, source: list[int]) -> tuple[Ints, Floats]:
        """Return (record, value) for the values of a series: one column, or the product of two."""
        column = block.values[source[0]]
        codes = bits = np.empty(0, np.int64)
        if isinstance(column, Ragged):
            offsets, values, bits = column.offsets, column.values, item_bits(block, column)
            if isinstance(block.group, Ragged) and block.group.values.size == values.size:
                codes = block.group.values
        else:
            offsets, values = np.arange(block.time.size + 1), column
        if len(source) > 1:
            factor = block.values[source[1]]
            times = factor.values if isinstance(factor, Ragged) else factor
            values = values * np.where(np.isnan(times), 1.0, times)
        room = int(np.diff(offsets)[self.row].sum())
        record, value = np.empty(room, np.int64), np.empty(room)
        n = measured(self.line, self.row, self.series, series, offsets, values, bits, codes, record, value)
        return record[:n], value[:n]


def tally_rows(block: Block, buckets: Buckets, series: int) -> tuple[Ints, Ints]:
    """Return rows and persons by cell (``line * width + bucket``, with whole-period cells), without groups."""
    events, people = np.zeros(series * buckets.width, np.int64), np.zeros(series * buckets.width, np.int64)
    match = block.match.view(np.int64)
    tallied(block.offsets, block.time, match, buckets.cuts, buckets.span.start, series, events, people)
    return events, people


def tally_groups(
    block: Block, codes: Ints, buckets: Buckets, counting: Flags, *, keep: bool
) -> tuple[Cells, Cells, tuple[Ints, Ints]] | None:
    """Return rows and persons by cell for everyone and each group, and (cell, person) pairs of groups (``keep``).

    ``codes``: the one group of each row. None where there are too many groups to count in place.
    """
    known, place = ranked(codes)
    series, width = counting.size, buckets.width
    size = (known.size + 1) * series * width
    if size > max(GROUPED, 4 * codes.size):
        return None
    events, people = np.zeros(size, np.int64), np.zeros(size, np.int64)
    room = codes.size * series if keep else 0
    cell, person = np.empty(room, np.int64), np.empty(room, np.int64)
    match = block.match.view(np.int64)
    n = grouped(
        block.offsets, block.time, match, place, buckets.cuts, buckets.span.start, counting, keep,
        events, people, cell, person,
    )  # fmt: skip
    low = np.append(0, (known + 1) * (series * width))

    def told(cells: Ints) -> Ints:
        line, rest = np.divmod(cells, series * width)
        return low[line] + rest

    held, who = np.flatnonzero(events), np.flatnonzero(people)
    return (
        Cells(told(held), events[None, held]),
        Cells(told(who), people[None, who]),
        (told(cell[:n]), person[:n]),
    )


def count_people(
    line: Ints, bucket: Ints, person: Ints, inside: Flags, buckets: Buckets
) -> tuple[Ints, Ints, Flags]:
    """Return (cells, changes) that count people once a point, and which records are not repeats."""
    known, dense = (
        (np.empty(0, np.int64), line) if line.max() < DENSE else np.unique(line, return_inverse=True)
    )
    cells, changes = np.empty(3 * line.size, np.int64), np.empty(3 * line.size, np.int64)
    fresh = np.empty(line.size, bool)
    lines = int(dense.max()) + 1
    n = visits(dense, bucket, person, inside, lines, buckets.count, buckets.reach, cells, changes, fresh)
    cells, changes = cells[:n], changes[:n]
    if known.size:
        cells = known[cells // buckets.width] * buckets.width + cells % buckets.width
    return cells, changes, fresh


def fewest(kind: str, keys: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Drop the values of a cell that cannot matter."""
    if kind not in {"min", "max", "distinct"} or not keys.size:
        return keys, values
    order = np.lexsort((-values if kind == "max" else values, keys))
    keys, values = keys[order], values[order]
    fresh = np.ones(keys.size, bool)
    fresh[1:] = keys[1:] != keys[:-1]
    if kind == "distinct":
        fresh[1:] |= values[1:] != values[:-1]
    return keys[fresh], values[fresh]
