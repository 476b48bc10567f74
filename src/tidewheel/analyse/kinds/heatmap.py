"""Heat map: where on a page people click, on which elements, which answer nobody and which are clicked in anger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.coding import code_of, standing
from tidewheel.analyse.contract import (
    Analysis,
    Block,
    Context,
    Figure,
    Floats,
    Format,
    Ints,
    Plan,
    Ragged,
    first_of,
)
from tidewheel.analyse.form import Ask
from tidewheel.analyse.kernels.cells import Cells, exact, no_cells, ranked, real, tally
from tidewheel.analyse.kernels.clicks import angry, unanswered
from tidewheel.analyse.kernels.groups import OTHER, leading, named
from tidewheel.analyse.kernels.trails import Batch, Flags, Trails, tallied
from tidewheel.analyse.question import Breakdown, EventMatch, GroupLabel, Model, Question, Step
from tidewheel.analyse.visits import ANYTHING, Bits
from tidewheel.core.period import Span
from tidewheel.core.text import Text

SECOND: Final = 1000
PAGES: Final = 50
"""How many pages are listed beside the asked one."""
Name = Annotated[str, Field(min_length=1, max_length=200)]


class HeatmapParams(Question):
    """A question about clicks. ``x`` and ``y`` are shares of the page's width and height, 0 to 1."""

    page: Annotated[
        Name | None,
        Ask(Text("Page", "页面"), choices={"": Text("all pages", "所有页面")}, edit="value:page_property"),
    ] = None
    """The page asked about; without it all pages lie on top of each other."""
    click: Annotated[Step, Ask(Text("Click", "点击事件"))] = Step(any_of=(EventMatch(event="click"),))
    view: Annotated[Step, Ask(Text("Page view", "页面浏览"))] = Step(any_of=(EventMatch(event="page_view"),))
    """What shows a page: who sees it or clicks on it has seen it."""
    answer: Annotated[Step, Ask(Text("Answer to a click", "点击的响应"))] = ANYTHING
    """What counts as something happening after a click; clicks themselves never do."""
    page_property: Annotated[Name, Ask(Text("Page told by", "页面属性"), edit="property")] = "page"
    element: Annotated[Name, Ask(Text("Element told by", "元素属性"), edit="property")] = "element"
    element_text: Annotated[Name, Ask(Text("Text of an element", "元素文字属性"), edit="property")] = (
        "element_text"
    )
    x: Annotated[Name, Ask(Text("Place across", "横向位置属性"), edit="property")] = "x"
    y: Annotated[Name, Ask(Text("Place down", "纵向位置属性"), edit="property")] = "y"
    rage_clicks: Annotated[int, Field(ge=2, le=20), Ask(Text("Clicks in anger", "愤怒点击次数"))] = 3
    """So many clicks of a person on one element are anger …"""
    rage_seconds: Annotated[int, Field(ge=1, le=60), Ask(Text("Within seconds", "愤怒点击秒数"))] = 2
    """… when they come within so many seconds."""
    dead_seconds: Annotated[int, Field(ge=1, le=600), Ask(Text("Dead after seconds", "无响应秒数"))] = 3
    """A click is dead when nothing else of the person follows within so many seconds."""
    elements: Annotated[int, Field(ge=1, le=200), Ask(Text("Elements named", "元素数"))] = 30
    """How many elements are named; the rest is "other"."""
    columns: Annotated[int, Field(ge=1, le=100), Ask(Text("Columns", "网格列数"))] = 20
    rows: Annotated[int, Field(ge=1, le=400), Ask(Text("Rows", "网格行数"))] = 40


class HeatmapCell(Model):
    """The persons behind one figure: those with a click like this, or who have seen the page."""

    of: Literal["clicks", "rage", "dead", "seen"] = "clicks"
    page: GroupLabel | None = None
    """Another page than the asked one."""
    element: GroupLabel | None = None
    besides: tuple[GroupLabel, ...] = ()
    """For ``$other``: the elements named beside it."""
    at: tuple[int, int] | None = None
    """Column and row of the picture."""
    group: GroupLabel | None = None


class HeatmapElement(Model):
    """The clicks on one element. ``share`` is of the page's clicks, ``rate`` of the people who have seen the page.

    ``text`` is what stands on it most often; ``x`` and ``y`` are its mean place, of everyone.
    """

    element: GroupLabel
    text: str | float | bool | None
    clicks: int
    people: int
    share: float
    rate: float | None
    x: float | None
    y: float | None
    rage_clicks: int
    rage_people: int
    dead_clicks: int
    dead_people: int


class HeatmapBin(Model):
    """One field of the picture with at least one click."""

    column: int
    row: int
    clicks: int
    people: int


class HeatmapGroup(Model):
    """The clicks of everyone (``group`` None) or of one breakdown value. ``placed`` clicks have a place."""

    group: GroupLabel | None
    clicks: int
    people: int
    seen: int
    placed: int
    rage_clicks: int
    rage_people: int
    dead_clicks: int
    dead_people: int
    elements: list[HeatmapElement]
    grid: list[HeatmapBin]


class HeatmapPage(Model):
    """One page of the shop: how often it is seen and clicked, by how many people."""

    page: GroupLabel
    views: int
    seen: int
    clicks: int
    people: int


class HeatmapResult(Model):
    """``groups[0]`` is everyone; ``pages`` are those with most views and clicks."""

    groups: list[HeatmapGroup]
    pages: list[HeatmapPage]


@dataclass(frozen=True, slots=True)
class HeatmapPart:
    """Clicks counted.

    ``seen`` are rows of page, group, view, click. Of the asked page: ``clicks`` are rows of group, element,
    rage, dead, place (-1: none); ``texts`` of element, text; ``places`` add up x and y by element.
    """

    seen: Trails
    clicks: Trails
    texts: Trails
    places: Cells

    def merge(self, other: HeatmapPart) -> HeatmapPart:
        """Return the clicks of both."""
        return HeatmapPart(
            self.seen.merge(other.seen),
            self.clicks.merge(other.clicks),
            self.texts.merge(other.texts),
            self.places.merge(other.places),
        )


class Heatmap(Analysis[HeatmapParams, HeatmapPart, HeatmapCell, HeatmapResult]):
    """See the module's description and ``docs/reference/analyses/heatmap.md``."""

    name = "heatmap"
    title = Text("Heat map", "点击热图")
    description = Text(
        "Where on a page people click, which elements answer nobody, which are clicked in anger.",
        "用户点了页面的哪里，哪些元素点了没反应，哪些被反复狂点。",
    )
    family = "behaviour"
    sentence = Text(
        "Where do {people} click on {page} in {period}? Dead is a click without {answer} within {dead_seconds} seconds.",
        "{period}，{people}在{page}上点了哪里？点击后 {dead_seconds} 秒内没有{answer}算无响应。",
    )
    Params = HeatmapParams
    Cell = HeatmapCell
    Result = HeatmapResult
    samples = (
        {"page": "/home"},
        {
            "page": "/checkout",
            "breakdowns": [{"property": "platform"}],
            "top": 2,
            "elements": 2,
            "rage_clicks": 4,
            "columns": 8,
            "rows": 10,
        },
        {"period": {"last": 7}, "elements": 5},
    )

    def plan(self, params: HeatmapParams, context: Context) -> Plan:
        """Read clicks, views and everything that may answer a click, a little beyond the period."""
        span, reach = context.span, max(params.rage_seconds, params.dead_seconds) * SECOND
        return Plan(
            steps=bits(params).steps,
            span=Span(span.start - params.rage_seconds * SECOND, span.end + reach),
            group=params.breakdowns,
            names=tuple(
                (Breakdown(property=name),)
                for name in (params.page_property, params.element, params.element_text)
            ),
            values=tuple(Breakdown(property=name, kind="number") for name in (params.x, params.y)),
        )

    def partial(self, params: HeatmapParams, context: Context, block: Block) -> HeatmapPart:
        """Count the clicks of the block."""
        met, clicks = Met(params, context, block), Clicks(params, context, block)
        here = clicks.here
        there = here & (clicks.place >= 0)
        sums = [np.ones((1, int(there.sum())), np.int64), exact(clicks.x[there]), exact(clicks.y[there])]
        return HeatmapPart(
            Trails.of(np.column_stack([met.page, met.group, met.view, met.click]), met.person),
            Trails.of(
                np.column_stack([clicks.group, clicks.element, clicks.rage, clicks.dead, clicks.place])[here],
                clicks.person[here],
            ),
            Trails.of(np.column_stack([clicks.element, clicks.text])[here], clicks.person[here]),
            tally(clicks.element[there], np.concatenate(sums)),
        )

    def empty(self, params: HeatmapParams, context: Context) -> HeatmapPart:
        """Return no clicks."""
        return HeatmapPart(Trails(4), Trails(5), Trails(2), no_cells(5))

    def people(
        self, params: HeatmapParams, context: Context, block: Block, cell: HeatmapCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return who has a click like the cell's, or has seen the page."""
        if cell.of == "seen" or cell.page is not None:
            met = Met(params, context, block)
            chosen = met.on(params, context, cell.page) & (met.click | (cell.of == "seen"))
            chosen &= True if groups is None else np.isin(met.group, groups)
            return np.unique(block.people[met.person[chosen]])
        found = Clicks(params, context, block)
        chosen = found.here.copy()
        chosen &= True if groups is None else np.isin(found.group, groups)
        if cell.of != "clicks":
            chosen &= found.rage if cell.of == "rage" else found.dead
        if cell.element is not None:
            chosen &= standing(found.element, cell.element, cell.besides, context.names[1])
        if cell.at is not None:
            chosen &= found.place == cell.at[1] * params.columns + cell.at[0]
        return np.unique(block.people[found.person[chosen]])

    def others(self, params: HeatmapParams, context: Context, part: HeatmapPart) -> Ints:
        """Return the group codes that make "other"."""
        return groups_of(params, context, part.seen.whole())[1]

    def shape(self, params: HeatmapParams, context: Context, part: HeatmapPart) -> HeatmapResult:
        """Make the answer of everyone, of the largest groups and of the rest."""
        seen = part.seen.whole()
        shaping = Shaping(params, context, part, seen)
        groups = [shaping.group(None, None)]
        for label, codes in named(*groups_of(params, context, seen), context.labels):
            groups.append(shaping.group(label, codes))
        return HeatmapResult(groups=groups, pages=pages_of(context, seen))

    def figures(self, params: HeatmapParams, result: HeatmapResult) -> list[Figure]:
        """Return the clicks, those in vain and those in anger, of everyone and of each group."""
        found = []
        for one in result.groups:
            shown: tuple[tuple[str, Text, float | None, Format, HeatmapCell], ...] = (
                ("clicks", Text("Clicks", "点击次数"), one.clicks, "number", HeatmapCell()),
                ("people", Text("People who click", "点击人数"), one.people, "number", HeatmapCell()),
                ("rate", Text("Click rate", "点击率"), share(one.people, one.seen), "percent", HeatmapCell()),
                (
                    "dead",
                    Text("Dead clicks", "无响应点击占比"),
                    share(one.dead_clicks, one.clicks),
                    "percent",
                    HeatmapCell(of="dead"),
                ),
                (
                    "rage",
                    Text("Rage clicks", "愤怒点击占比"),
                    share(one.rage_clicks, one.clicks),
                    "percent",
                    HeatmapCell(of="rage"),
                ),
            )
            for name, title, value, form, cell in shown:
                opens = cell.model_copy(update={"group": one.group})
                found.append(Figure(name, title, value, form, one.group, opens))
        return found

    def counted(self, params: HeatmapParams, result: HeatmapResult) -> Iterator[tuple[HeatmapCell, int]]:
        """Return everything that has people."""
        for group in result.groups:
            label = group.group
            yield HeatmapCell(group=label), group.people
            yield HeatmapCell(of="seen", group=label), group.seen
            yield HeatmapCell(of="rage", group=label), group.rage_people
            yield HeatmapCell(of="dead", group=label), group.dead_people
            known = tuple(one.element for one in group.elements if one.element != OTHER)
            for one in group.elements:
                besides = known if one.element == OTHER else ()
                cell = HeatmapCell(element=one.element, besides=besides, group=label)
                yield cell, one.people
                yield cell.model_copy(update={"of": "rage"}), one.rage_people
                yield cell.model_copy(update={"of": "dead"}), one.dead_people
            for field in group.grid:
                yield HeatmapCell(at=(field.column, field.row), group=label), field.people
        for page in result.pages:
            yield HeatmapCell(of="seen", page=page.page), page.seen
            yield HeatmapCell(page=page.page), page.people


class Met:
    """The views and clicks of the period, a row each: ``person`` (a place in the block), ``page``, ``group``."""

    def __init__(self, params: HeatmapParams, context: Context, block: Block) -> None:
        seen, span = bits(params), context.span
        view, click = seen.flag(block, "view"), seen.flag(block, "click")
        rows = np.flatnonzero((view | click) & (block.time >= span.start) & (block.time < span.end))
        self.person = owners(block)[rows]
        self.view, self.click = view[rows], click[rows]
        self.page = first_of(block.names[0])[rows]
        self.group = groups_at(params, block, rows)

    def on(self, params: HeatmapParams, context: Context, page: GroupLabel | None) -> Flags:
        """Return which rows are on a page; None: the asked one."""
        if page is not None:
            return standing(self.page, page, (), context.names[0])
        return asked(params, context, self.page)


class Clicks:
    """The clicks of a block, a row each; ``here`` marks those of the period on the asked page."""

    def __init__(self, params: HeatmapParams, context: Context, block: Block) -> None:
        seen, span = bits(params), context.span
        click = seen.flag(block, "click")
        rows = np.flatnonzero(click)
        time = block.time[rows]
        self.person = owners(block)[rows]
        page, self.element, self.text = (first_of(name)[rows] for name in block.names)
        self.group = groups_at(params, block, rows)
        self.here: Flags = (time >= span.start) & (time < span.end) & asked(params, context, page)
        dead = np.zeros(block.time.size, bool)
        wait = params.dead_seconds * SECOND
        unanswered(block.offsets, block.time, click, seen.flag(block, "answer") & ~click, wait, dead)
        self.dead: Flags = dead[rows] & (time + wait <= context.now)
        spot = together(page, self.element)
        self.rage = angry(self.person, spot, time, params.rage_clicks, params.rage_seconds * SECOND)
        self.x, self.y = (flat(values)[rows] for values in block.values)
        inside = (self.x >= 0) & (self.x <= 1) & (self.y >= 0) & (self.y <= 1)
        self.place: Ints = np.full(rows.size, -1, np.int64)
        column, row = (
            np.minimum((values[inside] * fields).astype(np.int64), fields - 1)
            for values, fields in ((self.x, params.columns), (self.y, params.rows))
        )
        self.place[inside] = row * params.columns + column


class Shaping:
    """Turns counted clicks into groups."""

    def __init__(self, params: HeatmapParams, context: Context, part: HeatmapPart, seen: Batch) -> None:
        self.params, self.context = params, context
        self.seen, self.on = seen, asked(params, context, seen.table[:, 0])
        self.batch = part.clicks.whole()
        held = tally(self.batch.table[:, 1], self.batch.count[None])
        top, rest = leading(held.keys, held.columns[0], params.elements, context.names[1])
        self.labels = named(top, rest, context.names[1])
        slot = np.full(held.keys.size, top.size, np.int64)
        slot[np.searchsorted(held.keys, top)] = np.arange(top.size)
        self.slot = slot[np.searchsorted(held.keys, self.batch.table[:, 1])]
        texts = part.texts.whole()
        self.text = {int(code): self._text(texts, int(code)) for code in top}
        self.mean = {
            int(key): (float(real(one[1], one[2]) / one[0]), float(real(one[3], one[4]) / one[0]))
            for key, one in zip(part.places.keys.tolist(), part.places.columns.T, strict=True)
        }

    def _text(self, texts: Batch, element: int) -> str | float | bool | None:
        own = texts.table[:, 0] == element
        codes = tally(texts.table[own, 1], texts.count[None, own])
        (best, *_), _ = leading(codes.keys, codes.columns[0], 1, self.context.names[2])
        return self.context.names[2].of(int(best))[0]

    def group(self, label: GroupLabel | None, codes: Ints | None) -> HeatmapGroup:
        """Return the clicks of everyone, or of the groups ``codes`` together."""
        batch, table = self.batch, self.batch.table
        use = np.ones(batch.count.size, bool) if codes is None else np.isin(table[:, 0], codes)
        seen = self.on if codes is None else self.on & np.isin(self.seen.table[:, 1], codes)
        rows, one = np.arange(use.size), np.zeros(use.size, np.int64)
        every = np.zeros(self.seen.count.size, np.int64)
        _, (known,) = tallied(self.seen, seen, np.arange(every.size), every, 1)
        kinds = (use, use & (table[:, 2] > 0), use & (table[:, 3] > 0))
        (clicks, people), (rage, raging), (dead, failed) = (
            (int(times[0]), int(who[0]))
            for times, who in (tallied(batch, kind, rows, one, 1) for kind in kinds)
        )
        counts = [tallied(batch, kind, rows, self.slot, len(self.labels)) for kind in kinds]
        elements = [
            self._element(at, [(int(times[at]), int(who[at])) for times, who in counts], clicks, int(known))
            for at in range(len(self.labels))
            if counts[0][0][at]
        ]
        grid = self._grid(use)
        return HeatmapGroup(
            group=label,
            clicks=clicks,
            people=people,
            seen=int(known),
            placed=sum(field.clicks for field in grid),
            rage_clicks=rage,
            rage_people=raging,
            dead_clicks=dead,
            dead_people=failed,
            elements=elements,
            grid=grid,
        )

    def _element(self, at: int, counts: list[tuple[int, int]], clicks: int, seen: int) -> HeatmapElement:
        label, codes = self.labels[at]
        code = int(codes[0]) if label != OTHER else -1
        x, y = self.mean.get(code, (None, None))
        (own, people), (rage, raging), (dead, failed) = counts
        return HeatmapElement(
            element=label,
            text=self.text.get(code),
            clicks=own,
            people=people,
            share=own / clicks,
            rate=share(people, seen),
            x=x,
            y=y,
            rage_clicks=rage,
            rage_people=raging,
            dead_clicks=dead,
            dead_people=failed,
        )

    def _grid(self, use: Flags) -> list[HeatmapBin]:
        rows = np.flatnonzero(self.batch.table[:, 4] >= 0)
        fields, cell = ranked(self.batch.table[rows, 4])
        times, people = tallied(self.batch, use, rows, cell, fields.size)
        width = self.params.columns
        return [
            HeatmapBin(column=int(field) % width, row=int(field) // width, clicks=int(n), people=int(who))
            for field, n, who in zip(fields, times, people, strict=True)
            if n
        ]


def bits(params: HeatmapParams) -> Bits:
    """Return the steps of the plan and their bits."""
    return Bits.of(click=params.click, view=params.view, answer=params.answer)


def asked(params: HeatmapParams, context: Context, pages: Ints) -> Flags:
    """Return which pages are the asked one."""
    if params.page is None:
        return np.ones(pages.size, bool)
    code = code_of(context.names[0], [params.page])
    found: Flags = pages == (-1 if code is None else code)
    return found


def owners(block: Block) -> Ints:
    """Return the place of each row's person in the block."""
    found: Ints = np.repeat(np.arange(block.people.size), np.diff(block.offsets))
    return found


def groups_at(params: HeatmapParams, block: Block, rows: Ints) -> Ints:
    """Return the group of each row: of several values the first."""
    if block.group is None or not params.breakdowns:
        return np.zeros(rows.size, np.int64)
    found: Ints = first_of(block.group)[rows]
    return found


def together(page: Ints, element: Ints) -> Ints:
    """Number the different elements of pages; -1 where an element is not set."""
    _, pages = ranked(page)
    elements, places = ranked(element)
    return np.where(element == 0, -1, pages * max(elements.size, 1) + places)


def flat(values: Floats | Ragged) -> Floats:
    """Return one number a row."""
    found: Floats = values.first() if isinstance(values, Ragged) else values
    return found


def groups_of(params: HeatmapParams, context: Context, seen: Batch) -> tuple[Ints, Ints]:
    """Return the group codes that are named, those with most views and clicks first, and the rest."""
    none = np.zeros(0, np.int64)
    if not params.breakdowns:
        return none, none
    on = asked(params, context, seen.table[:, 0])
    held = tally(seen.table[on, 1], seen.count[None, on])
    return leading(held.keys, held.columns[0], params.top, context.labels)


def pages_of(context: Context, seen: Batch) -> list[HeatmapPage]:
    """Return the pages with most views and clicks."""
    codes, cell = ranked(seen.table[:, 0])
    rows, whole = np.arange(cell.size), np.ones(cell.size, bool)
    uses = (whole, seen.table[:, 2] > 0, seen.table[:, 3] > 0)
    both, views, clicks = (tallied(seen, use, rows, cell, codes.size) for use in uses)
    top, _ = leading(codes, both[0], PAGES, context.names[0])
    return [
        HeatmapPage(
            page=context.names[0].of(int(codes[at])),
            views=int(views[0][at]),
            seen=int(both[1][at]),
            clicks=int(clicks[0][at]),
            people=int(clicks[1][at]),
        )
        for at in np.searchsorted(codes, top).tolist()
    ]


def share(part: int, whole: int) -> float | None:
    """Return a share, None of nothing."""
    return part / whole if whole else None
