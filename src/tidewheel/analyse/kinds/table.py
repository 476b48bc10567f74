"""Table: several figures by rows and columns of several breakdowns, with subtotals that are right for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Floats, Ints, Labels, Plan
from tidewheel.analyse.form import Ask
from tidewheel.analyse.kernels.axes import Axis, digit_of, digits_of, projected, projections, value_of
from tidewheel.analyse.kernels.groups import OTHER, leading
from tidewheel.analyse.measuring import (
    Measuring,
    Shaping,
    TrendsPart,
    added,
    records_of,
    summary,
)
from tidewheel.analyse.question import Breakdown, GroupLabel, Measure, Model, Question, Step
from tidewheel.analyse.trends_question import COUNTED, SAMPLED, Series, TrendsParams
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

MOST_CELLS: Final = 50_000
Path: TypeAlias = tuple[str | float | bool | None, ...]


class TableParams(Question):
    """A table. ``breakdowns`` are its rows, the outermost first; with ``columns`` at most four together."""

    event: Annotated[Step, Ask(Text("Behaviour", "行为"))]
    measures: Annotated[
        tuple[Measure, ...], Field(min_length=1, max_length=8), Ask(Text("Figures", "指标"))
    ] = (Measure(),)
    breakdowns: Annotated[tuple[Breakdown, ...], Field(min_length=1, max_length=4), Ask(Text("Rows", "行"))]
    columns: Annotated[tuple[Breakdown, ...], Field(max_length=3), Ask(Text("Columns", "列"))] = ()
    order: Annotated[
        Literal["value", "name"],
        Ask(
            Text("Sorted by", "排序"),
            choices={"value": Text("the first figure", "第一个指标"), "name": Text("name", "名称")},
        ),
    ] = "value"


class TableCell(Model):
    """The persons behind one figure: those of a row and a column.

    ``row`` holds the values from the outermost breakdown on; none is the total. With ``row_but`` it is one
    breakdown deeper: every value but these. The same for columns.
    """

    measure: int = 0
    row: Path = ()
    row_but: GroupLabel | None = None
    column: Path = ()
    column_but: GroupLabel | None = None


class TableHead(Model):
    """One row or column: its values from the outermost on; ``but``: the rest, all values except these."""

    values: GroupLabel
    but: GroupLabel | None


class TableResult(Model):
    """``values[measure][row][column]``; the first row and the first column are totals, parents stand before children."""

    rows: list[TableHead]
    columns: list[TableHead]
    values: list[list[list[float | None]]]


@dataclass(frozen=True, slots=True)
class TablePart:
    """A trend's part for every level of rows and columns, in the order of :func:`levels`."""

    levels: tuple[TrendsPart, ...]

    def merge(self, other: TablePart) -> TablePart:
        """Return the figures of both."""
        return TablePart(tuple(a.merge(b) for a, b in zip(self.levels, other.levels, strict=True)))


class Table(Analysis[TableParams, TablePart, TableCell, TableResult]):
    """See the module's description and ``docs/reference/analyses/table.md``. Each level is counted as a trend is."""

    name = "table"
    title = Text("Table", "多维分析")
    description = Text(
        "Several figures by rows and columns of several properties, with subtotals.",
        "多个指标按多个维度交叉，小计与总计按人去重。",
    )
    family = "behaviour"
    sentence = Text(
        "In {period}, for {people}, {measures} of {event}: rows {breakdowns}, columns {columns}.",
        "{people}在{period}的{event}，看{measures}：行为{breakdowns}，列为{columns}。",
    )
    Params = TableParams
    Cell = TableCell
    Result = TableResult
    samples = (
        {
            "event": {"any_of": [{"event": "purchase"}]},
            "measures": [
                {"kind": "people"},
                {"kind": "count"},
                {"kind": "sum", "property": "value"},
                {"kind": "mean", "property": "value"},
            ],
            "breakdowns": [{"property": "channel"}],
            "columns": [{"property": "platform"}],
            "top": 5,
        },
        {
            "event": {"any_of": [{"event": "purchase"}]},
            "measures": [
                {"kind": "people"},
                {"kind": "sum", "property": "price", "times": "quantity", "scope": "item"},
            ],
            "breakdowns": [
                {"property": "item_category", "scope": "item"},
                {"property": "item_name", "scope": "item"},
            ],
            "top": 3,
        },
    )

    def plan(self, params: TableParams, context: Context) -> Plan:
        """Read the behaviour, as trends of its measures would, grouped by rows and columns together."""
        check(params)
        whole = as_trend(params, (*params.breakdowns, *params.columns))
        return TRENDS.plan(whole, context)

    def partial(self, params: TableParams, context: Context, block: Block) -> TablePart:
        """Count every level by itself, so that its figures need not be added from smaller ones."""
        every = levels(params)
        blocks = projections(block, context.labels, [dims for _, dims in every])
        return TablePart(
            tuple(
                TRENDS.partial(as_trend(params, own), context, one)
                for (own, _), one in zip(every, blocks, strict=True)
            )
        )

    def empty(self, params: TableParams, context: Context) -> TablePart:
        """Return no figures."""
        return TablePart(tuple(TRENDS.empty(as_trend(params, own), context) for own, _ in levels(params)))

    def people(
        self, params: TableParams, context: Context, block: Block, cell: TableCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return who did it in that row and column."""
        rows, columns = len(params.breakdowns), len(params.columns)
        down, across = (
            len(cell.row) + (cell.row_but is not None),
            len(cell.column) + (cell.column_but is not None),
        )
        if not 0 <= cell.measure < len(params.measures) or down > rows or across > columns:
            raise BadInput(
                "no_such_cell",
                Text("The table has no such figure.", "表中没有这个数字。"),
                field="cell",
                got=cell.model_dump(),
                expected={"measure": f"0…{len(params.measures) - 1}", "row": rows, "column": columns},
            )
        labels, dims = context.labels, [*range(down), *range(rows, rows + across)]
        own = tuple((*params.breakdowns, *params.columns)[dim] for dim in dims)
        found = records_of(as_trend(params, own), context, projected(block, labels, dims))
        series = len(params.measures)
        chosen = found.inside & (found.line % series == cell.measure)
        code = found.line // series - 1
        chosen &= code >= 0 if dims else code == -1
        for first, values, but in ((0, cell.row, cell.row_but), (rows, cell.column, cell.column_but)):
            for at, value in enumerate(values):
                chosen &= digit(code, labels, first + at) == digit_of(labels, first + at, value)
            if but is not None:
                dim = first + len(values)
                chosen &= ~np.isin(digit(code, labels, dim), [digit_of(labels, dim, value) for value in but])
        return np.unique(block.people[found.person[chosen]])

    def figures(self, params: TableParams, result: TableResult) -> list[Figure]:
        """Return the totals of all measures, and the rows of the first breakdown."""
        found = []
        for number, measure in enumerate(params.measures):
            for head, row in zip(result.rows, result.values[number], strict=True):
                if len(head.values) + (head.but is not None) > 1:
                    continue
                label: GroupLabel | None = head.values or None
                cell = TableCell(measure=number, row=tuple(head.values), row_but=head.but)
                title = Text(measure.kind, measure.kind)
                group = OTHER if head.but is not None else label
                found.append(Figure(f"measure_{number}", title, row[0], "number", group, cell))
        return sorted(found, key=lambda one: one.group is not None)

    def counted(self, params: TableParams, result: TableResult) -> Iterator[tuple[TableCell, int]]:
        """Return the figures that count persons."""
        for number, measure in enumerate(params.measures):
            if measure.kind not in COUNTED:
                continue
            for row, line in zip(result.rows, result.values[number], strict=True):
                for column, value in zip(result.columns, line, strict=True):
                    yield (
                        TableCell(
                            measure=number,
                            row=tuple(row.values),
                            row_but=row.but,
                            column=tuple(column.values),
                            column_but=column.but,
                        ),
                        round(value or 0),
                    )

    def shape(self, params: TableParams, context: Context, part: TablePart) -> TableResult:
        """Name rows and columns, then put every level's figures in their places."""
        shaping = Filling(params, context, part)
        return TableResult(
            rows=shaping.heads(shaping.rows, 0),
            columns=shaping.heads(shaping.columns, len(params.breakdowns)),
            values=shaping.values(),
        )


TRENDS: Final = Measuring()


def as_trend(params: TableParams, breakdowns: tuple[Breakdown, ...]) -> TrendsParams:
    """Return the measures as a trend in all, split by some of the breakdowns; period and people are the context's.

    What it is made of was checked before.
    """
    return TrendsParams.model_construct(
        series=tuple(
            Series.model_construct(step=params.event, measure=measure) for measure in params.measures
        ),
        grain="total",
        breakdowns=breakdowns,
        top=params.top,
    )


def levels(params: TableParams) -> list[tuple[tuple[Breakdown, ...], list[int]]]:
    """Return every level of rows with every level of columns: its breakdowns, and their numbers among all."""
    rows, columns = len(params.breakdowns), len(params.columns)
    every = (*params.breakdowns, *params.columns)
    dims = [[*range(i), *range(rows, rows + j)] for i in range(rows + 1) for j in range(columns + 1)]
    return [(tuple(every[dim] for dim in own), own) for own in dims]


def digit(code: Ints, labels: Labels, dim: int) -> Ints:
    """Return the digit of each code at one breakdown."""
    return code // labels.strides[dim] % (len(labels.tables[dim]) + 1)


class Filling:
    """Turns the parts of all levels into one table."""

    def __init__(self, params: TableParams, context: Context, part: TablePart) -> None:
        self.params, self.context, self.part = params, context, part
        self.labels, self.series = context.labels, len(params.measures)
        self.rows = self._axis(0, len(params.breakdowns), len(params.columns) + 1)
        self.columns = self._axis(len(params.breakdowns), len(params.columns), 1)
        cells = len(self.rows.nodes) * len(self.columns.nodes)
        if cells > MOST_CELLS:
            raise BadInput(
                "table_too_large",
                Text("This table would have {cells} cells.", "该表会有 {cells} 个单元格。"),
                field="top",
                got=params.top,
                expected=f"{MOST_CELLS} cells at most",
                hint=Text("Name fewer values, or use fewer properties.", "请减少列出的值，或减少维度。"),
                cells=cells,
            )

    def _axis(self, first: int, depth: int, step: int) -> Axis:
        """Name the values of one side; ``step`` is how far its levels stand apart in the part."""
        axis = Axis([((), None)])
        parents: dict[tuple[int, ...], int] = {(): 0}
        order: dict[int, list[int]] = {}
        for level in range(1, depth + 1):
            dims = list(range(first, first + level))
            part = self.part.levels[level * step]
            every = (*self.params.breakdowns, *self.params.columns)
            trend = as_trend(self.params, tuple(every[dim] for dim in dims))
            lines = part.events.keys // 2 // self.series - 1
            codes = np.unique(lines[lines >= 0])
            sizes = Shaping(trend, self.context, part).sizes(codes) if codes.size else codes
            own: dict[tuple[int, ...], list[int]] = {}
            for at, digits in enumerate(digits_of(codes, self.labels, dims)):
                if digits[:-1] in parents:
                    own.setdefault(digits[:-1], []).append(at)
            found: dict[tuple[int, ...], int] = {}
            for parent, places in own.items():
                top, rest = leading(codes[places], sizes[places], self.params.top, self.labels)
                named = [digits[-1] for digits in digits_of(top, self.labels, dims)]
                if self.params.order == "name":
                    named.sort(key=lambda one: self._name(dims[-1], one))
                for one in named:
                    found[*parent, one] = len(axis.nodes)
                    axis.children[parents[parent], one] = len(axis.nodes)
                    order.setdefault(parents[parent], []).append(len(axis.nodes))
                    axis.nodes.append(((*parent, one), None))
                if rest.size:
                    axis.others[parents[parent]] = len(axis.nodes)
                    order.setdefault(parents[parent], []).append(len(axis.nodes))
                    axis.nodes.append((parent, tuple(sorted(named))))
            parents = found
        return self._in_reading_order(axis, order)

    @staticmethod
    def _in_reading_order(axis: Axis, order: dict[int, list[int]]) -> Axis:
        reading, waiting = [], [0]
        while waiting:
            node = waiting.pop()
            reading.append(node)
            waiting += reversed(order.get(node, []))
        place = {node: at for at, node in enumerate(reading)}
        return Axis(
            [axis.nodes[node] for node in reading],
            {(place[node], one): place[child] for (node, one), child in axis.children.items()},
            {place[node]: place[child] for node, child in axis.others.items()},
        )

    def _name(self, dim: int, one: int) -> tuple[bool, bool, float, str]:
        value = value_of(self.labels, dim, one)
        text = isinstance(value, str)
        return value is None, text, 0.0 if text or value is None else float(value), str(value)

    def heads(self, axis: Axis, first: int) -> list[TableHead]:
        """Return the rows, or the columns, as values."""
        return [
            TableHead(
                values=[value_of(self.labels, first + at, one) for at, one in enumerate(digits)],
                but=None
                if but is None
                else sorted((value_of(self.labels, first + len(digits), one) for one in but), key=str),
            )
            for digits, but in axis.nodes
        ]

    def values(self) -> list[list[list[float | None]]]:
        """Return the figures by measure, row and column."""
        width = len(self.columns.nodes)
        shape = (self.series, len(self.rows.nodes) * width)
        events, people = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        sums = np.zeros((3, *shape), np.int64)
        samples: dict[tuple[int, int], list[Floats]] = {}
        for part, (_, dims) in zip(self.part.levels, levels(self.params), strict=True):
            place = Places(self, part, dims)
            for table, cells in ((events, part.events), (people, part.people)):
                keys, kept = place.whole(cells.keys)
                np.add.at(table, (keys % self.series, place.of(keys)), cells.columns[0, kept])
            keys, kept = place.whole(part.sums.keys)
            for total, column in zip(sums, part.sums.columns, strict=True):
                np.add.at(total, (keys % self.series, place.of(keys)), column[kept])
            place.count_others(people)
            for keys, values in part.samples:
                lines, kept = place.inside(keys)
                cell = place.of(lines)
                for series, at in set(zip((lines % self.series).tolist(), cell.tolist(), strict=True)):
                    own = (lines % self.series == series) & (cell == at)
                    samples.setdefault((series, at), []).append(values[kept][own])
        found: list[list[list[float | None]]] = []
        for series, measure in enumerate(self.params.measures):
            line: list[float | None] = []
            for at in range(shape[1]):
                if measure.kind in SAMPLED:
                    own = samples.get((series, at), [])
                    line.append(summary(measure, np.concatenate(own) if own else np.empty(0)))
                else:
                    figures = (
                        int(events[series, at]),
                        int(people[series, at]),
                        *sums[:, series, at].tolist(),
                    )
                    line.append(added(measure.kind, *figures))
            found.append([line[at : at + width] for at in range(0, len(line), width)])
        return found


class Places:
    """Where the figures of one level belong in the table."""

    def __init__(self, filling: Filling, part: TrendsPart, dims: list[int]) -> None:
        self._filling, self._part = filling, part
        rows = len(filling.params.breakdowns)
        down = [dim for dim in dims if dim < rows]
        across = [dim for dim in dims if dim >= rows]
        self._top = not dims
        keys = [part.events.keys // 2, *(keys // 4 for keys, _ in part.samples)]
        self._codes = np.unique(np.concatenate(keys) // filling.series - 1)
        if not self._top:
            self._codes = self._codes[self._codes >= 0]
        width = len(filling.columns.nodes)
        self._cell = np.full(self._codes.size, -1)
        self._shared = np.zeros(self._codes.size, bool)
        sides = zip(
            digits_of(self._codes, filling.labels, down),
            digits_of(self._codes, filling.labels, across),
            strict=True,
        )
        for at, (row_digits, column_digits) in enumerate(sides):
            row, column = filling.rows.at(row_digits), filling.columns.at(column_digits)
            if row is not None and column is not None:
                self._cell[at] = row * width + column
                self._shared[at] = (
                    filling.rows.nodes[row][1] is not None or filling.columns.nodes[column][1] is not None
                )

    def whole(self, keys: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """Return the lines of keys that are of the whole period and of a place in the table, and which those are."""
        return self._placed(keys // 2, keys % 2 == 1)

    def inside(self, keys: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """Return the same for the keys of samples and of persons."""
        return self._placed(keys // 4, keys % 2 == 1)

    def _placed(self, line: Ints, counts: npt.NDArray[np.bool_]) -> tuple[Ints, npt.NDArray[np.bool_]]:
        code = line // self._filling.series - 1
        kept = counts & (code == -1 if self._top else code >= 0)
        kept[kept] = self._cell[np.searchsorted(self._codes, code[kept])] >= 0
        return line[kept], kept

    def of(self, line: Ints) -> Ints:
        """Return the cells of lines."""
        return self._cell[np.searchsorted(self._codes, line // self._filling.series - 1)]

    def count_others(self, people: Ints) -> None:
        """Count the people of cells that hold several values once."""
        if not self._shared.any() or not self._part.seen:
            return
        cells = np.unique(self._cell[self._shared])
        people[:, cells] = 0
        lines, persons = [], []
        for keys, person in self._part.seen:
            line, kept = self.inside(keys)
            lines.append(line)
            persons.append(person[kept])
        line, person = np.concatenate(lines), np.concatenate(persons)
        chosen = np.isin(self.of(line), cells)
        line, person = line[chosen], person[chosen]
        series, cell = line % self._filling.series, self.of(line)
        order = np.lexsort((person, cell, series))
        series, cell, person = series[order], cell[order], person[order]
        fresh = np.ones(person.size, bool)
        fresh[1:] = (np.diff(series) != 0) | (np.diff(cell) != 0) | (np.diff(person) != 0)
        np.add.at(people, (series[fresh], cell[fresh]), 1)


def check(params: TableParams) -> None:
    """Refuse what has no meaning."""
    if len(params.breakdowns) + len(params.columns) > 4:
        raise BadInput(
            "too_many_breakdowns",
            Text("Rows and columns have at most four properties together.", "行与列合计最多四个维度。"),
            field="columns",
            got=len(params.breakdowns) + len(params.columns),
            expected=4,
        )
