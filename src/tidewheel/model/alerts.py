"""An alert: when a metric's value of a day, week or month is worth telling somebody."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.model.metrics import MetricName, Words

Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
DestinationName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Threshold(_Frozen):
    """Over or under a value, in the metric's own unit (money in minor units, percent as 0…1)."""

    kind: Literal["threshold"]
    above: Number | None = None
    below: Number | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Threshold:
        if self.above is None and self.below is None:
            raise ValueError("give above, below or both")
        if self.above is not None and self.below is not None and self.below > self.above:
            raise ValueError("below must not be over above: every value would be told")
        return self


class Change(_Frozen):
    """Changed by more than ``by``: percent of the value it is held against, or in the metric's own unit.

    ``last_week`` is the same day of the week before, ``last_year`` 364 days, 52 weeks or 12 months ago.
    """

    kind: Literal["change"]
    by: Annotated[Number, Field(gt=0)]
    unit: Literal["percent", "absolute"] = "percent"
    against: Literal["previous", "last_week", "last_year"] = "previous"


class Anomaly(_Frozen):
    """Outside a band made from the metric's own history.

    Its middle is the median of the last ``history`` equal days of the week (of the last ``history`` weeks
    or months), its half width ``width`` robust standard deviations of what is left.
    """

    kind: Literal["anomaly"]
    width: Annotated[Number, Field(ge=1, le=20)] = 3.5
    history: Annotated[int, Field(ge=4, le=26)] = 8


Rule: TypeAlias = Annotated[Threshold | Change | Anomaly, Field(discriminator="kind")]


class AlertDefinition(_Frozen):
    """When to tell whom about a metric.

    ``direction`` narrows changes and anomalies; ``bad`` is where the metric's ``good`` does not point.
    ``running`` looks at the period that is not over, too. ``wait_minutes`` lets late events arrive. What
    stays bad is told once, and again after ``remind_after`` periods if set; at least ``cool_down`` periods
    without a message lie between two messages.
    """

    metric: MetricName
    title: Words | None = None
    by: Literal["day", "week", "month"] = "day"
    rule: Rule
    direction: Literal["bad", "both", "up", "down"] = "bad"
    running: bool = False
    wait_minutes: Annotated[int, Field(ge=0, le=1440)] = 15
    remind_after: Annotated[int, Field(ge=1, le=365)] | None = None
    cool_down: Annotated[int, Field(ge=0, le=365)] = 0
    recovery: bool = True
    to: Annotated[tuple[DestinationName, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _possible(self) -> AlertDefinition:
        if self.running and not (isinstance(self.rule, Threshold) and self.rule.below is None):
            raise ValueError("a running period can only be held against a threshold that has just above")
        if isinstance(self.rule, Change) and self.rule.against == "last_week" and self.by != "day":
            raise ValueError("last_week is for days")
        if len(set(self.to)) != len(self.to):
            raise ValueError("a destination stands twice")
        return self


class _Named(_Frozen):
    name: MetricName


def parse_alert(name: str, raw: Any, place: str | None = None) -> AlertDefinition:
    """Read an alert; the first mistake is told with its place, such as ``shop.yaml: gmv_low.rule.by``."""
    try:
        _Named.model_validate({"name": name})
        if isinstance(raw, dict) and isinstance(raw.get("title"), str):
            raw = {**raw, "title": {"en": raw["title"], "zh": raw["title"]}}
        return AlertDefinition.model_validate(raw)
    except ValidationError as error:
        first = min(error.errors(include_url=False), key=lambda one: -len(one["loc"]))
        path = ".".join([name, *map(str, first["loc"])])
        raise BadInput(
            "bad_alert",
            Text("{path} cannot be used: {why}.", "{path} 无效：{why}。"),
            field=path,
            got=str(first["input"])[:200],
            path=f"{place}: {path}" if place else path,
            why=first["msg"].removeprefix("Value error, "),
        ) from None
