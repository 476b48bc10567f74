"""What arrives, watched as a tree: everything, each source, each event of a source; who is told of which part.

A part is judged by the sum of what is below it. What is told is **the topmost part that says it all**: a part that is
bad, and below which nothing that can be judged is well. So a source that went silent whole is one piece of news, and an
event that alone is missing is told by its name. Every event that is bad lies in exactly one told part.

How each part stands is kept (:mod:`tidewheel.act.standing`): it is told once when it turns bad and once when it is well
again. A part that is bad within a larger told one changes nothing of its own; one that is no longer watched, because it
has not come for eight weeks or its source is off, is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from tidewheel.act.silence import Usual, bunching, last_seen, silence, usual
from tidewheel.act.standing import Standing, step
from tidewheel.analyse.volumes import Series
from tidewheel.core.period import DAY, HOUR
from tidewheel.model import ArrivalAlert, Arrivals, Silence, Volume

LEAST_APART = 12.0
"""Events an hour must differ by from what is usual, however quiet it is."""

Way: TypeAlias = Literal["silent", "low", "high"]


@dataclass(frozen=True, slots=True)
class Part:
    """What is watched: an event of a source; without one of them, all of them together."""

    source: str | None = None
    event: str | None = None

    def within(self, other: Part) -> bool:
        """Say whether this is the other part, or lies in it."""
        return other.source in {None, self.source} and other.event in {None, self.event}


@dataclass(slots=True)
class Node:
    """A part with what came of it; ``below`` are the parts it is made of, more than one or none."""

    part: Part
    series: Series
    below: list[Node] = field(default_factory=list)
    _known: dict[int, Usual | None] = field(default_factory=dict)
    _bunch: dict[int, float] = field(default_factory=dict)

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it."""
        yield self
        for one in self.below:
            yield from one.walk()

    def usual(self, hour: int) -> Usual | None:
        """Return what is usual of an hour, as silence and charts tell it."""
        if hour not in self._known:
            self._known[hour] = usual(
                self.series, hour, min(self.series.hours), bunch=self.bunch(hour * HOUR)
            )
        return self._known[hour]

    def bunch(self, moment: int) -> float:
        """Return how bunched its events came before a day."""
        day = moment // DAY * DAY
        if day not in self._bunch:
            self._bunch[day] = bunching(self.series, day)
        return self._bunch[day]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a part is. ``way`` None: it is well. ``since`` is the last event before silence, or the hour judged.

    ``count`` came since or in that hour, ``expected`` should have. ``blind`` are ways in which it could not have
    been bad, however few or many had come.
    """

    way: Way | None
    since: int
    count: int
    expected: float
    low: float | None = None
    high: float | None = None
    blind: frozenset[Way] = frozenset()


Verdicts: TypeAlias = Mapping[Part, Verdict | None]


def grow(series: Iterable[Series], scope: Arrivals) -> Node | None:
    """Return the tree of what a scope watches, None where nothing of it ever came. A part of one part is that part."""
    by_source: dict[str, list[Node]] = {}
    for one in series:
        if one.hours and scope.event in {None, one.event} and scope.source in {None, one.source}:
            by_source.setdefault(one.source, []).append(Node(Part(one.source, one.event), one))
    sources = [_over(Part(source, scope.event), held) for source, held in sorted(by_source.items())]
    return _over(Part(scope.source, scope.event), sources) if sources else None


def _over(part: Part, below: list[Node]) -> Node:
    if len(below) == 1:
        return below[0]
    summed = Series(part.event or "", part.source or "", max(one.series.last for one in below))
    for one in below:
        for hour, count in one.series.hours.items():
            summed.hours[hour] = summed.hours.get(hour, 0) + count
    return Node(part, summed, below)


def judge_arrivals(alert: ArrivalAlert, root: Node, moment: int) -> dict[Part, Verdict | None]:
    """Judge every part at a moment (ms); None where it cannot be said. A volume is that of the hour before it.

    What had no event at all for an hour is silent as soon as one of its parts is: an outage is told whole.
    """
    found: dict[Part, Verdict | None] = {}
    for node in reversed(list(root.walk())):
        found[node.part] = _judge(alert, node, moment)
        if found[node.part] is None and any(_is_silent(found[one.part]) for one in node.below):
            whole = silence(node.series, moment, 0.0, node.usual, 0.0)
            found[node.part] = Verdict("silent", whole.since, 0, whole.missing) if whole else None
    return found


def _is_silent(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.way == "silent"


def _judge(alert: ArrivalAlert, node: Node, moment: int) -> Verdict | None:
    rule, series = alert.rule, node.series
    if isinstance(rule, Silence):
        last = last_seen(series, moment)
        if last is None:
            return None
        if moment - last < HOUR:
            return Verdict(None, last, 1, 0.0)
        found = silence(series, moment, rule.missing, node.usual, node.bunch(last))
        return Verdict("silent", found.since, 0, found.missing) if found else None
    hour = moment // HOUR - 1
    known = _band(rule, node, hour)
    if known is None or not known.weekly:
        return None
    count = series.hours.get(hour, 0)
    low = known.low if rule.direction != "up" and known.low > 0 else None
    high = known.high if rule.direction != "down" else None
    way: Way | None = None
    if low is not None and count < low:
        way = "low"
    elif high is not None and count > high:
        way = "high"
    blind = {one for one, edge in (("low", low), ("high", high)) if edge is None}
    return Verdict(way, hour * HOUR, count, known.expected, low, high, frozenset(blind))  # type: ignore[arg-type]


def _band(rule: Volume, node: Node, hour: int) -> Usual | None:
    first = min(node.series.hours)
    return usual(node.series, hour, first, rule.width, LEAST_APART, node.bunch(hour * HOUR))


def judgeable(alert: ArrivalAlert, root: Node, moment: int) -> bool:
    """Say whether of anything it can be told what is usual: of an hour, or enough within a week to miss it."""
    last, rule = moment // HOUR, alert.rule
    week = range(last - 168, last)
    for node in root.walk():
        if isinstance(rule, Silence):
            if sum(known.expected for hour in week if (known := node.usual(hour))) >= rule.missing:
                return True
        elif any((known := _band(rule, node, hour)) and known.weekly for hour in week):
            return True
    return False


def topmost(root: Node, verdicts: Verdicts) -> list[Node]:
    """Return the parts that say all that is bad; no one of them lies in another."""
    below = [found for one in root.below for found in topmost(one, verdicts)]
    own = verdicts[root.part]
    if own is None or own.way is None:
        return below
    others = [found for one in root.below if (found := verdicts[one.part]) is not None]
    if not below or all(one.way == own.way or own.way in one.blind for one in others):
        return [root]
    return below


@dataclass(frozen=True, slots=True)
class News:
    """What there is to tell after a look: parts that turned bad or are to be told again, and parts that are well again.

    ``fired`` come with how they are, ``recovered`` with since when they had been bad.
    """

    fired: tuple[tuple[Part, Verdict], ...] = ()
    recovered: tuple[tuple[Part, int], ...] = ()

    @property
    def kind(self) -> Literal["fired", "recovered"] | None:
        """What a message of it is: bad news first."""
        return "fired" if self.fired else "recovered" if self.recovered else None


Standings: TypeAlias = dict[Part, Standing]


def advance(
    standings: Mapping[Part, Standing],
    alert: ArrivalAlert,
    root: Node,
    verdicts: Verdicts,
    moment: int,
    *,
    muted: bool = False,
) -> tuple[Standings, News]:
    """Return how each part stands after one more look, and what there is to tell."""
    told = {node.part: found for node in topmost(root, verdicts) if (found := verdicts[node.part])}
    after: Standings = {}
    fired: list[tuple[Part, Verdict]] = []
    recovered: list[tuple[Part, int]] = []
    for part in dict.fromkeys([*told, *(one for one in standings if one in verdicts)]):
        before, verdict = standings.get(part, Standing()), verdicts.get(part)
        well = verdict is not None and verdict.way is None
        last = before.last_told
        standing, news = step(
            before,
            alert,
            moment,
            bad=True if part in told else False if well else None,
            apart=None if last is None else (moment - last) // HOUR,
            muted=muted,
        )
        if part in told and before.since is None:
            standing = replace(standing, since=told[part].since)
        if news == "fired":
            fired.append((part, told[part]))
        elif news == "recovered" and before.since is not None:
            recovered.append((part, before.since))
        recent = standing.last_told is not None and moment - standing.last_told < (alert.cool_down + 1) * HOUR
        if standing.since is not None or recent:
            after[part] = standing
    return after, News(tuple(fired), _without_inner(recovered))


def _without_inner(found: Sequence[tuple[Part, int]]) -> tuple[tuple[Part, int], ...]:
    parts = [part for part, _ in found]
    return tuple(
        (part, since)
        for part, since in found
        if not any(part != other and part.within(other) for other in parts)
    )


def open_since(standings: Mapping[Part, Standing]) -> int | None:
    """Return since when something has been bad, None while all is well."""
    return min((one.since for one in standings.values() if one.since is not None), default=None)


@dataclass(frozen=True, slots=True)
class TriedHour:
    """One hour of the past: how much came of all that is watched, what was usual, what would have been told after it."""

    start: int
    count: int
    usual: Usual | None
    bad: bool
    news: News


def rehearse_arrivals(alert: ArrivalAlert, root: Node, until: int, hours: int) -> list[TriedHour]:
    """Return what would have been told after each of the ``hours`` before ``until``, the start of an hour (ms).

    The stretch begins as if all had been well. Within an hour the last event counts as if it had come at its end.
    """
    standings: Standings = {}
    found = []
    for moment in range(until - (hours - 1) * HOUR, until + 1, HOUR):
        verdicts = judge_arrivals(alert, root, moment)
        standings, news = advance(standings, alert, root, verdicts, moment)
        hour = moment // HOUR - 1
        known = _band(alert.rule, root, hour) if isinstance(alert.rule, Volume) else root.usual(hour)
        bad = open_since(standings) is not None
        found.append(TriedHour(hour * HOUR, root.series.hours.get(hour, 0), known, bad, news))
    return found
