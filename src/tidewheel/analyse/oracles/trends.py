"""Trends said plainly: look at every row, point by point."""

from __future__ import annotations

from tidewheel.analyse.contract import Context
from tidewheel.analyse.formula import LETTERS, Expression
from tidewheel.analyse.measuring import TrendsLine, TrendsParams, TrendsResult
from tidewheel.analyse.oracle import Oracle, World, named
from tidewheel.analyse.plain_measures import buckets, done, figure, points, values
from tidewheel.analyse.question import GroupLabel


class TrendsOracle(Oracle[TrendsParams, TrendsResult]):
    """Answers a trends question point by point."""

    name = "trends"

    def answer(self, world: World, params: TrendsParams, context: Context) -> TrendsResult:
        """Return every line."""
        labelled = named(sizes(world, params, context), params.top, context.labels)
        cuts = buckets(params, context)
        lines = [
            line(world, params, context, series, label, codes, [start for start, _ in cuts])
            for series in range(len(params.series))
            for label, codes in labelled
        ]
        return TrendsResult(
            buckets=[context.calendar.local(start).isoformat() for start, _ in cuts],
            incomplete=[
                min(end, context.span.end) > context.now
                or start < context.span.start
                or end > context.span.end
                for start, end in cuts
            ],
            lines=[*lines, *formulas(params, [label for label, _ in labelled], lines)],
        )


def sizes(world: World, params: TrendsParams, context: Context) -> dict[int, float]:
    """Return each group's size: the first series over the period, its events where that cannot add."""
    if not params.breakdowns:
        return {}
    kind = params.series[0].measure.kind
    windows = [*points(params, context), None]
    present: set[int] = set()
    for series in range(len(params.series)):
        every = {
            code
            for rows in world.people.values()
            for row in rows
            for code in world.groups_of(row, 1 << series)
        }
        for covered in windows:
            present |= {
                one.code
                for one in done(world, params, context, series, covered, every)
                if one.code is not None
            }
    found: dict[int, float] = {}
    for code in present:
        events = done(world, params, context, 0, None, {code})
        if kind in {"people", "per_person", "first_time"}:
            found[code] = len({one.person for one in events})
        elif kind == "sum":
            found[code] = sum(values(world, params, 0, events))
        else:
            found[code] = len(events)
    return found


def line(
    world: World,
    params: TrendsParams,
    context: Context,
    series: int,
    label: GroupLabel | None,
    codes: set[int] | None,
    cuts: list[int],
) -> TrendsLine:
    """Return one series of one group."""
    step = params.series[series].step
    shown = [
        figure(world, params, series, done(world, params, context, series, covered, codes))
        for covered in points(params, context)
    ]
    return TrendsLine(
        series=series,
        letter=LETTERS[series],
        name=params.series[series].name or " / ".join(dict.fromkeys(match.event for match in step.any_of)),
        group=label,
        values=[value if cut <= context.now else None for value, cut in zip(shown, cuts, strict=False)],
        total=figure(world, params, series, done(world, params, context, series, None, codes)),
        format="number",
        opens=True,
    )


def formulas(
    params: TrendsParams, labels: list[GroupLabel | None], lines: list[TrendsLine]
) -> list[TrendsLine]:
    """Return the lines computed from others."""
    found = []
    count = len(params.series)
    for index, formula in enumerate(params.formulas):
        compute = Expression(formula.expression, LETTERS[:count], field="")
        for label in labels:
            own = [one for one in lines if one.group == label]
            rows = zip(*(one.values for one in own), strict=True)
            found.append(
                TrendsLine(
                    series=count + index,
                    letter=LETTERS[count + index],
                    name=formula.name or formula.expression,
                    group=label,
                    values=[compute(dict(zip(LETTERS, row, strict=False))) for row in rows],
                    total=compute({one.letter: one.total for one in own}),
                    format=formula.format,
                    opens=False,
                )
            )
    return found
