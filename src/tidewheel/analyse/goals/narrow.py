"""Metrics asked of some events or people only: a channel's, a segment's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tidewheel.analyse.measures import Lookup, Metric
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.model import MetricQuestion, SplitBy

Plain = str | bool | float | None


@dataclass(frozen=True)
class Narrow:
    """What is left of everything: events that pass ``tests`` (and items that pass ``items``), people who are in
    all ``segments`` and in none of ``without``."""

    tests: tuple[dict[str, Any], ...] = ()
    items: tuple[dict[str, Any], ...] = ()
    segments: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def having(self, by: SplitBy, values: Sequence[Plain]) -> Narrow:
        """Return those that have one of the values of a property."""
        return self._with(by, _holds(by, values))

    def lacking(self, by: SplitBy, values: Sequence[Plain]) -> Narrow:
        """Return those that have none of them."""
        if by.scope == "item":
            return self._with(by, {**_holds(by, values), "op": "not_in"})
        return self._with(by, {"not": _holds(by, values)})

    def inside(self, segment: str) -> Narrow:
        """Return those of a segment's people."""
        return replace(self, segments=(*self.segments, segment))

    def outside(self, segments: Sequence[str]) -> Narrow:
        """Return those of people who are in none of the segments."""
        return replace(self, without=(*self.without, *segments))

    def _with(self, by: SplitBy, test: dict[str, Any]) -> Narrow:
        if by.scope == "item":
            return replace(self, items=(*self.items, test))
        return replace(self, tests=(*self.tests, test))


EVERYTHING = Narrow()


def narrowed(lookup: Lookup, narrow: Narrow) -> Lookup:
    """Return what finds metrics, asked of what is left only."""
    if narrow == EVERYTHING:
        return lookup

    def find(name: str) -> Metric:
        metric = lookup(name)
        asked = metric.means.question
        if asked is None:
            return metric
        params = narrowed_params(asked.kind, asked.params, narrow)
        question = MetricQuestion(kind=asked.kind, params=params)
        return replace(metric, means=metric.means.model_copy(update={"question": question}))

    return find


def narrowed_params(kind: str, params: dict[str, Any], narrow: Narrow) -> dict[str, Any]:
    """Return a question's parameters, asked of what is left only."""
    found = dict(params)
    tests = list(narrow.tests)
    if narrow.items and kind == "trends":
        found["series"] = [_of_items(series, narrow.items) for series in params.get("series", ())]
    else:
        tests += narrow.items
    if tests:
        found["filters"] = [*(params.get("filters") or ()), *tests]
    if narrow.segments or narrow.without:
        found["people"] = _people(params.get("people") or {}, narrow)
    return found


def _of_items(series: dict[str, Any], tests: Sequence[dict[str, Any]]) -> dict[str, Any]:
    step = series["step"]
    matches = [{**match, "filters": [*(match.get("filters") or ()), *tests]} for match in step["any_of"]]
    return {**series, "step": {**step, "any_of": matches}}


def _people(people: dict[str, Any], narrow: Narrow) -> dict[str, Any]:
    named = list(people.get("segments") or ())
    if narrow.segments and people.get("match") == "any" and len(named) > 1:
        raise BadInput(
            "metric_of_any_segment",
            Text(
                "A metric of people who are in any of several segments cannot be split by segment.",
                "指标的人群是“符合任一人群”时，不能再按人群拆分。",
            ),
            field="people.match",
            got="any",
            expected="all",
        )
    found = {**people, "segments": [*named, *narrow.segments]}
    if narrow.segments:
        found["match"] = "all"
    if narrow.without:
        found["not_segments"] = [*(people.get("not_segments") or ()), *narrow.without]
    return found


def _holds(by: SplitBy, values: Sequence[Plain]) -> dict[str, Any]:
    """Return the test that a property has one of the values."""
    own = {"property": by.property, "scope": by.scope}
    texts = [value for value in values if isinstance(value, str)]
    flags = [value for value in values if isinstance(value, bool)]
    numbers = [value for value in values if isinstance(value, float | int) and not isinstance(value, bool)]
    tests: list[dict[str, Any]] = [{**own, "op": "in", "value": held} for held in (texts, numbers) if held]
    tests += [{**own, "op": "is", "value": flag} for flag in flags]
    tests += [{**own, "op": "is_not_set"}] if None in values else []
    if by.scope == "item" and (len(tests) > 1 or None in values):
        raise BadInput(
            "bad_item_values",
            Text(
                "A part by a property of items takes texts only, or numbers only.",
                "按商品属性拆分时，一个部分的取值只能全是文本或全是数字。",
            ),
            field="values",
            got=str(list(values))[:200],
        )
    return tests[0] if len(tests) == 1 else {"any": tests}
