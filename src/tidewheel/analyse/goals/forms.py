"""What a metric is made of, as far as parts of it can be added: amounts, or a ratio of amounts.

Events, sums and people of a channel add up to those of all channels (people less those in several); a ratio
does not, but what it divides and what it divides by do. A formula is read for that, a trend's mean too.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

from tidewheel.analyse.formula import LETTERS, Expression
from tidewheel.analyse.measures import DEEPEST, Lookup, Metric
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

ONE: Final = Fraction(1)
ADDED: Final = frozenset({"count", "sum", "people", "first_time", "distinct"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """A figure of a question; ``params`` as JSON."""

    kind: str
    params: str
    figure: str


Sum: TypeAlias = Mapping[Leaf | None, Fraction]
"""How often each figure is taken; None is the number 1."""


@dataclass(frozen=True, slots=True)
class Form:
    """``top`` divided by ``bottom``; an amount has no bottom."""

    top: Sum
    bottom: Sum | None = None

    @property
    def leaves(self) -> list[Leaf]:
        """Return the figures it rests on, each once."""
        found = [*self.top, *(self.bottom or ())]
        return list(dict.fromkeys(one for one in found if one is not None))


def form_of(metric: Metric, lookup: Lookup, depth: int = 0) -> Form:
    """Return what a metric is made of.

    Raises BadInput for one whose parts cannot be added, such as a median or a product of metrics.
    """
    if depth > DEEPEST:
        raise indivisible(metric.name)
    means = metric.means
    if means.question is None:

        def named(name: str) -> Form:
            return form_of(lookup(name), lookup, depth + 1)

        return _Reading(metric.name, named).read(means.formula or "")
    if means.question.kind == "trends":
        return _of_trends(metric.name, means.question.params, means.figure or "")
    return Form({_leaf(means.question.kind, means.question.params, means.figure or ""): ONE})


class _Reading:
    """Reads a formula whose names are forms."""

    def __init__(self, metric: str, named: Any) -> None:
        self._metric, self._named = metric, named

    def read(self, formula: str) -> Form:
        Expression(formula, _Every(), field="formula")
        return self._form(ast.parse(formula.strip(), mode="eval").body)

    def _form(self, node: ast.expr) -> Form:
        match node:
            case ast.Name(name):
                found: Form = self._named(name)
                return found
            case ast.Constant(int() | float() as value):
                return Form({None: Fraction(value)})
            case ast.UnaryOp(sign, operand):
                return _scaled(self._form(operand), -ONE if isinstance(sign, ast.USub) else ONE)
            case ast.BinOp(left, ast.Add(), right):
                return self._plus(self._form(left), self._form(right))
            case ast.BinOp(left, ast.Sub(), right):
                return self._plus(self._form(left), _scaled(self._form(right), -ONE))
            case ast.BinOp(left, ast.Mult(), right):
                return self._times(self._form(left), self._form(right))
            case ast.BinOp(left, ast.Div(), right):
                return self._by(self._form(left), self._form(right))
        raise indivisible(self._metric)

    def _plus(self, a: Form, b: Form) -> Form:
        if a.bottom != b.bottom:
            raise indivisible(self._metric)
        keys = dict.fromkeys([*a.top, *b.top])
        zero = Fraction(0)
        return Form({key: a.top.get(key, zero) + b.top.get(key, zero) for key in keys}, a.bottom)

    def _times(self, a: Form, b: Form) -> Form:
        for one, other in ((a, b), (b, a)):
            factor = _number(one)
            if factor is not None:
                return _scaled(other, factor)
        raise indivisible(self._metric)

    def _by(self, a: Form, b: Form) -> Form:
        divisor = _number(b)
        if divisor:
            return _scaled(a, 1 / divisor)
        if a.bottom is not None or b.bottom is not None or divisor == 0:
            raise indivisible(self._metric)
        return Form(a.top, b.top)


class _Every(tuple[str, ...]):
    """Every name; whether it is there is found out when it is looked up."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)


def _of_trends(metric: str, params: dict[str, Any], figure: str) -> Form:
    series, formulas = params.get("series") or [], params.get("formulas") or []
    place = LETTERS.find(figure) if len(figure) == 1 else -1
    if 0 <= place < len(series):
        return _of_series(metric, params, series[place])
    if 0 <= place - len(series) < len(formulas):

        def named(letter: str) -> Form:
            return _of_trends(metric, {**params, "formulas": []}, letter)

        return _Reading(metric, named).read(formulas[place - len(series)]["expression"])
    raise indivisible(metric)


def _of_series(metric: str, params: dict[str, Any], series: dict[str, Any]) -> Form:
    measure = series.get("measure") or {"kind": "count"}
    kind = measure.get("kind", "count")

    def measured(by: dict[str, Any], step: dict[str, Any]) -> Sum:
        one = {**params, "series": [{**series, "step": step, "measure": by}], "formulas": []}
        return {_leaf("trends", one, "A"): ONE}

    step = series["step"]
    if kind in ADDED:
        return Form(measured(measure, step))
    if kind == "per_person":
        return Form(measured({"kind": "count"}, step), measured({"kind": "people"}, step))
    if kind == "mean" and measure.get("scope", "event") == "event" and not measure.get("times"):
        valued = {"property": measure["property"], "op": "is_set", "kind": "number"}
        matches = [{**one, "filters": [*one.get("filters", ()), valued]} for one in step["any_of"]]
        counted = measured({"kind": "count"}, {**step, "any_of": matches})
        return Form(measured({**measure, "kind": "sum"}, step), counted)
    raise indivisible(metric)


def _leaf(kind: str, params: dict[str, Any], figure: str) -> Leaf:
    return Leaf(kind, json.dumps(params, sort_keys=True, ensure_ascii=False), figure)


def _number(form: Form) -> Fraction | None:
    return form.top[None] if form.bottom is None and set(form.top) == {None} else None


def _scaled(form: Form, factor: Fraction) -> Form:
    return Form({leaf: factor * often for leaf, often in form.top.items()}, form.bottom)


def indivisible(metric: str) -> BadInput:
    """Make the error for a metric whose parts cannot be added."""
    return BadInput(
        "metric_not_divisible",
        Text(
            "{metric} cannot be split: it is neither an amount nor an amount by an amount.",
            "{metric} 无法拆分：它既不是可相加的量，也不是两个量之比。",
        ),
        field="how",
        got=metric,
        hint=Text(
            "Write it as a formula of two metrics, or choose sum or product.",
            "请写成两个指标相除的公式，或改用“相加”“相乘”。",
        ),
        metric=metric,
    )
