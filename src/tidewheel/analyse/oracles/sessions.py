"""Sessions said plainly: cut every person's events up, remember every session, look at all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.sessions import (
    SessionBin,
    SessionEnd,
    SessionFigures,
    SessionGroup,
    SessionsParams,
    SessionsResult,
)
from tidewheel.analyse.oracle import Oracle, World, named
from tidewheel.analyse.plain import cut_up, matcher


class Session(NamedTuple):
    """One session."""

    person: int
    start: int
    seconds: int
    depth: int
    entry: int
    exit: int
    group: int


class SessionsOracle(Oracle[SessionsParams, SessionsResult]):
    """See :class:`tidewheel.analyse.kinds.sessions.Sessions`."""

    name = "sessions"

    def answer(self, world: World, params: SessionsParams, context: Context) -> SessionsResult:
        """Cut, then count."""
        found, happened = cut(world, params, context)
        calendar = context.calendar
        buckets = [calendar.floor(context.span.start, params.grain)]
        while buckets[-1] < context.span.end:
            buckets.append(calendar.next(buckets[-1], params.grain))
        sizes = Counter(session.group for session in found if params.breakdowns)
        groups = []
        for label, codes in named(dict(sizes), params.top, context.labels):
            own = [s for s in found if codes is None or s.group in codes]
            points = [
                [s for s in own if calendar.floor(s.start, params.grain) == bucket] for bucket in buckets[:-1]
            ]
            groups.append(SessionGroup(group=label, total=figures(own), points=[figures(p) for p in points]))
        return SessionsResult(
            buckets=[calendar.local(bucket).isoformat() for bucket in buckets[:-1]],
            incomplete=[
                begin < context.span.start or end > context.span.end or end > context.now
                for begin, end in pairwise(buckets)
            ],
            groups=groups,
            durations=bins(found, params.duration_bins, lambda s: s.seconds),
            depths=bins(found, params.depth_bins, lambda s: s.depth),
            ends=ends(found, happened, params, context),
        )


def cut(world: World, params: SessionsParams, context: Context) -> tuple[list[Session], Counter[int]]:
    """Return the sessions, and how often each name happens in what makes sessions."""
    bit = matcher(
        {
            "activity": params.activity,
            "ignore": params.ignore,
            "cut": params.cut,
            "contains": params.contains,
            "depth": params.depth,
        }
    )
    found, happened = [], Counter[int]()
    for person, rows in world.people.items():
        active = [
            bool(row.match & bit.get("contains", 0))
            or (bool(row.match & bit["activity"]) and not row.match & bit.get("ignore", 0))
            for row in rows
        ]
        happened.update(row.names[0] for row, counts in zip(rows, active, strict=True) if counts)
        for places in cut_up(rows, active, bit.get("cut", 0), params, context):
            own = [rows[at] for at in places if active[at]]
            if params.contains is not None and not any(row.match & bit["contains"] for row in own):
                continue
            deep = sum(1 for row in own if params.depth is None or row.match & bit["depth"])
            group = own[0].group if params.breakdowns else 0
            if params.breakdowns and world.ragged_group:
                group = own[0].items[0].group if own[0].items else 0
            seconds = (own[-1].time - own[0].time) // 1000
            found.append(
                Session(person, own[0].time, seconds, deep, own[0].names[0], own[-1].names[0], group)
            )
    return found, happened


def figures(found: list[Session]) -> SessionFigures:
    """Return the figures of some sessions."""
    count, people = len(found), len({session.person for session in found})
    bounces = sum(session.depth <= 1 for session in found)
    lasted, deep = [session.seconds for session in found], [session.depth for session in found]
    return SessionFigures(
        sessions=count,
        people=people,
        per_person=count / people if people else None,
        bounces=bounces,
        bounce_rate=bounces / count if count else None,
        duration_mean=sum(lasted) / count if count else None,
        duration_median=float(np.percentile(lasted, 50)) if count else None,
        duration_p90=float(np.percentile(lasted, 90)) if count else None,
        depth_mean=sum(deep) / count if count else None,
        depth_median=float(np.percentile(deep, 50)) if count else None,
    )


def bins(found: list[Session], cuts: tuple[int, ...], of: Callable[[Session], int]) -> list[SessionBin]:
    """Return a distribution."""
    told = []
    for low, high in zip((0, *cuts), (*cuts, None), strict=True):
        own = [s for s in found if low <= of(s) and (high is None or of(s) < high)]
        told.append(SessionBin(low=low, high=high, sessions=len(own), people=len({s.person for s in own})))
    return told


def ends(
    found: list[Session], happened: Counter[int], params: SessionsParams, context: Context
) -> list[SessionEnd]:
    """Return how sessions begin and end."""
    sizes = Counter([s.entry for s in found] + [s.exit for s in found])
    told = []
    for label, codes in named(dict(sizes), params.nodes, context.names[0])[1:]:
        begun = [s for s in found if codes is not None and s.entry in codes]
        ended = [s for s in found if codes is not None and s.exit in codes]
        events = sum(happened[code] for code in codes or ())
        told.append(
            SessionEnd(
                node=label or [],
                entries=len(begun),
                entry_people=len({s.person for s in begun}),
                bounces=sum(s.depth <= 1 for s in begun),
                exits=len(ended),
                exit_people=len({s.person for s in ended}),
                events=events,
                exit_rate=len(ended) / events if events else None,
            )
        )
    return told
