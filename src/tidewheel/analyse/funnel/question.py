"""What a funnel asks: its steps, the time for them, and what must not happen on the way."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from tidewheel.analyse.form import GRAINS, Ask
from tidewheel.analyse.question import GroupLabel, Model, Question, Step
from tidewheel.core.errors import BadInput
from tidewheel.core.events import Kind, Scope
from tidewheel.core.period import DAY, HOUR, MINUTE, Grain
from tidewheel.core.text import Text

MOST_OPTIONAL: Final = 5
UNIT_MS: Final = {
    "second": 1000,
    "minute": MINUTE,
    "hour": HOUR,
    "day": DAY,
    "week": 7 * DAY,
    "month": 30 * DAY,
}


class Stretch(Model):
    """A length of time: ``n`` units; a day is 24 hours, a month 30 days."""

    n: Annotated[int, Field(ge=1, le=100_000)] = 1
    unit: Literal["second", "minute", "hour", "day", "week", "month"] = "day"


class Within(Stretch):
    """The time a person has from the first step to the last: a length, or the ``same`` calendar day or session."""

    same: Literal["day", "session"] | None = None


class FunnelStage(Step):
    """A step of a funnel.

    ``within``: it is done at most so long after the step before it. ``optional``: people may skip it; "the step
    before" is then the required step before, for every step.
    """

    within: Stretch | None = None
    optional: bool = False


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

    steps: Annotated[tuple[FunnelStage, ...], Field(min_length=2, max_length=30), Ask(Text("Steps", "步骤"))]
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
    count: Annotated[
        Literal["people", "sessions", "held", "attempts"],
        Ask(
            Text("Count", "统计口径"),
            choices={
                "people": Text("people", "按人"),
                "sessions": Text("sessions", "按会话"),
                "held": Text("values of the held property", "按关联属性"),
                "attempts": Text("attempts", "按次"),
            },
        ),
    ] = "people"
    """What has a chain of its own and is counted: each person, session, value of ``hold``, or attempt."""
    exclusions: Annotated[tuple[Exclusion, ...], Field(max_length=10), Ask(Text("Without", "排除"))] = ()
    hold: Annotated[tuple[Hold, ...], Field(max_length=3), Ask(Text("Same", "关联属性"))] = ()
    attribution: Annotated[
        Literal["first", "last", "each"] | int, Ask(Text("Value of the step", "取值步骤"))
    ] = "first"
    """Which step's value a breakdown takes: the first, the last reached, each step its own, or the n-th."""
    trend: Annotated[Grain | None, Ask(Text("Trend by", "趋势粒度"), choices=GRAINS)] = None
    """Also give conversion by the bucket in which people entered."""


class FunnelCell(Model):
    """The persons behind one figure: who reached ``step`` (1-based), or who dropped out after it.

    ``dropped`` of an optional step are those who reached the step before and skipped it.
    """

    step: Annotated[int, Field(ge=1)]
    dropped: bool = False
    group: GroupLabel | None = None
    bucket: int | None = None
    """With ``trend``: only those who entered in this bucket."""


def window_ms(within: Stretch) -> int:
    """Return a length of time in milliseconds."""
    return within.n * UNIT_MS[within.unit]


def closing_ms(params: FunnelParams) -> int:
    """Return how long after the first step a chain can still be completed, calendar and sessions apart."""
    onward = [step.within for step in params.steps[1:] if not step.optional]
    own = [window_ms(within) for within in onward if within]
    longest = DAY if params.within.same else window_ms(params.within)
    if params.count == "sessions":
        longest = min(longest, DAY)
    return longest if len(own) < len(onward) else min(longest, sum(own))


def check(params: FunnelParams) -> None:
    """Refuse what has no meaning."""
    steps = len(params.steps)
    check_steps(params)
    if params.count == "held" and not params.hold:
        raise BadInput(
            "bad_count",
            Text(
                "There is no held property whose values could be counted.", "没有设置关联属性，无法按它统计。"
            ),
            field="count",
            got=params.count,
            hint=Text("Hold a property constant, such as the order id.", "请先设置关联属性，例如订单号。"),
        )
    if params.count == "attempts" and params.order == "any":
        raise BadInput(
            "bad_count",
            Text("Without an order, no step begins an attempt.", "不限顺序时，没有哪一步算作一次的开始。"),
            field="count",
            got=params.count,
            hint=Text("Choose ordered or strict, or count people.", "请改为按顺序或连续不断，或按人统计。"),
        )
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
        if params.steps[exclusion.after - 1].optional or params.steps[before - 1].optional:
            raise BadInput(
                "bad_exclusion",
                Text(
                    "An exclusion begins and ends at steps that nobody may skip.",
                    "排除条件的起止步骤不能是可选步骤。",
                ),
                field=f"exclusions.{index}",
                got=f"{exclusion.after}…{before}",
                hint=Text("Let it begin or end at the required step beside.", "请改为相邻的必经步骤。"),
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


def check_steps(params: FunnelParams) -> None:
    """Refuse what single steps cannot be asked."""
    for index, step in enumerate(params.steps):
        if step.within and index == 0:
            raise BadInput(
                "bad_step",
                Text("The first step has no step before it.", "第一步之前没有步骤。"),
                field="steps.0.within",
                hint=Text(
                    "Give a window to a later step; the first is bounded by the period.",
                    "请为之后的步骤设置时限；第一步只受时间范围限制。",
                ),
            )
        if step.within and params.order == "any":
            raise BadInput(
                "bad_step",
                Text(
                    "A step has a window of its own only where steps have an order.",
                    "只有步骤有先后顺序时，才能为单个步骤设置时限。",
                ),
                field=f"steps.{index}.within",
                hint=Text(
                    "Choose ordered or strict, or set the window of the whole funnel.",
                    "请改为按顺序或连续不断，或设置整个漏斗的转化窗口。",
                ),
            )
    optional = [index for index, step in enumerate(params.steps) if step.optional]
    for index in optional:
        if index in (0, len(params.steps) - 1):
            raise BadInput(
                "bad_step",
                Text("The first step and the last cannot be skipped.", "第一步和最后一步不能是可选步骤。"),
                field=f"steps.{index}.optional",
                hint=Text("Make a step in between optional.", "请把中间的步骤设为可选。"),
            )
    if optional and params.order != "ordered":
        raise BadInput(
            "bad_step",
            Text(
                "Steps can be skipped only where others may come in between, in order.",
                "只有“按顺序”（中间可以做别的事）时，步骤才能设为可选。",
            ),
            field=f"steps.{optional[0]}.optional",
            got=params.order,
            expected="ordered",
        )
    if len(optional) > MOST_OPTIONAL:
        raise BadInput(
            "bad_step",
            Text("A funnel has at most {most} optional steps.", "一个漏斗最多有 {most} 个可选步骤。"),
            field=f"steps.{optional[MOST_OPTIONAL]}.optional",
            got=len(optional),
            most=MOST_OPTIONAL,
        )


def step_name(step: Step) -> str:
    """Return what people call a step."""
    return step.name or " / ".join(dict.fromkeys(match.event for match in step.any_of))
