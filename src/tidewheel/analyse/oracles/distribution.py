"""Distribution said plainly: for every person and bucket, look at every row."""

from __future__ import annotations

import math
from itertools import pairwise

from tidewheel.analyse.contract import Context
from tidewheel.analyse.cuts import even_cuts, stepped, whole_cuts
from tidewheel.analyse.kinds.distribution import (
    UNITS_OF_TIME,
    DistributionGroup,
    DistributionParams,
    DistributionPoint,
    DistributionRange,
    DistributionResult,
)
from tidewheel.analyse.oracle import Happening, Line, Oracle, World, named, percentile


class DistributionOracle(Oracle[DistributionParams, DistributionResult]):
    """See the module's description."""

    name = "distribution"

    def answer(self, world: World, params: DistributionParams, context: Context) -> DistributionResult:
        """Return the figures of everyone, bucket by bucket, described."""
        calendar, span = context.calendar, context.span
        cuts = [] if params.grain == "total" else calendar.edges(span, params.grain).tolist()
        spans = [(span.start, span.end), *pairwise(cuts)]
        sizes = {
            code: len(people(world, params, context, spans[0], (None, {code}))[0])
            for code in present(world, params, context)
        }
        chosen = named(sizes, params.top, context.labels) if params.breakdowns else [(None, None)]
        found = [[people(world, params, context, one, line) for one in spans] for line in chosen]
        ranges = ranges_of(params, [[figures for figures, _ in line] for line in found])
        points = [[point(params, ranges, *one) for one in line] for line in found]
        return DistributionResult(
            buckets=[calendar.local(cut).isoformat() for cut in cuts[:-1]],
            incomplete=[
                end > context.now or end > span.end or start < span.start for start, end in pairwise(cuts)
            ],
            ranges=ranges,
            percentiles=list(params.percentiles),
            whole=params.by != "sum",
            groups=[
                DistributionGroup(group=label, overall=line[0], points=line[1:])
                for (label, _), line in zip(chosen, points, strict=True)
            ],
        )


def present(world: World, params: DistributionParams, context: Context) -> set[int]:
    """Return the groups in which anything happened."""
    steps = 1 if params.active is None else 2
    return {
        code
        for rows in world.people.values()
        for row in rows
        for step in range(steps)
        if row.match >> step & 1 and context.span.start <= row.time < context.span.end
        for code in world.groups_of(row, 1 << step)
    }


def people(
    world: World, params: DistributionParams, context: Context, span: tuple[int, int], line: Line
) -> tuple[dict[int, float], set[int]]:
    """Return the figure of each person who did it, and who was only there."""
    low, high = max(span[0], context.span.start), min(span[1], context.span.end)
    figures, there = {}, set()
    for person, history in world.people.items():
        rows = [row for row in history if low <= row.time < high]
        did = [row for row in rows if row.match & 1 and counts_in(world, row, 1, line)]
        if did:
            figures[person] = figure(world, params, context, did, line)
        elif params.active is not None and any(
            row.match & 2 and counts_in(world, row, 2, line) for row in rows
        ):
            there.add(person)
    return figures, there


def counts_in(world: World, row: Happening, bits: int, line: Line) -> bool:
    """Say whether a row belongs to one of the groups."""
    return line[1] is None or bool(world.groups_of(row, bits) & line[1])


def figure(
    world: World, params: DistributionParams, context: Context, rows: list[Happening], line: Line
) -> float:
    """Return one person's figure."""
    if params.by == "count":
        return len(rows)
    unit = UNITS_OF_TIME.get(params.by)
    if unit is not None:
        return len({context.calendar.floor(row.time, unit) for row in rows})
    values = [value for row in rows for value in values_of(world, row, line) if value is not None]
    return len(set(values)) if params.by == "distinct" else math.fsum(values)


def values_of(world: World, row: Happening, line: Line) -> list[float | None]:
    """Return what a row has of the property, of items only those of the groups."""
    if not world.ragged_value:
        return [row.value]
    items = [item for item in row.items if item.bits & 1]
    if world.ragged_group and line[1] is not None:
        items = [item for item in items if item.group in line[1]]
    return [item.value for item in items]


def ranges_of(params: DistributionParams, found: list[list[dict[int, float]]]) -> list[DistributionRange]:
    """Return the ranges: those asked for, or ones that suit the figures of everyone."""
    everyone = sorted(found[0][0].values())
    least = min((value for line in found for one in line for value in one.values()), default=math.inf)
    if params.cuts:
        cuts, least = list(params.cuts), -math.inf
    elif not everyone:
        cuts = [0.0 if params.by == "sum" else 1.0]
    elif params.width is not None:
        cuts = stepped(everyone[0], everyone[-1], params.width)
    elif params.by == "sum":
        cuts = even_cuts(percentile(everyone, 5) or 0.0, percentile(everyone, 95) or 0.0)
    else:
        cuts = whole_cuts(everyone[-1])
    ends = [*([None] if least < cuts[0] else []), *cuts, None]
    return [DistributionRange(low=low, high=high) for low, high in pairwise(ends)]


def point(
    params: DistributionParams,
    ranges: list[DistributionRange],
    figures: dict[int, float],
    there: set[int],
) -> DistributionPoint:
    """Describe some figures."""
    values = sorted(figures.values())
    total = math.fsum(values)
    parts = [
        [v for v in values if (r.low is None or v >= r.low) and (r.high is None or v < r.high)]
        for r in ranges
    ]
    best = values[len(values) - math.ceil(len(values) * 0.2) :]
    return DistributionPoint(
        people=len(values),
        idle=None if params.active is None else len(there),
        counts=[len(part) for part in parts],
        sums=[math.fsum(part) for part in parts],
        mean=total / len(values) if values else None,
        minimum=percentile(values, 0),
        maximum=percentile(values, 100),
        total=total,
        percentiles=[percentile(values, share) for share in params.percentiles],
        top_fifth=math.fsum(best) / total if values and values[0] >= 0 and total > 0 else None,
    )
