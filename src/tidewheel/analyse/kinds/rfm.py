"""RFM: how recently, how often and for how much each person bought; cut into levels and segments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan
from tidewheel.analyse.form import Ask
from tidewheel.analyse.kernels.buckets import edges, numbered
from tidewheel.analyse.kernels.cells import occurrences
from tidewheel.analyse.kernels.groups import leading, memberships, named
from tidewheel.analyse.kernels.levels import levels_of, mean_threshold, quantile_thresholds
from tidewheel.analyse.kernels.orders import ledger
from tidewheel.analyse.kernels.strung import shifted, strung
from tidewheel.analyse.money import MoneyQuestion
from tidewheel.analyse.question import GroupLabel, Model
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Span
from tidewheel.core.text import Text

SegmentName: TypeAlias = Literal[
    "key_value",
    "key_keep",
    "key_develop",
    "key_win_back",
    "value",
    "keep",
    "develop",
    "win_back",
]
SEGMENTS: Final[dict[SegmentName, tuple[tuple[bool, bool, bool], Text]]] = {
    "key_value": ((True, True, True), Text("Key: valuable", "重要价值客户")),
    "key_keep": ((False, True, True), Text("Key: to keep", "重要保持客户")),
    "key_develop": ((True, False, True), Text("Key: to develop", "重要发展客户")),
    "key_win_back": ((False, False, True), Text("Key: to win back", "重要挽留客户")),
    "value": ((True, True, False), Text("Ordinary: valuable", "一般价值客户")),
    "keep": ((False, True, False), Text("Ordinary: to keep", "一般保持客户")),
    "develop": ((True, False, False), Text("Ordinary: to develop", "一般发展客户")),
    "win_back": ((False, False, False), Text("Ordinary: to win back", "一般挽留客户")),
}
"""Whether recency, frequency and money are high."""
NAMES: Final = tuple(SEGMENTS)
NOBODY: Final = len(NAMES)
Cuts = Annotated[tuple[int, ...], Field(min_length=1, max_length=4)]
Levels = Annotated[int, Field(ge=2, le=5)]


class RfmParams(MoneyQuestion):
    """An RFM question; the look-back is the period.

    ``cuts``: ``quantile`` (as many people a level as ties allow), ``mean`` (two levels: better than the mean or not) or
    ``fixed`` (``recency_cuts`` and so on). With a comparison period the answer also has the moves from it.
    """

    cuts: Annotated[
        Literal["quantile", "mean", "fixed"],
        Ask(
            Text("Cut", "分层方式"),
            choices={
                "quantile": Text("into equal parts of people", "按人数等分"),
                "mean": Text("at the mean", "按均值"),
                "fixed": Text("at fixed values", "按固定值"),
            },
        ),
    ] = "quantile"
    recency_levels: Annotated[Levels, Ask(Text("Levels of recency", "最近消费的层数"))] = 5
    frequency_levels: Annotated[Levels, Ask(Text("Levels of frequency", "消费频次的层数"))] = 5
    monetary_levels: Annotated[Levels, Ask(Text("Levels of money", "消费金额的层数"))] = 5
    recency_cuts: Annotated[Cuts, Ask(Text("Days since the last order", "距最近一单的天数切分"))] = (30, 90)
    frequency_cuts: Annotated[Cuts, Ask(Text("Orders", "订单数切分"))] = (2, 5)
    monetary_cuts: Annotated[Cuts, Ask(Text("Money", "金额切分"), edit="money")] = (20_000, 100_000)


class RfmCell(Model):
    """People of a segment, or with these levels; ``before``: who were in that segment in the comparison period."""

    segment: SegmentName | Literal["none"] | None = None
    recency: int | None = None
    frequency: int | None = None
    monetary: int | None = None
    before: SegmentName | Literal["none"] | None = None
    group: GroupLabel | None = None


class RfmSegment(Model):
    """One of the eight. Means are of its people: days since the last order, orders, money."""

    segment: SegmentName
    people: int
    share: float | None
    revenue: int
    revenue_share: float | None
    recency: float | None
    frequency: float | None
    value: float | None


class RfmBox(Model):
    """People with the same three levels; only boxes with people are listed."""

    recency: int
    frequency: int
    monetary: int
    people: int
    revenue: int


class RfmGroup(Model):
    """The buyers whose last order has one breakdown value."""

    group: GroupLabel | None
    people: int
    revenue: int
    segments: list[RfmSegment]
    grid: list[RfmBox]


class RfmCuts(Model):
    """Where levels 2, 3 … begin: at most so many days, at least so many orders, at least so much money."""

    recency: list[int]
    frequency: list[int]
    monetary: list[int]


class RfmMove(Model):
    """How many went from one segment to another; ``none``: bought nothing in that period."""

    before: SegmentName | Literal["none"]
    now: SegmentName | Literal["none"]
    people: int


class RfmResult(Model):
    """``groups[0]`` is everyone. ``moves`` is None without a comparison period."""

    until: str
    cuts: RfmCuts
    groups: list[RfmGroup]
    moves: list[RfmMove] | None


class Scores(NamedTuple):
    """The buyers of some people: code, days since the last order, orders, money; and their groups as pairs."""

    people: Ints
    recency: Ints
    frequency: Ints
    monetary: Ints
    member: Ints
    code: Ints


@dataclass(frozen=True, slots=True)
class RfmPart:
    """The scores of the period and of the comparison period, as found."""

    now: tuple[Scores, ...] = ()
    before: tuple[Scores, ...] = ()

    def merge(self, other: RfmPart) -> RfmPart:
        """Return the scores of both."""
        return RfmPart(self.now + other.now, self.before + other.before)


class Thresholds(NamedTuple):
    """What is above which number, by dimension; recency counts backwards (more days are less)."""

    recency: Ints
    frequency: Ints
    monetary: Ints

    def levels(self, scores: Scores) -> tuple[Ints, Ints, Ints]:
        """Return the levels of people by dimension."""
        return (
            levels_of(-scores.recency, self.recency),
            levels_of(scores.frequency, self.frequency),
            levels_of(scores.monetary, self.monetary),
        )

    def segments(self, scores: Scores) -> Ints:
        """Return the number of each person's segment: high is strictly above the middle level."""
        high = [2 * level > cuts.size + 2 for level, cuts in zip(self.levels(scores), self, strict=True)]
        found = np.zeros(scores.people.size, np.int64)
        for number, (wanted, _) in enumerate(SEGMENTS.values()):
            found[np.logical_and.reduce([a == b for a, b in zip(high, wanted, strict=True)])] = number
        return found


class Rfm(Analysis[RfmParams, RfmPart, RfmCell, RfmResult]):
    """See the module's description and ``docs/reference/analyses/rfm.md``."""

    name = "rfm"
    title = Text("RFM", "RFM 客户分层")
    description = Text(
        "How recently, how often and for how much people bought, and which of them to keep, to develop or to win back.",
        "按最近一次消费、消费频次和消费金额给客户分层，看清该留住谁、培养谁、唤回谁。",
    )
    family = "customers"
    sentence = Text(
        "Which of {people} who did {purchase} in {period} are worth most? Money {money}, levels cut {cuts}.",
        "{period}做过{purchase}的{people}里，谁最有价值？金额取{money}，{cuts}分层。",
    )
    Params = RfmParams
    Cell = RfmCell
    Result = RfmResult
    settles = True
    samples = (
        {"period": {"last": 30}, "compare": [{"period": "previous"}], "breakdowns": [{"property": "channel"}], "top": 3},
        {"period": {"last": 60}, "cuts": "fixed", "recency_cuts": [14, 30], "money": "paid"},
        {"period": {"last": 60}, "cuts": "mean", "money": "gross"},
    )  # fmt: skip

    def plan(self, params: RfmParams, context: Context) -> Plan:
        """Read orders and refunds of the period, and of the comparison period."""
        check(params)
        spans = [context.span, *windows(params, context)[1:]]
        return Plan(
            steps=params.order_steps(),
            span=Span(min(one.start for one in spans), max(one.end for one in spans)),
            group=params.breakdowns,
            key=params.order_key(),
            values=params.order_values(),
        )

    def partial(self, params: RfmParams, context: Context, block: Block) -> RfmPart:
        """Score the block's buyers."""
        now, *before = (scored(params, context, block, span) for span in windows(params, context))
        return RfmPart((now,), tuple(before))

    def empty(self, params: RfmParams, context: Context) -> RfmPart:
        """Return no scores."""
        return RfmPart()

    def settle(self, params: RfmParams, context: Context, part: RfmPart) -> tuple[Thresholds, Thresholds]:
        """Return where the levels begin in both periods."""
        return thresholds(params, joined(part.now)), thresholds(params, joined(part.before))

    def people(
        self, params: RfmParams, context: Context, block: Block, cell: RfmCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return the buyers in a segment or box, or who moved."""
        now_cuts, before_cuts = context.settled
        found = [scored(params, context, block, span) for span in windows(params, context)]
        now = found[0]
        people, segment = now.people, now_cuts.segments(now)
        if cell.before is not None or cell.segment == "none":
            before = found[1] if len(found) > 1 else joined(())
            people, segment, was = moved(now, segment, before, before_cuts.segments(before))
            chosen = np.ones(people.size, bool)
            if cell.before is not None:
                chosen &= was == place(cell.before)
            if cell.segment is not None:
                chosen &= segment == place(cell.segment)
            return people[chosen].astype(np.int32)
        chosen = np.ones(people.size, bool)
        if cell.segment is not None:
            chosen &= segment == place(cell.segment)
        wanted = (cell.recency, cell.frequency, cell.monetary)
        for level, asked in zip(now_cuts.levels(now), wanted, strict=True):
            if asked is not None:
                chosen &= level == asked
        if groups is not None:
            inside = np.zeros(people.size, bool)
            inside[now.member[np.isin(now.code, groups)]] = True
            chosen &= inside
        return people[chosen].astype(np.int32)

    def others(self, params: RfmParams, context: Context, part: RfmPart) -> Ints:
        """Return the group codes that make "other"."""
        sizes = occurrences(joined(part.now).code)
        return leading(sizes.keys, sizes.columns[0], params.top, context.labels)[1]

    def shape(self, params: RfmParams, context: Context, part: RfmPart) -> RfmResult:
        """Cut the levels and count the people in each."""
        scores = joined(part.now)
        cuts, cuts_before = self.settle(params, context, part)
        whole = Table(scores, cuts)
        groups = [whole.group(None, np.arange(scores.people.size))]
        sizes = occurrences(scores.code)
        top, rest = leading(sizes.keys, sizes.columns[0], params.top, context.labels)
        for label, inside in named(top, rest, context.labels):
            groups.append(whole.group(label, np.unique(scores.member[np.isin(scores.code, inside)])))
        moves = None
        if len(windows(params, context)) > 1:
            before = joined(part.before)
            _, now, was = moved(scores, whole.segment, before, cuts_before.segments(before))
            counts = np.bincount(was * (NOBODY + 1) + now, minlength=(NOBODY + 1) ** 2)
            moves = [
                RfmMove(before=called(one), now=called(other), people=int(counts[one * (NOBODY + 1) + other]))
                for one in range(NOBODY + 1)
                for other in range(NOBODY + 1)
                if (one, other) != (NOBODY, NOBODY)
            ]
        return RfmResult(
            until=context.calendar.local(until(context, context.span)).date().isoformat(),
            cuts=RfmCuts(
                recency=(-cuts.recency - 1).tolist(),
                frequency=(cuts.frequency + 1).tolist(),
                monetary=(cuts.monetary + 1).tolist(),
            ),
            groups=groups,
            moves=moves,
        )

    def figures(self, params: RfmParams, result: RfmResult) -> list[Figure]:
        """Return buyers and revenue, then the people of each segment."""
        found = []
        for group in result.groups:
            label = group.group
            cell = RfmCell(group=label)
            found.append(Figure("people", Text("Buyers", "购买人数"), group.people, "number", label, cell))
            found.append(Figure("revenue", Text("Revenue", "金额"), group.revenue, "money", label))
            for one in group.segments:
                title, cell = SEGMENTS[one.segment][1], RfmCell(segment=one.segment, group=label)
                found.append(Figure(one.segment, title, one.people, "number", label, cell))
        return found

    def counted(self, params: RfmParams, result: RfmResult) -> Iterator[tuple[RfmCell, int]]:
        """Return segments, boxes and moves."""
        for group in result.groups:
            yield RfmCell(group=group.group), group.people
            for one in group.segments:
                yield RfmCell(segment=one.segment, group=group.group), one.people
            for box in group.grid:
                levels = {name: getattr(box, name) for name in ("recency", "frequency", "monetary")}
                yield RfmCell(**levels, group=group.group), box.people
        for move in result.moves or ():
            yield RfmCell(before=move.before, segment=move.now), move.people


class Table:
    """Scores with their levels, to be counted by group."""

    def __init__(self, scores: Scores, cuts: Thresholds) -> None:
        self.scores, self.segment = scores, cuts.segments(scores)
        recency, frequency, monetary = cuts.levels(scores)
        self.box = (recency * 6 + frequency) * 6 + monetary

    def group(self, label: GroupLabel | None, chosen: Ints) -> RfmGroup:
        """Count some of the people."""
        people, revenue = chosen.size, int(self.scores.monetary[chosen].sum())
        segments = []
        for number, name in enumerate(NAMES):
            own = chosen[self.segment[chosen] == number]
            money, n = int(self.scores.monetary[own].sum()), own.size
            segments.append(
                RfmSegment(
                    segment=name,
                    people=n,
                    share=n / people if people else None,
                    revenue=money,
                    revenue_share=money / revenue if revenue else None,
                    recency=int(self.scores.recency[own].sum()) / n if n else None,
                    frequency=int(self.scores.frequency[own].sum()) / n if n else None,
                    value=money / n if n else None,
                )
            )
        boxes, at = np.unique(self.box[chosen], return_inverse=True)
        counts, sums = np.bincount(at, minlength=boxes.size), np.zeros(boxes.size, np.int64)
        np.add.at(sums, at, self.scores.monetary[chosen])
        grid = [
            RfmBox(recency=box // 36, frequency=box // 6 % 6, monetary=box % 6, people=n, revenue=money)
            for box, n, money in zip(boxes.tolist(), counts.tolist(), sums.tolist(), strict=True)
        ]
        return RfmGroup(group=label, people=people, revenue=revenue, segments=segments, grid=grid)


def scored(params: RfmParams, context: Context, block: Block, span: Span) -> Scores:
    """Return the scores of the block's people who bought in a period and did not take all of it back."""
    inside = (block.time >= span.start) & (block.time < span.end)
    found = ledger(block, params.money, inside=inside)
    value, undone = found.net()
    kept = np.flatnonzero(~undone)
    person, row, value = found.person[kept], found.row[kept], value[kept]
    fresh = np.flatnonzero(np.diff(person, prepend=-1))
    ends = np.append(fresh[1:], person.size) - 1 if fresh.size else fresh
    cuts = edges(context.calendar, Span(span.start, until(context, span) + 1), "day")
    last = row[ends]
    member, code = memberships(block, last, np.ones(last.size, np.int64))
    return Scores(
        block.people[person[fresh]].astype(np.int64),
        np.maximum(cuts.size - 2 - numbered(cuts, block.time[last]), 0),
        np.diff(np.append(fresh, person.size)) if fresh.size else fresh,
        np.add.reduceat(value, fresh) if fresh.size else fresh,
        member,
        code.astype(np.int64),
    )


def windows(params: RfmParams, context: Context) -> list[Span]:
    """Return the period, and the first comparison period that there is."""
    asked = [one.period for one in params.compare if one.period is not None and one.people is None]
    if not asked:
        return [context.span]
    calendar = context.calendar
    if asked[0] == "previous":
        return [context.span, calendar.before(context.span)]
    return [context.span, calendar.span(asked[0], context.now)]


def until(context: Context, span: Span) -> int:
    """Return the moment from which days are counted back: the period's end, or now."""
    return max(span.start, min(span.end - 1, context.now))


def joined(parts: tuple[Scores, ...]) -> Scores:
    """Return scores one after another, pairs pointing at their place among all."""
    return Scores(
        strung([part.people for part in parts]),
        strung([part.recency for part in parts]),
        strung([part.frequency for part in parts]),
        strung([part.monetary for part in parts]),
        shifted([part.member for part in parts], [part.people.size for part in parts]),
        strung([part.code for part in parts]),
    )


def thresholds(params: RfmParams, scores: Scores) -> Thresholds:
    """Return what is above which number, for all the people."""
    if params.cuts == "fixed":
        own = [np.array(one, np.int64) for one in (params.frequency_cuts, params.monetary_cuts)]
        return Thresholds(-np.array(params.recency_cuts[::-1], np.int64), own[0] - 1, own[1] - 1)
    columns = (-scores.recency, scores.frequency, scores.monetary)
    if params.cuts == "mean":
        return Thresholds(*map(mean_threshold, columns))
    levels = (params.recency_levels, params.frequency_levels, params.monetary_levels)
    return Thresholds(*(quantile_thresholds(one, n) for one, n in zip(columns, levels, strict=True)))


def moved(now: Scores, segment: Ints, before: Scores, was: Ints) -> tuple[Ints, Ints, Ints]:
    """Return everyone of either period with both segments, :data:`NOBODY` where there is none."""
    people = np.union1d(now.people, before.people)
    there, then = np.full(people.size, NOBODY), np.full(people.size, NOBODY)
    there[np.searchsorted(people, now.people)] = segment
    then[np.searchsorted(people, before.people)] = was
    return people, there, then


def place(name: str) -> int:
    """Return the number of a segment."""
    return NOBODY if name == "none" else [str(one) for one in NAMES].index(name)


def called(number: int) -> SegmentName | Literal["none"]:
    """Return the name of a segment's number."""
    return "none" if number == NOBODY else NAMES[number]


def check(params: RfmParams) -> None:
    """Refuse cuts that do not ascend."""
    for name in ("recency_cuts", "frequency_cuts", "monetary_cuts"):
        own = list(getattr(params, name))
        if own != sorted(set(own)):
            raise BadInput(
                "bad_cuts",
                Text("Cuts are different values in ascending order.", "切分值须互不相同且递增。"),
                field=name,
                got=own,
                expected=[30, 90],
            )
