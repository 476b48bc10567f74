"""Values of metrics in two periods, as fractions, from one view of the facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

import numpy as np

from tidewheel.analyse.answer import Named
from tidewheel.analyse.goals.effects import Pair
from tidewheel.analyse.goals.forms import Form, Leaf, Sum, form_of, indivisible
from tidewheel.analyse.goals.narrow import EVERYTHING, Narrow, narrowed, narrowed_params
from tidewheel.analyse.goals.told import GoalOpens, GoalOverlap
from tidewheel.analyse.measures import Lookup, measure
from tidewheel.analyse.question import Breakdown, Question
from tidewheel.analyse.run import ANALYSES, Asking, Held, ask, parse, segment_people
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Dates
from tidewheel.identify.resolve import resolve
from tidewheel.model import Format, SplitBy

Label: TypeAlias = str | float | bool | None
OTHER: Final = "$other"
NAMED: Final = 200
RATES: Final = frozenset({"percent", "ratio", "seconds"})


@dataclass(frozen=True)
class Reading:
    """Reads metrics of ``now`` and ``then``; all of the same facts."""

    held: Held
    asking: Asking
    lookup: Lookup
    now: Dates
    then: Dates

    def format(self, name: str) -> Format:
        """Return how a metric's value is written."""
        return measure(self.held, name, self.now, self.asking, self.lookup).format

    def value(self, name: str, period: Dates, narrow: Narrow = EVERYTHING) -> Fraction | None:
        """Return a metric's value; exactly, where it is made of amounts."""
        pair = self.pair(name, period, narrow)
        if pair is not None:
            return pair.value
        value = measure(self.held, name, period, self.asking, narrowed(self.lookup, narrow)).value
        return None if value is None else Fraction(value)

    def pair(self, name: str, period: Dates, narrow: Narrow = EVERYTHING) -> Pair | None:
        """Return a metric as an amount by an amount; None where it is not made so."""
        form = self.form(name)
        if form is None:
            return None

        def figure(leaf: Leaf) -> Fraction | None:
            return self._figures(leaf, period, narrow, None).get((), None)

        return _pair(form, figure)

    def form(self, name: str) -> Form | None:
        """Return what a metric is made of; None where it is not made of amounts."""
        try:
            return self.divisible(name)
        except BadInput as error:
            if error.code != "metric_not_divisible":
                raise
            return None

    def divisible(self, name: str) -> Form:
        """Return what a metric is made of; raises BadInput where it cannot be split."""
        form = form_of(self.lookup(name), self.lookup)
        for leaf in form.leaves:
            self._figures(leaf, self.now, EVERYTHING, None)
        return form

    def groups(self, name: str, period: Dates, narrow: Narrow, by: SplitBy) -> dict[Label, Pair]:
        """Return a metric by the values of a property; what is beyond the first 200 is under ``$other``."""
        form = self.divisible(name)
        found = {leaf: self._figures(leaf, period, narrow, by) for leaf in form.leaves}
        labels = list(dict.fromkeys(label[0] for held in found.values() for label in held if label))

        def of(label: Label) -> Callable[[Leaf], Fraction | None]:
            return lambda leaf: found[leaf].get((label,), Fraction(0))

        pairs = {label: _pair(form, of(label)) for label in labels}
        return {label: pair for label, pair in pairs.items() if pair is not None}

    def opens(self, name: str, narrow: Narrow, by: SplitBy | None = None) -> list[GoalOpens]:
        """Return the questions behind a metric, asked of the period and set against the one before."""
        form = self.form(name)
        means = self.lookup(name).means
        if form is None and means.question is None:
            return []
        leaves = (
            form.leaves
            if form
            else [Leaf(means.question.kind, json.dumps(means.question.params), means.figure or "")]
            if means.question
            else []
        )
        found = []
        for leaf in leaves:
            params = narrowed_params(leaf.kind, json.loads(leaf.params), narrow)
            params["period"] = self.now.model_dump(mode="json")
            params["compare"] = [{"period": self.then.model_dump(mode="json")}]
            if by:
                params["breakdowns"] = [{"property": by.property, "scope": by.scope}]
            found.append(GoalOpens(kind=leaf.kind, params=params, figure=leaf.figure))
        return found

    def overlap(self, segments: list[str]) -> GoalOverlap:
        """Return how many people are in one, in several and in none of the segments."""
        count = resolve(self.held.snapshot()).count
        often = np.zeros(count, np.int64)
        for reference in segments:
            _, people = segment_people(self.held, self.asking.segment(reference), self.asking)
            often[people] += 1
        covered = int(np.count_nonzero(often))
        return GoalOverlap(covered=covered, several=int(np.count_nonzero(often > 1)), none=count - covered)

    def _figures(
        self, leaf: Leaf, period: Dates, narrow: Narrow, by: SplitBy | None
    ) -> dict[tuple[Label, ...], Fraction | None]:
        """Return a figure of everyone under (), or by the values of a property."""
        analysis = ANALYSES.get(leaf.kind, field="question.kind")()
        params = narrowed_params(leaf.kind, json.loads(leaf.params), narrow)
        question: Question = parse(analysis, params)
        changes: dict[str, Any] = {"period": period, "compare": ()}
        if by is not None:
            changes["breakdowns"] = (Breakdown(property=by.property, scope=by.scope),)
            changes["top"] = NAMED
        question = question.model_copy(update=changes)
        figures = [
            one for one in ask(self.held, leaf.kind, question, self.asking).figures if one.name == leaf.figure
        ]
        if any(one.format in RATES for one in figures):
            raise indivisible(f"{leaf.kind}: {leaf.figure}")
        return {_label(one): _fraction(one.value) for one in figures if (one.group is None) == (by is None)}


def _label(one: Named) -> tuple[Label, ...]:
    return () if one.group is None else tuple(one.group)


def _fraction(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _pair(form: Form, figure: Callable[[Leaf], Fraction | None]) -> Pair | None:
    def total(parts: Sum) -> Fraction | None:
        found = Fraction(0)
        for leaf, often in parts.items():
            value = Fraction(1) if leaf is None else figure(leaf)
            if value is None:
                return None
            found += often * value
        return found

    top = total(form.top)
    bottom = Fraction(1) if form.bottom is None else total(form.bottom)
    return None if top is None or bottom is None else Pair(top, bottom)
