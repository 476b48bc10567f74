"""Metrics worked out: the figure of a question, or a formula over other metrics, of a period or by days."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from tidewheel.analyse.formula import Expression
from tidewheel.analyse.question import Question
from tidewheel.analyse.run import ANALYSES, Asking, Stored, ask, definition_of, parse
from tidewheel.core.errors import BadInput, nearest
from tidewheel.core.period import Calendar, Dates, Last, Span
from tidewheel.core.text import Text
from tidewheel.model import Format, MetricDefinition
from tidewheel.store.view import Snapshot

DEEPEST: Final = 16
"""How many formulas may stand one behind the other."""
LONGEST: Final = 400
"""How many points a series may have."""
Pace: TypeAlias = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as it is in force; another definition has another ``version``."""

    name: str
    version: int
    means: MetricDefinition


Lookup: TypeAlias = Callable[[str], Metric]
"""Returns the metric of a name, or raises NotFound."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's value of a period. ``parts`` are the values of the metrics its formula names."""

    value: float | None
    format: Format
    parts: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Point:
    """A metric's value of one day, week or month; ``complete`` says that it is over."""

    start: int
    end: int
    value: float | None
    complete: bool


class _Fixed:
    """One snapshot, so that the parts of a formula are of the same facts."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def snapshot(self) -> Snapshot:
        return self._snapshot


def measure(store: Stored, name: str, period: Dates | Last, asking: Asking, lookup: Lookup) -> Measured:
    """Return a metric's value of a period.

    Raises BadInput for a figure the question does not have and for formulas in a circle, NotFound for a
    metric that is not there.
    """
    held = _Fixed(store.snapshot())
    known: dict[str, tuple[float | None, Format]] = {}
    value, form = _value(held, lookup(name), period, asking, lookup, (), known)
    formula = lookup(name).means.formula
    named = _names(lookup(name)) if formula else set()
    return Measured(value, form, {part: known[part][0] for part in sorted(named)})


def series(
    store: Stored, name: str, period: Dates | Last, pace: Pace, asking: Asking, lookup: Lookup
) -> list[Point]:
    """Return a metric's value of every day, week or month that the period touches, each asked for by itself."""
    calendar = asking.calendar
    edges = [int(edge) for edge in calendar.edges(calendar.span(period, asking.now), pace, limit=LONGEST)]
    spans = [Span(start, end) for start, end in pairwise(edges)]
    measured = measure_each(store, name, spans, asking, lookup)
    return [
        Point(span.start, span.end, one.value, span.end <= asking.now)
        for span, one in zip(spans, measured, strict=True)
    ]


def measure_each(
    store: Stored, name: str, spans: Sequence[Span], asking: Asking, lookup: Lookup
) -> list[Measured]:
    """Return a metric of each of some spans of whole days, all of one snapshot."""
    held = _Fixed(store.snapshot())
    return [measure(held, name, days_of(asking.calendar, span), asking, lookup) for span in spans]


def before(calendar: Calendar, period: Dates | Last, now: int) -> Dates:
    """Return the days of equal number right before a period."""
    return days_of(calendar, calendar.before(calendar.span(period, now)))


def days_of(calendar: Calendar, span: Span) -> Dates:
    """Return the local days a span covers, the first and the last included."""
    first = calendar.local(span.start).date()
    last = (calendar.local(span.end) - timedelta(milliseconds=1)).date()
    return Dates.model_validate({"from": first, "to": max(first, last)})


def definition(name: str, asking: Asking, lookup: Lookup) -> str:
    """Return the hash of everything a metric means: its formulas, questions, and their segments."""
    said: dict[str, str] = {}

    def visit(metric: Metric, path: tuple[str, ...]) -> None:
        _check_path(metric.name, path)
        if metric.name in said:
            return
        means = metric.means
        if means.question is None:
            said[metric.name] = f"{metric.version}:{means.formula}"
            for part in sorted(_names(metric)):
                visit(lookup(part), (*path, metric.name))
        else:
            analysis = ANALYSES.get(means.question.kind, field="question.kind")()
            asked = parse(analysis, means.question.params)
            said[metric.name] = f"{metric.version}:{means.figure}:{definition_of(analysis, asked, asking)}"

    visit(lookup(name), ())
    return hashlib.sha256(json.dumps(sorted(said.items())).encode()).hexdigest()[:16]


def named(means: MetricDefinition) -> set[str]:
    """Return the metrics a formula names; none for a figure of a question."""
    return _names(Metric("", 0, means)) if means.formula else set()


def _value(
    store: _Fixed,
    metric: Metric,
    period: Dates | Last,
    asking: Asking,
    lookup: Lookup,
    path: tuple[str, ...],
    known: dict[str, tuple[float | None, Format]],
) -> tuple[float | None, Format]:
    _check_path(metric.name, path)
    if metric.name not in known:
        means = metric.means
        if means.question is None:
            names = _names(metric)
            parts = {
                part: _value(store, lookup(part), period, asking, lookup, (*path, metric.name), known)[0]
                for part in sorted(names)
            }
            value = Expression(means.formula or "", names, field="formula")(parts)
            known[metric.name] = value, means.format or "number"
        else:
            value, form = _figure(store, metric, period, asking)
            known[metric.name] = value, means.format or form
    return known[metric.name]


def _figure(
    store: _Fixed, metric: Metric, period: Dates | Last, asking: Asking
) -> tuple[float | None, Format]:
    asked = metric.means.question
    assert asked is not None
    analysis = ANALYSES.get(asked.kind, field="question.kind")()
    question: Question = parse(analysis, asked.params)
    question = question.model_copy(update={"period": period, "compare": ()})
    figures = [one for one in ask(store, asked.kind, question, asking).figures if one.group is None]
    for one in figures:
        if one.name == metric.means.figure:
            return one.value, one.format
    names = [one.name for one in figures]
    near = nearest(str(metric.means.figure), names)
    raise BadInput(
        "no_such_figure",
        Text("The answer has no figure {figure}.", "结果里没有名为 {figure} 的数字。"),
        field="figure",
        got=metric.means.figure,
        expected=names[:50],
        hint=Text("Did you mean {near}?", "是不是想写 {near}？") if near else None,
        figure=metric.means.figure,
        near=near,
    )


def _names(metric: Metric) -> set[str]:
    return Expression(metric.means.formula or "", _Any(), field="formula").used


class _Any(tuple[str, ...]):
    """Every name; which of them there are is found out when they are looked up."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)


def _check_path(name: str, path: tuple[str, ...]) -> None:
    if name in path:
        raise BadInput(
            "metric_circle",
            Text("Metric {name} rests on itself: {path}.", "指标 {name} 循环引用了自身：{path}。"),
            field="formula",
            got=name,
            name=name,
            path=" → ".join((*path, name)),
        )
    if len(path) >= DEEPEST:
        raise BadInput(
            "metrics_too_deep",
            Text("More than {limit} metrics stand one behind the other.", "指标的引用超过 {limit} 层。"),
            field="formula",
            got=len(path),
            expected=DEEPEST,
            limit=DEEPEST,
        )
