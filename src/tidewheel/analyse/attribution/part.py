"""The partial answer of an attribution, and how a block becomes one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tidewheel.analyse.attribution.journeys import LONGEST, Journeys, Ragged64
from tidewheel.analyse.attribution.question import AttributionParams
from tidewheel.analyse.contract import Context, Ints
from tidewheel.analyse.kernels.attribution import COLUMNS, PATH_MODELS, UNIT, gather
from tidewheel.analyse.kernels.cells import Cells, alike, no_cells, occurrences, ranked, summed, tally
from tidewheel.analyse.kernels.groups import may_have_other, once_each

WIDE = LONGEST + 1
ALL, FIRST, REPEAT = 0, 1, 2


def stages(params: AttributionParams) -> int:
    """Return how many lines a group has: all conversions, and with the chain the first and repeat ones."""
    return 3 if params.chain else 1


@dataclass(frozen=True, slots=True)
class Lists:
    """Counts by list of touches. ``keys`` are hashes of 64 bits, ascending, of the line and the touches."""

    keys: Ints
    columns: Ints
    lines: Ints
    touches: Ragged64

    def merge(self, other: Lists) -> Lists:
        """Return the sum of two tables with the same columns."""
        if not other.keys.size:
            return self
        if not self.keys.size:
            return other
        return lists(
            np.concatenate([self.keys, other.keys]),
            np.concatenate([self.columns, other.columns], axis=1),
            np.concatenate([self.lines, other.lines]),
            self.touches.join(other.touches),
        )

    def of(self, line: int, most: int = 0) -> tuple[Ints, list[list[int]]]:
        """Return the columns and lists of one line; with ``most`` those that count as much as its last of so many."""
        which = np.flatnonzero(self.lines == line)
        if 0 < most < which.size:
            counts = self.columns[0, which]
            which = which[counts >= np.partition(counts, -most)[-most]]
        return self.columns[:, which], self.touches.take(which).lists()


def lists(keys: Ints, columns: Ints, lines: Ints, touches: Ragged64) -> Lists:
    """Add up columns by key."""
    first, place = alike(keys)
    return Lists(keys[first], summed(place, columns, first.size), lines[first], touches.take(first))


def no_lists(columns: int) -> Lists:
    """Return a table without lists."""
    none = np.empty(0, np.int64)
    return Lists(none, np.empty((columns, 0), np.int64), none, Ragged64(none, none))


@dataclass(frozen=True, slots=True)
class AttributionPart:
    """Counts by line: ``(group code + 1) * stages + stage``, code -1 being everyone.

    ``credits``: by line * touches + touch, for each path model conversions and revenue in millionths (whole
    and rest) and people. ``totals``: by line, conversions, revenue (whole, millionths), people, people lost.
    ``moves``: steps of journeys. ``sets``: journeys, conversions and revenue by the different touches. ``paths``,
    ``lengths``, ``delays``: conversions (paths also revenue) and people. ``seen``: where touches or groups
    may end up in "other", (key of ``credits``, person, a bit for each model that credits the person's conversions).
    """

    credits: Cells
    totals: Cells
    moves: Cells
    sets: Lists
    paths: Lists
    lengths: Cells
    delays: Cells
    seen: tuple[tuple[Ints, Ints, Ints], ...] = field(default=())

    def merge(self, other: AttributionPart) -> AttributionPart:
        """Return the journeys of both."""
        return AttributionPart(
            self.credits.merge(other.credits),
            self.totals.merge(other.totals),
            self.moves.merge(other.moves),
            self.sets.merge(other.sets),
            self.paths.merge(other.paths),
            self.lengths.merge(other.lengths),
            self.delays.merge(other.delays),
            self.seen + other.seen,
        )


def no_part() -> AttributionPart:
    """Return no journeys."""
    return AttributionPart(
        no_cells(PATH_MODELS * COLUMNS),
        no_cells(5),
        no_cells(1),
        no_lists(4),
        no_lists(4),
        no_cells(2),
        no_cells(2),
    )


def fold(params: AttributionParams, context: Context, found: Journeys) -> AttributionPart:
    """Count the journeys of a block, of everyone and of each group."""
    part = no_part()
    if not found.person.size:
        return part
    won = np.flatnonzero(found.converted)
    codes = [np.full(found.person.size, -1)]
    if params.breakdowns:
        codes.append(found.code)
    credited = found.credited(won)
    several = may_have_other(len(params.breakdowns), params.top, context.labels)
    kept = several or found.catalogue.size > params.names + 1
    for code in codes:
        part = part.merge(_counted(params, found, won, code + 1, credited, kept=kept))
    return part


def _counted(
    params: AttributionParams,
    found: Journeys,
    won: Ints,
    group: Ints,
    credited: tuple[Ints, Ints, Ints, Ints],
    *,
    kept: bool,
) -> AttributionPart:
    per = stages(params)
    entry, touch, counts, worths = credited
    own = group * per + (np.where(found.later, REPEAT, FIRST) if params.chain else ALL)
    whole = group * per
    lines = [whole, own] if params.chain else [whole]
    size = found.catalogue.size
    keys = np.concatenate([line[entry] * size + touch for line in lines])
    record = np.tile(np.arange(entry.size), len(lines))
    names, place = ranked(keys)
    sums = np.zeros((PATH_MODELS * COLUMNS, names.size), np.int64)
    gather(record, place, found.person[entry], counts, worths, sums)
    seen: tuple[tuple[Ints, Ints, Ints], ...] = ()
    if kept:
        bits = (((counts != 0) | (worths != 0)) << np.arange(PATH_MODELS)[:, None]).sum(axis=0)
        seen = (_seen(keys, found.people[found.person[entry]].astype(np.int64)[record], bits[record]),)
    lost = np.flatnonzero(~found.converted)
    totals = no_cells(5)
    for line in lines:
        totals = totals.merge(_totals(found, won, lost, line))
    steps, _ = found.moves(own)
    touched = np.flatnonzero(found.high > found.low)
    set_keys, members = found.sets(touched, own[touched])
    value = found.value[touched]
    one = np.ones(touched.size, np.int64)
    set_columns = np.stack([one, found.converted[touched].astype(np.int64), value // UNIT, value % UNIT])
    path_won = won[found.high[won] > found.low[won]]
    path_keys, ways = found.paths(path_won, whole[path_won])
    return AttributionPart(
        Cells(names, sums),
        totals,
        occurrences(steps),
        lists(set_keys, set_columns, own[touched], members),
        lists(path_keys, _amounts(found, path_won, alike(path_keys)[1]), whole[path_won], ways),
        _spread(found, won, whole[won] * WIDE + found.length[won]),
        _spread(found, path_won, whole[path_won] * WIDE + found.delay[path_won]),
        seen,
    )


def _amounts(found: Journeys, which: Ints, place: Ints) -> Ints:
    """Return conversions, revenue (whole, millionths) and people: a person counts once a place."""
    value = found.value[which]
    once = once_each(place, found.person[which]) if which.size else np.zeros(0, bool)
    return np.stack([np.ones(which.size, np.int64), value // UNIT, value % UNIT, once.astype(np.int64)])


def _spread(found: Journeys, which: Ints, keys: Ints) -> Cells:
    if not which.size:
        return no_cells(2)
    names, place = ranked(keys)
    return Cells(names, summed(place, _amounts(found, which, place)[[0, 3]], names.size))


def _totals(found: Journeys, won: Ints, lost: Ints, line: Ints) -> Cells:
    both = no_cells(5)
    if won.size:
        names, place = ranked(line[won])
        columns = np.zeros((5, won.size), np.int64)
        columns[:4] = _amounts(found, won, place)
        both = Cells(names, summed(place, columns, names.size))
    if lost.size:
        columns = np.zeros((5, lost.size), np.int64)
        columns[4] = 1
        both = both.merge(tally(line[lost], columns))
    return both


def _seen(keys: Ints, people: Ints, bits: Ints) -> tuple[Ints, Ints, Ints]:
    """Return each (key, person) once with the bits of all its records."""
    order = np.lexsort((people, keys))
    keys, people, bits = keys[order], people[order], bits[order]
    fresh = np.ones(keys.size, bool)
    fresh[1:] = (keys[1:] != keys[:-1]) | (people[1:] != people[:-1])
    starts = np.flatnonzero(fresh)
    return keys[starts], people[starts], np.bitwise_or.reduceat(bits, starts) if starts.size else bits
