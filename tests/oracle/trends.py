"""Trends said plainly: look at every row, point by point."""

from __future__ import annotations

from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.trends import TrendsParams
from tidewheel.analyse.oracle import Happening, World
from tidewheel.analyse.question import Measure


class Done(NamedTuple):
    """Somebody did it; ``code`` is the group it counts in, None: everyone."""

    person: int
    row: Happening
    code: int | None


def points(params: TrendsParams, context: Context) -> list[list[int]]:
    """Return, for each point, the starts of the buckets it covers."""
    if params.grain == "total":
        return [[context.span.start]]
    cuts = [int(cut) for cut in context.calendar.edges(context.span, params.grain)[:-1]]
    if params.cumulative:
        return [cuts[: j + 1] for j in range(len(cuts))]
    for _ in range(params.rolling - 1):
        cuts.insert(0, context.calendar.floor(cuts[0] - 1, params.grain))
    return [cuts[j : j + params.rolling] for j in range(len(cuts) - params.rolling + 1)]


def done(
    world: World,
    params: TrendsParams,
    context: Context,
    series: int,
    covered: list[int] | None,
    codes: set[int] | None,
) -> list[Done]:
    """Return what counts for one figure; ``covered`` None is the whole period."""
    found = []
    for person, history in world.people.items():
        rows = [row for row in history if row.match >> series & 1]
        if params.series[series].measure.kind == "first_time":
            rows = rows[:1]
        for row in rows:
            if covered is None or params.grain == "total":
                inside = context.span.start <= row.time < context.span.end
            else:
                inside = context.calendar.floor(row.time, params.grain) in covered
                inside = inside and (params.rolling > 1 or row.time >= context.span.start)
            groups = [None] if codes is None else sorted(world.groups_of(row, 1 << series) & codes)
            found += [Done(person, row, code) for code in groups if inside]
    return found


def values(world: World, measure: Measure, series: int, events: list[Done]) -> list[float]:
    """Return the values those events stand for."""
    found = []
    for event in events:
        own = [event.row.value]
        if world.ragged_value:
            items = [item for item in event.row.items if item.bits >> series & 1]
            if world.ragged_group and event.code is not None:
                items = [item for item in items if item.group == event.code]
            own = [item.value for item in items]
        found += [value for value in own if value is not None]
    return [value * value for value in found] if measure.times else found


def figure(world: World, measure: Measure, series: int, events: list[Done]) -> float | None:
    """Return one measure of some events."""
    people = {event.person for event in events}
    match measure.kind:
        case "count":
            return len(events)
        case "people" | "first_time":
            return len(people)
        case "per_person":
            return len(events) / len(people) if people else None
    found = sorted(values(world, measure, series, events))
    match measure.kind:
        case "sum":
            return sum(found)
        case "distinct":
            return len(set(found))
    if not found:
        return None
    match measure.kind:
        case "mean":
            return sum(found) / len(found)
        case "min":
            return found[0]
        case "max":
            return found[-1]
    place = (len(found) - 1) * (0.5 if measure.kind == "median" else measure.percentile / 100)
    below = found[int(place)]
    return below + (found[min(int(place) + 1, len(found) - 1)] - below) * (place - int(place))
