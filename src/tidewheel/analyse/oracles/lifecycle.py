"""Lifecycle said plainly: for every person and bucket, look at which buckets they were active in."""

from __future__ import annotations

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.lifecycle import (
    REST,
    STANDARD,
    LifecycleGroup,
    LifecycleParams,
    LifecyclePoint,
    LifecycleResult,
)
from tidewheel.analyse.oracle import Line, Oracle, World, named

EVERYONE: list[Line] = [(None, None)]
Standing = tuple[int, int, int, int]
"""Person, group, stage before, stage."""


class LifecycleOracle(Oracle[LifecycleParams, LifecycleResult]):
    """See the module's description."""

    name = "lifecycle"

    def answer(self, world: World, params: LifecycleParams, context: Context) -> LifecycleResult:
        """Return the stage of everyone at the end of every bucket."""
        cuts = context.calendar.edges(context.span, params.grain).tolist()
        begun = [number for number, cut in enumerate(cuts[:-1]) if cut <= context.now]
        names = [*(stage.name for stage in params.stages), REST] if params.stages else list(STANDARD)
        found = [standings(world, params, context, cuts[b], len(names)) for b in begun]
        sizes: dict[int, float] = {group: 0 for one in found for _, group, _, _ in one}
        for _, group, _, _ in found[-1] if found else ():
            sizes[group] += 1
        chosen = named(sizes, params.top, context.labels) if params.breakdowns else EVERYONE
        return LifecycleResult(
            buckets=[context.calendar.local(cuts[b]).isoformat() for b in begun],
            incomplete=[cuts[b + 1] > context.now for b in begun],
            stages=names,
            groups=[
                LifecycleGroup(
                    group=label,
                    points=[
                        point(params, [one for one in some if codes is None or one[1] in codes], len(names))
                        for some in found
                    ],
                )
                for label, codes in chosen
            ],
        )


def standings(
    world: World, params: LifecycleParams, context: Context, start: int, stages: int
) -> list[Standing]:
    """Return everyone known at the end of the bucket that begins at ``start``."""
    end = context.calendar.next(start, params.grain)
    found = []
    for person, history in world.people.items():
        rows = [row for row in history if row.time < end]
        if not rows:
            continue
        group = rows[-1].group
        if world.ragged_group:
            group = next((item.group for item in rows[-1].items if item.bits & 1), 0)
        active = {context.calendar.floor(row.time, params.grain) for row in rows}
        earlier = {cut for cut in active if cut < start}
        before = stages
        if earlier:
            before = stage(params, context, earlier, context.calendar.floor(start - 1, params.grain))
        found.append((person, group, before, stage(params, context, active, start)))
    return found


def stage(params: LifecycleParams, context: Context, active: set[int], now: int) -> int:
    """Return the stage of somebody active in these buckets at the end of the bucket ``now``."""

    def back(count: int) -> list[int]:
        cuts = [now]
        for _ in range(count):
            cuts.append(context.calendar.floor(cuts[-1] - 1, params.grain))
        return cuts

    bounds = [end or 0 for one in params.stages for end in (one.age_to, one.idle_to)]
    bounds += [low for one in params.stages for low in (one.age_from, one.idle_from)]
    far = back(max([2, *bounds]) + 1)
    age = far.index(min(active)) if min(active) in far else len(far)
    idle = far.index(max(active)) if max(active) in far else len(far)
    times = sum(cut in active for cut in back(params.window - 1))
    if not params.stages:
        if age == 0:
            return 0
        if idle == 0:
            return 1 if far[1] in active else 2
        return 3 if idle == 1 else 4
    for number, one in enumerate(params.stages):
        limits = (
            (age, one.age_from, one.age_to),
            (idle, one.idle_from, one.idle_to),
            (times, one.times_from, one.times_to),
        )
        if all(low <= value and (high is None or value <= high) for value, low, high in limits):
            return number
    return len(params.stages)


def point(params: LifecycleParams, found: list[Standing], stages: int) -> LifecyclePoint:
    """Count some people."""
    flows = [
        [sum(1 for _, _, f, t in found if (f, t) == (before, after)) for after in range(stages)]
        for before in range(stages + 1)
    ]
    people = [sum(row[after] for row in flows) for after in range(stages)]
    lost = 0 if params.stages else people[3]
    return LifecyclePoint(
        people=people, flows=flows, quick_ratio=(people[0] + people[2]) / lost if lost else None
    )
