"""Measures said plainly, for oracles: which rows count for a figure, and what they come to."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.oracle import Happening, World
from tidewheel.analyse.question import Measure
from tidewheel.analyse.trends_question import TrendsParams
from tidewheel.core.period import HOUR


class Done(NamedTuple):
    """Somebody did it; ``code`` is the group it counts in, None: everyone."""

    person: int
    row: Happening
    code: int | None


def points(params: TrendsParams, context: Context, earlier: int = 0) -> list[list[int]]:
    """Return, for each point and so many before the period, the starts of the buckets it covers."""
    if params.grain == "total":
        return [[context.span.start]]
    cuts = [start for start, _ in buckets(params, context)]
    if params.cumulative:
        return [cuts[: j + 1] for j in range(len(cuts))]
    back = int(context.calendar.edges(context.span, params.grain)[0])
    shown = len(cuts) + earlier
    while len(cuts) < shown + params.rolling - 1:
        back, end = context.calendar.floor(back - 1, params.grain), back
        if any(counts(params, context, moment) for moment in range(back, end, HOUR)):
            cuts.insert(0, back)
    return [cuts[j : j + params.rolling] for j in range(shown)]


def buckets(params: TrendsParams, context: Context) -> list[tuple[int, int]]:
    """Return start and end of each bucket in which any day counts."""
    if params.grain == "total":
        return [(context.span.start, context.span.end)]
    return [
        (start, end)
        for start, end in pairwise(context.calendar.edges(context.span, params.grain).tolist())
        if any(counts(params, context, moment) for moment in range(start, end, HOUR))
    ]


def counts(params: TrendsParams, context: Context, moment: int) -> bool:
    """Say whether what happens at a moment is on a day that counts."""
    if params.days == "all":
        return True
    return context.calendar.works_on(context.calendar.local(moment).date()) == (params.days == "working")


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
                bucket = context.calendar.floor(row.time, params.grain)
                first = context.calendar.floor(context.span.start, params.grain)
                inside = bucket in covered
                inside = inside and (params.rolling > 1 or bucket != first or row.time >= context.span.start)
            inside = inside and counts(params, context, row.time)
            groups = [None] if codes is None else sorted(world.groups_of(row, 1 << series) & codes)
            found += [Done(person, row, code) for code in groups if inside]
    return found


def values(world: World, params: TrendsParams, series: int, events: list[Done]) -> list[float]:
    """Return the values those events stand for."""
    first, second = columns(params, series)
    found = []
    for event in events:
        own = [event.row.values]
        if world.ragged_value:
            items = [item for item in event.row.items if item.bits >> series & 1]
            if world.ragged_group and event.code is not None:
                items = [item for item in items if item.group == event.code]
            own = [item.values for item in items]
        for held in own:
            value = held[first]
            times = 1.0 if second is None else held[second]
            if value is not None:
                found.append(value * (1.0 if times is None else times))
    return found


def columns(params: TrendsParams, series: int) -> tuple[int, int | None]:
    """Return which of the values read are a series' property and its factor."""
    read: list[tuple[str, str, bool]] = []
    place: list[tuple[int, int | None]] = []
    for one in params.series:
        measure, own = one.measure, []
        if measure.kind in {"sum", "mean", "min", "max", "median", "percentile", "distinct"}:
            for name in (measure.property, measure.times):
                if name is not None:
                    key = (name, measure.scope, measure.kind == "distinct")
                    if key not in read:
                        read.append(key)
                    own.append(read.index(key))
        place.append((own[0] if own else 0, own[1] if len(own) > 1 else None))
    return place[series]


def figure(world: World, params: TrendsParams, series: int, events: list[Done]) -> float | None:
    """Return a series' measure of some events."""
    measure: Measure = params.series[series].measure
    people = {event.person for event in events}
    match measure.kind:
        case "count":
            return len(events)
        case "people" | "first_time":
            return len(people)
        case "sessions":
            return len({(event.person, event.row.session) for event in events})
        case "per_person":
            return len(events) / len(people) if people else None
    found = sorted(values(world, params, series, events))
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
