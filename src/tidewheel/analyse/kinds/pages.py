"""Pages and sources: which pages people see, enter by and leave from, and what visits from each source bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.coding import standing
from tidewheel.analyse.contract import (
    Analysis,
    Block,
    Context,
    Figure,
    Floats,
    Format,
    Ints,
    Labels,
    Plan,
    Ragged,
    first_of,
)
from tidewheel.analyse.form import Ask
from tidewheel.analyse.kernels.cells import Cells, exact, no_cells, occurrences, piled, real, tally
from tidewheel.analyse.kernels.groups import OTHER, leading, named
from tidewheel.analyse.kernels.trails import Batch, Flags, Trails, tallied
from tidewheel.analyse.kernels.visits import LOW, fold, percentiles
from tidewheel.analyse.question import Breakdown, EventMatch, GroupLabel, Model, Step
from tidewheel.analyse.visits import Bits, Visiting, sessions
from tidewheel.core.period import Span
from tidewheel.core.text import Text

SHORT: Final = 24
"""A page's code stands above this many bits of seconds; longer stays count as the longest, half a year."""
BUCKETS: Final = 2
"""One bucket of all stays, and the whole."""


class PagesParams(Visiting):
    """A question about pages and sources. ``breakdowns`` are the source: what a visit's first event says."""

    view: Annotated[Step, Ask(Text("Page view", "页面浏览"))] = Step(any_of=(EventMatch(event="page_view"),))
    """The events that show a page. Only visits with one of them count."""
    page: Annotated[Breakdown, Ask(Text("Pages told by", "页面属性"))] = Breakdown(property="page")
    """The property that says which page it is."""
    goal: Annotated[Step | None, Ask(Text("Goal", "转化目标"))] = None
    """A visit converts when this happens in it."""
    value: Annotated[
        Annotated[str, Field(min_length=1, max_length=200)] | None,
        Ask(Text("Value of a goal", "转化金额"), edit="property"),
    ] = None
    """A number of the goal's events, in fen, that is added up."""
    pages: Annotated[int, Field(ge=1, le=200), Ask(Text("Pages named", "页面数"))] = 20
    """How many pages are named; the rest is "other"."""


class PagesCell(Model):
    """The persons behind one figure: those with a visit, and on it a page, like this."""

    of: Literal["visits", "new", "bounced", "converted"] = "visits"
    page: GroupLabel | None = None
    role: Literal["view", "entry", "exit"] = "view"
    """How the visit meets the page."""
    besides: tuple[GroupLabel, ...] = ()
    """For ``$other``: the pages named beside it."""
    group: GroupLabel | None = None


class PageFigures(Model):
    """One page. Rates are None where there is nothing to divide by, seconds where no stay is known."""

    page: GroupLabel
    views: int
    people: int
    entries: int
    entry_people: int
    entry_share: float | None
    exits: int
    exit_people: int
    exit_rate: float | None
    bounces: int
    bounced_people: int
    bounce_rate: float | None
    seconds_mean: float | None
    seconds_median: float | None


class SourceFigures(Model):
    """The visits of everyone (``group`` None) or from one source. Without a goal its figures are None."""

    group: GroupLabel | None
    visits: int
    people: int
    new_people: int
    bounces: int
    bounced_people: int
    bounce_rate: float | None
    views: int
    pages_per_visit: float | None
    conversions: int | None
    converted_people: int | None
    conversion_rate: float | None
    value: float | None


class PagesResult(Model):
    """``sources[0]`` is everyone; ``pages`` are everyone's, those seen most first."""

    sources: list[SourceFigures]
    pages: list[PageFigures]


@dataclass(frozen=True, slots=True)
class PagesPart:
    """Visits and views counted.

    ``visits`` are rows of source, bounced, converted, new; ``views`` of page, entry, exit, bounced. ``sums``
    are by source: views, and the goal's value whole and in fractions. ``stays`` count views by page and seconds.
    """

    visits: Trails
    views: Trails
    sums: Cells
    stays: tuple[Cells, ...]

    def merge(self, other: PagesPart) -> PagesPart:
        """Return the visits of both."""
        return PagesPart(
            self.visits.merge(other.visits),
            self.views.merge(other.views),
            self.sums.merge(other.sums),
            piled(self.stays + other.stays),
        )


class Pages(Analysis[PagesParams, PagesPart, PagesCell, PagesResult]):
    """See the module's description and ``docs/reference/analyses/pages.md``."""

    name = "pages"
    title = Text("Pages and sources", "页面与来源")
    description = Text(
        "Which pages people see, enter by and leave from, and what visits from each source bring.",
        "用户看了哪些页面、从哪页进、从哪页走，各来源的访问带来了什么。",
    )
    family = "behaviour"
    sentence = Text(
        "Which pages do {people} see in {period}, and how many visits by {breakdowns} lead to {goal}?",
        "{period}，{people}看了哪些页面？按{breakdowns}看来源，多少次访问带来{goal}？",
    )
    Params = PagesParams
    Cell = PagesCell
    Result = PagesResult
    samples = (
        {
            "goal": {"any_of": [{"event": "purchase"}]},
            "value": "value",
            "breakdowns": [{"property": "channel"}],
            "ignore": {"any_of": [{"event": "message_send"}, {"event": "coupon_issue"}]},
        },
        {
            "breakdowns": [{"property": "scene"}],
            "top": 3,
            "pages": 3,
            "page": {"property": "page", "clean": [{"pattern": "/pa*", "name": "/checkout"}]},
            "goal": {"any_of": [{"event": "add_to_cart"}]},
            "new_day": True,
            "period": {"last": 2, "unit": "week"},
        },
    )

    def plan(self, params: PagesParams, context: Context) -> Plan:
        """Read everything that makes visits, from the beginning so that new people are known."""
        return Plan(
            steps=bits(params).steps,
            span=Span(0, context.span.end),
            group=params.breakdowns,
            names=((params.page,),),
            values=(Breakdown(property=params.value, kind="number"),) if valued(params) else (),
        )

    def partial(self, params: PagesParams, context: Context, block: Block) -> PagesPart:
        """Count the visits and views of the block."""
        found = Seen(params, context, block)
        known = np.flatnonzero(found.seconds >= 0)
        return PagesPart(
            Trails.of(
                np.column_stack([found.group, found.bounced, found.converted, found.new]), found.person
            ),
            Trails.of(
                np.column_stack([found.page, found.entry, found.exit, found.bounced[found.visit]]),
                found.person[found.visit],
            ),
            tally(found.group, found.sums),
            (occurrences((found.page[known] << SHORT) + found.seconds[known]),),
        )

    def empty(self, params: PagesParams, context: Context) -> PagesPart:
        """Return no visits."""
        return PagesPart(Trails(4), Trails(4), no_cells(3), ())

    def people(
        self, params: PagesParams, context: Context, block: Block, cell: PagesCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return whose visits are like the cell."""
        found = Seen(params, context, block)
        chosen = np.ones(found.person.size, bool) if groups is None else np.isin(found.group, groups)
        if cell.of != "visits":
            chosen &= {"new": found.new, "bounced": found.bounced, "converted": found.converted}[cell.of]
        if cell.page is not None:
            on = standing(found.page, cell.page, cell.besides, context.names[0])
            if cell.role != "view":
                on &= found.entry if cell.role == "entry" else found.exit
            there = np.zeros(chosen.size, bool)
            there[found.visit[on]] = True
            chosen &= there
        return np.unique(block.people[found.person[chosen]])

    def others(self, params: PagesParams, context: Context, part: PagesPart) -> Ints:
        """Return the source codes that make "other"."""
        return sources_of(params, context, part.visits.whole())[1]

    def shape(self, params: PagesParams, context: Context, part: PagesPart) -> PagesResult:
        """Put sources and pages together."""
        sources = shape_sources(params, context, part)
        return PagesResult(sources=sources, pages=shape_pages(params, context, part, sources[0].visits))

    def figures(self, params: PagesParams, result: PagesResult) -> list[Figure]:
        """Return the figures of the visits, of everyone and of each source."""
        shown: tuple[tuple[str, Text, Format, PagesCell | None], ...] = (
            ("visits", Text("Visits", "访问次数"), "number", None),
            ("people", Text("Visitors", "访客数"), "number", PagesCell()),
            ("new_people", Text("New visitors", "新访客"), "number", PagesCell(of="new")),
            ("views", Text("Page views", "页面浏览量"), "number", None),
            ("pages_per_visit", Text("Pages a visit", "次均页数"), "ratio", None),
            ("bounce_rate", Text("Bounce rate", "跳出率"), "percent", PagesCell(of="bounced")),
        )
        if params.goal is not None:
            shown += (
                ("conversion_rate", Text("Conversion", "转化率"), "percent", PagesCell(of="converted")),
            )
        if valued(params):
            shown += (("value", Text("Value", "金额"), "money", PagesCell(of="converted")),)
        return [
            Figure(
                name,
                title,
                getattr(source, name),
                form,
                source.group,
                None if cell is None else cell.model_copy(update={"group": source.group}),
            )
            for source in result.sources
            for name, title, form, cell in shown
        ]

    def counted(self, params: PagesParams, result: PagesResult) -> Iterator[tuple[PagesCell, int]]:
        """Return everything that has people."""
        for source in result.sources:
            group = source.group
            yield PagesCell(group=group), source.people
            yield PagesCell(of="new", group=group), source.new_people
            yield PagesCell(of="bounced", group=group), source.bounced_people
            if source.converted_people is not None:
                yield PagesCell(of="converted", group=group), source.converted_people
        known = tuple(one.page for one in result.pages if one.page != OTHER)
        for one in result.pages:
            besides = known if one.page == OTHER else ()
            yield PagesCell(page=one.page, besides=besides), one.people
            yield PagesCell(page=one.page, role="entry", besides=besides), one.entry_people
            yield PagesCell(page=one.page, role="exit", besides=besides), one.exit_people
            yield PagesCell(of="bounced", page=one.page, besides=besides), one.bounced_people


class Seen:
    """The visits of a block that show a page, and their views.

    Of visits: ``person`` (a place in the block), ``group``, ``bounced``, ``converted``, ``new``, ``sums``. Of
    views: ``visit``, ``page``, ``entry``, ``exit``, ``seconds`` (-1 where nothing follows in the visit).
    """

    def __init__(self, params: PagesParams, context: Context, block: Block) -> None:
        seen = bits(params)
        view = seen.flag(block, "view")
        active = view | (seen.flag(block, "activity") & ~seen.flag(block, "ignore"))
        inside = block.time >= context.span.start
        earlier = np.add.reduceat(np.append(active & ~inside, False), block.offsets[:-1]) > 0
        active &= inside
        view &= inside
        session = sessions(params, context, block, active, seen.flag(block, "cut"))
        room = int(active.sum())
        person, first, last, depth = (np.empty(room, np.int64) for _ in range(4))
        n = fold(block.offsets, active, view, view, session, person, first, last, depth)
        self.person, first, last = person[:n], first[:n], last[:n]
        self.bounced: Flags = depth[:n] <= 1
        self.new: Flags = ~earlier[self.person] & (session[first] == 0)
        self.group: Ints = np.zeros(n, np.int64)
        if block.group is not None and params.breakdowns:
            self.group = first_of(block.group)[first]
        rows = np.flatnonzero(view)
        owner = np.repeat(np.arange(block.people.size), np.diff(block.offsets))[rows]
        self.entry: Flags = np.ones(rows.size, bool)
        self.entry[1:] = (owner[1:] != owner[:-1]) | (session[rows][1:] != session[rows][:-1])
        self.exit: Flags = np.ones(rows.size, bool)
        self.exit[:-1] = self.entry[1:]
        self.visit: Ints = np.cumsum(self.entry) - 1
        self.page = first_of(block.names[0])[rows]
        after = np.append(rows[1:], 0)
        after = np.where(self.exit, last[self.visit], after)
        seconds = np.minimum((block.time[after] - block.time[rows]) // 1000, (1 << SHORT) - 1)
        self.seconds: Ints = np.where(after == rows, -1, seconds)
        self.converted: Flags = np.zeros(n, bool)
        self.sums = np.zeros((3, n), np.int64)
        self.sums[0] = np.bincount(self.visit, minlength=n)
        self._goals(params, block, seen.flag(block, "goal") & active, session, first, last)

    def _goals(
        self, params: PagesParams, block: Block, goal: Flags, session: Ints, first: Ints, last: Ints
    ) -> None:
        rows = np.flatnonzero(goal)
        at = np.searchsorted(first, rows, "right") - 1
        within = (at >= 0) & (rows <= last[at]) if first.size else np.zeros(rows.size, bool)
        rows, at = rows[within], at[within]
        self.converted[at] = True
        if valued(params) and rows.size:
            column = block.values[0]
            amount: Floats = column.first() if isinstance(column, Ragged) else column
            known = ~np.isnan(amount[rows])
            parts = exact(amount[rows[known]])
            for slot in (0, 1):
                np.add.at(self.sums[1 + slot], at[known], parts[slot])


def bits(params: PagesParams) -> Bits:
    """Return the steps of the plan and their bits."""
    return Bits.of(
        activity=params.activity,
        ignore=params.ignore,
        cut=params.cut,
        view=params.view,
        goal=params.goal,
    )


def valued(params: PagesParams) -> bool:
    """Say whether the goal's value is asked."""
    return params.goal is not None and params.value is not None


def sources_of(params: PagesParams, context: Context, batch: Batch) -> tuple[Ints, Ints]:
    """Return the codes of the sources that are named, most visits first, and of the rest."""
    none = np.zeros(0, np.int64)
    if not params.breakdowns:
        return none, none
    held = tally(batch.table[:, 0], batch.count[None])
    return leading(held.keys, held.columns[0], params.top, context.labels)


def placed(codes: Ints, top: Ints, rest: Ints) -> Ints:
    """Return the place of each code among ``top``, then "other"."""
    known = np.concatenate([top, rest])
    order = np.argsort(known)
    place = np.minimum(order, top.size)
    found: Ints = place[np.searchsorted(known[order], codes)]
    return found


def shape_sources(params: PagesParams, context: Context, part: PagesPart) -> list[SourceFigures]:
    """Return the figures of everyone and of each source."""
    batch = part.visits.whole()
    top, rest = sources_of(params, context, batch)
    labels: list[GroupLabel | None] = [None, *(label for label, _ in named(top, rest, context.labels))]
    rows = np.arange(batch.count.size)
    row, cell = rows, np.zeros(rows.size, np.int64)
    sums = np.zeros((3, len(labels)), np.int64)
    sums[:, 0] = part.sums.columns.sum(axis=1)
    if params.breakdowns and rows.size:
        row = np.repeat(rows, 2)
        cell = np.stack([cell, 1 + placed(batch.table[:, 0], top, rest)], axis=1).reshape(-1)
        for slot in range(3):
            np.add.at(sums[slot], 1 + placed(part.sums.keys, top, rest), part.sums.columns[slot])
    count = [
        tallied(batch, use, row, cell, len(labels))
        for use in (rows >= 0, *(batch.table[:, column] > 0 for column in (1, 2, 3)))
    ]
    money = real(sums[1], sums[2])
    found = []
    for at, label in enumerate(labels):
        (visits, people), (bounces, bounced), (conversions, converted), (_, new) = (
            (int(times[at]), int(who[at])) for times, who in count
        )
        goal = params.goal is not None
        found.append(
            SourceFigures(
                group=label,
                visits=visits,
                people=people,
                new_people=new,
                bounces=bounces,
                bounced_people=bounced,
                bounce_rate=bounces / visits if visits else None,
                views=int(sums[0, at]),
                pages_per_visit=int(sums[0, at]) / visits if visits else None,
                conversions=conversions if goal else None,
                converted_people=converted if goal else None,
                conversion_rate=conversions / visits if goal and visits else None,
                value=float(money[at]) if valued(params) else None,
            )
        )
    return found


def shape_pages(params: PagesParams, context: Context, part: PagesPart, visits: int) -> list[PageFigures]:
    """Return the figures of the pages seen most, and of the rest."""
    batch = part.views.whole()
    held = tally(batch.table[:, 0], batch.count[None])
    labels: Labels = context.names[0]
    top, rest = leading(held.keys, held.columns[0], params.pages, labels)
    if not held.keys.size:
        return []
    rows, cell = np.arange(batch.count.size), placed(batch.table[:, 0], top, rest)
    entry, out, bounced = (batch.table[:, column] > 0 for column in (1, 2, 3))
    count = [tallied(batch, use, rows, cell, top.size + 1) for use in (rows >= 0, entry, out, bounced)]
    stays = no_cells(1)
    for one in part.stays:
        lines = (1 + placed(one.keys >> SHORT, top, rest)) << LOW
        seconds = one.keys & ((1 << SHORT) - 1)
        stays = stays.merge(tally(lines + seconds * BUCKETS, one.columns))
    found = []
    for at, (label, _) in enumerate(named(top, rest, labels)):
        (views, people), (entries, came), (exits, left), (bounces, gone) = (
            (int(times[at]), int(who[at])) for times, who in count
        )
        keys, times = stays.between((at + 1) << LOW, (at + 2) << LOW)
        known = int(times.sum())
        ((_, median),) = percentiles((stays,), BUCKETS, np.array([at]), 0.5)
        found.append(
            PageFigures(
                page=label,
                views=views,
                people=people,
                entries=entries,
                entry_people=came,
                entry_share=entries / visits if visits else None,
                exits=exits,
                exit_people=left,
                exit_rate=exits / views,
                bounces=bounces,
                bounced_people=gone,
                bounce_rate=bounces / entries if entries else None,
                seconds_mean=int((keys // BUCKETS * times[0]).sum()) / known if known else None,
                seconds_median=median,
            )
        )
    return found
