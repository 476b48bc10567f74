"""A metric: a figure of a question, or a formula over other metrics, under a lasting name."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tidewheel.core.errors import BadInput, Unfit
from tidewheel.core.text import Text
from tidewheel.core.validation import why

Format: TypeAlias = Literal["number", "percent", "money", "seconds", "ratio"]
MetricName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Frozen):
    """A text in both languages."""

    en: Annotated[str, Field(min_length=1, max_length=1000)]
    zh: Annotated[str, Field(min_length=1, max_length=1000)]


class MetricQuestion(_Frozen):
    """The question whose figure the metric is. Its period is set by whoever asks for the metric."""

    kind: Annotated[str, Field(min_length=1, max_length=64)]
    params: dict[str, Any]


class MetricDefinition(_Frozen):
    """What a metric means.

    Either ``question`` with ``figure``, the lasting name of one of its figures (of everyone), or a
    ``formula`` over the names of other metrics. ``good`` says which way is better.
    """

    title: Words
    description: Words | None = None
    question: MetricQuestion | None = None
    figure: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    formula: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    format: Format | None = None
    good: Literal["up", "down"] = "up"

    @model_validator(mode="after")
    def _one_way(self) -> MetricDefinition:
        if (self.question is None) == (self.formula is None):
            raise Unfit(
                Text(
                    "give either question and figure, or formula", "请填写 question 与 figure，或填写 formula"
                )
            )
        if (self.question is None) != (self.figure is None):
            raise Unfit(Text("question and figure go together", "question 与 figure 需同时填写"))
        return self


def parse(name: str, raw: Any, place: str | None = None) -> MetricDefinition:
    """Read a definition; the first mistake is told with its place, such as ``metrics.yaml: gmv.formula``."""
    try:
        _Named.model_validate({"name": name})
        if isinstance(raw, dict) and isinstance(raw.get("title"), str):
            raw = {**raw, "title": {"en": raw["title"], "zh": raw["title"]}}
        return MetricDefinition.model_validate(raw)
    except ValidationError as error:
        first = min(error.errors(include_url=False), key=lambda one: -len(one["loc"]))
        path = ".".join([name, *map(str, first["loc"])])
        raise BadInput(
            "bad_metric",
            Text("{path} cannot be used: {why}.", "{path} 无效：{why}。"),
            field=path,
            got=str(first["input"])[:200],
            path=f"{place}: {path}" if place else path,
            why=why(first),
        ) from None


class _Named(_Frozen):
    name: MetricName
