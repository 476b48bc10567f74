"""Whether a metric's value of a period is worth telling, judged by the values of periods before it.

Values are given by how many periods back they lie: 0 is the judged one.

* ``threshold``: over ``above`` or under ``below``; neither touches the limit itself.
* ``change``: the value less the one it is held against is more than ``by``, or more than ``by`` percent of
  the other one's size.
* ``anomaly``: outside ``expected ± width × spread`` of :mod:`tidewheel.analyse.bands`. Days are grouped by their day of the
  week; weeks and months are one group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from tidewheel.analyse.bands import WEEK, Values, band
from tidewheel.model import AlertDefinition, Change, Threshold

YEAR: Final = {"day": 364, "week": 52, "month": 12}

Side: TypeAlias = Literal["up", "down", "both"]
Reason: TypeAlias = Literal["no_value", "no_base", "little_history"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one period. ``bad`` None: it cannot be said, and ``reason`` says why.

    ``expected`` is the middle of the band or the value held against; ``low`` and ``high`` are where it
    would have been told, None where there is no limit; ``change`` is ``value / expected - 1``.
    """

    bad: bool | None
    value: float | None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    reason: Reason | None = None

    @property
    def change(self) -> float | None:
        """How far the value is from what was expected, as a share of it."""
        if self.value is None or not self.expected:
            return None
        return (self.value - self.expected) / abs(self.expected)


def side(alert: AlertDefinition, good: Literal["up", "down"]) -> Side:
    """Return which way is told, for a metric whose better way is ``good``."""
    if alert.direction == "bad":
        return "down" if good == "up" else "up"
    return alert.direction


def offsets(alert: AlertDefinition) -> list[int]:
    """Return how many periods back values are needed, the judged one first."""
    rule = alert.rule
    if isinstance(rule, Threshold):
        return [0]
    if isinstance(rule, Change):
        return [0, {"previous": 1, "last_week": WEEK, "last_year": YEAR[alert.by]}[rule.against]]
    return list(range(rule.history * _season(alert) + 1))


def judge(alert: AlertDefinition, good: Literal["up", "down"], values: Values) -> Judged:
    """Judge the period at 0."""
    value, rule = values.get(0), alert.rule
    if value is None:
        return Judged(None, None, reason="no_value")
    if isinstance(rule, Threshold):
        return _verdict(value, None, rule.below, rule.above)
    told = side(alert, good)
    if isinstance(rule, Change):
        base = values.get(offsets(alert)[1])
        if base is None or (base == 0 and rule.unit == "percent"):
            return Judged(None, value, reason="no_base")
        room = abs(base) * rule.by / 100 if rule.unit == "percent" else rule.by
        return _sided(value, base, room, told)
    found = band(values, _season(alert), rule.history)
    if found is None:
        return Judged(None, value, reason="little_history")
    middle, spread = found
    return _sided(value, middle, rule.width * spread, told)


def _season(alert: AlertDefinition) -> int:
    return WEEK if alert.by == "day" else 1


def _sided(value: float, middle: float, room: float, told: Side) -> Judged:
    low = middle - room if told != "up" else None
    high = middle + room if told != "down" else None
    return _verdict(value, middle, low, high)


def _verdict(value: float, expected: float | None, low: float | None, high: float | None) -> Judged:
    bad = (low is not None and value < low) or (high is not None and value > high)
    return Judged(bad, value, expected, low, high)
