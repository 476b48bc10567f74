"""The funnel said plainly: try every chain there is and keep the best."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.funnel import FunnelParams, window_ms
from tidewheel.analyse.oracle import Happening, World


class Way(NamedTuple):
    """A person's best chain: the row of each step done."""

    rows: list[Happening]
    key: int | None


def chains(params: FunnelParams, context: Context, rows: list[Happening]) -> Iterator[list[Happening]]:
    """Yield every chain that can be made of some rows, one row a step."""
    steps = len(params.steps)

    def allowed(chain: list[Happening]) -> bool:
        first, last = chain[0], chain[-1]
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
        for number, exclusion in enumerate(params.exclusions):
            end = min(exclusion.before or steps, len(chain))
            if exclusion.after < len(chain):
                low, high = chain[exclusion.after - 1].time, chain[end - 1].time
                if any(row.match >> (steps + number) & 1 and low < row.time < high for row in rows):
                    return False
        if params.order == "strict":
            for one, two in pairwise(chain):
                if any(one.time < row.time < two.time for row in rows):
                    return False
        return True

    def longer(chain: list[Happening], done: list[int], used: list[int]) -> Iterator[list[Happening]]:
        todo = [len(chain)] if params.order != "any" else [s for s in range(steps) if s not in done]
        for index, row in enumerate(rows):
            for step in todo:
                late_enough = not chain or row.time >= chain[-1].time
                if step < steps and index not in used and row.match >> step & 1 and late_enough:
                    grown = [*chain, row]
                    if allowed(grown):
                        yield grown
                        yield from longer(grown, [*done, step], [*used, index])

    return longer([], [], [])


def rank(chain: list[Happening]) -> tuple[int, ...]:
    """Furthest, then completed first, then started last, then each earlier step as late as can be."""
    times = [row.time for row in chain]
    return (len(times), -times[-1], times[0], *reversed(times[1:-1]))


def best_way(world: World, params: FunnelParams, context: Context, rows: list[Happening]) -> Way | None:
    """Return the best chain of one person, over all values held."""
    deals: dict[int | None, list[Happening]] = {}
    if not params.hold:
        deals[None] = rows
    for row in rows if params.hold else []:
        entries = [(item.key, row.match & item.bits) for item in row.items]
        if not world.ragged_key:
            entries = [(row.key, row.match)]
        own: dict[int, int] = {}
        for key, bits in entries:
            if key >= 0 and bits:
                own[key] = own.get(key, 0) | bits
        for value, bits in own.items():
            part = Happening(row.time, bits, row.group, row.key, row.values, row.session, row.items)
            deals.setdefault(value, []).append(part)
    best: Way | None = None
    for held, dealt in deals.items():
        for chain in chains(params, context, dealt):
            settled = Way(chain, held)
            same_value = best is not None and best.key == held
            length = None if same_value else 3
            if best is None or rank(chain)[:length] > rank(best.rows)[:length]:
                best = settled
    if best is None:
        return None
    every = (1 << len(params.steps)) - 1
    firsts = []
    for step, row in enumerate(best.rows):
        bits = every if params.order == "any" else 1 << step
        firsts.append(next(r for r in deals[best.key] if r.time == row.time and r.match & bits))
    return Way(firsts, best.key)


def groups_at(world: World, params: FunnelParams, way: Way, step: int) -> set[int]:
    """Return the groups of the row of one step (0-based)."""
    bits = (1 << len(params.steps)) - 1 if params.order == "any" else 1 << step
    return world.groups_of(way.rows[step], bits, way.key if world.ragged_key else None)


def membership(world: World, params: FunnelParams, way: Way, step: int) -> set[int]:
    """Return the groups in which someone who reached a step (0-based) counts there."""
    if params.attribution == "each":
        return groups_at(world, params, way, step)
    at = {"first": 0, "last": len(way.rows) - 1}.get(str(params.attribution))
    if at is None:
        at = int(params.attribution) - 1
    return groups_at(world, params, way, at) if at < len(way.rows) else {0}


def ways(world: World, params: FunnelParams, context: Context) -> dict[int, Way]:
    """Return the best chain of everyone who entered."""
    found = {person: best_way(world, params, context, rows) for person, rows in world.people.items()}
    return {person: way for person, way in found.items() if way is not None}


def reached(
    world: World, params: FunnelParams, found: dict[int, Way], step: int, codes: set[int] | None
) -> set[int]:
    """Return who reached a step (0-based) in some groups."""
    return {
        person
        for person, way in found.items()
        if len(way.rows) > step and (codes is None or membership(world, params, way, step) & codes)
    }
