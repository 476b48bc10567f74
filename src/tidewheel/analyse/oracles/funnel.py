"""The funnel said plainly: try every chain there is and keep the best."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import mean, median
from typing import NamedTuple, TypeAlias

from tidewheel.analyse.contract import Context
from tidewheel.analyse.funnel.answer import FunnelGroup, FunnelResult, FunnelStep, FunnelTrendPoint, TimeBin
from tidewheel.analyse.funnel.question import FunnelParams, step_name, window_ms
from tidewheel.analyse.funnel.shaping import CUTS
from tidewheel.analyse.oracle import Happening, Oracle, World, named
from tidewheel.analyse.question import GroupLabel
from tidewheel.analyse.statistics import wilson
from tidewheel.core.period import DAY

Chain: TypeAlias = list[tuple[int, Happening]]
"""Rows by step (from 0), in order; without an order, by how many there were before."""


class Way(NamedTuple):
    """The best chain of what is counted: the row of each step done, and the number of the last required one."""

    rows: dict[int, Happening]
    depth: int
    key: int | None
    person: int

    @property
    def first(self) -> Happening:
        """The row the chain starts with."""
        return self.rows[0]


def step_before(params: FunnelParams, step: int) -> int:
    """Return the required step before a step."""
    return max(at for at in range(step) if not params.steps[at].optional)


def depth_of(params: FunnelParams, chain: Chain) -> int:
    """Return the number of the last required step."""
    return max(step for step, _ in chain if not params.steps[step].optional) + 1


def chains(params: FunnelParams, context: Context, rows: list[Happening]) -> Iterator[Chain]:
    """Yield every chain that can be made of some rows, one row a step."""
    steps = len(params.steps)

    def allowed(chain: Chain) -> bool:
        first, last = chain[0][1], chain[-1][1]
        if not context.span.start <= first.time < context.span.end:
            return False
        if params.within.same == "day":
            if context.calendar.floor(first.time, "day") != context.calendar.floor(last.time, "day"):
                return False
        elif params.within.same == "session":
            if first.session != last.session:
                return False
        elif last.time - first.time > window_ms(params.within):
            return False
        done = {step: row.time for step, row in chain}
        for number, exclusion in enumerate(params.exclusions):
            low, high = done.get(exclusion.after - 1), done.get((exclusion.before or steps) - 1, last.time)
            if low is not None and any(
                row.match >> (steps + number) & 1 and low < row.time < high for row in rows
            ):
                return False
        for step, row in chain:
            own = params.steps[step].within
            if own and row.time - done[step_before(params, step)] > window_ms(own):
                return False
        if params.order == "strict":
            for (_, one), (_, two) in pairwise(chain):
                if any(one.time < row.time < two.time for row in rows):
                    return False
        return True

    def onward(chain: Chain) -> Iterator[int]:
        """Yield the steps that may come next: up to the first that cannot be skipped."""
        for step in range(chain[-1][0] + 1 if chain else 0, steps):
            yield step
            if not params.steps[step].optional:
                return

    def longer(chain: Chain, done: list[int], used: list[int]) -> Iterator[Chain]:
        free = params.order == "any"
        todo = [step for step in range(steps) if step not in done] if free else list(onward(chain))
        for index, row in enumerate(rows):
            for step in todo:
                late_enough = not chain or row.time >= chain[-1][1].time
                if index not in used and row.match >> step & 1 and late_enough:
                    grown = [*chain, (len(chain) if free else step, row)]
                    if allowed(grown):
                        yield grown
                        yield from longer(grown, [*done, step], [*used, index])

    return longer([], [], [])


def rank(params: FunnelParams, chain: Chain) -> tuple[int, ...]:
    """Furthest by required steps, there first; most optional steps; complete first, started last; the optional steps
    that come first; then each step in between as late as can be.
    """
    times = [row.time for _, row in chain]
    done = dict(chain)
    depth = depth_of(params, chain)
    skippable = [step for step in range(len(params.steps)) if params.steps[step].optional]
    extras = [int(step in done) for step in skippable]
    there = done[depth - 1].time
    return (depth, -there, sum(extras), -times[-1], times[0], *extras, *reversed(times[1:-1]))


Deal: TypeAlias = tuple[int | None, list[Happening]]
"""A value held, and the rows that have it."""


def deals(world: World, params: FunnelParams, rows: list[Happening]) -> list[Deal]:
    """Return the rows of each value held, in the order in which the values appeared."""
    if not params.hold:
        return [(None, rows)]
    found: dict[int | None, list[Happening]] = {}
    for row in rows:
        entries = [(item.key, row.match & item.bits) for item in row.items]
        if not world.ragged_key:
            entries = [(row.key, row.match)]
        own: dict[int, int] = {}
        for key, bits in entries:
            if key >= 0 and bits:
                own[key] = own.get(key, 0) | bits
        for value, bits in own.items():
            part = Happening(row.time, bits, row.group, row.key, row.values, row.session, row.items)
            found.setdefault(value, []).append(part)
    return list(found.items())


def best_way(
    params: FunnelParams, context: Context, person: int, dealt: list[Deal], start: int | None = None
) -> Way | None:
    """Return the best chain over some values held; with ``start`` of those that begin at that time."""
    best: tuple[Chain, Deal] | None = None
    for deal in dealt:
        for chain in chains(params, context, deal[1]):
            if start is not None and chain[0][1].time != start:
                continue
            length = None if best is not None and best[1] is deal else 5
            if best is None or rank(params, chain)[:length] > rank(params, best[0])[:length]:
                best = chain, deal
    if best is None:
        return None
    chain, (held, rows) = best
    every = (1 << len(params.steps)) - 1
    firsts = {}
    for step, row in chain:
        bits = every if params.order == "any" else 1 << step
        firsts[step] = next(r for r in rows if r.time == row.time and r.match & bits)
    return Way(firsts, depth_of(params, chain), held, person)


def tries(params: FunnelParams, context: Context, person: int, deal: Deal) -> Iterator[Way]:
    """Yield the best chain of each attempt, one after another."""
    over = None
    for row in deal[1]:
        if not row.match & 1 or (over is not None and row.time <= over):
            continue
        way = best_way(params, context, person, [deal], row.time)
        if way is None:
            continue
        yield way
        if len(params.steps) - 1 in way.rows:
            over = way.rows[len(params.steps) - 1].time
        elif params.within.same == "day":
            over = context.calendar.next(context.calendar.floor(row.time, "day"), "day") - 1
        elif params.within.same == "session":
            over = max(r.time for r in deal[1] if r.session == row.session)
        else:
            over = row.time + window_ms(params.within)


def ways_of(
    world: World, params: FunnelParams, context: Context, person: int, rows: list[Happening]
) -> Iterator[Way | None]:
    """Yield the chains of one person that count."""
    if params.count == "sessions":
        for session in {row.session: None for row in rows}:
            inside = [row for row in rows if row.session == session]
            yield best_way(params, context, person, deals(world, params, inside))
        return
    dealt = deals(world, params, rows)
    if params.count == "people":
        yield best_way(params, context, person, dealt)
    for deal in dealt if params.count == "held" else ():
        yield best_way(params, context, person, [deal])
    for deal in dealt if params.count == "attempts" else ():
        yield from tries(params, context, person, deal)


def groups_at(world: World, params: FunnelParams, way: Way, step: int) -> set[int]:
    """Return the groups of the row of one step (0-based)."""
    bits = (1 << len(params.steps)) - 1 if params.order == "any" else 1 << step
    return world.groups_of(way.rows[step], bits, way.key if world.ragged_key else None)


def membership(world: World, params: FunnelParams, way: Way, step: int) -> set[int]:
    """Return the groups in which someone who reached a step (0-based) counts there."""
    if params.attribution == "each":
        return groups_at(world, params, way, step)
    at = {"first": 0, "last": max(way.rows)}.get(str(params.attribution))
    if at is None:
        at = int(params.attribution) - 1
    return groups_at(world, params, way, at) if at in way.rows else {0}


def ways(world: World, params: FunnelParams, context: Context) -> dict[int, Way]:
    """Return the best chain of everyone who entered, or of all else that is counted, numbered."""
    found = (
        way for person, rows in world.people.items() for way in ways_of(world, params, context, person, rows)
    )
    return dict(enumerate(way for way in found if way is not None))


def persons(found: dict[int, Way], some: set[int]) -> set[int]:
    """Return whose some of the chains are."""
    return {found[unit].person for unit in some}


def reached(
    world: World, params: FunnelParams, found: dict[int, Way], step: int, codes: set[int] | None
) -> set[int]:
    """Return the chains that reached a step (0-based) in some groups."""
    return {
        person
        for person, way in found.items()
        if step in way.rows and (codes is None or membership(world, params, way, step) & codes)
    }


def dropped(
    world: World, params: FunnelParams, found: dict[int, Way], step: int, codes: set[int] | None
) -> set[int]:
    """Return the chains that reached a required step (0-based) and no further, or skipped an optional one."""
    if params.steps[step].optional:
        before = reached(world, params, found, step_before(params, step), codes)
        return {person for person in before if step not in found[person].rows}
    if step == len(params.steps) - 1:
        return set()
    inside = reached(world, params, found, step, codes)
    return {person for person in inside if found[person].depth == step + 1}


def taken(params: FunnelParams, way: Way, step: int) -> int:
    """Return the time to a step (0-based) from the required one before it."""
    return way.rows[step].time - way.rows[step_before(params, step)].time


def whole_way(params: FunnelParams, way: Way) -> int:
    """Return the time from the first step to the last."""
    return way.rows[len(params.steps) - 1].time - way.first.time


class FunnelOracle(Oracle[FunnelParams, FunnelResult]):
    """Answers a funnel by trying every chain."""

    name = "funnel"
    most_rows = 24

    def answer(self, world: World, params: FunnelParams, context: Context) -> FunnelResult:
        """Return every group's funnel."""
        found = ways(world, params, context)
        sizes: dict[int, float] = {}
        each = params.attribution == "each"
        for way in found.values() if params.breakdowns else ():
            steps = sorted(way.rows) if each else [0]
            counted = {
                code: step for step in reversed(steps) for code in membership(world, params, way, step)
            }
            for code, step in counted.items():
                sizes[code] = sizes.get(code, 0) + (step == 0)
        labelled = named(sizes, params.top, context.labels)
        return FunnelResult(groups=[group(world, params, context, found, *one) for one in labelled])


def group(
    world: World,
    params: FunnelParams,
    context: Context,
    found: dict[int, Way],
    label: GroupLabel | None,
    codes: set[int] | None,
) -> FunnelGroup:
    """Return the funnel of those in some groups."""
    each = params.attribution == "each"
    inside = [reached(world, params, found, step, codes) for step in range(len(params.steps))]
    base = (
        [reached(world, params, found, step, None) for step in range(len(params.steps))] if each else inside
    )
    steps = []
    for at, step in enumerate(params.steps):
        before = step_before(params, at) if at else 0
        gone = dropped(world, params, found, at, codes)
        count, entered, previous = len(inside[at]), len(base[0]), len(base[before])
        gaps = [taken(params, found[p], at) for p in inside[at]] if at else []
        low, high = wilson(count, entered) or (None, None)
        steps.append(
            FunnelStep(
                name=step_name(step),
                optional=step.optional,
                count=count,
                people=len(persons(found, inside[at])),
                dropped=len(gone),
                dropped_people=len(persons(found, gone)),
                rate=count / entered if entered else None,
                rate_from_previous=count / previous if previous else None,
                low=low,
                high=high,
                mean_seconds=mean(gaps) / 1000 if gaps else None,
                median_seconds=median(gaps) / 1000 if gaps else None,
            )
        )
    times = [whole_way(params, found[p]) for p in inside[-1]]
    return FunnelGroup(
        group=label,
        steps=steps,
        mean_seconds=mean(times) / 1000 if times else None,
        median_seconds=median(times) / 1000 if times else None,
        times=bins(params, times),
        trend=trend(params, context, found, inside, base),
    )


def bins(params: FunnelParams, times: list[int]) -> list[TimeBin]:
    """Return how long conversions took."""
    longest = window_ms(params.within)
    if params.within.same:
        longest = DAY if params.within.same == "day" else max(CUTS)
    cuts = [0, *(cut for cut in CUTS if cut <= longest)]
    ends = [*cuts[1:], None]
    return [
        TimeBin(
            start=cut / 1000,
            end=None if end is None else end / 1000,
            count=sum(cut <= time and (end is None or time < end) for time in times),
        )
        for cut, end in zip(cuts, ends, strict=True)
    ]


def trend(
    params: FunnelParams,
    context: Context,
    found: dict[int, Way],
    inside: list[set[int]],
    base: list[set[int]],
) -> list[FunnelTrendPoint]:
    """Return conversion by the bucket of entry."""
    if params.trend is None:
        return []
    calendar, points = context.calendar, []
    for start, stop in pairwise(int(cut) for cut in calendar.edges(context.span, params.trend)):
        came = [p for p in inside[0] if start <= found[p].first.time < stop]
        went = [p for p in inside[-1] if start <= found[p].first.time < stop]
        whole = [p for p in base[0] if start <= found[p].first.time < stop]
        end = min(stop, context.span.end)
        if params.within.same == "day":
            closes = calendar.next(calendar.floor(end - 1, "day"), "day")
        else:
            closes = end + (DAY if params.within.same else window_ms(params.within))
        if params.count == "sessions":
            closes = min(closes, end + DAY)
        onward = [step.within for step in params.steps[1:] if not step.optional]
        if all(onward):
            closes = min(closes, end + sum(window_ms(own) for own in onward if own))
        points.append(
            FunnelTrendPoint(
                bucket=calendar.local(start).isoformat(),
                entered=len(came),
                converted=len(went),
                rate=len(went) / len(whole) if whole else None,
                incomplete=closes > context.now,
            )
        )
    return points
