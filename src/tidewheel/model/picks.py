"""Picked events: events that people define by pointing at what was clicked, without code.

A definition says which stored events are meant, such as clicks on one element of one page. It is worked out when a
question is asked, so it covers everything that was ever recorded and follows each change of its definition at once.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tidewheel.core.errors import BadInput, Unfit
from tidewheel.core.patterns import why_not
from tidewheel.core.text import Text
from tidewheel.core.validation import why
from tidewheel.model.metrics import Words

PickName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Words200: TypeAlias = Annotated[str, Field(max_length=500)]
ONE = ("is", "is_not", "contains", "not_contains", "starts_with", "ends_with", "matches")
TAKES: Final = {
    "one": Text("one text", "一个文本"),
    "several": Text("a list of texts", "一组文本"),
    "none": Text("no value", "留空"),
}


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PickCondition(_Frozen):
    """A test of one text property of the event; ``in`` takes several values, ``is_set`` and ``is_not_set`` none."""

    property: Annotated[str, Field(min_length=1, max_length=200)]
    op: Literal[
        "is", "is_not", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", "matches",
        "is_set", "is_not_set",
    ] = "is"  # fmt: skip
    value: Words200 | Annotated[tuple[Words200, ...], Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> PickCondition:
        one, several = self.op in ONE, self.op in {"in", "not_in"}
        if one != isinstance(self.value, str) or several != isinstance(self.value, tuple):
            words = TAKES["one" if one else "several" if several else "none"]
            raise Unfit(Text(f"{self.op} takes {words.en}", f"{self.op} 需要{words.zh}"))
        if self.op == "matches":
            try:
                re.compile(str(self.value))
            except re.error as error:
                why = why_not(error)
                raise Unfit(
                    Text(f"not a regular expression: {why.en}", f"不是正则表达式：{why.zh}")
                ) from None
        return self


class PickRule(_Frozen):
    """Events of one stored name that pass all conditions."""

    event: Annotated[str, Field(min_length=1, max_length=200)] = "click"
    where: Annotated[tuple[PickCondition, ...], Field(max_length=20)] = ()


class PickDefinition(_Frozen):
    """What a picked event means: any of the rules."""

    title: Words
    description: Words | None = None
    any_of: Annotated[tuple[PickRule, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _stored(self) -> PickDefinition:
        if any(rule.event == "*" or rule.event.startswith("$") for rule in self.any_of):
            raise Unfit(Text("each rule names one stored event", "每条规则需写一个已接收的事件名"))
        return self


class _Named(_Frozen):
    name: PickName


def parse_pick(name: str, raw: Any, place: str | None = None) -> PickDefinition:
    """Read a definition; the first mistake is told with its place, such as ``picks.yaml: buy.any_of.0.event``."""
    try:
        _Named.model_validate({"name": name})
        if isinstance(raw, dict) and isinstance(raw.get("title"), str):
            raw = {**raw, "title": {"en": raw["title"], "zh": raw["title"]}}
        return PickDefinition.model_validate(raw)
    except ValidationError as error:
        first = min(error.errors(include_url=False), key=lambda one: -len(one["loc"]))
        path = ".".join([name, *map(str, first["loc"])])
        raise BadInput(
            "bad_pick",
            Text("{path} cannot be used: {why}.", "{path} 无效：{why}。"),
            field=path,
            got=str(first["input"])[:200],
            path=f"{place}: {path}" if place else path,
            why=why(first),
        ) from None
