"""Intervals said plainly: go through each person's rows and pair them."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.interval import (
    LADDER,
    IntervalGroup,
    IntervalParams,
    IntervalPoint,
    IntervalRange,
    IntervalResult,
)
from tidewheel.analyse.oracle import Happening, Line, Oracle, World, named, percentile


class Pair(NamedTuple):
    """A person's start and end; ``groups`` are those of the start."""

    person: int
    start: int
    end: int
    groups: set[int]


class IntervalOracle(Oracle[IntervalParams, IntervalResult]):
    """See the module's description."""

    name = "interval"

    def answer(self, world: World, params: IntervalParams, context: Context) -> IntervalResult:
        """Return the intervals of everyone, bucket by bucket, described."""
        cuts = context.calendar.edges(context.span, params.grain).tolist()
        found = pairs(world, params, context)
        sizes = {
            code: len({pair.person for pair in found if code in pair.groups})
            for code in {code for pair in found for code in pair.groups}
        }
        chosen: list[Line] = named(sizes, params.top, context.labels) if params.breakdowns else [(None, None)]
        spans = [(context.span.start, context.span.end), *pairwise(cuts)]
        cells = [
            [
                [p for p in found if low <= p.end < high and (codes is None or p.groups & codes)]
                for low, high in spans
            ]
            for _, codes in chosen
        ]
        ranges = ranges_of(params, [figures(params, cell) for line in cells for cell in line])
        points = [[point(params, ranges, cell) for cell in line] for line in cells]
        return IntervalResult(
            buckets=[context.calendar.local(cut).isoformat() for cut in cuts[:-1]],
            incomplete=[
                end > context.now or end > context.span.end or start < context.span.start
                for start, end in pairwise(cuts)
            ],
            ranges=ranges,
            groups=[
                IntervalGroup(group=label, overall=line[0], points=line[1:])
                for (label, _), line in zip(chosen, points, strict=True)
            ],
        )


def keys_of(world: World, row: Happening, params: IntervalParams) -> dict[int | None, int]:
    """Return the values a row can pair by, each with the steps it is there."""
    if params.hold is None:
        return {None: row.match}
    if not world.ragged_key:
        return {row.key: row.match} if row.key >= 0 else {}
    found: dict[int | None, int] = {}
    for item in row.items:
        if item.key >= 0:
            found[item.key] = found.get(item.key, 0) | (item.bits & row.match)
    return found


def pairs(world: World, params: IntervalParams, context: Context) -> list[Pair]:
    """Return every pair that ends in the period."""
    found = []
    for person, rows in world.people.items():
        for key in {key for row in rows for key in keys_of(world, row, params)}:
            mine = [
                (row, keys_of(world, row, params)[key] & 3)
                for row in rows
                if key in keys_of(world, row, params)
            ]
            mine.sort(key=lambda one: (one[0].time, (0, 0, 2, 1)[one[1]]))
            open_starts: list[Happening] = []
            for row, bits in mine:
                if bits & 2 and open_starts:
                    own = {"nearest": open_starts[-1:], "every": open_starts, "first": open_starts[:1]}
                    found += [
                        Pair(
                            person,
                            start.time,
                            row.time,
                            world.groups_of(start, 1, key if world.ragged_key else None),
                        )
                        for start in own[params.pairs]
                        if row.time - start.time <= params.at_most
                    ]
                    open_starts = []
                    if params.pairs == "first":
                        break
                if bits & 1:
                    open_starts.append(row)
    return [pair for pair in found if context.span.start <= pair.end < context.span.end]


def figures(params: IntervalParams, found: list[Pair]) -> list[float]:
    """Return the intervals, or each person's mean, ascending."""
    lengths: dict[int, list[int]] = {}
    for pair in found:
        lengths.setdefault(pair.person, []).append(pair.end - pair.start)
    if params.weigh == "people":
        return sorted(sum(own) / len(own) for own in lengths.values())
    return sorted(float(length) for own in lengths.values() for length in own)


def ranges_of(params: IntervalParams, cells: list[list[float]]) -> list[IntervalRange]:
    """Return the ranges: those asked for, or ones that suit the figures."""
    every = [value for cell in cells for value in cell]
    cuts: list[int] = list(params.cuts)
    if not cuts and every:
        cuts = [cut for cut in LADDER if min(every) < cut <= max(every)]
    lows = [0, *cuts]
    return [IntervalRange(low=low, high=high) for low, high in zip(lows, [*cuts, None], strict=True)]


def point(params: IntervalParams, ranges: list[IntervalRange], found: list[Pair]) -> IntervalPoint:
    """Describe the pairs of one cell."""
    values = figures(params, found)
    shares = {f"p{share}": percentile(values, share) for share in (10, 25, 50, 75, 90)}
    return IntervalPoint(
        people=len({pair.person for pair in found}),
        pairs=len(found),
        mean=math.fsum(values) / len(values) if values else None,
        minimum=values[0] if values else None,
        maximum=values[-1] if values else None,
        counts=[
            sum(1 for value in values if r.low <= value and (r.high is None or value < r.high))
            for r in ranges
        ],
        **shares,
    )
