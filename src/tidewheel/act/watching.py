"""An alert worked out: the periods it needs are measured, one is judged, or many one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from tidewheel.act.periods import apart, back
from tidewheel.act.rules import Judged, judge, offsets
from tidewheel.act.standing import News, Standing, step
from tidewheel.analyse.measures import Lookup, measure_each
from tidewheel.analyse.run import Asking, Stored
from tidewheel.core.period import Span
from tidewheel.model import AlertDefinition, Format


@dataclass(frozen=True, slots=True)
class Look:
    """One period, what became of it, and how its values are written."""

    span: Span
    judged: Judged
    format: Format


@dataclass(frozen=True, slots=True)
class Tried:
    """One period of the past, and what would have been told then."""

    span: Span
    judged: Judged
    news: News | None


def look(store: Stored, alert: AlertDefinition, moment: int, asking: Asking, lookup: Lookup) -> Look:
    """Judge the period that holds ``moment``."""
    wanted = offsets(alert)
    spans = back(asking.calendar, alert.by, moment, max(wanted))
    measured = measure_each(store, alert.metric, [spans[one] for one in wanted], asking, lookup)
    values = {offset: one.value for offset, one in zip(wanted, measured, strict=True)}
    return Look(spans[0], judge(alert, lookup(alert.metric).means.good, values), measured[0].format)


def rehearse(
    store: Stored, alert: AlertDefinition, moment: int, count: int, asking: Asking, lookup: Lookup
) -> tuple[list[Tried], Format]:
    """Return what would have become of the ``count`` periods up to the one that holds ``moment``, oldest first.

    The stretch begins as if all had been well.
    """
    wanted = offsets(alert)
    needed = sorted({period + offset for period in range(count) for offset in wanted})
    spans = back(asking.calendar, alert.by, moment, needed[-1])
    measured = measure_each(store, alert.metric, [spans[one] for one in needed], asking, lookup)
    known = {place: one.value for place, one in zip(needed, measured, strict=True)}
    good, standing, found = lookup(alert.metric).means.good, Standing(), []
    for period in reversed(range(count)):
        judged = judge(alert, good, {offset: known[period + offset] for offset in wanted})
        standing, news = next_step(asking, alert, standing, spans[period].start, judged.bad)
        found.append(Tried(spans[period], judged, news))
    return found, measured[0].format


def next_step(
    asking: Asking,
    alert: AlertDefinition,
    standing: Standing,
    start: int,
    bad: bool | None,  # noqa: FBT001 - it is what was judged
    *,
    muted: bool = False,
) -> tuple[Standing, News | None]:
    """Return how an alert stands after the period that begins at ``start``, and what there is to tell."""
    told = standing.last_told
    since_told = None if told is None else apart(asking.calendar, alert.by, told, start)
    return step(standing, alert, start, bad=bad, apart=since_told, muted=muted)
