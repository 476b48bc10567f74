"""Retention said plainly: look at every cohort, every person, every later row."""

from __future__ import annotations

from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.retention import (
    RetentionCohort,
    RetentionFigure,
    RetentionGroup,
    RetentionParams,
    RetentionResult,
)
from tidewheel.analyse.oracle import Happening, Oracle, World, named
from tidewheel.analyse.question import GroupLabel
from tidewheel.core.period import HOUR

HOURS = {"hour": 1, "day": 24, "week": 168, "month": 720}


class Entry(NamedTuple):
    """A person's entry into a cohort; ``back`` are the return rows by distance in periods."""

    person: int
    cohort: int
    row: Happening
    back: list[tuple[int, Happening]]


COLUMNS = 400
"""More than there are periods."""


def starts(params: RetentionParams, context: Context) -> list[int]:
    """Return bucket starts from the first cohort on, past the present and every column of the last cohort."""
    found = [context.calendar.floor(context.span.start, params.grain)]
    beyond = 0
    while beyond < COLUMNS:
        found.append(context.calendar.next(found[-1], params.grain))
        beyond += found[-1] > max(context.now, context.span.end)
    return found


def entries(world: World, params: RetentionParams, context: Context) -> list[Entry]:
    """Return every entry of every person."""
    cuts = starts(params, context)
    found = []
    for person, rows in world.people.items():
        begun = [row for row in rows if row.match & 1]
        if params.first_time:
            begun = begun[:1]
        taken = set()
        for row in begun:
            bucket = context.calendar.floor(row.time, params.grain)
            if context.span.start <= row.time < context.span.end and bucket not in taken:
                taken.add(bucket)
                cohort = cuts.index(bucket)
                back = [
                    (distance(params, context, cuts, row.time, r.time), r)
                    for r in rows
                    if r.match & 2 and r.time >= row.time
                ]
                found.append(Entry(person, cohort, row, back))
    return found


def distance(params: RetentionParams, context: Context, cuts: list[int], entry: int, back: int) -> int:
    """Return how many periods after an entry a return comes."""
    if params.clock == "rolling":
        return (back - entry) // (HOURS[params.grain] * HOUR)
    first, then = (cuts.index(context.calendar.floor(time, params.grain)) for time in (entry, back))
    return then - first


def begins(params: RetentionParams, context: Context, cuts: list[int], cohort: int, period: int) -> int:
    """Return when a period begins for those who may have entered first."""
    if params.clock == "rolling":
        return max(cuts[cohort], context.span.start) + period * HOURS[params.grain] * HOUR
    return cuts[cohort + period]


def ends(params: RetentionParams, context: Context, cuts: list[int], cohort: int, period: int) -> int:
    """Return when all periods before this one are over for those who may have entered last."""
    if params.clock == "rolling":
        return min(cuts[cohort + 1], context.span.end) + period * HOURS[params.grain] * HOUR
    return cuts[cohort + period]


def ranges(params: RetentionParams) -> list[tuple[int, int]]:
    """Return the distances [low, high) each column covers."""
    if params.mode == "brackets":
        return list(zip((0, *params.brackets), params.brackets, strict=False))
    return [(n, 1_000_000 if params.mode == "on_or_after" else n + 1) for n in range(params.periods + 1)]


def came(entry: Entry, low: int, high: int) -> list[Happening]:
    """Return the return rows of an entry in a column."""
    return [row for distance, row in entry.back if low <= distance < high]


def amount(world: World, params: RetentionParams, row: Happening) -> float:
    """Return what a return row adds."""
    if params.value is None or params.value.kind == "count":
        return 1
    own = [item.values for item in row.items if item.bits & 2] if world.ragged_value else [row.values]
    whole = 0.0
    for values in own:
        times = 1.0 if len(values) < 2 or values[1] is None else values[1]
        whole += (values[0] or 0) * times
    return whole


class RetentionOracle(Oracle[RetentionParams, RetentionResult]):
    """Answers a retention question cell by cell."""

    name = "retention"

    def answer(self, world: World, params: RetentionParams, context: Context) -> RetentionResult:
        """Return the whole table."""
        found = entries(world, params, context)
        sizes: dict[int, set[int]] = {}
        for entry in found if params.breakdowns else ():
            for code in world.groups_of(entry.row, 1):
                sizes.setdefault(code, set()).add(entry.person)
        labelled = named({code: len(people) for code, people in sizes.items()}, params.top, context.labels)
        groups = []
        for label, codes in labelled:
            inside = [e for e in found if codes is None or world.groups_of(e.row, 1) & codes]
            groups.append(table(world, params, context, label, inside))
        names = [f"{low}–<{high}" if params.mode == "brackets" else str(low) for low, high in ranges(params)]
        return RetentionResult(columns=names, groups=groups)


def table(
    world: World, params: RetentionParams, context: Context, label: GroupLabel | None, inside: list[Entry]
) -> RetentionGroup:
    """Return the table of some entries."""
    cuts = starts(params, context)
    cohort_count = sum(cut < context.span.end for cut in cuts)
    cohorts = []
    kept: dict[int, list[tuple[Entry, list[Happening]]]] = {}
    for number in range(cohort_count):
        own = [e for e in inside if e.cohort == number]
        figures = []
        for column, (low, high) in enumerate(ranges(params)):
            end = low + 1 if params.mode == "on_or_after" else high
            if begins(params, context, cuts, number, low) > context.now:
                figures.append(RetentionFigure(people=None, rate=None, value=None, incomplete=True))
                continue
            unfinished = ends(params, context, cuts, number, end) > context.now
            pairs = [(e, came(e, low, high)) for e in own]
            figures.append(figure(world, params, pairs, incomplete=unfinished))
            if not unfinished:
                kept.setdefault(column, []).extend(pairs)
        start = context.calendar.local(cuts[number]).isoformat()
        cohorts.append(RetentionCohort(start=start, people=len(own), figures=figures))
    mean = [
        figure(world, params, kept[column], incomplete=False)
        if column in kept
        else RetentionFigure(people=None, rate=None, value=None, incomplete=True)
        for column in range(len(ranges(params)))
    ]
    return RetentionGroup(group=label, people=len({e.person for e in inside}), cohorts=cohorts, mean=mean)


def figure(
    world: World, params: RetentionParams, pairs: list[tuple[Entry, list[Happening]]], *, incomplete: bool
) -> RetentionFigure:
    """Return one cell: how many of some entries have rows there."""
    back = sum(bool(rows) for _, rows in pairs)
    value = (
        None if params.value is None else sum(amount(world, params, row) for _, rows in pairs for row in rows)
    )
    return RetentionFigure(
        people=back, rate=back / len(pairs) if pairs else None, value=value, incomplete=incomplete
    )
