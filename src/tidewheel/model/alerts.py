"""An alert: when a metric's value, or how many events arrive, is worth telling somebody."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tidewheel.core.errors import BadInput, Unfit
from tidewheel.core.text import Text
from tidewheel.core.validation import why
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
            raise Unfit(Text("give above, below or both", "请填写 above、below 或两者"))
        if self.above is not None and self.below is not None and self.below > self.above:
            raise Unfit(
                Text(
                    "below must not be over above: every value would be told",
                    "below 不能高于 above，否则任何值都会预警",
                )
            )
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


class Telling(_Frozen):
    """Whom to tell, and how often.

    What stays bad is told once, and again after ``remind_after`` periods if set; at least ``cool_down`` periods
    without a message lie between two messages. Periods are a metric's, or hours where arrivals are watched.
    """

    title: Words | None = None
    remind_after: Annotated[int, Field(ge=1, le=365)] | None = None
    cool_down: Annotated[int, Field(ge=0, le=365)] = 0
    recovery: bool = True
    to: Annotated[tuple[DestinationName, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _once(self) -> Telling:
        if len(set(self.to)) != len(self.to):
            raise Unfit(Text("a destination stands twice", "同一个接收方出现了两次"))
        return self


class AlertDefinition(Telling):
    """When to tell whom about a metric.

    ``direction`` narrows changes and anomalies; ``bad`` is where the metric's ``good`` does not point.
    ``running`` looks at the period that is not over, too. ``wait_minutes`` lets late events arrive.
    """

    metric: MetricName
    by: Literal["day", "week", "month"] = "day"
    rule: Rule
    direction: Literal["bad", "both", "up", "down"] = "bad"
    running: bool = False
    wait_minutes: Annotated[int, Field(ge=0, le=1440)] = 15

    @model_validator(mode="after")
    def _possible(self) -> AlertDefinition:
        if self.running and not (isinstance(self.rule, Threshold) and self.rule.below is None):
            raise Unfit(
                Text(
                    "a running period can only be held against a threshold that has just above",
                    "进行中的周期只能与仅设 above 的阈值比较",
                )
            )
        if isinstance(self.rule, Change) and self.rule.against == "last_week" and self.by != "day":
            raise Unfit(Text("last_week is for days", "last_week 只用于按天"))
        return self


class Arrivals(_Frozen):
    """Which events are watched: of one name, of one source (its id), of both, or without either all that usually come."""

    event: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    source: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class Silence(_Frozen):
    """Nothing came for an hour or more, in which at least ``missing`` events are usual."""

    kind: Literal["silence"]
    missing: Annotated[Number, Field(ge=3, le=1_000_000)] = 12


class Volume(_Frozen):
    """The events of an hour are outside a band made from the same hour of the same weekday before.

    Its half width is ``width`` robust standard deviations. ``wait_minutes`` lets late events arrive.
    """

    kind: Literal["volume"]
    width: Annotated[Number, Field(ge=2, le=20)] = 5
    direction: Literal["both", "up", "down"] = "both"
    wait_minutes: Annotated[int, Field(ge=0, le=1440)] = 15


class ArrivalAlert(Telling):
    """When to tell whom about how many events arrive."""

    arrivals: Arrivals
    rule: Annotated[Silence | Volume, Field(discriminator="kind")]


AnyAlert: TypeAlias = AlertDefinition | ArrivalAlert


class _Named(_Frozen):
    name: MetricName


def parse_alert(name: str, raw: Any, place: str | None = None) -> AnyAlert:
    """Read an alert; the first mistake is told with its place, such as ``shop.yaml: gmv_low.rule.by``.

    One that has ``arrivals`` is about what arrives, any other about a metric.
    """
    try:
        _Named.model_validate({"name": name})
        if isinstance(raw, dict) and isinstance(raw.get("title"), str):
            raw = {**raw, "title": {"en": raw["title"], "zh": raw["title"]}}
        if isinstance(raw, dict) and "arrivals" in raw:
            return ArrivalAlert.model_validate(raw)
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
            why=why(first),
        ) from None
