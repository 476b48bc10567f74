"""The partial answer of an attribution, and how a block becomes one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from tidewheel.analyse.attribution.journeys import LONGEST, Journeys, Ragged64
from tidewheel.analyse.attribution.question import AttributionParams
from tidewheel.analyse.contract import Context, Ints
from tidewheel.analyse.kernels.attribution import COLUMNS, PATH_MODELS, amounts, slots_for
from tidewheel.analyse.kernels.cells import Cells, alike, no_cells, occurrences, piled, summed
from tidewheel.analyse.kernels.groups import may_have_other

WIDE = LONGEST + 1
ALL, FIRST, REPEAT = 0, 1, 2


def stages(params: AttributionParams) -> int:
    """Return how many lines a group has: all conversions, and with the chain the first and repeat ones."""
    return 3 if params.chain else 1


@dataclass(frozen=True, slots=True)
class Lists:
    """Counts by list of touches. ``keys`` are hashes of 64 bits of the line and the touches, each once."""

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


def together(tables: tuple[Lists, ...]) -> Lists:
    """Return the sum of some tables, its keys ascending."""
    none = np.empty(0, np.int64)
    whole = reduce(
        Lists.merge, reversed(tables), Lists(none, np.empty((4, 0), np.int64), none, Ragged64(none, none))
    )
    return lists(whole.keys, whole.columns, whole.lines, whole.touches)


@dataclass(frozen=True, slots=True)
class AttributionPart:
    """Counts by line: ``(group code + 1) * stages + stage``, code -1 being everyone.

    ``credits``: by line * touches + touch, for each path model conversions and revenue in millionths (whole
    and rest) and people. ``totals``: by line, conversions, revenue (whole, millionths), people, people lost.
    ``moves``: steps of journeys. In tables of falling size ``sets``: journeys, conversions and revenue by the different touches. ``paths``,
    ``lengths``, ``delays``: conversions (paths also revenue) and people. ``seen``: where touches or groups
    may end up in "other", (key of ``credits``, person, a bit for each model that credits the person's conversions).
    """

    credits: Cells
    totals: Cells
    moves: Cells
    sets: tuple[Lists, ...]
    paths: tuple[Lists, ...]
    lengths: Cells
    delays: Cells
    seen: tuple[tuple[Ints, Ints, Ints], ...] = field(default=())

    def merge(self, other: AttributionPart) -> AttributionPart:
        """Return the journeys of both."""
        return AttributionPart(
            self.credits.merge(other.credits),
            self.totals.merge(other.totals),
            self.moves.merge(other.moves),
            piled(self.sets + other.sets),
            piled(self.paths + other.paths),
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
        (),
        (),
        no_cells(2),
        no_cells(2),
    )


def fold(params: AttributionParams, context: Context, found: Journeys) -> AttributionPart:
    """Count the journeys of a block, of everyone and of each group."""
    if not found.person.size:
        return no_part()
    per, won = stages(params), np.flatnonzero(found.converted)
    stage = np.where(found.later, REPEAT, FIRST) if params.chain else ALL
    codes = [np.full(found.person.size, -1), *([found.code] if params.breakdowns else [])]
    whole = np.stack([(code + 1) * per for code in codes])
    own = whole + stage
    every = np.concatenate([whole, own]) if params.chain else whole
    several = may_have_other(len(params.breakdowns), params.top, context.labels)
    kept = several or found.catalogue.size > params.names + 1
    credited, seen = _credits(found, won, every, kept=kept)
    touched = np.flatnonzero(found.high > found.low)
    path_won = won[found.high[won] > found.low[won]]
    moves, lengths, delays = no_cells(1), no_cells(2), no_cells(2)
    for line, mine in zip(whole, own, strict=True):
        moves = moves.merge(occurrences(found.moves(mine)[0]))
        lengths = lengths.merge(_spread(found, won, line[won] * WIDE + found.length[won]))
        delays = delays.merge(_spread(found, path_won, line[path_won] * WIDE + found.delay[path_won]))
    return AttributionPart(
        credited,
        _totals(found, won, every),
        moves,
        (_lists(*found.sets(touched, np.ascontiguousarray(own[:, touched]))),),
        (_lists(*found.paths(path_won, np.ascontiguousarray(whole[:, path_won]))),),
        lengths,
        delays,
        seen,
    )


def _credits(
    found: Journeys, won: Ints, lines: Ints, *, kept: bool
) -> tuple[Cells, tuple[tuple[Ints, Ints, Ints], ...]]:
    keys, sums, seen = found.credits(won, np.ascontiguousarray(lines[:, won]), kept=kept)
    cells = Cells(*_sorted(keys, sums))
    return cells, ((seen[0], found.people[seen[1]].astype(np.int64), seen[2]),) if kept else ()


def _sorted(keys: Ints, sums: Ints) -> tuple[Ints, Ints]:
    """Return keys ascending and the columns of their figures."""
    order = np.argsort(keys)
    return keys[order], np.ascontiguousarray(sums[order].T)


def _lists(keys: Ints, sums: Ints, lines: Ints, touches: Ragged64) -> Lists:
    return Lists(keys.copy(), np.ascontiguousarray(sums.T), lines.copy(), touches)


def _amounts(found: Journeys, which: Ints, keys: Ints) -> tuple[Ints, Ints]:
    """Return the different keys, ascending, with conversions, revenue (whole, millionths) and people."""
    names, sums = np.empty(which.size, np.int64), np.zeros((which.size, 5), np.int64)
    n = amounts(keys, found.person[which], found.value[which], slots_for(which.size), names, sums)
    names, columns = _sorted(names[:n], sums[:n])
    return names, columns


def _spread(found: Journeys, which: Ints, keys: Ints) -> Cells:
    names, columns = _amounts(found, which, keys)
    return Cells(names, columns[[0, 3]])


def _totals(found: Journeys, won: Ints, lines: Ints) -> Cells:
    total, lost = no_cells(5), np.flatnonzero(~found.converted)
    for line in lines:
        names, columns = _amounts(found, won, line[won])
        columns[4] = 0
        total = total.merge(Cells(names, columns))
        missed = occurrences(line[lost])
        columns = np.zeros((5, missed.keys.size), np.int64)
        columns[4] = missed.columns[0]
        total = total.merge(Cells(missed.keys, columns))
    return total
