"""A heat map said plainly: look at every click with everything the person does around it, then count."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.heatmap import (
    HeatmapBin,
    HeatmapElement,
    HeatmapGroup,
    HeatmapPage,
    HeatmapParams,
    HeatmapResult,
)
from tidewheel.analyse.oracle import Happening, Line, Oracle, World, named

CLICK, VIEW, ANSWER = 1, 2, 4
PAGES = 50


class Click(NamedTuple):
    """One click of the period on the asked page."""

    person: int
    group: int
    element: int
    text: int
    rage: bool
    dead: bool
    at: tuple[float, float] | None


class Met(NamedTuple):
    """One view or click of the period."""

    person: int
    group: int
    page: int
    bits: int


class HeatmapOracle(Oracle[HeatmapParams, HeatmapResult]):
    """See :class:`tidewheel.analyse.kinds.heatmap.Heatmap`."""

    name = "heatmap"

    def answer(self, world: World, params: HeatmapParams, context: Context) -> HeatmapResult:
        """Look at every click, then count."""
        asked = {
            code
            for rows in world.people.values()
            for row in rows
            for code in row.names[:1]
            if params.page is None or context.names[0].of(code) == [params.page]
        }
        met, clicks = [], []
        for person, rows in world.people.items():
            for row in rows:
                inside = context.span.start <= row.time < context.span.end
                if not inside or not row.match & (CLICK | VIEW):
                    continue
                met.append(Met(person, group_of(world, params, row), row.names[0], row.match))
                if row.match & CLICK and row.names[0] in asked:
                    clicks.append(looked_at(world, params, context, person, row))
        here = [one for one in met if one.page in asked]
        sizes = Counter(one.group for one in here if params.breakdowns)
        most = named(dict(Counter(one.element for one in clicks)), params.elements, context.names[1])[1:]
        groups = []
        for label, codes in named(dict(sizes), params.top, context.labels):
            own = [one for one in clicks if codes is None or one.group in codes]
            seen = {one.person for one in here if codes is None or one.group in codes}
            groups.append(
                HeatmapGroup(
                    group=label,
                    placed=sum(one.at is not None for one in own),
                    seen=len(seen),
                    elements=[
                        element(each, own, clicks, len(seen), context)
                        for each in most
                        if any(one.element in (each[1] or ()) for one in own)
                    ],
                    grid=grid(own, params),
                    **figures(own),
                )
            )
        return HeatmapResult(groups=groups, pages=pages(met, context))


def group_of(world: World, params: HeatmapParams, row: Happening) -> int:
    """Return the group a row counts in."""
    if not params.breakdowns:
        return 0
    if world.ragged_group:
        return row.items[0].group if row.items else 0
    return row.group


def looked_at(world: World, params: HeatmapParams, context: Context, person: int, row: Happening) -> Click:
    """Return a click with what is known of it."""
    rows = world.people[person]
    until = row.time + params.dead_seconds * 1000
    answers = [
        one for one in rows if one.match & ANSWER and not one.match & CLICK and row.time <= one.time <= until
    ]
    same = [one for one in rows if one.match & CLICK and one.names[:2] == row.names[:2]]
    place, n = next(at for at, one in enumerate(same) if one is row), params.rage_clicks
    bursts = [same[at : at + n] for at in range(place - n + 1, place + 1) if 0 <= at <= len(same) - n]
    rage = any(burst[-1].time - burst[0].time <= params.rage_seconds * 1000 for burst in bursts)
    x, y = row.values[:2]
    at = (x, y) if x is not None and y is not None and 0 <= x <= 1 and 0 <= y <= 1 else None
    return Click(
        person,
        group_of(world, params, row),
        row.names[1],
        row.names[2],
        rage and row.names[1] != 0,
        not answers and until <= context.now,
        at,
    )


def figures(clicks: list[Click]) -> dict[str, int]:
    """Return how many clicks there are of each kind, by how many people."""
    rage, dead = [one for one in clicks if one.rage], [one for one in clicks if one.dead]
    return {
        "clicks": len(clicks),
        "people": len({one.person for one in clicks}),
        "rage_clicks": len(rage),
        "rage_people": len({one.person for one in rage}),
        "dead_clicks": len(dead),
        "dead_people": len({one.person for one in dead}),
    }


def element(
    line: Line, group: list[Click], everyone: list[Click], seen: int, context: Context
) -> HeatmapElement:
    """Return the clicks on one element, or on the rest."""
    label, codes = line[0] or [], line[1] or set()
    own = [one for one in group if one.element in codes]
    all_of_it = [one for one in everyone if one.element in codes] if label != ["$other"] else []
    places = [one.at for one in all_of_it if one.at is not None]
    texts = Counter(one.text for one in all_of_it)
    best = sorted(texts, key=lambda code: (-texts[code], str(context.names[2].of(code)), code))[:1]
    counts = figures(own)
    return HeatmapElement(
        element=label,
        text=context.names[2].of(best[0])[0] if best else None,
        share=len(own) / len(group),
        rate=counts["people"] / seen if seen else None,
        x=sum(x for x, _ in places) / len(places) if places else None,
        y=sum(y for _, y in places) / len(places) if places else None,
        **counts,
    )


def grid(clicks: list[Click], params: HeatmapParams) -> list[HeatmapBin]:
    """Return the fields of the picture, row by row."""
    found: dict[tuple[int, int], list[int]] = {}
    for one in clicks:
        if one.at is not None:
            column = min(int(one.at[0] * params.columns), params.columns - 1)
            row = min(int(one.at[1] * params.rows), params.rows - 1)
            found.setdefault((row, column), []).append(one.person)
    return [
        HeatmapBin(column=column, row=row, clicks=len(own), people=len(set(own)))
        for (row, column), own in sorted(found.items())
    ]


def pages(met: list[Met], context: Context) -> list[HeatmapPage]:
    """Return the pages seen and clicked most."""
    sizes = Counter(one.page for one in met)
    found = []
    for label, codes in named(dict(sizes), PAGES, context.names[0])[1:]:
        own = [one for one in met if one.page in (codes or ())]
        found.append(
            HeatmapPage(
                page=label or [],
                views=sum(bool(one.bits & VIEW) for one in own),
                seen=len({one.person for one in own}),
                clicks=sum(bool(one.bits & CLICK) for one in own),
                people=len({one.person for one in own if one.bits & CLICK}),
            )
        )
    return found
