"""Pages and sources said plainly: cut every person's events into visits, remember each with its views, count."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.pages import PageFigures, PagesParams, PagesResult, SourceFigures
from tidewheel.analyse.oracle import Happening, Oracle, World, named, percentile
from tidewheel.analyse.plain import cut_up, matcher


class Visit(NamedTuple):
    """One visit with a page."""

    person: int
    group: int
    new: bool
    views: list[tuple[int, int | None]]
    """Pages with the seconds they were looked at, as far as known."""
    goals: list[Happening]


class PagesOracle(Oracle[PagesParams, PagesResult]):
    """See :class:`tidewheel.analyse.kinds.pages.Pages`."""

    name = "pages"

    def answer(self, world: World, params: PagesParams, context: Context) -> PagesResult:
        """Cut, then count."""
        visits = cut(world, params, context)
        sizes = Counter(visit.group for visit in visits if params.breakdowns)
        sources = []
        for label, codes in named(dict(sizes), params.top, context.labels):
            own = [visit for visit in visits if codes is None or visit.group in codes]
            bounced = [visit for visit in own if len(visit.views) == 1]
            converted = [visit for visit in own if visit.goals]
            views = sum(len(visit.views) for visit in own)
            amounts = [goal.value for visit in own for goal in visit.goals] if params.value else []
            goal = params.goal is not None
            sources.append(
                SourceFigures(
                    group=label,
                    visits=len(own),
                    people=persons(own),
                    new_people=persons([visit for visit in own if visit.new]),
                    bounces=len(bounced),
                    bounced_people=persons(bounced),
                    bounce_rate=share(len(bounced), len(own)),
                    views=views,
                    pages_per_visit=share(views, len(own)),
                    conversions=len(converted) if goal else None,
                    converted_people=persons(converted) if goal else None,
                    conversion_rate=share(len(converted), len(own)) if goal else None,
                    value=float(sum(amount or 0 for amount in amounts)) if goal and params.value else None,
                )
            )
        return PagesResult(sources=sources, pages=pages(visits, params, context))


def cut(world: World, params: PagesParams, context: Context) -> list[Visit]:
    """Return the visits of the period in which a page is seen."""
    steps = {"activity": params.activity, "ignore": params.ignore, "cut": params.cut}
    bit = matcher({**steps, "view": params.view, "goal": params.goal})
    found = []
    for person, rows in world.people.items():
        active = [
            bool(row.match & bit["view"])
            or (bool(row.match & bit["activity"]) and not row.match & bit.get("ignore", 0))
            for row in rows
        ]
        known = any(on and row.time < context.span.start for on, row in zip(active, rows, strict=True))
        active = [on and row.time >= context.span.start for on, row in zip(active, rows, strict=True)]
        for number, places in enumerate(cut_up(rows, active, bit.get("cut", 0), params, context)):
            own = [rows[at] for at in places if active[at]]
            shown = [at for at, row in enumerate(own) if row.match & bit["view"]]
            if not shown:
                continue
            group = own[0].group if params.breakdowns else 0
            if params.breakdowns and world.ragged_group:
                group = own[0].items[0].group if own[0].items else 0
            views: list[tuple[int, int | None]] = []
            for at, later in zip(shown, [*shown[1:], len(own) - 1], strict=True):
                stay = (own[later].time - own[at].time) // 1000 if later > at else None
                views.append((own[at].names[0], stay))
            goals = [row for row in own if row.match & bit.get("goal", 0)]
            found.append(Visit(person, group, not known and number == 0, views, goals))
    return found


def pages(visits: list[Visit], params: PagesParams, context: Context) -> list[PageFigures]:
    """Return the figures of the pages."""
    sizes = Counter(page for visit in visits for page, _ in visit.views)
    told = []
    for label, codes in named(dict(sizes), params.pages, context.names[0])[1:]:
        on = codes or set()
        seen = [visit for visit in visits if any(page in on for page, _ in visit.views)]
        entered = [visit for visit in visits if visit.views[0][0] in on]
        left = [visit for visit in visits if visit.views[-1][0] in on]
        bounced = [visit for visit in entered if len(visit.views) == 1]
        stays = [stay for visit in visits for page, stay in visit.views if page in on and stay is not None]
        views = sum(sizes[code] for code in on)
        told.append(
            PageFigures(
                page=label or [],
                views=views,
                people=persons(seen),
                entries=len(entered),
                entry_people=persons(entered),
                entry_share=share(len(entered), len(visits)),
                exits=len(left),
                exit_people=persons(left),
                exit_rate=share(len(left), views),
                bounces=len(bounced),
                bounced_people=persons(bounced),
                bounce_rate=share(len(bounced), len(entered)),
                seconds_mean=share(sum(stays), len(stays)),
                seconds_median=percentile(sorted(stays), 50),
            )
        )
    return told


def persons(visits: list[Visit]) -> int:
    """Return how many different people made visits."""
    return len({visit.person for visit in visits})


def share(part: int, whole: int) -> float | None:
    """Return a share, None of nothing."""
    return part / whole if whole else None
