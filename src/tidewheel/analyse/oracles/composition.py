"""Composition said plainly: work every part out by itself, then rank them."""

from __future__ import annotations

import math
from itertools import pairwise

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.composition import (
    CompositionGrade,
    CompositionParams,
    CompositionPoint,
    CompositionResult,
    CompositionShare,
    as_trend,
)
from tidewheel.analyse.oracle import Oracle, World, named
from tidewheel.analyse.plain_measures import done, figure, points


class CompositionOracle(Oracle[CompositionParams, CompositionResult]):
    """See the module's description."""

    name = "composition"

    def answer(self, world: World, params: CompositionParams, context: Context) -> CompositionResult:
        """Return the shares of everyone's figure."""
        trend = as_trend(params)
        cuts = [] if params.grain == "total" else context.calendar.edges(context.span, params.grain).tolist()
        windows = [*points(trend, context), None]

        def values(codes: set[int] | None) -> list[float | None]:
            found = [
                figure(world, trend, 0, done(world, trend, context, 0, window, codes)) for window in windows
            ]
            for at, cut in enumerate(cuts[:-1]):
                if cut > context.now:
                    found[at] = None
            return found

        sizes = {code: values({code})[-1] or 0.0 for code in present(world, context)}
        ranked = sorted(sizes.values(), reverse=True)
        total = math.fsum(ranked)
        *totals, everyone = values(None)
        lines = named(sizes, params.top, context.labels)[1:]
        shares = []
        for rank, (label, codes) in enumerate(lines):
            *own, value = values(codes)
            known = total > 0 and label != ["$other"]
            before = math.fsum(ranked[:rank])
            shares.append(
                CompositionShare(
                    group=label or [],
                    value=value,
                    share=share(value, everyone),
                    cumulative=math.fsum(ranked[: rank + 1]) / total if known else None,
                    grade=grade(before / total, params) if known else None,
                    values=own,
                    shares=[share(a, b) for a, b in zip(own, totals, strict=True)],
                )
            )
        return CompositionResult(
            buckets=[context.calendar.local(cut).isoformat() for cut in cuts[:-1]],
            incomplete=[
                end > context.now or end > context.span.end or start < context.span.start
                for start, end in pairwise(cuts)
            ],
            total=everyone,
            totals=totals,
            parts=len(ranked),
            shares=shares,
            curve=curve(ranked, total),
            grades=grades(ranked, total, params),
            half=next(
                (n for n in range(1, len(ranked) + 1) if total > 0 and math.fsum(ranked[:n]) >= total / 2),
                None,
            ),
        )


def present(world: World, context: Context) -> set[int]:
    """Return the parts that occur."""
    return {
        code
        for rows in world.people.values()
        for row in rows
        if row.match & 1 and context.span.start <= row.time < context.span.end
        for code in world.groups_of(row, 1)
    }


def share(value: float | None, base: float | None) -> float | None:
    """Return a part of something."""
    return None if value is None or not base else value / base


def grade(before: float, params: CompositionParams) -> str:
    """Return the class of a part after those that make ``before``."""
    return "ABCDEF"[sum(before >= limit / 100 for limit in params.classes)]


def grades(ranked: list[float], total: float, params: CompositionParams) -> list[CompositionGrade]:
    """Return all classes."""
    if total <= 0:
        return []
    found = []
    for name in "ABCDEF"[: len(params.classes) + 1]:
        own = [
            value for at, value in enumerate(ranked) if grade(math.fsum(ranked[:at]) / total, params) == name
        ]
        value = math.fsum(own)
        found.append(
            CompositionGrade(
                name=name, parts=len(own), part_share=len(own) / len(ranked), value=value, share=value / total
            )
        )
    return found


def curve(ranked: list[float], total: float) -> list[CompositionPoint]:
    """Return how much the largest parts make."""
    if total <= 0:
        return []
    counts = sorted({math.ceil(step * len(ranked) / 100) for step in range(1, 101)})
    return [
        CompositionPoint(parts=n, part_share=n / len(ranked), share=math.fsum(ranked[:n]) / total)
        for n in counts
    ]
