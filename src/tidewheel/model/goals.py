"""A goal: a metric with a target, and how strategies, channels or groups of people make it up.

Objective, strategies and measures of an OSM tree: the goal is the objective, its ``parts`` are the strategies
(which may have parts of their own), and each may carry ``measures``, metrics that are watched beside it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tidewheel.core.errors import BadInput, Unfit
from tidewheel.core.text import Text
from tidewheel.core.validation import why
from tidewheel.model.metrics import MetricName, Words

How: TypeAlias = Literal["sum", "product", "split"]
DEEPEST: Final = 5
"""How many levels a tree may have below the goal."""
LARGEST: Final = 60
"""How many parts a tree may have in all."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)


class GoalTarget(_Frozen):
    """What a metric shall reach, from one day to another; without days, in whatever period is looked at."""

    value: Annotated[float, Field(allow_inf_nan=False)]
    start: Annotated[date | None, Field(alias="from")] = None
    end: Annotated[date | None, Field(alias="to")] = None

    @model_validator(mode="after")
    def _both_days(self) -> GoalTarget:
        if (self.start is None) != (self.end is None):
            raise Unfit(Text("from and to go together", "from 与 to 需同时填写"))
        if self.start and self.end and self.end < self.start:
            raise Unfit(Text("the target's days end before they begin", "目标的结束日期早于开始日期"))
        return self


class GoalMeasure(_Frozen):
    """A metric that is watched beside a strategy; ``weight`` is how much it counts in the strategy's score."""

    metric: MetricName
    weight: Annotated[float, Field(gt=0, le=1000)] = 1.0
    target: GoalTarget | None = None


class SplitBy(_Frozen):
    """Which property splits a metric; without parts of its own, the ``top`` values that moved it most are told."""

    property: Annotated[str, Field(min_length=1, max_length=200)]
    scope: Literal["event", "item", "person"] = "event"
    top: Annotated[int, Field(ge=1, le=20)] = 6


class Node(_Frozen):
    """What a goal and its parts have in common. ``how`` says what the parts make."""

    owner: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    target: GoalTarget | None = None
    measures: Annotated[tuple[GoalMeasure, ...], Field(max_length=12)] = ()
    how: How | None = None
    by: SplitBy | None = None
    parts: Annotated[tuple[GoalPart, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _fits(self) -> Node:
        if self.how is None and (self.parts or self.by):
            raise Unfit(
                Text(
                    "say how the parts make the whole: sum, product or split",
                    "请写明各部分如何组成整体：sum、product 或 split",
                )
            )
        if self.how in {"sum", "product"}:
            _fits_whole(self)
        if self.how == "split":
            _fits_split(self)
        return self


class GoalPart(Node):
    """A strategy, or a part of one.

    Of a sum or product it has a ``metric`` (of a sum, ``weight`` times). Of a split it is the whole's own metric
    of ``values`` of the property (null: not set), or of the people of a ``segment``.
    """

    title: Words
    metric: MetricName | None = None
    weight: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    values: Annotated[tuple[str | bool | float | None, ...] | None, Field(min_length=1, max_length=50)] = None
    segment: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class GoalDefinition(Node):
    """A goal: the metric that shall move, what it shall reach, and what makes it up."""

    title: Words
    description: Words | None = None
    metric: MetricName

    @model_validator(mode="after")
    def _bounded(self) -> GoalDefinition:
        if _depth(self) > DEEPEST:
            raise Unfit(Text(f"more than {DEEPEST} levels of parts", f"拆解超过 {DEEPEST} 层"))
        if sum(1 for _ in parts_of(self)) > LARGEST:
            raise Unfit(Text(f"more than {LARGEST} parts", f"超过 {LARGEST} 个部分"))
        return self


Node.model_rebuild()
GoalPart.model_rebuild()
GoalDefinition.model_rebuild()


def parts_of(node: Node) -> list[GoalPart]:
    """Return all parts below, depth first."""
    found: list[GoalPart] = []
    for part in node.parts:
        found += [part, *parts_of(part)]
    return found


def metrics_of(goal: GoalDefinition) -> set[str]:
    """Return the metrics a goal names."""
    nodes: list[Node] = [goal, *parts_of(goal)]
    named = {goal.metric, *(part.metric for part in parts_of(goal) if part.metric)}
    return named | {measure.metric for node in nodes for measure in node.measures}


def segments_of(goal: GoalDefinition) -> set[str]:
    """Return the segments a goal names."""
    return {part.segment for part in parts_of(goal) if part.segment}


def parse_goal(name: str, raw: Any, place: str | None = None) -> GoalDefinition:
    """Read a definition; the first mistake is told with its place, such as ``goals.yaml: gmv.parts.0.metric``."""
    try:
        _Named.model_validate({"name": name})
        return GoalDefinition.model_validate(_titled(raw))
    except ValidationError as error:
        first = min(error.errors(include_url=False), key=lambda one: -len(one["loc"]))
        path = ".".join([str(name), *map(str, first["loc"])])
        raise BadInput(
            "bad_goal",
            Text("{path} cannot be used: {why}.", "{path} 无效：{why}。"),
            field=path,
            got=str(first["input"])[:200],
            path=f"{place}: {path}" if place else path,
            why=why(first),
        ) from None


class _Named(_Frozen):
    name: MetricName


def _titled(raw: Any, depth: int = 0) -> Any:
    """Let one text be the title in both languages."""
    if not isinstance(raw, dict) or depth > DEEPEST + 1:
        return raw
    found = dict(raw)
    if isinstance(found.get("title"), str):
        found["title"] = {"en": found["title"], "zh": found["title"]}
    if isinstance(found.get("parts"), list):
        found["parts"] = [_titled(part, depth + 1) for part in found["parts"]]
    return found


def _fits_whole(node: Node) -> None:
    if node.by:
        raise Unfit(Text("by is for a split", "by 只用于 split"))
    if len(node.parts) < 2:
        raise Unfit(Text(f"a {node.how} needs two parts or more", f"{node.how} 至少需要两个部分"))
    if node.how == "product" and len(node.parts) > 8:
        raise Unfit(Text("a product has eight parts at most", "product 最多八个部分"))
    for part in node.parts:
        if part.metric is None:
            raise Unfit(
                Text(f"every part of a {node.how} needs its metric", f"{node.how} 的每个部分都需要指标")
            )
        if part.values is not None or part.segment is not None:
            raise Unfit(
                Text("values and segment are for parts of a split", "values 与 segment 只用于 split 的部分")
            )
        if node.how == "product" and part.weight != 1:
            raise Unfit(Text("weight is for parts of a sum", "weight 只用于 sum 的部分"))


def _fits_split(node: Node) -> None:
    if node.by is None and not node.parts:
        raise Unfit(
            Text("a split needs a property, or parts that are segments", "split 需要一个属性，或以分群为部分")
        )
    for part in node.parts:
        if part.metric is not None or part.weight != 1:
            raise Unfit(
                Text(
                    "a part of a split has the metric of the whole",
                    "split 的部分沿用整体的指标，不能另设 metric 或 weight",
                )
            )
        if (part.values is None) == (part.segment is None) or (node.by is None) != (part.values is None):
            raise Unfit(
                Text(
                    "a part has values when the split is by a property, a segment otherwise",
                    "按属性拆分时每个部分填 values，否则填 segment",
                )
            )
    told = [value for part in node.parts for value in part.values or (part.segment,)]
    if len({(type(one), one) for one in told}) < len(told):
        raise Unfit(Text("a value or segment stands in two parts", "同一个取值或分群出现在两个部分中"))


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, node.parts)) if node.parts else 0
