"""Sessions: how often people come, how long and how deep they stay, where they enter and leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.coding import standing
from tidewheel.analyse.contract import (
    Analysis,
    Block,
    Context,
    Figure,
    Format,
    Ints,
    Plan,
    Ragged,
    first_of,
)
from tidewheel.analyse.form import GRAINS, Ask
from tidewheel.analyse.kernels.buckets import edges, numbered, starts
from tidewheel.analyse.kernels.cells import Cells, Loose, no_cells, occurrences, ranked, tally
from tidewheel.analyse.kernels.groups import OTHER, leading, may_have_other, named, once_each
from tidewheel.analyse.kernels.trails import Flags, Trails, often, tallied
from tidewheel.analyse.kernels.visits import LOW, fold, percentiles, plainly, points
from tidewheel.analyse.question import Breakdown, GroupLabel, Model, Step
from tidewheel.analyse.visits import Bits, Visiting, sessions
from tidewheel.core.errors import BadInput
from tidewheel.core.period import MINUTE
from tidewheel.core.text import Text


class SessionsParams(Visiting):
    """A question about sessions."""

    contains: Annotated[Step | None, Ask(Text("Only with", "只看包含"))] = None
    """Only sessions in which this happens."""
    depth: Annotated[Step | None, Ask(Text("Depth counts", "深度统计"))] = None
    """The events whose number is a session's depth; without it every one that makes sessions."""
    ends: Annotated[Breakdown, Ask(Text("Entry and exit by", "入口与出口"))] = Breakdown(property="$event")
    """What the first and the last event of a session are told by."""
    nodes: Annotated[int, Field(ge=1, le=200), Ask(Text("Entries and exits", "入口出口数"))] = 10
    """How many entries and exits are named; the rest is "other"."""
    grain: Annotated[Literal["hour", "day", "week", "month"], Ask(Text("Each", "粒度"), choices=GRAINS)] = (
        "day"
    )
    duration_bins: Annotated[tuple[int, ...], Field(max_length=30), Ask(Text("Seconds", "时长分档（秒）"))] = (
        1, 10, 30, 60, 180, 600, 1800,
    )  # fmt: skip
    """Cut points of the distribution of duration, in seconds."""
    depth_bins: Annotated[tuple[int, ...], Field(max_length=30), Ask(Text("Depths", "深度分档"))] = (
        2,
        3,
        4,
        6,
        11,
        21,
    )
    """Cut points of the distribution of depth."""


class SessionsCell(Model):
    """The persons behind one figure: those with a session that has all of this."""

    bucket: int | None = None
    entry: GroupLabel | None = None
    exit: GroupLabel | None = None
    besides: tuple[GroupLabel, ...] = ()
    """For ``$other``: the entries and exits named beside it."""
    bounced: bool | None = None
    duration: int | None = None
    """Which bin of the duration."""
    depth: int | None = None
    """Which bin of the depth."""
    group: GroupLabel | None = None


class SessionFigures(Model):
    """The sessions that start in one bucket, or in the period. Averages are None where there are none."""

    sessions: int
    people: int
    per_person: float | None
    bounces: int
    bounce_rate: float | None
    duration_mean: float | None
    duration_median: float | None
    duration_p90: float | None
    depth_mean: float | None
    depth_median: float | None


class SessionGroup(Model):
    """The sessions of everyone (``group`` None) or of one breakdown value, a point a bucket."""

    group: GroupLabel | None
    total: SessionFigures
    points: list[SessionFigures]


class SessionEnd(Model):
    """How many sessions begin and end with one thing. ``exit_rate`` is exits by how often it happens."""

    node: GroupLabel
    entries: int
    entry_people: int
    bounces: int
    exits: int
    exit_people: int
    events: int
    exit_rate: float | None


class SessionBin(Model):
    """The sessions from ``low`` to below ``high`` (None: no end)."""

    low: int
    high: int | None
    sessions: int
    people: int


class SessionsResult(Model):
    """``buckets`` are their starts; ``incomplete`` ones are not over, or reach beyond the period.

    ``groups[0]`` is everyone, whose are the distributions and the ends.
    """

    buckets: list[str]
    incomplete: list[bool]
    groups: list[SessionGroup]
    durations: list[SessionBin]
    depths: list[SessionBin]
    ends: list[SessionEnd]


@dataclass(frozen=True, slots=True)
class SessionsPart:
    """Sessions counted.

    ``points`` are by ``(code + 1) * width + bucket``, code -1 being everyone and the last of a line's ``width``
    buckets the whole period: sessions, people, bounces, seconds, depth. ``seconds`` and ``depths`` count
    sessions by group, value and bucket. ``bins`` count sessions and people by bin, those of depth after those of duration. ``ends`` are rows of first, last, bounce.
    ``events`` count names. Where some values may end up in "other", ``seen`` are (key, person) pairs.
    """

    points: Cells
    seconds: Loose
    depths: Loose
    bins: Cells
    ends: Trails
    events: Cells
    seen: tuple[tuple[Ints, Ints], ...] = ()

    def merge(self, other: SessionsPart) -> SessionsPart:
        """Return the sessions of both."""
        return SessionsPart(
            self.points.merge(other.points),
            self.seconds.merge(other.seconds),
            self.depths.merge(other.depths),
            self.bins.merge(other.bins),
            self.ends.merge(other.ends),
            self.events.merge(other.events),
            self.seen + other.seen,
        )


class Sessions(Analysis[SessionsParams, SessionsPart, SessionsCell, SessionsResult]):
    """See the module's description and ``docs/reference/analyses/sessions.md``."""

    name = "sessions"
    title = Text("Sessions", "会话分析")
    description = Text(
        "How often people come, how long and how deep they stay, where they enter and leave.",
        "用户来了多少次、停留多久、看得多深、从哪里进入又从哪里离开。",
    )
    family = "behaviour"
    sentence = Text(
        "How did the visits of {people} go in {period}, by {grain}? A pause of {timeout} minutes ends a visit.",
        "{period}，{people}的会话表现如何？按{grain}看，超过 {timeout} 分钟无操作算一次新会话。",
    )
    Params = SessionsParams
    Cell = SessionsCell
    Result = SessionsResult
    samples = (
        {
            "ignore": {"any_of": [{"event": "message_send"}, {"event": "coupon_issue"}]},
            "breakdowns": [{"property": "channel"}],
            "top": 4,
        },
        {
            "contains": {"any_of": [{"event": "purchase"}]},
            "cut": {"any_of": [{"event": "live_enter"}]},
            "new_day": True,
            "depth": {"any_of": [{"event": "view_item"}]},
            "ends": {
                "property": "page",
                "clean": [{"pattern": "/goods*", "name": "goods"}, {"pattern": "/*a*"}],
            },
            "nodes": 3,
            "grain": "week",
            "period": {"last": 4, "unit": "week"},
        },
    )

    def plan(self, params: SessionsParams, context: Context) -> Plan:
        """Read everything that makes sessions."""
        for field, bins in (("duration_bins", params.duration_bins), ("depth_bins", params.depth_bins)):
            check(field, bins)
        return Plan(
            steps=bits(params).steps, span=context.span, group=params.breakdowns, names=((params.ends,),)
        )

    def partial(self, params: SessionsParams, context: Context, block: Block) -> SessionsPart:
        """Count the sessions of the block."""
        found = Visits(params, context, block)
        total, bins = found.counted(params)
        keys: tuple[list[Ints], list[Ints]] = ([], [])
        seen: tuple[tuple[Ints, Ints], ...] = ()
        lines = [np.zeros(found.person.size, np.int64)]
        if params.breakdowns:
            lines.append(found.group + 1)
        for number, line in enumerate(lines):
            for where in (line * found.width + found.bucket, (line + 1) * found.width - 1) if number else ():
                fresh = once_each(ranked(where)[1], found.person)
                total = total.merge(tally(where, found.figures(fresh)))
                if may_have_other(len(params.breakdowns), params.top, context.labels):
                    seen += ((where[fresh], found.people[found.person[fresh]].astype(np.int64)),)
            cells = (line << LOW) + found.bucket
            keys[0].append(cells + found.seconds * found.width)
            keys[1].append(cells + found.depth * found.width)
        return SessionsPart(
            total,
            Loose(tuple(keys[0])),
            Loose(tuple(keys[1])),
            bins,
            Trails.of(np.column_stack([found.entry, found.exit, found.bounce]), found.person),
            occurrences(found.names),
            seen,
        )

    def empty(self, params: SessionsParams, context: Context) -> SessionsPart:
        """Return no sessions."""
        return SessionsPart(no_cells(5), Loose(), Loose(), no_cells(2), Trails(3), no_cells(1))

    def people(
        self, params: SessionsParams, context: Context, block: Block, cell: SessionsCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return whose sessions have what the cell asks for."""
        found = Visits(params, context, block)
        chosen = np.ones(found.person.size, bool) if groups is None else np.isin(found.group, groups)
        for asked, values in (
            (cell.bucket, found.bucket),
            (cell.duration, np.searchsorted(params.duration_bins, found.seconds, "right")),
            (cell.depth, np.searchsorted(params.depth_bins, found.depth, "right")),
        ):
            if asked is not None:
                chosen &= values == asked
        if cell.bounced is not None:
            chosen &= (found.bounce > 0) == cell.bounced
        for label, names in ((cell.entry, found.entry), (cell.exit, found.exit)):
            if label is not None:
                chosen &= standing(names, label, cell.besides, context.names[0])
        return np.unique(found.people[found.person[chosen]])

    def others(self, params: SessionsParams, context: Context, part: SessionsPart) -> Ints:
        """Return the group codes that make "other"."""
        return self._groups(params, context, part)[1]

    def _groups(self, params: SessionsParams, context: Context, part: SessionsPart) -> tuple[Ints, Ints]:
        width = buckets_of(params, context).size
        wholes = (part.points.keys >= width) & (part.points.keys % width == width - 1)
        codes = part.points.keys[wholes] // width - 1
        return leading(codes, part.points.columns[0, wholes], params.top, context.labels)

    def figures(self, params: SessionsParams, result: SessionsResult) -> list[Figure]:
        """Return the figures of the period."""
        found = []
        shown: tuple[tuple[str, Text, Format], ...] = (
            ("sessions", Text("Sessions", "会话数"), "number"),
            ("people", Text("People", "人数"), "number"),
            ("per_person", Text("Sessions a person", "人均会话数"), "ratio"),
            ("duration_median", Text("Median duration", "时长中位数"), "seconds"),
            ("duration_mean", Text("Mean duration", "平均时长"), "seconds"),
            ("duration_p90", Text("Duration P90", "时长 P90"), "seconds"),
            ("depth_mean", Text("Mean depth", "平均深度"), "ratio"),
            ("bounce_rate", Text("Bounce rate", "跳出率"), "percent"),
        )
        for group in result.groups:
            for name, title, form in shown:
                cell = SessionsCell(group=group.group, bounced=True if name == "bounce_rate" else None)
                found.append(Figure(name, title, getattr(group.total, name), form, group.group, cell))
        return found

    def counted(self, params: SessionsParams, result: SessionsResult) -> Iterator[tuple[SessionsCell, int]]:
        """Return everything that has people."""
        for group in result.groups:
            yield SessionsCell(group=group.group), group.total.people
            for bucket, point in enumerate(group.points):
                yield SessionsCell(bucket=bucket, group=group.group), point.people
        for at, one in enumerate(result.durations):
            yield SessionsCell(duration=at), one.people
        for at, one in enumerate(result.depths):
            yield SessionsCell(depth=at), one.people
        known = tuple(end.node for end in result.ends if end.node != OTHER)
        for end in result.ends:
            besides = known if end.node == OTHER else ()
            yield SessionsCell(entry=end.node, besides=besides), end.entry_people
            yield SessionsCell(exit=end.node, besides=besides), end.exit_people

    def shape(self, params: SessionsParams, context: Context, part: SessionsPart) -> SessionsResult:
        """Make the answer of everyone, of the largest groups and of the rest."""
        cuts = buckets_of(params, context)
        width = cuts.size
        lasted = (part.seconds.whole(), part.depths.whole())
        groups = [Line(part, lasted, width, np.array([-1])).group(None)]
        if params.breakdowns:
            top, rest = self._groups(params, context, part)
            for label, codes in named(top, rest, context.labels):
                groups.append(Line(part, lasted, width, codes).group(label))
        counts = np.zeros((2, len(params.duration_bins) + len(params.depth_bins) + 2), np.int64)
        counts[:, part.bins.keys] = part.bins.columns
        split = len(params.duration_bins) + 1
        return SessionsResult(
            buckets=starts(context.calendar, cuts),
            incomplete=[
                begin < context.span.start or end > min(context.span.end, context.now)
                for begin, end in pairwise(cuts.tolist())
            ],
            groups=groups,
            durations=binned((0, *params.duration_bins), counts[:, :split]),
            depths=binned((0, *params.depth_bins), counts[:, split:]),
            ends=ends(params, context, part),
        )


class Visits:
    """A block's sessions, one entry each: whose, when it starts, how long and deep, from what to what."""

    def __init__(self, params: SessionsParams, context: Context, block: Block) -> None:
        person, first, last, self.depth, active = visited(params, context, block)
        self.people, self.person = block.people, person
        self.seconds = (block.time[last] - block.time[first]) // 1000
        self.bounce = (self.depth <= 1).astype(np.int64)
        cuts = buckets_of(params, context)
        self.width = cuts.size
        self.bucket = numbered(cuts, block.time[first])
        self.group: Ints = np.zeros(person.size, np.int64)
        if isinstance(block.group, Ragged):
            self.group = block.group.first()[first]
        elif block.group is not None and params.breakdowns:
            self.group = block.group[first]
        called = first_of(block.names[0])
        self.entry, self.exit = called[first], called[last]
        self.names = called if active is None else called[active]

    def counted(self, params: SessionsParams) -> tuple[Cells, Cells]:
        """Return the points of everyone and the bins."""
        lasting, deep = (np.array(cuts, np.int64) for cuts in (params.duration_bins, params.depth_bins))
        out, bins = np.zeros((5, self.width), np.int64), np.zeros((2, lasting.size + deep.size + 2), np.int64)
        points(self.bucket, self.person, self.seconds, self.depth, lasting, deep, out, bins)
        held, met = np.flatnonzero(out[0]), np.flatnonzero(bins[0])
        return Cells(held, out[:, held]), Cells(met, bins[:, met])

    def figures(self, fresh: Flags) -> Ints:
        """Return the columns of a point: sessions, people (where ``fresh``), bounces, seconds, depth."""
        ones = np.ones_like(self.bounce)
        return np.stack([ones, fresh.astype(np.int64), self.bounce, self.seconds, self.depth])


def visited(
    params: SessionsParams, context: Context, block: Block
) -> tuple[Ints, Ints, Ints, Ints, Flags | None]:
    """Return person, first row, last row and depth of each session, and which rows are active (None: all)."""
    seen, active = bits(params), None
    if len(seen.steps) > 1 or params.new_day or not seen.always(block, "activity"):
        contained = seen.flag(block, "contains")
        active = contained | (seen.flag(block, "activity") & ~seen.flag(block, "ignore"))
    room = block.time.size if active is None else int(active.sum())
    person, first, last, depth = (np.empty(room, np.int64) for _ in range(4))
    if active is None:
        n = plainly(block.offsets, block.time, params.timeout * MINUTE, person, first, last, depth)
    else:
        session = sessions(params, context, block, active, seen.flag(block, "cut"))
        deep, wanted = (seen.flag(block, name, missing=True) for name in ("depth", "contains"))
        n = fold(block.offsets, active, deep, wanted, session, person, first, last, depth)
    return person[:n], first[:n], last[:n], depth[:n], active


class Line:
    """The points of the groups ``codes`` together."""

    def __init__(self, part: SessionsPart, lasted: tuple[Cells, Cells], width: int, codes: Ints) -> None:
        self.width = width
        self.sums = np.zeros((5, width), np.int64)
        for code in codes.tolist():
            low = (code + 1) * width
            keys, columns = part.points.between(low, low + width)
            self.sums[:, keys] += columns
        self.lasted, self.longest = percentiles(lasted[:1], width, codes, 0.5, 0.9)
        (self.deep,) = percentiles(lasted[1:], width, codes, 0.5)
        if codes.size > 1:
            self._people(part, codes)

    def _people(self, part: SessionsPart, codes: Ints) -> None:
        keys = np.concatenate([keys for keys, _ in part.seen])
        person = np.concatenate([person for _, person in part.seen])
        inside = np.isin(keys // self.width - 1, codes)
        pairs = np.unique(np.stack([keys[inside] % self.width, person[inside]]), axis=1)
        self.sums[1] = np.bincount(pairs[0], minlength=self.width)

    def group(self, label: GroupLabel | None) -> SessionGroup:
        """Return the line as it is shown."""
        *points, total = [self._figures(at) for at in range(self.width)]
        return SessionGroup(group=label, total=total, points=points)

    def _figures(self, at: int) -> SessionFigures:
        count, people, bounces, seconds, depth = self.sums[:, at].tolist()
        return SessionFigures(
            sessions=count,
            people=people,
            per_person=count / people if people else None,
            bounces=bounces,
            bounce_rate=bounces / count if count else None,
            duration_mean=seconds / count if count else None,
            duration_median=self.lasted[at],
            duration_p90=self.longest[at],
            depth_mean=depth / count if count else None,
            depth_median=self.deep[at],
        )


def ends(params: SessionsParams, context: Context, part: SessionsPart) -> list[SessionEnd]:
    """Return how sessions begin and end, those met most first."""
    batch = part.ends.whole()
    codes, place = ranked(batch.table[:, :2].reshape(-1))
    place = place.reshape(-1, 2)
    sizes = np.zeros(codes.size, np.int64)
    np.add.at(sizes, place.reshape(-1), np.repeat(batch.count, 2))
    top, rest = leading(codes, sizes, params.nodes, context.names[0])
    slot = np.full(codes.size, top.size, np.int64)
    slot[np.searchsorted(codes, top)] = np.arange(top.size)
    row, everyone, bounced = (
        np.arange(batch.count.size),
        np.ones(batch.count.size, bool),
        batch.table[:, 2] > 0,
    )
    first, last = slot[place[:, 0]], slot[place[:, 1]]
    entries, entry_people = tallied(batch, everyone, row, first, top.size + 1)
    exits, exit_people = tallied(batch, everyone, row, last, top.size + 1)
    bounces = often(batch, bounced, row, first, top.size + 1)
    found = []
    for at, (label, inside) in enumerate(named(top, rest, context.names[0])):
        happened = int(part.events.columns[0, np.isin(part.events.keys, inside)].sum())
        found.append(
            SessionEnd(
                node=label,
                entries=int(entries[at]),
                entry_people=int(entry_people[at]),
                bounces=int(bounces[at]),
                exits=int(exits[at]),
                exit_people=int(exit_people[at]),
                events=happened,
                exit_rate=int(exits[at]) / happened if happened else None,
            )
        )
    return found


def binned(cuts: tuple[int, ...], counts: Ints) -> list[SessionBin]:
    """Return a distribution as it is shown."""
    return [
        SessionBin(low=low, high=high, sessions=int(counts[0, at]), people=int(counts[1, at]))
        for at, (low, high) in enumerate(pairwise((*cuts, None)))
        if low is not None
    ]


def bits(params: SessionsParams) -> Bits:
    """Return the steps of the plan and their bits."""
    return Bits.of(
        activity=params.activity,
        ignore=params.ignore,
        cut=params.cut,
        contains=params.contains,
        depth=params.depth,
    )


def buckets_of(params: SessionsParams, context: Context) -> Ints:
    """Return the bucket starts and the end of the last one."""
    return edges(context.calendar, context.span, params.grain)


def check(field: str, bins: tuple[int, ...]) -> None:
    """Refuse cut points that do not ascend from above zero."""
    if list(bins) != sorted(set(bins)) or (bins and bins[0] < 1):
        raise BadInput(
            "bad_bins",
            Text("Bins are ascending cut points.", "分箱必须是递增的切分点。"),
            field=field,
            got=list(bins),
            expected=[10, 60, 300],
        )
