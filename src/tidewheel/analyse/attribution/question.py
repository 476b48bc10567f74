"""What an attribution asks, and how one of its figures is named."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import Field

from tidewheel.analyse.form import Ask
from tidewheel.analyse.question import Breakdown, GroupLabel, Measure, Model, Plain, Question, Step
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

ModelName: TypeAlias = Literal[
    "first",
    "last",
    "last_non_direct",
    "linear",
    "position",
    "time_decay",
    "participation",
    "markov",
    "shapley",
]
MODELS: Final[tuple[ModelName, ...]] = get_args(ModelName)
MODEL_WORDS: Final = {
    "first": Text("first touch", "首次触点"),
    "last": Text("last touch", "末次触点"),
    "last_non_direct": Text("last non-direct touch", "末次非直接触点"),
    "linear": Text("linear", "线性"),
    "position": Text("position", "按位置"),
    "time_decay": Text("time decay", "时间衰减"),
    "participation": Text("participation", "参与"),
    "markov": Text("Markov removal effect", "马尔可夫移除效应"),
    "shapley": Text("Shapley value", "沙普利值"),
}
Stage: TypeAlias = Literal["all", "first", "repeat"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
NAME: Final = "$event"


class Touch(Model):
    """Events that are touches, and the property that names them (``$event``: the event's own name).

    An event on which the property is not set is no touch.
    """

    step: Step
    property: Breakdown = Breakdown(property=NAME)


class TouchName(Model):
    """One touch: which of the asked touches, counted from 0, and its name. Without a ``definition`` it is the rest."""

    definition: int | None = None
    name: Plain | None = None


class AttributionParams(Question):
    """Which touches earned the conversions of the period.

    The conversions of the period are credited to the touches before them, at most ``within_days`` back.
    """

    touches: Annotated[tuple[Touch, ...], Field(min_length=1, max_length=8), Ask(Text("Touches", "触点"))]
    conversion: Annotated[Step, Ask(Text("Conversion", "转化"))]
    measure: Annotated[Measure, Ask(Text("Credit", "功劳"))] = Measure()
    """Besides the conversions also their revenue: ``sum`` of a property of the conversion."""
    model: Annotated[ModelName, Ask(Text("Model", "归因模型"), choices=MODEL_WORDS)] = "linear"
    """The model that figures, order of rows and the headline follow; all of them are computed."""
    within_days: Annotated[int, Field(ge=1, le=366), Ask(Text("Look-back in days", "回溯天数"))] = 30
    fresh: Annotated[
        bool,
        Ask(
            Text("Touches count once", "触点只用一次"),
            choices={
                "true": Text("since the conversion before", "自上次转化以来"),
                "false": Text("whatever came between", "不论中间是否转化过"),
            },
        ),
    ] = False
    """A touch counts only for the next conversion, not for those after it."""
    chain: Annotated[
        bool,
        Ask(
            Text("First and repeat apart", "首单与复购分开"),
            choices={
                "true": Text("first and repeat apart", "首单、复购分开"),
                "false": Text("together", "合计"),
            },
        ),
    ] = True
    """Also credit a person's first conversion ever and the later ones apart."""
    direct: Annotated[tuple[str, ...], Field(max_length=20), Ask(Text("Direct touches", "直接触点"))] = (
        "natural",
        "direct",
        "(direct)",
    )
    """Names that last non-direct passes over while there is another."""
    position: Annotated[
        tuple[float, float, float],
        Ask(Text("Weights of first, middle, last", "首、中、末权重")),
    ] = (0.4, 0.2, 0.4)
    """Shares of the first touch, of all in between together, and of the last."""
    half_life_days: Annotated[float, Field(gt=0, le=366), Ask(Text("Half-life in days", "半衰期（天）"))] = (
        7.0
    )
    """Time decay: a touch this much before the last one weighs half as much."""
    again_minutes: Annotated[
        int, Field(ge=0, le=1440), Ask(Text("Same touch within minutes", "多少分钟内算同一次触点"))
    ] = 30
    """A touch that repeats the one before it within so many minutes is the same touch; 0: each event is one."""
    names: Annotated[int, Field(ge=1, le=12), Ask(Text("Touches named", "列出的触点数"))] = 12
    """How many touches are named; the others are one, "other", to all models that look at whole journeys."""
    refund: Annotated[Step | None, Ask(Text("Net of refunds", "扣除退款"))] = None
    """Take refunds of the same order off its revenue, whenever they came."""
    refund_property: Annotated[str, Ask(Text("Refunded", "退款金额"), edit="property")] = "refund_value"
    same: Annotated[str, Ask(Text("Order number", "订单号"), edit="property")] = "order_id"
    """What ties a refund to its conversion."""

    @property
    def valued(self) -> bool:
        """Whether revenue is credited besides conversions."""
        return self.measure.kind == "sum"

    @property
    def weights(self) -> tuple[int, int, int]:
        """The position weights in millionths of their sum."""
        whole = sum(self.position)
        first, middle, last = (round(one / whole * 1_000_000) for one in self.position)
        return first, middle, last


class AttributionCell(Model):
    """The persons behind one figure.

    Without ``touch``, ``rest`` and ``untouched``: everyone who converted. ``stage``: only by conversions that
    were their first ever, or later ones.
    """

    group: GroupLabel | None = None
    model: ModelName | None = None
    """The model by which the touch is credited; without it a touch anywhere in the journey is enough."""
    stage: Stage = "all"
    touch: TouchName | None = None
    rest: tuple[TouchName, ...] | None = None
    """Any touch but these: those behind "other"."""
    untouched: bool = False
    """Who converted without a touch in the look-back."""
    lost: bool = False
    """Who was touched in the period and did not convert."""
    length: Annotated[int, Field(ge=0)] | None = None
    """Who converted after so many touches; the last number means so many or more."""
    delay: Annotated[int, Field(ge=0)] | None = None
    """Who converted so long after the first touch: the place in ``delays``."""
    path: tuple[TouchName, ...] | None = None
    """Who converted on this path."""
    longer: bool = False
    """The path had touches before these."""


def check(params: AttributionParams) -> None:
    """Refuse what has no meaning."""
    if params.measure.kind not in {"sum", "count"}:
        raise BadInput(
            "bad_credit",
            Text("What is credited is a count or a sum.", "归因的只能是次数或求和。"),
            field="measure.kind",
            got=params.measure.kind,
            expected=["count", "sum"],
        )
    if params.valued and params.measure.property is None:
        raise BadInput(
            "property_needed",
            Text("“{kind}” needs a property.", "“{kind}”需要指定属性。"),
            field="measure.property",
            kind="sum",
        )
    if params.refund is not None and not params.valued:
        raise BadInput(
            "bad_credit",
            Text("What is credited is a count or a sum.", "归因的只能是次数或求和。"),
            field="refund",
            got="count",
            expected="sum",
            hint=Text("Refunds are taken off a sum.", "只有求和才能扣除退款。"),
        )
    if min(params.position) < 0 or sum(params.position) <= 0:
        raise BadInput(
            "bad_weights",
            Text("Weights are 0 or more, and not all 0.", "权重不能为负，也不能全为 0。"),
            field="position",
            got=list(params.position),
            expected=[0.4, 0.2, 0.4],
        )
    for at, touch in enumerate(params.touches):
        if touch.property.scope == "item":
            raise one_value(f"touches.{at}.property", touch.property.property)
    for at, split in enumerate(params.breakdowns):
        if split.scope == "item":
            raise one_value(f"breakdowns.{at}", split.property)


def one_value(field: str, name: str) -> BadInput:
    """Return the complaint about a property that can have several values at once."""
    return BadInput(
        "one_value_needed",
        Text(
            "{name} can have several values at once; credit needs one.",
            "{name} 一次可能有多个取值，归因需要单一取值。",
        ),
        field=field,
        got=name,
        hint=Text(
            "Filter the conversion by it instead, or use a property of the event.",
            "可改为按它筛选转化事件，或换用事件属性。",
        ),
        name=name,
    )
