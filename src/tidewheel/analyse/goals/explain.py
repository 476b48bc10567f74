"""Why a goal changed: its tree told, contributions in the goal's own unit, progress towards the targets."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from typing import Literal

from tidewheel.analyse.goals.effects import ZERO, whole
from tidewheel.analyse.goals.narrow import Narrow
from tidewheel.analyse.goals.reading import Reading
from tidewheel.analyse.goals.told import ExplainedGoal, GoalProgress, GoalRow, State, Watched
from tidewheel.analyse.goals.tree import Grown, grow
from tidewheel.analyse.measures import Lookup, before, days_of, definition
from tidewheel.analyse.run import Asking, Held, Stored
from tidewheel.core.period import Dates, Last
from tidewheel.model import GoalDefinition, GoalTarget, Node, metrics_of, segments_of


def explain(
    store: Stored,
    name: str,
    version: int,
    goal: GoalDefinition,
    period: Dates | Last,
    previous: Dates | Last | None,
    asking: Asking,
    lookup: Lookup,
) -> ExplainedGoal:
    """Return a goal's tree of a period against another; by default the days of equal number right before.

    Raises BadInput for metrics that cannot be worked out or split, NotFound for what is not there.
    """
    calendar, now = asking.calendar, asking.now
    days = days_of(calendar, calendar.span(period, now))
    then = days_of(calendar, calendar.span(previous, now)) if previous else before(calendar, period, now)
    reading = Reading(Held(store.snapshot()), asking, lookup, days, then)
    grown = grow(reading, goal)
    return ExplainedGoal(
        name=name,
        version=version,
        definition=_hash(goal, asking, lookup),
        period=days,
        previous=then,
        row=_Telling(reading, grown).row(),
    )


class _Telling:
    """Tells a grown tree. In money, contributions are whole minor units that add up."""

    def __init__(self, reading: Reading, root: Grown) -> None:
        self.reading, self.root = reading, root
        self._change = root.change
        self._format = reading.format(root.metric)
        whole_values = all(value is not None and value.denominator == 1 for value in (root.now, root.then))
        self._whole = self._format == "money" and whole_values

    def row(self) -> GoalRow:
        """Return the goal's row."""
        return self._tell(self.root, "0", self._change, self._change, Fraction(1), ZERO)

    def _tell(
        self,
        grown: Grown,
        path: str,
        gain: Fraction | None,
        exact: Fraction | None,
        rate: Fraction,
        mix: Fraction,
    ) -> GoalRow:
        """Tell a node that brings ``gain`` (``exact`` before rounding), of which ``mix`` by its share."""
        metric = self.reading.lookup(grown.metric)
        node = grown.node
        row = GoalRow(
            path=path,
            way=grown.way,
            title=grown.title,
            label=grown.label,
            owner=node.owner if node else None,
            metric=grown.metric,
            format=self.reading.format(grown.metric),
            good=metric.means.good,
            value=_plain(grown.now),
            previous=_plain(grown.then),
            change=_plain(grown.change),
            gain=_plain(gain),
            share=self._share(gain),
            how=node.how if node else None,
            by=node.by.property if node and node.by else None,
            method=grown.method,
            reason=grown.reason,
            overlap=grown.overlap,
            opens=self.reading.opens(grown.metric, grown.narrow),
        )
        if node:
            row.progress = self._progress(grown.metric, grown.narrow, node.target)
            row.measures = self._measures(node, grown.narrow)
            row.score = _score(row.measures)
        if node and node.how:
            row.rows = self._below(grown, path, gain, exact, rate, mix)
        return row

    def _below(
        self,
        grown: Grown,
        path: str,
        gain: Fraction | None,
        exact: Fraction | None,
        rate: Fraction,
        mix: Fraction,
    ) -> list[GoalRow]:
        known = [child for child in grown.children if child.effect is not None]
        exacts = [child.effect.gain * rate for child in known if child.effect]
        left = grown.residual * rate if grown.residual is not None else None
        tail = [amount for amount in (mix or None, left) if amount is not None]
        amounts = [*exacts, *tail]
        if self._whole and gain is not None and exact is not None and amounts:
            amounts = [Fraction(one) for one in whole(int(gain), amounts)]
        told = dict(zip(map(id, known), zip(amounts, exacts, strict=False), strict=False))
        rows = []
        for place, child in enumerate(grown.children, 1):
            own, sure = told.get(id(child), (None, None))
            effect = child.effect
            below = (effect.rate * rate, effect.mix * rate) if effect else (ZERO, ZERO)
            row = self._tell(child, f"{path}.{place}", own, sure, *below)
            if effect and grown.method == "mix":
                row.within, row.mix = _plain(effect.within * rate), _plain(effect.mix * rate)
            rows.append(row)
        rest = amounts[len(known) :]
        if mix:
            rows.append(self._remainder("mix", path, rest.pop(0)))
        if left is not None:
            rows.append(self._remainder("residual", path, rest.pop(0)))
        return rows

    def _remainder(self, way: Literal["mix", "residual"], path: str, amount: Fraction) -> GoalRow:
        share = self._share(amount)
        return GoalRow(path=f"{path}.{way}", way=way, format=self._format, gain=_plain(amount), share=share)

    def _share(self, gain: Fraction | None) -> float | None:
        return float(gain / self._change) if gain is not None and self._change else None

    def _measures(self, node: Node, narrow: Narrow) -> list[Watched]:
        found = []
        for one in node.measures:
            means = self.reading.lookup(one.metric).means
            now, then = (
                self.reading.value(one.metric, period, narrow)
                for period in (self.reading.now, self.reading.then)
            )
            found.append(
                Watched(
                    metric=one.metric,
                    title=means.title,
                    format=self.reading.format(one.metric),
                    good=means.good,
                    weight=one.weight,
                    value=_plain(now),
                    previous=_plain(then),
                    progress=self._progress(one.metric, narrow, one.target),
                )
            )
        return found

    def _progress(self, metric: str, narrow: Narrow, target: GoalTarget | None) -> GoalProgress | None:
        if target is None:
            return None
        reading = self.reading
        period = (
            Dates.model_validate({"from": target.start, "to": target.end}) if target.start else reading.now
        )
        span = reading.asking.calendar.span(period, reading.asking.now)
        passed = (reading.asking.now - span.start) / (span.end - span.start)
        elapsed = min(max(passed, 0.0), 1.0)
        value = _plain(reading.value(metric, period, narrow))
        form = reading.form(metric)
        amount = form is not None and form.bottom is None
        due = target.value * elapsed if amount else target.value
        good = reading.lookup(metric).means.good
        return GoalProgress(
            target=target.value,
            value=value,
            reached=value / target.value if value is not None and target.value else None,
            elapsed=elapsed,
            due=due,
            state=state(value, target.value, due, elapsed, good, final=amount),
            period=period,
        )


def state(
    value: float | None,
    target: float,
    due: float,
    elapsed: float,
    good: Literal["up", "down"],
    *,
    final: bool,
) -> State:
    """Return how a target stands. ``final``: the value can only grow, so what is above a limit stays above."""
    if value is None:
        return "unknown"
    if elapsed <= 0:
        return "waiting"
    if good == "up":
        if value >= target:
            return "reached"
        return "missed" if elapsed >= 1 else "ahead" if value >= due else "behind"
    if elapsed >= 1:
        return "reached" if value <= target else "missed"
    if final and value > target:
        return "missed"
    return "ahead" if value <= due else "behind"


def _score(measures: list[Watched]) -> float | None:
    """Return the mean of how far each measure is on its way, by weight; each counts 1 at most."""
    weight, total = 0.0, 0.0
    for one in measures:
        if one.progress is None or one.progress.value is None:
            continue
        value, due = one.progress.value, one.progress.due
        up = one.good == "up"
        part, wanted = (value, due) if up else (due, value)
        done = 1.0 if part >= wanted else max(part / wanted, 0.0) if wanted > 0 else 0.0
        weight, total = weight + one.weight, total + one.weight * done
    return total / weight if weight else None


def _plain(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _hash(goal: GoalDefinition, asking: Asking, lookup: Lookup) -> str:
    parts = [goal.model_dump_json()]
    parts += [f"{name}={definition(name, asking, lookup)}" for name in sorted(metrics_of(goal))]
    for reference in sorted(segments_of(goal)):
        segment = asking.segment(reference)
        parts.append(f"{segment.id}@{segment.version}")
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
