"""Stickiness said plainly: for every person, in which units and on which days they were active."""

from __future__ import annotations

from itertools import pairwise

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.stickiness import StickinessGroup, StickinessParams, StickinessResult
from tidewheel.analyse.oracle import Line, Oracle, World, named
from tidewheel.analyse.question import GroupLabel


class StickinessOracle(Oracle[StickinessParams, StickinessResult]):
    """See the module's description."""

    name = "stickiness"

    def answer(self, world: World, params: StickinessParams, context: Context) -> StickinessResult:
        """Return the active units and the days of everyone."""
        cuts = context.calendar.edges(context.span, "day").tolist()
        incomplete = [
            end > context.now or end > context.span.end or start < context.span.start
            for start, end in pairwise(cuts)
        ]
        chosen: list[Line] = [(None, None)]
        if params.breakdowns:
            chosen = named(sizes(world, params, context), params.top, context.labels)
        return StickinessResult(
            buckets=[context.calendar.local(cut).isoformat() for cut in cuts[:-1]],
            incomplete=incomplete,
            units=len(context.calendar.edges(context.span, params.unit)) - 1,
            groups=[
                group(params, context, label, times(world, context, codes), incomplete)
                for label, codes in chosen
            ],
        )


def sizes(world: World, params: StickinessParams, context: Context) -> dict[int, int]:
    """Return the people of the period by group; a group only seen in the days before has none."""
    first = days_back(context, context.calendar.floor(context.span.start, "day"), max((1, *params.windows)))[
        -1
    ]
    found: dict[int, set[int]] = {}
    for person, rows in world.people.items():
        for row in rows:
            if row.match & 1 and first <= row.time < context.span.end:
                for code in world.groups_of(row, 1):
                    found.setdefault(code, set())
                    if row.time >= context.span.start:
                        found[code].add(person)
    return {code: len(people) for code, people in found.items()}


def times(world: World, context: Context, codes: set[int] | None) -> dict[int, list[int]]:
    """Return when each person was active in some groups."""
    return {
        person: [
            row.time
            for row in rows
            if row.match & 1
            and row.time < context.span.end
            and (codes is None or world.groups_of(row, 1) & codes)
        ]
        for person, rows in world.people.items()
    }


def days_back(context: Context, day: int, count: int) -> list[int]:
    """Return a day and those before it."""
    found = [day]
    while len(found) < count:
        found.append(context.calendar.floor(found[-1] - 1, "day"))
    return found


def group(
    params: StickinessParams,
    context: Context,
    label: GroupLabel | None,
    active: dict[int, list[int]],
    incomplete: list[bool],
) -> StickinessGroup:
    """Describe the people of one group."""
    calendar, span = context.calendar, context.span
    count = len(calendar.edges(span, params.unit)) - 1
    units = [
        len({calendar.floor(time, params.unit) for time in own if time >= span.start})
        for own in active.values()
    ]
    units = [number for number in units if number]
    on = {person: {calendar.floor(time, "day") for time in own} for person, own in active.items()}
    cuts = calendar.edges(span, "day").tolist()[:-1]

    def reached(window: int) -> list[int]:
        return [sum(bool(own & set(days_back(context, day, window))) for own in on.values()) for day in cuts]

    daily, *windows = (reached(window) for window in (1, *params.windows))
    begun = [cut <= context.now for cut in cuts]
    whole = [at for at, marked in enumerate(incomplete) if not marked]
    totals = [sum(row[at] for at in whole) for row in windows]
    first = sum(daily[at] for at in whole)
    return StickinessGroup(
        group=label,
        people=len(units),
        mean=sum(units) / len(units) if units else None,
        exactly=[units.count(number) for number in range(1, count + 1)],
        at_least=[sum(own >= number for own in units) for number in range(1, count + 1)],
        daily=[people if known else None for people, known in zip(daily, begun, strict=True)],
        windows=[[n if known else None for n, known in zip(row, begun, strict=True)] for row in windows],
        ratios=[
            [a / b if known and b else None for a, b, known in zip(daily, row, begun, strict=True)]
            for row in windows
        ],
        stickiness=[first / total if total else None for total in totals],
    )
