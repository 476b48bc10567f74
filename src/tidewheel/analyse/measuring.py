"""Measures by group and bucket, counted exactly: what trends show, and what other kinds are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Floats, Ints, Plan, Ragged
from tidewheel.analyse.formula import LETTERS, Expression
from tidewheel.analyse.kernels.buckets import cut_after, starts
from tidewheel.analyse.kernels.cells import UNITS, Cells, exact, no_cells, occurrences, real, tally
from tidewheel.analyse.kernels.groups import OTHER, leading, may_have_other, named
from tidewheel.analyse.kernels.lines import Buckets, Records, count_people, fewest, tally_groups, tally_rows
from tidewheel.analyse.kernels.trends import FOREVER
from tidewheel.analyse.outlook import LINES, forecast, known, lookback, outside, ranges, repeat_of, season_of
from tidewheel.analyse.question import Breakdown, GroupLabel, Measure
from tidewheel.analyse.trends_question import (
    COUNTED,
    COUNTING,
    SAMPLED,
    VALUED,
    TrendsCell,
    TrendsLine,
    TrendsParams,
    TrendsResult,
    check,
    columns,
    columns_of,
)
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Span
from tidewheel.core.text import Text

SESSIONS: Final = 31
"""Bits of a unit's number that tell a person's sessions apart."""
TALLIED: Final = frozenset({"count", "people", "per_person"})


@dataclass(frozen=True, slots=True)
class TrendsPart:
    """Figures by cell: ``line * width + bucket``, and in each line's last cell the whole period.

    ``events`` counts rows, ``people`` distinct persons (as changes along the buckets when points cover
    several), ``sums`` whole, fraction and number of values. ``samples`` are (2 * cell + inside the period,
    value) for what cannot be added; ``seen`` the same with persons, kept where values may end up in "other".
    """

    events: Cells
    people: Cells
    sums: Cells
    samples: tuple[tuple[Ints, Floats], ...] = ()
    seen: tuple[tuple[Ints, Ints], ...] = ()

    def merge(self, other: TrendsPart) -> TrendsPart:
        """Return the figures of both."""
        return TrendsPart(
            self.events.merge(other.events),
            self.people.merge(other.people),
            self.sums.merge(other.sums),
            self.samples + other.samples,
            self.seen + other.seen,
        )


class Measuring(Analysis[TrendsParams, TrendsPart, TrendsCell, TrendsResult]):
    """Everything of a trend but its words: kinds that measure by group and bucket build on it."""

    Params = TrendsParams
    Cell = TrendsCell
    Result = TrendsResult

    def plan(self, params: TrendsParams, context: Context) -> Plan:
        """Read the series' events; from the beginning where a first time must be known."""
        check(params)
        start = buckets_of(params, context).cuts[0]
        begin = min(int(start), context.span.start) if reaches_back(params) else context.span.start
        if any(series.measure.kind == "first_time" for series in params.series):
            begin = 0
        values, coded = columns(params)
        return Plan(
            steps=tuple(series.step for series in params.series),
            span=Span(begin, context.span.end),
            group=params.breakdowns,
            values=tuple(Breakdown(property=name, scope=scope) for name, scope, _ in values),
            coded=coded,
            sessions=any(series.measure.kind == "sessions" for series in params.series),
        )

    def partial(self, params: TrendsParams, context: Context, block: Block) -> TrendsPart:
        """Count rows, people and values by line and bucket."""
        plain = not reaches_back(params) and not params.cumulative and params.days == "all"
        if plain and not isinstance(block.group, Ragged):
            kinds = [series.measure.kind for series in params.series]
            if TALLIED.issuperset(kinds):
                counted = self._tally(context, params, block, np.array([kind in COUNTING for kind in kinds]))
                if counted is not None:
                    return counted
        found = records_of(params, context, block)
        whole = found.line if found.inside.all() else found.line[found.inside]
        totals = occurrences(whole)
        totals = Cells(totals.keys * found.buckets.width + found.buckets.count, totals.columns)
        events = occurrences(found.cell).merge(totals)
        people, seen = self._people(params, context, block, found)
        sums, samples = self._values(params, block, found)
        return TrendsPart(events, people, sums, samples, seen)

    def empty(self, params: TrendsParams, context: Context) -> TrendsPart:
        """Return no figures."""
        return TrendsPart(no_cells(1), no_cells(1), no_cells(3))

    def people(
        self, params: TrendsParams, context: Context, block: Block, cell: TrendsCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return who did it in the point's buckets."""
        found = records_of(params, context, block)
        series, buckets = len(params.series), found.buckets
        if not 0 <= cell.series < series:
            raise BadInput(
                "no_such_series",
                Text("Only the {series} series open into people.", "只有 {series} 个序列可以查看用户。"),
                field="cell.series",
                got=cell.series,
                expected=f"0…{series - 1}",
                series=series,
            )
        chosen = found.line % series == cell.series
        code = found.line // series - 1
        chosen &= code == -1 if groups is None else np.isin(code, groups)
        if cell.bucket is None:
            chosen &= found.inside
        else:
            last = buckets.history + cell.bucket
            chosen &= (found.bucket <= last) & (found.bucket > last - buckets.reach)
        return np.unique(block.people[found.person[chosen]])

    def others(self, params: TrendsParams, context: Context, part: TrendsPart) -> Ints:
        """Return the group codes that make "other"."""
        return Shaping(params, context, part).rest()

    def shape(self, params: TrendsParams, context: Context, part: TrendsPart) -> TrendsResult:
        """Make the lines, series by series, everyone first, and then the formulas."""
        return Shaping(params, context, part).result()

    def figures(self, params: TrendsParams, result: TrendsResult) -> list[Figure]:
        """Return the whole-period figure of every line, by letter."""
        found = []
        for line in result.lines:
            cell = TrendsCell(series=line.series, group=line.group) if line.opens else None
            title = Text(line.name, line.name)
            found.append(Figure(line.letter, title, line.total, line.format, line.group, cell))
        return sorted(found, key=lambda one: one.group is not None)

    def counted(self, params: TrendsParams, result: TrendsResult) -> Iterator[tuple[TrendsCell, int]]:
        """Return the points that count persons."""
        for line in result.lines:
            if line.series >= len(params.series) or params.series[line.series].measure.kind not in COUNTED:
                continue
            for bucket, value in [*enumerate(line.values), (None, line.total)]:
                if value is not None:
                    yield TrendsCell(series=line.series, bucket=bucket, group=line.group), round(value)

    @staticmethod
    def _tally(
        context: Context, params: TrendsParams, block: Block, counting: npt.NDArray[np.bool_]
    ) -> TrendsPart | None:
        """Count where there is nothing but rows and people to count: no records, one pass."""
        buckets = buckets_of(params, context)
        if block.group is not None and not isinstance(block.group, Ragged):
            keep = may_have_other(len(params.breakdowns), params.top, context.labels)
            found = tally_groups(block, block.group, buckets, counting, keep=keep)
            if found is None:
                return None
            rows, persons, (cell, person) = found
            seen = ((2 * cell + 1, block.people[person].astype(np.int64)),) if keep and cell.size else ()
            return TrendsPart(rows, persons, no_cells(3), (), seen)
        events, people = tally_rows(block, buckets, counting.size)
        people[np.repeat(~counting, buckets.width)] = 0
        held, who = np.flatnonzero(events), np.flatnonzero(people)
        return TrendsPart(Cells(held, events[None, held]), Cells(who, people[None, who]), no_cells(3))

    @staticmethod
    def _people(
        params: TrendsParams, context: Context, block: Block, found: Records
    ) -> tuple[Cells, tuple[tuple[Ints, Ints], ...]]:
        counting = np.array([series.measure.kind in COUNTING for series in params.series])
        if not counting.any() or not found.line.size:
            return no_cells(1), ()
        wanted = slice(None) if counting.all() else counting[found.line % counting.size]
        line, inside = found.line[wanted], found.inside[wanted]
        if not line.size:
            return no_cells(1), ()
        unit = units(params, block, found)[wanted]
        cells, changes, fresh = count_people(line, found.bucket[wanted], unit, inside, found.buckets)
        counted = occurrences(cells) if found.buckets.reach == 1 else tally(cells, changes[None])
        if not may_have_other(len(params.breakdowns), params.top, context.labels):
            return counted, ()
        kept = fresh & (line >= counting.size)
        keys = 2 * found.cell[wanted][kept] + inside[kept]
        return counted, ((keys, unit[kept]),)

    @staticmethod
    def _values(
        params: TrendsParams, block: Block, found: Records
    ) -> tuple[Cells, tuple[tuple[Ints, Floats], ...]]:
        sums, samples = no_cells(3), []
        read, _ = columns(params)
        for index, series in enumerate(params.series):
            kind = series.measure.kind
            if kind not in VALUED:
                continue
            source = [read.index(column) for column in columns_of(series.measure)]
            record, value = found.values(block, index, source)
            if kind in SAMPLED:
                keys = 2 * found.cell[record] + found.inside[record]
                samples.append(fewest(kind, keys, value))
                continue
            within = found.inside[record]
            keys = np.concatenate([found.cell[record], found.whole_cell[record][within]])
            figures = np.concatenate([exact(value), np.ones((1, value.size), np.int64)])
            sums = sums.merge(tally(keys, np.concatenate([figures, figures[:, within]], axis=1)))
        return sums, tuple(samples)


def buckets_of(params: TrendsParams, context: Context) -> Buckets:
    """Return the buckets a question's points cover."""
    reach = FOREVER if params.cumulative else params.rolling
    earlier = lookback(params.grain, params.usual, params.forecast)
    return Buckets(context.calendar, context.span, params.grain, reach, params.days, earlier)


def reaches_back(params: TrendsParams) -> bool:
    """Say whether buckets before the period are read."""
    return params.rolling > 1 or params.usual is not None or params.forecast > 0


def records_of(params: TrendsParams, context: Context, block: Block) -> Records:
    """Return what a block's rows count for."""
    first_only = np.array([series.measure.kind == "first_time" for series in params.series])
    return Records(buckets_of(params, context), first_only, block)


def units(params: TrendsParams, block: Block, found: Records) -> Ints:
    """Return what each record counts once: its person or, with ``sessions``, its session, by a number of its own."""
    person = block.people[found.person].astype(np.int64)
    if block.session is None:
        return person
    of_sessions = np.array([series.measure.kind == "sessions" for series in params.series])
    session = person << SESSIONS | block.session[found.row]
    return np.where(of_sessions[found.line % of_sessions.size], session, person)


class Shaping:
    """Turns cells into lines. Slot 0 is everyone, then the leading groups, then "other"."""

    def __init__(self, params: TrendsParams, context: Context, part: TrendsPart) -> None:
        self.buckets, self.series = buckets_of(params, context), len(params.series)
        self.params, self.context = params, context
        self.part = part = self._of_the_period(part) if self.buckets.earlier else part
        self.labels: list[GroupLabel | None] = [None]
        self.codes, self.slot = np.array([-1], dtype=np.int64), np.array([0])
        keys = [
            part.events.keys // self.buckets.width,
            *(k // 2 // self.buckets.width for k, _ in part.samples),
        ]
        present = np.unique(np.concatenate(keys) // self.series - 1)
        if params.breakdowns:
            groups = present[present >= 0]
            top, rest = leading(groups, self.sizes(groups), params.top, context.labels)
            for label, inside in named(top, rest, context.labels):
                self.codes = np.concatenate([self.codes, inside])
                self.slot = np.concatenate([self.slot, np.full(inside.size, len(self.labels))])
                self.labels.append(label)
        order = np.argsort(self.codes)
        self.codes, self.slot = self.codes[order], self.slot[order]
        self.events = self._dense(part.events)
        self.people = self._dense(part.people)
        self.sums = self._dense(part.sums)
        self._count_other()
        self.samples = [self._samples(index) for index in range(self.series)]

    def rest(self) -> Ints:
        """Return the group codes that make "other"."""
        return self.codes[self.slot == len(self.labels) - 1] if self.labels[-1] == OTHER else self.codes[:0]

    def result(self) -> TrendsResult:
        """Return the answer."""
        cuts, stops = self.buckets.cuts[self.buckets.history :], self.buckets.ends[self.buckets.history :]
        ends = np.minimum(stops, self.context.span.end)
        span, now = self.context.span, self.context.now
        long = [self._line(index, slot) for index in range(self.series) for slot in range(len(self.labels))]
        long += self._formulas(long)
        incomplete = [
            bool(end > now or start < span.start or stop > span.end)
            for start, stop, end in zip(cuts[:-1], stops, ends, strict=True)
        ]
        ahead, lines = self._outlook(long, incomplete)
        return TrendsResult(
            buckets=starts(self.context.calendar, cuts),
            incomplete=incomplete,
            lines=lines,
            ahead=ahead,
        )

    def _of_the_period(self, part: TrendsPart) -> TrendsPart:
        """Leave out the groups that only the buckets before the points have."""
        width = self.buckets.width

        def shown(keys: Ints) -> Ints:
            return keys[keys % width >= self.buckets.earlier] // width // self.series

        keys = [part.events.keys, *(keys // 2 for keys, _ in part.samples)]
        lines = np.unique(np.concatenate([np.zeros(1, np.int64), *(shown(one) for one in keys)]))

        def kept(keys: Ints) -> npt.NDArray[np.bool_]:
            return np.isin(keys // width // self.series, lines)

        def cells(table: Cells) -> Cells:
            chosen = kept(table.keys)
            return Cells(table.keys[chosen], table.columns[:, chosen])

        return TrendsPart(
            cells(part.events),
            cells(part.people),
            cells(part.sums),
            tuple(
                (keys[chosen], values[chosen])
                for keys, values in part.samples
                for chosen in [kept(keys // 2)]
            ),
            tuple(
                (keys[chosen], people[chosen]) for keys, people in part.seen for chosen in [kept(keys // 2)]
            ),
        )

    def sizes(self, groups: Ints) -> Floats:
        """Return each group's size: the first series over the whole period, or its events if that cannot add."""
        kind = self.params.series[0].measure.kind
        table = (
            self.part.people if kind in COUNTING else self.part.sums if kind == "sum" else self.part.events
        )
        line, bucket = np.divmod(table.keys, self.buckets.width)
        chosen = (bucket == self.buckets.count) & (line % self.series == 0) & (line >= self.series)
        sizes = np.zeros(groups.size)
        figures = table.columns[:, chosen]
        place = np.searchsorted(groups, line[chosen] // self.series - 1)
        sizes[place] = real(figures[0], figures[1]) if kind == "sum" else figures[0]
        return sizes

    def _slots(self, line: Ints) -> Ints:
        return self.slot[np.searchsorted(self.codes, line // self.series - 1)]

    def _dense(self, cells: Cells) -> Ints:
        """Return figures as [column, slot, series, cell]."""
        shape = (cells.columns.shape[0], len(self.labels), self.series, self.buckets.width)
        found = np.zeros(shape, np.int64)
        line, bucket = np.divmod(cells.keys, self.buckets.width)
        for figures, column in zip(found, cells.columns, strict=True):
            np.add.at(figures, (self._slots(line), line % self.series, bucket), column)
        return found

    def _count_other(self) -> None:
        """Count the people of "other" once, though they may be in several of its groups."""
        if self.labels[-1] != OTHER or not self.part.seen:
            return
        keys = np.concatenate([keys for keys, _ in self.part.seen])
        person = np.concatenate([person for _, person in self.part.seen])
        line, bucket = np.divmod(keys // 2, self.buckets.width)
        rest = self._slots(line) == len(self.labels) - 1
        if not rest.any():
            return
        series, bucket, person, inside = (
            line[rest] % self.series,
            bucket[rest],
            person[rest],
            keys[rest] % 2 == 1,
        )
        order = np.lexsort((bucket, person))
        cells, changes, _ = count_people(
            series[order], bucket[order], person[order], inside[order], self.buckets
        )
        other = self.people[0, -1].reshape(-1)
        other[:] = 0
        np.add.at(other, cells, changes)

    def _samples(self, series: int) -> dict[int, tuple[Ints, Ints, Floats]]:
        """Return the sampled values of one series by slot: buckets (ascending), inside, values."""
        if self.params.series[series].measure.kind not in SAMPLED:
            return {}
        keys = np.concatenate([np.empty(0, np.int64), *(keys for keys, _ in self.part.samples)])
        values = np.concatenate([np.empty(0), *(values for _, values in self.part.samples)])
        line, bucket = np.divmod(keys // 2, self.buckets.width)
        mine = line % self.series == series
        slot, bucket, inside, values = self._slots(line[mine]), bucket[mine], keys[mine] % 2, values[mine]
        order = np.lexsort((values, bucket, slot))
        slot, bucket, inside, values = slot[order], bucket[order], inside[order], values[order]
        ends = np.searchsorted(slot, np.arange(len(self.labels) + 1))
        return {
            at: (bucket[low:high], inside[low:high], values[low:high])
            for at, (low, high) in enumerate(pairwise(ends))
        }

    def _line(self, index: int, slot: int) -> TrendsLine:
        series = self.params.series[index]
        measure, first = series.measure, self.buckets.history - self.buckets.earlier
        points = range(first, self.buckets.count)
        values: list[float | None]
        if measure.kind in SAMPLED:
            bucket, inside, sampled = self.samples[index][slot]
            lows = np.searchsorted(bucket, [point - self.buckets.reach + 1 for point in points])
            highs = np.searchsorted(bucket, list(points), side="right")
            values = [summary(measure, sampled[low:high]) for low, high in zip(lows, highs, strict=True)]
            total = summary(measure, sampled[inside == 1])
        else:
            events, *sums = (self._covered(figures[slot, index]) for figures in (self.events[0], *self.sums))
            people = self.people[0, slot, index].copy()
            if self.buckets.reach > 1:
                people[:-1] = np.cumsum(people[:-1])
            people = people[first:]
            figures = [
                added(measure.kind, *row)
                for row in zip(*(column.tolist() for column in (events, people, *sums)), strict=True)
            ]
            values, total = figures[:-1], figures[-1]
        return TrendsLine(
            series=index,
            letter=LETTERS[index],
            name=series.name or " / ".join(dict.fromkeys(match.event for match in series.step.any_of)),
            group=self.labels[slot],
            values=self._begun(values),
            total=total,
            format="number",
            opens=True,
        )

    def _covered(self, figures: Ints) -> Ints:
        """Add up the buckets each point covers; the whole period stays last."""
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(figures[:-1])])
        last = np.arange(self.buckets.history - self.buckets.earlier + 1, self.buckets.count + 1)
        return np.append(sums[last] - sums[np.maximum(last - self.buckets.reach, 0)], figures[-1])

    def _begun(self, values: list[float | None]) -> list[float | None]:
        """Blank the points that have not begun."""
        cuts = self.buckets.cuts[self.buckets.history - self.buckets.earlier :]
        return [
            value if start <= self.context.now else None
            for value, start in zip(values, cuts[:-1], strict=True)
        ]

    def _outlook(self, long: list[TrendsLine], incomplete: list[bool]) -> tuple[list[str], list[TrendsLine]]:
        """Return the starts of points to come, and the lines without the points before the period."""
        params, earlier = self.params, self.buckets.earlier
        if not earlier:
            return [], long
        over = len(incomplete) - next(
            (at for at, one in enumerate(reversed(incomplete)) if not one), len(incomplete)
        )
        lines = []
        for index, line in enumerate(long):
            values = line.values[earlier:]
            more: dict[str, Any] = {"values": values}
            figures = known(line.values)
            if params.usual:
                usual = ranges(figures, len(values), season_of(params.grain, params.days), params.usual)
                more |= {"usual": usual, "unusual": outside(values, usual, incomplete)}
            if params.forecast and index < LINES:
                learnt = figures[: earlier + over]
                ahead, error = forecast(learnt, params.forecast, repeat_of(params.grain, params.days))
                more |= {"ahead": ahead, "error": error}
            lines.append(line.model_copy(update=more))
        if not params.forecast or params.grain == "total":
            return [], lines
        after = int(self.buckets.ends[self.buckets.history + over - 1])
        following = cut_after(self.context.calendar, after, params.grain, params.days, params.forecast)
        return starts(self.context.calendar, following), lines

    def _formulas(self, lines: list[TrendsLine]) -> list[TrendsLine]:
        letters, found = LETTERS[: self.series], []
        for index, formula in enumerate(self.params.formulas):
            compute = Expression(formula.expression, letters, field=f"formulas.{index}.expression")
            for slot, label in enumerate(self.labels):
                own = {line.letter: line for line in lines[slot :: len(self.labels)]}
                rows = zip(*(line.values for line in own.values()), strict=True)
                found.append(
                    TrendsLine(
                        series=self.series + index,
                        letter=LETTERS[self.series + index] if self.series + index < len(LETTERS) else "",
                        name=formula.name or formula.expression,
                        group=label,
                        values=[compute(dict(zip(own, row, strict=True))) for row in rows],
                        total=compute({letter: line.total for letter, line in own.items()}),
                        format=formula.format,
                        opens=False,
                    )
                )
        return found


def added(kind: str, events: int, people: int, whole: int, fraction: int, valued: int) -> float | None:
    """Return a measure that is made of sums."""
    if kind == "count":
        return float(events)
    if kind in {"people", "first_time", "sessions"}:
        return float(people)
    if kind == "per_person":
        return events / people if people else None
    total = (whole * UNITS + fraction) / UNITS
    if kind == "sum":
        return total
    return total / valued if valued else None


def summary(measure: Measure, values: Floats) -> float | None:
    """Return a measure that needs the values themselves (ascending by bucket, then value)."""
    if measure.kind == "distinct":
        return float(np.unique(values).size)
    if not values.size:
        return None
    if measure.kind == "min":
        return float(values.min())
    if measure.kind == "max":
        return float(values.max())
    share = 50.0 if measure.kind == "median" else measure.percentile
    return float(np.percentile(values, share))
