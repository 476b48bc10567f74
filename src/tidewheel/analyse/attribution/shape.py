"""From counts to the tables of an attribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidewheel.analyse.attribution.answer import (
    AttributionBin,
    AttributionCredit,
    AttributionGroup,
    AttributionPath,
    AttributionRow,
)
from tidewheel.analyse.attribution.journeys import DELAYS, LONGEST, Catalogue
from tidewheel.analyse.attribution.models import deal, markov, shapley, units
from tidewheel.analyse.attribution.part import ALL, FIRST, REPEAT, WIDE, AttributionPart, stages, together
from tidewheel.analyse.attribution.question import MODELS, AttributionParams, TouchName
from tidewheel.analyse.contract import Context, Ints
from tidewheel.analyse.kernels.attribution import COLUMNS, PATH_MODELS
from tidewheel.analyse.kernels.cells import Cells
from tidewheel.analyse.kernels.groups import OTHER, leading, named
from tidewheel.analyse.kernels.journeys import UNIT
from tidewheel.analyse.question import GroupLabel

PATHS = 20
"""How many paths are listed."""
LENGTHS = range(LONGEST + 1)
PARTICIPATION = MODELS.index("participation")
Credits = list[list[tuple[int, int, int]]]
"""By row and model: conversions and revenue in millionths, people."""


class Tables:
    """The sum of all parts, ready to be read group by group. Row 0 is "no touch", then the named, then "other"."""

    def __init__(self, params: AttributionParams, context: Context, part: AttributionPart) -> None:
        self.params, self.part = params, part
        self.sets, self.paths = together(part.sets), together(part.paths)
        self.stages = stages(params)
        self.catalogue = Catalogue(context.names)
        keys, columns = part.credits.between(0, self.catalogue.size)
        sizes = dict.fromkeys(np.unique(self.sets.touches.values).tolist(), 0)
        sizes |= dict(zip(keys.tolist(), columns[PARTICIPATION * COLUMNS].tolist(), strict=True))
        found = [(touch, self.catalogue.of(touch)) for touch in sizes if touch > 0]
        found.sort(key=lambda one: (-sizes[one[0]], one[1].definition, str(one[1].name), one[0]))
        self.named, self.others = found[: params.names], len(found) > params.names
        self.rows = len(self.named) + 1 + self.others
        self.row = np.full(self.catalogue.size, len(self.named) + 1)
        self.row[0] = 0
        self.row[[touch for touch, _ in self.named]] = np.arange(1, len(self.named) + 1)
        per_code = part.totals.keys // self.stages - 1
        groups = part.totals.keys % self.stages == ALL
        codes, sizes = per_code[groups & (per_code >= 0)], part.totals.columns[0][groups & (per_code >= 0)]
        self.leaders, self.rest = leading(codes, sizes, params.top, context.labels)
        self.labels = context.labels

    def groups(self) -> list[AttributionGroup]:
        """Return the tables of everyone, of the largest groups and of the rest."""
        everyone = self.group(None, np.array([-1]))
        return [everyone, *(self.group(*one) for one in named(self.leaders, self.rest, self.labels))]

    def touch(self, row: int) -> TouchName | None:
        """Return what a row is called."""
        if row == 0:
            return None
        return self.named[row - 1][1] if row <= len(self.named) else TouchName()

    def group(self, label: GroupLabel | None, codes: Ints) -> AttributionGroup:
        """Return the table of some group codes together."""
        lines = [(codes + 1) * self.stages + stage for stage in range(self.stages)]
        totals = [self._totals(line) for line in lines]
        parts = [ALL] if self.stages == 1 else [FIRST, REPEAT]
        journeys = [np.concatenate([lines[at] for at in parts]), *lines[1:]]
        path_only = [
            self._path_credits(line, own, exact=label != OTHER)
            for line, own in zip(lines, journeys, strict=True)
        ]
        modelled = {stage: self._modelled(path_only[stage], lines[stage]) for stage in parts}
        whole = modelled[ALL] if self.stages == 1 else self._together(path_only[ALL], modelled)
        rows = []
        for row in range(self.rows):
            through = whole[row][PARTICIPATION][0] // UNIT
            last = whole[row][MODELS.index("last")][0] // UNIT
            rows.append(
                AttributionRow(
                    touch=self.touch(row),
                    credits=self._shown(whole[row]),
                    first=self._shown(modelled[FIRST][row]) if self.stages > 1 else None,
                    repeat=self._shown(modelled[REPEAT][row]) if self.stages > 1 else None,
                    assisted=through - last,
                    last=last,
                )
            )
        order = sorted(range(1, len(self.named) + 1), key=lambda row: self._size(rows[row]))
        shown = [*order, *range(len(self.named) + 1, self.rows), 0]
        people = self._distinct(lines[ALL]) if label == OTHER else totals[ALL][3]
        return AttributionGroup(
            group=label,
            conversions=totals[ALL][0],
            value=self._value(totals[ALL][1] * UNIT + totals[ALL][2]),
            people=people,
            first_conversions=totals[FIRST][0] if self.stages > 1 else None,
            repeat_conversions=totals[REPEAT][0] if self.stages > 1 else None,
            lost=totals[ALL][4],
            rows=[rows[row] for row in shown],
            lengths=self._bins(self.part.lengths, lines[ALL], LENGTHS, exact=label != OTHER),
            delays=self._bins(self.part.delays, lines[ALL], DELAYS, exact=label != OTHER),
            paths=self._paths(lines[ALL], exact=label != OTHER),
        )

    def _size(self, row: AttributionRow) -> float:
        credit = row.credits[MODELS.index(self.params.model)]
        return -(credit.conversions if credit.value is None else credit.value)

    def _totals(self, lines: Ints) -> list[int]:
        which = np.isin(self.part.totals.keys, lines)
        found: list[int] = self.part.totals.columns[:, which].sum(axis=1).tolist()
        return found

    def _value(self, millionths: int) -> float | None:
        return units(millionths) if self.params.valued else None

    def _shown(self, figures: Sequence[tuple[int, int, int]]) -> list[AttributionCredit]:
        return [
            AttributionCredit(conversions=units(count), value=self._value(worth), people=people)
            for count, worth, people in figures
        ]

    def _path_credits(self, lines: Ints, journeys: Ints, *, exact: bool) -> Credits:
        size = self.catalogue.size
        found = np.zeros((self.rows, PATH_MODELS, COLUMNS), np.int64)
        for line in lines.tolist():
            keys, columns = self.part.credits.between(line * size, (line + 1) * size)
            np.add.at(found, self.row[keys], columns.T.reshape(-1, PATH_MODELS, COLUMNS))
        if self.others:
            found[-1, PARTICIPATION, :3] = self._through_others(journeys)
        people = found[:, :, 3].copy()
        if not exact:
            people = self._people(lines, range(self.rows))
        elif self.others:
            people[-1] = self._people(lines, [self.rows - 1])[-1]
        counts, worths = found[:, :, 0].tolist(), (found[:, :, 1:3]).tolist()
        return [
            [
                (
                    counts[row][model],
                    worths[row][model][0] * UNIT + worths[row][model][1],
                    int(people[row, model]),
                )
                for model in range(PATH_MODELS)
            ]
            for row in range(self.rows)
        ]

    def _through_others(self, lines: Ints) -> list[int]:
        """Return the conversions with any touch of "other", each once, and their revenue."""
        sums = np.zeros(3, np.int64)
        for line in lines.tolist():
            columns, touches = self.sets.of(line)
            through = [bool((self.row[one] == self.rows - 1).any()) for one in touches]
            sums += columns[1:, through].sum(axis=1)
        return [int(sums[0]) * UNIT, int(sums[1]), int(sums[2])]

    def _people(self, lines: Ints, rows: Sequence[int]) -> Ints:
        """Count persons by row and model, each once, whatever touch or group they come from."""
        found = np.zeros((self.rows, PATH_MODELS), np.int64)
        for row in rows:
            kept: list[list[Ints]] = [[] for _ in range(PATH_MODELS)]
            for keys, people, bits in self.part.seen:
                inside = np.isin(keys // self.catalogue.size, lines) & (
                    self.row[keys % self.catalogue.size] == row
                )
                for model in range(PATH_MODELS):
                    kept[model].append(people[inside & (bits >> model & 1 == 1)])
            found[row] = [np.unique(np.concatenate(one)).size if one else 0 for one in kept]
        return found

    def _distinct(self, lines: Ints) -> int:
        kept = [people[np.isin(keys // self.catalogue.size, lines)] for keys, people, _ in self.part.seen]
        return int(np.unique(np.concatenate(kept)).size) if kept else 0

    def _modelled(self, paths: Credits, lines: Ints) -> Credits:
        """Add the credits of the models that look at all journeys together."""
        last = MODELS.index("linear")
        touched = [sum(paths[row][last][at] for row in range(1, self.rows)) for at in (0, 1)]
        found = [list(one) for one in paths]
        n = self.rows - 1
        for shares in (markov(self._steps(lines, n)), self._shapley(lines, n)):
            counts, worths = deal(touched[0], shares), deal(touched[1], shares)
            found[0].append(paths[0][PARTICIPATION])
            for row in range(1, self.rows):
                people = paths[row][PARTICIPATION][2]
                found[row].append((counts[row - 1], worths[row - 1], people))
        return found

    def _together(self, paths: Credits, parts: dict[int, Credits]) -> Credits:
        found = [list(one) for one in paths]
        for row in range(self.rows):
            for model in range(PATH_MODELS, len(MODELS)):
                counts, worths = (sum(parts[stage][row][model][at] for stage in parts) for at in (0, 1))
                found[row].append((counts, worths, paths[row][PARTICIPATION][2]))
        return found

    def _steps(self, lines: Ints, n: int) -> Ints:
        """Return counts of moves: from the start or a row, to a row, a conversion or nothing."""
        width = self.catalogue.size + 2
        found = np.zeros((n + 1, n + 2), np.int64)
        for line in lines.tolist():
            keys, columns = self.part.moves.between(line * width * width, (line + 1) * width * width)
            origin, target = keys // width, keys % width
            to = np.where(target >= width - 2, n + target - (width - 2), 0)
            inside = target < width - 2
            to[inside] = self.row[target[inside]] - 1
            np.add.at(found, (np.where(origin > 0, self.row[origin], 0), to), columns[0])
        return found

    def _shapley(self, lines: Ints, n: int) -> list[float]:
        members: list[list[int]] = []
        counts: list[Ints] = []
        for line in lines.tolist():
            columns, touches = self.sets.of(line)
            members += [[int(self.row[touch]) - 1 for touch in one] for one in touches]
            counts.append(columns)
        if not members:
            return [0.0] * n
        columns = np.concatenate(counts, axis=1)
        found: list[float] = shapley(members, columns[0], columns[1], n).tolist()
        return found

    def _bins(self, cells: Cells, lines: Ints, edges: Sequence[int], *, exact: bool) -> list[AttributionBin]:
        found = np.zeros((2, len(edges)), np.int64)
        for line in lines.tolist():
            keys, columns = cells.between(line * WIDE, (line + 1) * WIDE)
            found[:, keys] += columns
        return [
            AttributionBin(low=low, high=high, conversions=int(count), people=int(people) if exact else None)
            for low, high, count, people in zip(edges, (*edges[1:], None), found[0], found[1], strict=True)
        ]

    def _paths(self, lines: Ints, *, exact: bool) -> list[AttributionPath]:
        sums: dict[tuple[int, ...], list[int]] = {}
        for line in lines.tolist():
            columns, touches = self.paths.of(line, PATHS if lines.size == 1 else 0)
            for one, figures in zip(touches, columns.T.tolist(), strict=True):
                known = sums.setdefault(tuple(one), [0, 0, 0, 0])
                for at, figure in enumerate(figures):
                    known[at] += figure
        ranking = sorted(sums.items(), key=lambda item: -item[1][0])
        least = ranking[PATHS - 1][1][0] if len(ranking) >= PATHS else 0
        close = [(self._spelled(path), path, figures) for path, figures in ranking if figures[0] >= least]
        close.sort(key=lambda one: (-one[2][0], one[0], one[1][0] > 0))
        return [
            AttributionPath(
                touches=[self.catalogue.of(touch) for touch in path if touch > 0],
                longer=path[0] < 0,
                conversions=figures[0],
                value=self._value(figures[1] * UNIT + figures[2]),
                people=figures[3] if exact else None,
            )
            for _, path, figures in close[:PATHS]
        ]

    def _spelled(self, path: tuple[int, ...]) -> list[tuple[int, str]]:
        names = [self.catalogue.of(touch) for touch in path if touch > 0]
        return [(one.definition or 0, str(one.name)) for one in names]
