"""Funnels: of the people who did the first thing, how many went on to the last, and how fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan, Test
from tidewheel.analyse.funnel.answer import FunnelGroup, FunnelResult
from tidewheel.analyse.funnel.question import FunnelCell, FunnelParams, check, window_ms
from tidewheel.analyse.funnel.shaping import Batch, FunnelPart, Shaping
from tidewheel.analyse.kernels.buckets import edges, numbered
from tidewheel.analyse.kernels.chains import EVER, Chains, Rules, best_chains, steps_before
from tidewheel.analyse.kernels.groups import OTHER, memberships
from tidewheel.analyse.kernels.plain_chains import gaps
from tidewheel.analyse.question import Breakdown, EventMatch, Step
from tidewheel.analyse.statistics import holm, newcombe, two_proportions
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, Span
from tidewheel.core.text import Text

ENTERED: Final = {
    "people": Text("Entered", "进入人数"),
    "sessions": Text("Sessions that entered", "进入会话数"),
    "held": Text("Pairs of person and value that entered", "进入的“人 × 值”数"),
    "attempts": Text("Attempts", "进入次数"),
}
CONVERTED: Final = {
    "people": Text("Converted", "转化人数"),
    "sessions": Text("Sessions that converted", "转化会话数"),
    "held": Text("Pairs of person and value that converted", "转化的“人 × 值”数"),
    "attempts": Text("Attempts that converted", "转化次数"),
}


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
        "In {period}, how many of {people} went {steps} within {within}, {order}, counting {count}?",
        "{period}，{people}中有多少人在{within}内{order}完成 {steps}？{count}统计。",
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
        {
            "steps": [
                {"any_of": [{"event": "view_item"}]},
                {"any_of": [{"event": "add_to_cart"}], "optional": True},
                {"any_of": [{"event": "purchase"}], "within": {"n": 1, "unit": "day"}},
            ],
            "count": "attempts",
            "breakdowns": [{"property": "channel"}],
        },
        {
            "steps": [{"any_of": [{"event": "view_item"}]}, {"any_of": [{"event": "purchase"}]}],
            "count": "sessions",
        },
    )

    def plan(self, params: FunnelParams, context: Context) -> Plan:
        """Read the steps, then the exclusions, then (strict only) every other event."""
        check(params)
        steps: tuple[Step, ...] = (*params.steps, *(exclusion.step for exclusion in params.exclusions))
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
        if params.count == "sessions":
            horizon = min(horizon, end + DAY)
        return Plan(
            steps=steps,
            span=Span(context.span.start, max(end, min(horizon, context.now + 1))),
            group=params.breakdowns,
            key=tuple(Breakdown(property=h.property, scope=h.scope, kind=h.kind) for h in params.hold),
            sessions=params.within.same == "session" or params.count == "sessions",
        )

    def partial(self, params: FunnelParams, context: Context, block: Block) -> FunnelPart:
        """Find each person's chain and keep its depth, bucket, gaps and groups."""
        asked = rules(params, context)
        chains = best_chains(asked, block)
        member, code, step = self._groups(params, block, chains)
        rows = chains.rows if asked.optional.size else chains.rows[chains.depth > 1]
        between = np.empty((rows.shape[0], rows.shape[1] - 1), np.int64)
        gaps(block.time, rows, steps_before(asked), between)
        person = chains.person if params.count != "people" else np.empty(0, np.int64)
        bucket = self._buckets(params, context, block, chains)
        batch = Batch(chains.depth, bucket, between, member, code, step, person)
        return FunnelPart((batch,) if chains.depth.size else ())

    def empty(self, params: FunnelParams, context: Context) -> FunnelPart:
        """Return no chains."""
        return FunnelPart()

    def people(
        self, params: FunnelParams, context: Context, block: Block, cell: FunnelCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return who reached the step, or reached it and no further; who skipped an optional one."""
        if cell.step > len(params.steps):
            raise BadInput(
                "no_such_step",
                Text("The funnel has {steps} steps.", "该漏斗只有 {steps} 个步骤。"),
                field="cell.step",
                got=cell.step,
                expected=f"1…{len(params.steps)}",
                steps=len(params.steps),
            )
        asked = rules(params, context)
        chains = best_chains(asked, block)
        at = cell.step - 1
        base = cell.step
        if at not in asked.optional:
            chosen = chains.depth == cell.step if cell.dropped else chains.depth >= cell.step
            if cell.dropped and cell.step == len(params.steps):
                chosen = np.zeros_like(chosen)
        else:
            chosen = chains.rows[:, at] >= 0
            if cell.dropped:
                base = int(steps_before(asked)[at]) + 1
                chosen = (chains.depth >= base) & ~chosen
        if cell.bucket is not None:
            chosen &= self._buckets(params, context, block, chains) == cell.bucket
        if groups is not None:
            member, code, step = self._groups(params, block, chains)
            belongs = np.isin(code, groups)
            if params.attribution == "each":
                belongs &= step == base
            inside = np.zeros_like(chosen)
            inside[member[belongs]] = True
            chosen &= inside
        found = chains.person[chosen]
        return block.people[found if params.count == "people" else np.unique(found)]

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
                Figure("entered", ENTERED[params.count], first.count, "number", label, entered),
                Figure("converted", CONVERTED[params.count], last.count, "number", label, converted),
                Figure("median_seconds", Text("Median time", "转化时长中位数"), group.median_seconds, "seconds", label),
            ]  # fmt: skip
        return found

    def counted(self, params: FunnelParams, result: FunnelResult) -> Iterator[tuple[FunnelCell, int]]:
        """Return who reached and who dropped out after each step."""
        for group in result.groups:
            for number, step in enumerate(group.steps, 1):
                yield FunnelCell(step=number, group=group.group), step.people
                yield FunnelCell(step=number, group=group.group, dropped=True), step.dropped_people

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
                step = steps - 1 - np.argmax(chains.rows[:, ::-1] >= 0, axis=1)
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
        legs=legs(params),
        count=params.count,
        optional=np.array([at for at, step in enumerate(params.steps) if step.optional], np.int64),
        after=np.array([e.after for e in params.exclusions], dtype=np.int64),
        before=np.array([e.before or steps for e in params.exclusions], dtype=np.int64),
    )


def legs(params: FunnelParams) -> Ints:
    """Return the longest time from the step before to each step, nothing where no step has one."""
    if not any(step.within for step in params.steps):
        return np.empty(0, np.int64)
    return np.array([window_ms(step.within) if step.within else EVER for step in params.steps], np.int64)


def comparable(params: FunnelParams, group: FunnelGroup) -> bool:
    """Say whether a group's conversion is a share of its own people and means the same on both sides."""
    return params.attribution != "each" and group.group != OTHER


def conversion_test(group: FunnelGroup, other: FunnelGroup) -> Test | None:
    """Test whole conversion; None when one side has nobody."""
    a, n = group.steps[-1].count, group.steps[0].count
    b, m = other.steps[-1].count, other.steps[0].count
    p_value, ends = two_proportions(a, n, b, m), newcombe(a, n, b, m)
    if p_value is None or ends is None:
        return None
    return Test("two_proportions", group.group, a / n, b / m, p_value, *ends)
