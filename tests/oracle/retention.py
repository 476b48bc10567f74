"""Retention said plainly: look at every cohort, every person, every later row."""

from __future__ import annotations

from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.retention import RetentionParams
from tidewheel.analyse.oracle import Happening, World


class Entry(NamedTuple):
    """A person's entry into a cohort; ``back`` are the return rows by distance in buckets."""

    person: int
    cohort: int
    row: Happening
    back: list[tuple[int, Happening]]


def starts(params: RetentionParams, context: Context, count: int) -> list[int]:
    """Return bucket starts from the first cohort on."""
    found = [context.calendar.floor(context.span.start, params.grain)]
    while len(found) < count:
        found.append(context.calendar.next(found[-1], params.grain))
    return found


def entries(world: World, params: RetentionParams, context: Context) -> list[Entry]:
    """Return every entry of every person."""
    cuts = starts(params, context, 400)
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
                    (cuts.index(context.calendar.floor(r.time, params.grain)) - cohort, r)
                    for r in rows
                    if r.match & 2 and r.time >= row.time
                ]
                found.append(Entry(person, cohort, row, back))
    return found


def ranges(params: RetentionParams) -> list[tuple[int, int]]:
    """Return the distances [low, high) each column covers."""
    if params.mode == "brackets":
        return list(zip((0, *params.brackets), params.brackets, strict=False))
    return [(n, 1_000_000 if params.mode == "on_or_after" else n + 1) for n in range(params.periods + 1)]


def came(entry: Entry, low: int, high: int) -> list[Happening]:
    """Return the return rows of an entry in a column."""
    return [row for distance, row in entry.back if low <= distance < high]


def amount(world: World, row: Happening) -> float:
    """Return what a return row adds."""
    if world.ragged_value:
        return sum(item.value or 0 for item in row.items if item.bits & 2)
    return row.value or 0
