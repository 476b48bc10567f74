"""Funnels: of the people who did the first thing, how many went on to the last, and how fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan, Test
from tidewheel.analyse.form import GRAINS, Ask
from tidewheel.analyse.kernels.buckets import edges, numbered
from tidewheel.analyse.kernels.cells import ranked
from tidewheel.analyse.kernels.chains import EVER, Chains, Rules, best_chains
from tidewheel.analyse.kernels.funnel import gaps
from tidewheel.analyse.kernels.groups import OTHER, leading, memberships, named
from tidewheel.analyse.question import Breakdown, EventMatch, GroupLabel, Model, Question, Step
from tidewheel.analyse.statistics import holm, newcombe, two_proportions, wilson
from tidewheel.core.errors import BadInput
from tidewheel.core.events import Kind, Scope
from tidewheel.core.period import DAY, HOUR, MINUTE, Grain, Span
from tidewheel.core.text import Text

UNIT_MS: Final = {
    "second": 1000,
    "minute": MINUTE,
    "hour": HOUR,
    "day": DAY,
    "week": 7 * DAY,
    "month": 30 * DAY,
}
CUTS: Final = (
    1000, 10_000, 30_000, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
    DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY,
)  # fmt: skip


class Within(Model):
    """The time a person has from the first step to the last.

    Either ``n`` units (a month is 30 days) or ``same`` calendar day or session.
    """

    n: Annotated[int, Field(ge=1, le=100_000)] = 1
    unit: Literal["second", "minute", "hour", "day", "week", "month"] = "day"
    same: Literal["day", "session"] | None = None


class Exclusion(Model):
    """A person who does this between two steps of the chain does not convert on it.

    ``after`` is the 1-based step from which it counts, ``before`` the step until which (default: all).
    """

    step: Step
    after: Annotated[int, Field(ge=1)] = 1
    before: int | None = None


class Hold(Model):
    """A property that must have the same value at every step (``item_id`` of scope item: same SKU)."""

    property: str
    scope: Scope = "event"
    kind: Kind | None = None


class FunnelParams(Question):
    """A funnel question."""

    steps: Annotated[tuple[Step, ...], Field(min_length=2, max_length=30), Ask(Text("Steps", "步骤"))]
    order: Annotated[
        Literal["ordered", "strict", "any"],
        Ask(
            Text("Order", "顺序"),
            choices={
                "ordered": Text("in order", "按顺序"),
                "strict": Text("with nothing in between", "连续不断"),
                "any": Text("in any order", "不限顺序"),
            },
        ),
    ] = "ordered"
    within: Annotated[Within, Ask(Text("Within", "转化窗口"))] = Within(n=7, unit="day")
    exclusions: Annotated[tuple[Exclusion, ...], Field(max_length=10), Ask(Text("Without", "排除"))] = ()
    hold: Annotated[tuple[Hold, ...], Field(max_length=3), Ask(Text("Same", "关联属性"))] = ()
    attribution: Annotated[
        Literal["first", "last", "each"] | int, Ask(Text("Value of the step", "取值步骤"))
    ] = "first"
    """Which step's value a breakdown takes: the first, the last reached, each step its own, or the n-th."""
    trend: Annotated[Grain | None, Ask(Text("Trend by", "趋势粒度"), choices=GRAINS)] = None
    """Also give conversion by the bucket in which people entered."""


class FunnelCell(Model):
    """The persons behind one figure: who reached ``step`` (1-based), or who dropped out after it."""

    step: Annotated[int, Field(ge=1)]
    dropped: bool = False
    group: GroupLabel | None = None
    bucket: int | None = None
    """With ``trend``: only those who entered in this bucket."""


class FunnelStep(Model):
    """One bar. Rates are 0…1 and None where the base is 0; times in seconds, None where nobody converted."""

    name: str
    people: int
    dropped: int
    """People who reached this step and not the next (0 at the last)."""
    rate: float | None
    """Of those who entered."""
    rate_from_previous: float | None
    low: float | None
    """Lower end of the 95 % Wilson interval of ``rate``."""
    high: float | None
    mean_seconds: float | None
    """From the step before to this one."""
    median_seconds: float | None


class TimeBin(Model):
    """People whose first-to-last time lies in [start, end) seconds; ``end`` None is open."""

    start: float
    end: float | None
    people: int


class FunnelTrendPoint(Model):
    """Conversion of those who entered in one bucket."""

    bucket: str
    entered: int
    converted: int
    rate: float | None
    incomplete: bool
    """The window of these people is still open."""


class FunnelGroup(Model):
    """The funnel of one breakdown value; ``group`` None is everyone."""

    group: GroupLabel | None
    steps: list[FunnelStep]
    mean_seconds: float | None
    median_seconds: float | None
    times: list[TimeBin]
    trend: list[FunnelTrendPoint]


class FunnelResult(Model):
    """``groups[0]`` is everyone; breakdown values follow, largest first."""

    groups: list[FunnelGroup]


class Batch(NamedTuple):
    """What the answer needs of some chains. ``gaps[i, k]`` are the milliseconds to step k+2, -1: not reached.

    ``gaps`` has a row for each chain that got past the first step, in the order of the chains. ``member``
    points from each group code to its chain; ``member_step`` is the 1-based step with that value.
    """

    depth: Ints
    bucket: Ints
    gaps: Ints
    member: Ints
    member_code: Ints
    member_step: Ints


@dataclass(frozen=True, slots=True)
class FunnelPart:
    """Chains of some persons; adding is putting together."""

    batches: tuple[Batch, ...] = ()

    def merge(self, other: FunnelPart) -> FunnelPart:
        """Return the chains of both."""
        return FunnelPart(self.batches + other.batches)


class Funnel(Analysis[FunnelParams, FunnelPart, FunnelCell, FunnelResult]):
    """See the module's description and ``docs/reference/analyses/funnel.md``."""

    name = "funnel"
    title = Text("Funnel", "漏斗分析")
    description = Text(
        "Of the people who did the first thing, how many went on to the last, and how fast.",
        "做了第一步的人，有多少走到最后一步，用了多长时间。",
    )
    family = "behaviour"
    sentence = Text(
        "In {period}, how many of {people} went {steps} within {within}, {order}?",
        "{period}，{people}中有多少人在{within}内{order}完成 {steps}？",
    )
    Params = FunnelParams
    Cell = FunnelCell
    Result = FunnelResult
    samples = (
        {
            "steps": [
                {"any_of": [{"event": "view_item"}]},
                {"any_of": [{"event": "add_to_cart"}]},
                {"any_of": [{"event": "purchase"}]},
            ],
            "breakdowns": [{"property": "channel"}],
            "trend": "week",
        },
        {
            "steps": [{"any_of": [{"event": "view_item"}]}, {"any_of": [{"event": "purchase"}]}],
            "within": {"n": 3, "unit": "day"},
            "hold": [{"property": "item_id", "scope": "item"}],
            "exclusions": [{"step": {"any_of": [{"event": "refund"}]}}],
        },
    )

    def plan(self, params: FunnelParams, context: Context) -> Plan:
        """Read the steps, then the exclusions, then (strict only) every other event."""
        check(params)
        steps = (*params.steps, *(exclusion.step for exclusion in params.exclusions))
        if params.order == "strict":
            steps = (*steps, Step(any_of=(EventMatch(event="*"),)))
        end = context.span.end
        if params.within.same == "day":
            last = context.calendar.floor(end - 1, "day")
            horizon = context.calendar.next(last, "day")
        elif params.within.same == "session":
            horizon = end + DAY
        else:
            horizon = end + window_ms(params.within)
        return Plan(
            steps=steps,
            span=Span(context.span.start, max(end, min(horizon, context.now + 1))),
            group=params.breakdowns,
            key=tuple(Breakdown(property=h.property, scope=h.scope, kind=h.kind) for h in params.hold),
            sessions=params.within.same == "session",
        )

    def partial(self, params: FunnelParams, context: Context, block: Block) -> FunnelPart:
        """Find each person's chain and keep its depth, bucket, gaps and groups."""
        chains = best_chains(rules(params, context), block)
        member, code, step = self._groups(params, block, chains)
        onward = chains.depth > 1
        rows = chains.rows[onward]
        between = np.empty((rows.shape[0], rows.shape[1] - 1), np.int64)
        gaps(block.time, rows, between)
        batch = Batch(
            chains.depth, self._buckets(params, context, block, chains), between, member, code, step
        )
        return FunnelPart((batch,) if chains.depth.size else ())

    def empty(self, params: FunnelParams, context: Context) -> FunnelPart:
        """Return no chains."""
        return FunnelPart()

    def people(
        self, params: FunnelParams, context: Context, block: Block, cell: FunnelCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return who reached the step, or reached it and no further."""
        if cell.step > len(params.steps):
            raise BadInput(
                "no_such_step",
                Text("The funnel has {steps} steps.", "该漏斗只有 {steps} 个步骤。"),
                field="cell.step",
                got=cell.step,
                expected=f"1…{len(params.steps)}",
                steps=len(params.steps),
            )
        chains = best_chains(rules(params, context), block)
        chosen = chains.depth == cell.step if cell.dropped else chains.depth >= cell.step
        if cell.dropped and cell.step == len(params.steps):
            chosen = np.zeros_like(chosen)
        if cell.bucket is not None:
            chosen &= self._buckets(params, context, block, chains) == cell.bucket
        if groups is not None:
            member, code, step = self._groups(params, block, chains)
            belongs = np.isin(code, groups)
            if params.attribution == "each":
                belongs &= step == cell.step
            inside = np.zeros_like(chosen)
            inside[member[belongs]] = True
            chosen &= inside
        return block.people[chains.person[chosen]]

    def others(self, params: FunnelParams, context: Context, part: FunnelPart) -> Ints:
        """Return the group codes that make "other"."""
        return Shaping(params, context, part).leading()[3]

    def shape(self, params: FunnelParams, context: Context, part: FunnelPart) -> FunnelResult:
        """Count everyone, then the groups."""
        return FunnelResult(groups=Shaping(params, context, part).groups())

    def figures(self, params: FunnelParams, result: FunnelResult) -> list[Figure]:
        """Return conversion, who entered and who converted, and the median time."""
        found = []
        for group in result.groups:
            first, last, label = group.steps[0], group.steps[-1], group.group
            entered = FunnelCell(step=1, group=label)
            converted = FunnelCell(step=len(group.steps), group=label)
            found += [
                Figure("conversion", Text("Conversion", "转化率"), last.rate, "percent", label, converted),
                Figure("entered", Text("Entered", "进入人数"), first.people, "number", label, entered),
                Figure("converted", Text("Converted", "转化人数"), last.people, "number", label, converted),
                Figure("median_seconds", Text("Median time", "转化时长中位数"), group.median_seconds, "seconds", label),
            ]  # fmt: skip
        return found

    def counted(self, params: FunnelParams, result: FunnelResult) -> Iterator[tuple[FunnelCell, int]]:
        """Return who reached and who dropped out after each step."""
        for group in result.groups:
            for number, step in enumerate(group.steps, 1):
                yield FunnelCell(step=number, group=group.group), step.people
                yield FunnelCell(step=number, group=group.group, dropped=True), step.dropped

    def contrast(self, params: FunnelParams, result: FunnelResult, other: FunnelResult) -> list[Test]:
        """Test whole conversion: everyone by itself, then the groups in both, held together by Holm."""
        twins = {str(group.group): group for group in other.groups}
        tests = [
            conversion_test(group, twins[str(group.group)])
            for group in result.groups
            if str(group.group) in twins and (group.group is None or comparable(params, group))
        ]
        found = [test for test in tests if test is not None]
        adjusted = iter(holm([test.p_value for test in found if test.group is not None]))
        return [test if test.group is None else replace(test, p_value=next(adjusted)) for test in found]

    @staticmethod
    def _buckets(params: FunnelParams, context: Context, block: Block, chains: Chains) -> Ints:
        if params.trend is None:
            return np.zeros(chains.depth.size, np.int64)
        cuts = edges(context.calendar, context.span, params.trend)
        return numbered(cuts, block.time[chains.rows[:, 0]])

    @staticmethod
    def _groups(params: FunnelParams, block: Block, chains: Chains) -> tuple[Ints, Ints, Ints]:
        """Return (chain, code, step) for every group a chain belongs to."""
        if block.group is None:
            none = np.empty(0, np.int64)
            return none, none, none
        steps, n = len(params.steps), chains.depth.size
        everyone = np.arange(n)
        if params.attribution == "each":
            chain, step = np.nonzero(chains.rows >= 0)
        else:
            step = np.zeros(n, np.int64)
            if params.attribution == "last":
                step = chains.depth - 1
            elif isinstance(params.attribution, int):
                step = np.full(n, params.attribution - 1)
            chain = everyone
        rows = chains.rows[chain, step]
        reached = rows >= 0
        bits = np.full(rows.size, (1 << steps) - 1) if params.order == "any" else np.int64(1) << step
        wanted = None if chains.key is None else chains.key[chain[reached]]
        record, code = memberships(block, rows[reached], bits[reached], wanted)
        member = np.flatnonzero(reached)[record]
        if block.group is not None and not reached.all():
            missing = np.flatnonzero(~reached)
            member = np.concatenate([member, missing])
            code = np.concatenate([code, np.zeros(missing.size, np.int64)])
        return chain[member], code, step[member] + 1


def rules(params: FunnelParams, context: Context) -> Rules:
    """Return what makes a chain of this funnel."""
    steps, same = len(params.steps), params.within.same
    return Rules(
        steps=steps,
        order=params.order,
        entry_end=context.span.end,
        calendar=context.calendar,
        window=EVER if same else window_ms(params.within),
        same=same,
        held=bool(params.hold),
        after=np.array([e.after for e in params.exclusions], dtype=np.int64),
        before=np.array([e.before or steps for e in params.exclusions], dtype=np.int64),
    )


def window_ms(within: Within) -> int:
    """Return the longest time from the first step to the last, in milliseconds."""
    return within.n * UNIT_MS[within.unit]


def check(params: FunnelParams) -> None:
    """Refuse what has no meaning."""
    steps = len(params.steps)
    for index, exclusion in enumerate(params.exclusions):
        before = exclusion.before or steps
        if not exclusion.after < before <= steps:
            raise BadInput(
                "bad_exclusion",
                Text(
                    "An exclusion lies between two steps: after < before ≤ {steps}.",
                    "排除条件须位于两个步骤之间：after < before ≤ {steps}。",
                ),
                field=f"exclusions.{index}",
                got=f"{exclusion.after}…{before}",
                expected=f"1…{steps}",
                steps=steps,
            )
        if params.order == "any" and (exclusion.after, before) != (1, steps):
            raise BadInput(
                "bad_exclusion",
                Text(
                    "Without an order, an exclusion covers the whole way from the first step done to the last.",
                    "不限顺序时，排除条件只能覆盖从第一步到最后一步的全程。",
                ),
                field=f"exclusions.{index}",
                got=f"{exclusion.after}…{before}",
                hint=Text("Leave out after and before.", "请去掉 after 和 before。"),
            )
    if isinstance(params.attribution, int) and not 1 <= params.attribution <= steps:
        raise BadInput(
            "no_such_step",
            Text("The funnel has {steps} steps.", "该漏斗只有 {steps} 个步骤。"),
            field="attribution",
            got=params.attribution,
            expected=f"1…{steps}",
            steps=steps,
        )


def comparable(params: FunnelParams, group: FunnelGroup) -> bool:
    """Say whether a group's conversion is a share of its own people and means the same on both sides."""
    return params.attribution != "each" and group.group != OTHER


def conversion_test(group: FunnelGroup, other: FunnelGroup) -> Test | None:
    """Test whole conversion; None when one side has nobody."""
    a, n = group.steps[-1].people, group.steps[0].people
    b, m = other.steps[-1].people, other.steps[0].people
    p_value, ends = two_proportions(a, n, b, m), newcombe(a, n, b, m)
    if p_value is None or ends is None:
        return None
    return Test("two_proportions", group.group, a / n, b / m, p_value, *ends)


class Shaping:
    """Turns chains into figures."""

    def __init__(self, params: FunnelParams, context: Context, part: FunnelPart) -> None:
        self.params, self.context, self.steps = params, context, len(params.steps)
        batches = part.batches
        self.depth = gathered([b.depth for b in batches])
        self.bucket = gathered([b.bucket for b in batches])
        self.gaps = np.concatenate([np.empty((0, self.steps - 1), np.int64), *(b.gaps for b in batches)])
        self.onward = np.cumsum(self.depth > 1) - 1
        before = np.cumsum([0, *(b.depth.size for b in batches)])
        self.member = gathered([b.member + start for b, start in zip(batches, before[:-1], strict=True)])
        self.code = gathered([b.member_code for b in batches])
        self.member_step = gathered([b.member_step for b in batches])
        self.edges = (
            np.empty(1, np.int64)
            if params.trend is None
            else edges(context.calendar, context.span, params.trend)
        )
        self.each = params.attribution == "each"
        everyone = np.arange(self.depth.size)
        self.reached = [everyone[self.depth >= step] for step in range(1, self.steps + 1)]

    def leading(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Return (codes, place of each membership among them, codes named largest first, codes of "other")."""
        codes, place = ranked(self.code)
        counted = self.member_step == 1 if self.each else np.ones(place.size, bool)
        sizes = np.bincount(place[counted], minlength=codes.size)
        return codes, place, *leading(codes, sizes, self.params.top, self.context.labels)

    def groups(self) -> list[FunnelGroup]:
        """Return everyone, the largest groups, and the rest as one."""
        found = [self._group(None, self.reached)]
        if not self.params.breakdowns:
            return found
        codes, place, top, rest = self.leading()
        slot = np.zeros(codes.size, np.int64)
        labelled = named(top, rest, self.context.labels)
        for index, (_, inside) in enumerate(labelled):
            slot[np.searchsorted(codes, inside)] = index
        slot = slot[place]
        for index, (label, _) in enumerate(labelled):
            belongs = slot == index
            if self.each:
                steps = range(1, self.steps + 1)
                reached = [self._chains(belongs & (self.member_step == step)) for step in steps]
            else:
                chains = self._chains(belongs)
                reached = [chains[self.depth[chains] >= step] for step in range(1, self.steps + 1)]
            found.append(self._group(label, reached))
        return found

    def _chains(self, belongs: npt.NDArray[np.bool_]) -> Ints:
        """Return the chains of some memberships, each once."""
        chosen = np.zeros(self.depth.size, bool)
        chosen[self.member[belongs]] = True
        return np.flatnonzero(chosen)

    def _group(self, label: GroupLabel | None, reached: list[Ints]) -> FunnelGroup:
        steps: list[FunnelStep] = []
        for index, (step, chains) in enumerate(zip(self.params.steps, reached, strict=True)):
            base = self.reached if self.each else reached
            entered, previous = base[0].size, base[max(index - 1, 0)].size
            interval = wilson(chains.size, entered)
            gaps = self.gaps[self.onward[chains], index - 1] if index else np.empty(0, np.int64)
            mean, median = seconds(gaps)
            last = index == self.steps - 1
            steps.append(
                FunnelStep(
                    name=step_name(step),
                    people=chains.size,
                    dropped=0 if last else int((self.depth[chains] == index + 1).sum()),
                    rate=chains.size / entered if entered else None,
                    rate_from_previous=chains.size / previous if previous else None,
                    low=interval[0] if interval else None,
                    high=interval[1] if interval else None,
                    mean_seconds=mean,
                    median_seconds=median,
                )
            )
        whole = self.gaps[self.onward[reached[-1]]].sum(axis=1)
        mean, median = seconds(whole)
        return FunnelGroup(
            group=label,
            steps=steps,
            mean_seconds=mean,
            median_seconds=median,
            times=self._times(whole),
            trend=self._trend(reached[0], reached[-1]),
        )

    def _times(self, whole: Ints) -> list[TimeBin]:
        within = self.params.within
        longest = DAY if within.same == "day" else EVER if within.same else window_ms(within)
        cuts = [0, *(cut for cut in CUTS if cut <= longest)]
        counts = np.bincount(np.searchsorted(cuts, whole, side="right") - 1, minlength=len(cuts))
        ends: list[float | None] = [*(cut / 1000 for cut in cuts[1:]), None]
        return [
            TimeBin(start=cut / 1000, end=end, people=int(count))
            for cut, end, count in zip(cuts, ends, counts, strict=True)
        ]

    def _trend(self, entered: Ints, converted: Ints) -> list[FunnelTrendPoint]:
        size = self.edges.size - 1
        came = np.bincount(self.bucket[entered], minlength=size)
        went = np.bincount(self.bucket[converted], minlength=size)
        base = np.bincount(self.bucket[self.reached[0]], minlength=size) if self.each else came
        return [
            FunnelTrendPoint(
                bucket=self.context.calendar.local(int(self.edges[i])).isoformat(),
                entered=int(came[i]),
                converted=int(went[i]),
                rate=int(went[i]) / int(base[i]) if base[i] else None,
                incomplete=self._closes(i) > self.context.now,
            )
            for i in range(size)
        ]

    def _closes(self, bucket: int) -> int:
        """Return when the last of a bucket's people can no longer convert."""
        end = min(int(self.edges[bucket + 1]), self.context.span.end)
        if self.params.within.same == "day":
            calendar = self.context.calendar
            return calendar.next(calendar.floor(end - 1, "day"), "day")
        return end + (DAY if self.params.within.same else window_ms(self.params.within))


def gathered(arrays: list[Ints]) -> Ints:
    """Put arrays together; none make an empty one."""
    return np.concatenate([np.empty(0, np.int64), *arrays])


def seconds(gaps: Ints) -> tuple[float | None, float | None]:
    """Return mean and median of milliseconds, in seconds."""
    if not gaps.size:
        return None, None
    return int(gaps.sum()) / gaps.size / 1000, float(np.median(gaps)) / 1000


def step_name(step: Step) -> str:
    """Return what people call a step."""
    return step.name or " / ".join(dict.fromkeys(match.event for match in step.any_of))
