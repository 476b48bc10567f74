"""The table said plainly: for every row and column, work every figure out by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.table import TableHead, TableParams, TableResult, as_trend
from tidewheel.analyse.oracle import Oracle, World
from tidewheel.analyse.plain_measures import done, figure
from tidewheel.analyse.question import GroupLabel


class Head(NamedTuple):
    """Digits from the outermost breakdown on; ``but``: one more level, all digits except these."""

    digits: tuple[int, ...]
    but: frozenset[int] | None = None

    def holds(self, digits: list[int]) -> bool:
        """Say whether the digits of a code at this side's breakdowns belong here."""
        if tuple(digits[: len(self.digits)]) != self.digits:
            return False
        return self.but is None or digits[len(self.digits)] not in self.but

    @property
    def depth(self) -> int:
        """How many breakdowns it is of."""
        return len(self.digits) + (self.but is not None)


class TableOracle(Oracle[TableParams, TableResult]):
    """See the module's description."""

    name = "table"

    def answer(self, world: World, params: TableParams, context: Context) -> TableResult:
        """Return every figure of every row and column."""
        first = len(params.breakdowns)
        rows = heads(world, params, context, list(range(first)))
        columns = heads(world, params, context, list(range(first, first + len(params.columns))))
        return TableResult(
            rows=[said(context.labels, head, 0) for head in rows],
            columns=[said(context.labels, head, first) for head in columns],
            values=[
                [[value(world, params, context, number, row, column) for column in columns] for row in rows]
                for number in range(len(params.measures))
            ],
        )


def split(labels: Labels, code: int) -> list[int]:
    """Return the digits of a code."""
    return [
        code // stride % (len(table) + 1) for table, stride in zip(labels.tables, labels.strides, strict=True)
    ]


def by(world: World, labels: Labels, dims: list[int]) -> World:
    """Return the world grouped by some breakdowns only."""

    def less(code: int) -> int:
        digits = split(labels, code)
        return sum(digits[dim] * labels.strides[dim] for dim in dims)

    return replace(
        world,
        people={
            person: [
                replace(
                    row,
                    group=less(row.group),
                    items=tuple(replace(item, group=less(item.group)) for item in row.items),
                )
                for row in rows
            ]
            for person, rows in world.people.items()
        },
    )


def heads(world: World, params: TableParams, context: Context, dims: list[int]) -> list[Head]:
    """Return the total and, in reading order, the values of each level under it."""

    def under(head: Head) -> list[Head]:
        if head.but is not None or head.depth == len(dims):
            return [head]
        own = by(world, context.labels, dims[: head.depth + 1])
        sizes = {}
        for code in present(own, params, context):
            digits = [split(context.labels, code)[dim] for dim in dims]
            if head.holds(digits):
                sizes[code] = size(own, params, context, code)
        labels = context.labels
        ranked = sorted(sizes, key=lambda code: (-sizes[code], str(labels.of(code)), code))
        last = dims[head.depth]
        chosen = [split(labels, code)[last] for code in ranked[: params.top]]
        if params.order == "name":
            chosen.sort(key=lambda one: by_name(labels, last, one))
        found = [head]
        for one in chosen:
            found += under(Head((*head.digits, one)))
        return [*found, Head(head.digits, frozenset(chosen))] if ranked[params.top :] else found

    return under(Head(()))


def by_name(labels: Labels, dim: int, one: int) -> tuple[bool, str]:
    """Return how a text value sorts; what is not set is last."""
    return one == 0, "" if one == 0 else str(labels.tables[dim][one - 1])


def present(world: World, params: TableParams, context: Context) -> set[int]:
    """Return the codes of rows in the period."""
    return {
        code
        for rows in world.people.values()
        for row in rows
        for number in range(len(params.measures))
        if row.match >> number & 1 and context.span.start <= row.time < context.span.end
        for code in world.groups_of(row, 1 << number)
    }


def size(world: World, params: TableParams, context: Context, code: int) -> float:
    """Return the first figure of a group, its people or its events where that cannot be added."""
    kind = params.measures[0].kind
    trend = as_trend(params, params.breakdowns)
    events = done(world, trend, context, 0, None, {code})
    if kind in {"people", "per_person", "first_time"}:
        return len({event.person for event in events})
    if kind == "sessions":
        return len({(event.person, event.row.session) for event in events})
    return (figure(world, trend, 0, events) or 0.0) if kind == "sum" else len(events)


def value(
    world: World, params: TableParams, context: Context, number: int, row: Head, column: Head
) -> float | None:
    """Return one figure."""
    first = len(params.breakdowns)
    dims = [*range(row.depth), *range(first, first + column.depth)]
    trend = as_trend(params, params.breakdowns)
    codes = None
    own = world
    if dims:
        own = by(world, context.labels, dims)
        codes = {
            code
            for code in present(own, params, context)
            if row.holds(split(context.labels, code)[:first])
            and column.holds(split(context.labels, code)[first:])
        }
    return figure(own, trend, number, done(own, trend, context, number, None, codes))


def said(labels: Labels, head: Head, first: int) -> TableHead:
    """Return a head in values."""

    def name(dim: int, one: int) -> str | float | bool | None:
        return None if one == 0 else labels.tables[dim][one - 1]

    values: GroupLabel = [name(first + at, one) for at, one in enumerate(head.digits)]
    but = (
        None
        if head.but is None
        else sorted((name(first + len(head.digits), one) for one in head.but), key=str)
    )
    return TableHead(values=values, but=but)
