"""Trends said plainly: look at every row, point by point."""

from __future__ import annotations

from math import inf
from statistics import fmean, median

import numpy as np

from tidewheel.analyse.contract import Context
from tidewheel.analyse.formula import LETTERS, Expression
from tidewheel.analyse.oracle import Oracle, World, named
from tidewheel.analyse.outlook import Range, Usual, forecast, lookback
from tidewheel.analyse.plain_measures import buckets, counts, done, figure, points, values
from tidewheel.analyse.question import GroupLabel
from tidewheel.analyse.trends_question import TrendsLine, TrendsParams, TrendsResult
from tidewheel.core.period import HOUR


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
        every = [*lines, *formulas(params, [label for label, _ in labelled], lines)]
        incomplete = [
            min(end, context.span.end) > context.now or start < context.span.start or end > context.span.end
            for start, end in cuts
        ]
        return TrendsResult(
            buckets=[context.calendar.local(start).isoformat() for start, _ in cuts],
            incomplete=incomplete,
            lines=[looked_at(params, at, one, incomplete) for at, one in enumerate(every)],
            ahead=ahead(params, context, cuts, incomplete),
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
        elif kind == "sessions":
            found[code] = len({(one.person, one.row.session) for one in events})
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
        for covered in points(params, context, earlier_of(params))
    ]
    begun = [*[True] * earlier_of(params), *(cut <= context.now for cut in cuts)]
    return TrendsLine(
        series=series,
        letter=LETTERS[series],
        name=params.series[series].name or " / ".join(dict.fromkeys(match.event for match in step.any_of)),
        group=label,
        values=[value if known else None for value, known in zip(shown, begun, strict=True)],
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


def earlier_of(params: TrendsParams) -> int:
    """Return how many points before the period are looked at."""
    return lookback(params.grain, params.usual, params.forecast)


def looked_at(params: TrendsParams, place: int, line: TrendsLine, incomplete: list[bool]) -> TrendsLine:
    """Return a line without the points before the period, with what they say of the others."""
    earlier = earlier_of(params)
    first = next((at for at, value in enumerate(line.values) if value), len(line.values))
    known = [None if at < first else value for at, value in enumerate(line.values)]
    values = line.values[earlier:]
    found = line.model_copy(update={"values": values})
    if params.usual:
        season = {"hour": 168, "day": 7}.get(params.grain, 1)
        if params.days != "all":
            season = 24 if params.grain == "hour" else 1
        least = -inf if any(value < 0 for value in known if value is not None) else 0.0
        usual = [
            usual_range(
                known[earlier + at - params.usual.history * season : earlier + at],
                season,
                params.usual,
                least,
            )
            for at in range(len(values))
        ]
        unusual = [
            at
            for at, (value, one) in enumerate(zip(values, usual, strict=True))
            if value is not None and one and not incomplete[at] and (value < one.low or value > one.high)
        ]
        found = found.model_copy(update={"usual": usual, "unusual": unusual})
    if params.forecast and place < 12:
        whole = max((at + 1 for at, one in enumerate(incomplete) if not one), default=0)
        learnt = np.array([np.nan if one is None else one for one in known[: earlier + whole]])
        season = {"hour": 24, "day": 7 if params.days == "all" else 1, "month": 12}.get(params.grain, 1)
        following, error = forecast(learnt, params.forecast, season)
        found = found.model_copy(update={"ahead": following, "error": error})
    return found


def usual_range(before: list[float | None], season: int, usual: Usual, least: float) -> Range | None:
    """Return what the points before say is usual: whole seasons of them, the judged one's place being the first."""
    groups = [[one for one in before[place::season] if one is not None] for place in range(season)]
    if len(groups[0]) < max(4, usual.history // 2):
        return None
    sizes = [abs(one - median(group)) for group in groups if len(group) >= 4 for one in group]
    spread = 1.4826 * median(sizes) or 1.2533 * fmean(sizes)
    middle = median(groups[0])
    return Range(
        middle=middle, low=max(middle - usual.width * spread, least), high=middle + usual.width * spread
    )


def ahead(
    params: TrendsParams, context: Context, cuts: list[tuple[int, int]], incomplete: list[bool]
) -> list[str]:
    """Return the starts of the points to come."""
    if not params.forecast or params.grain == "total":
        return []
    whole = [end for (_, end), open_ in zip(cuts, incomplete, strict=True) if not open_]
    at = whole[-1] if whole else context.calendar.floor(context.span.start, params.grain)
    found: list[str] = []
    while len(found) < params.forecast:
        end = context.calendar.next(at, params.grain)
        if any(counts(params, context, moment) for moment in range(at, end, HOUR)):
            found.append(context.calendar.local(at).isoformat())
        at = end
    return found
