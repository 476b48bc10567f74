"""The plan beside what arrives: which events are planned, seen, clean, by source and day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tidewheel.analyse.volumes import hourly
from tidewheel.collect.plan import PlanPart
from tidewheel.core.period import DAY, HOUR, Calendar
from tidewheel.serve.installation import Installation
from tidewheel.serve.planning import plan_of, title_of
from tidewheel.store.catalog import PlanMute, PlanViolation, Project, plans, projects
from tidewheel.store.view import Snapshot


@dataclass(slots=True)
class Covered:
    """One event; see ``CoveredEvent`` of the API."""

    name: str
    title: Any
    planned: bool
    status: str | None
    owner: str
    daily: list[int]
    violations_daily: list[int]
    count: int = 0
    sources: dict[str, int] = field(default_factory=dict)
    last_seen: int | None = None
    violations: int = 0


@dataclass(slots=True)
class Coverage:
    """All events, the most frequent first, and how many arrived, were planned, and violations there were."""

    events: list[Covered]
    arrived: int
    planned: int
    violations: int


@dataclass(slots=True)
class Found:
    """One violation over some days; ``daily`` ends today."""

    source: str
    event: str
    property: str
    code: str
    daily: list[int]
    count: int = 0
    blocked: int = 0
    first_at: int = 2**62
    last_at: int = 0
    samples: list[Any] = field(default_factory=list)
    mute: PlanMute | None = None


def coverage(installation: Installation, project: Project, snapshot: Snapshot, days: int) -> Coverage:
    """Return the plan beside what arrived today and in the days before it."""
    calendar, now = projects.calendar_of(project), installation.clock()
    listed = days_until(calendar, now, days)
    starts = [calendar.at(day) for day in listed]
    with installation.catalog.read() as db:
        plan = plan_of(db, project.id)
        kept = plans.violations(db, project.id, listed[0].isoformat())
        muted = {(one.source, one.event, one.property, one.code) for one in plans.mutes(db, project.id)}
    found: dict[str, Covered] = {}

    def of(name: str) -> Covered:
        if name not in found:
            part: PlanPart | None = plan.events.get(name)
            found[name] = Covered(
                name, title_of("event", name, part), part is not None,
                part.status if part else None,  # type: ignore[union-attr] # an event's part
                part.owner if part else "", [0] * days, [0] * days,
            )  # fmt: skip
        return found[name]

    for name in plan.events:
        of(name)
    for series in hourly(snapshot, starts[0], now + DAY):
        one = of(series.event)
        one.last_seen = max(one.last_seen or 0, series.last)
        for hour, count in series.hours.items():
            place = _place(starts, hour * HOUR)
            if place >= 0:
                one.daily[place] += count
                one.count += count
                one.sources[series.source] = one.sources.get(series.source, 0) + count
    names = [day.isoformat() for day in listed]
    for violation in kept:
        if violation.event in found and not _muted(violation, muted):
            one = found[violation.event]
            one.violations += violation.count
            if violation.day in names:
                one.violations_daily[names.index(violation.day)] += violation.count
    events = sorted(found.values(), key=lambda one: (-one.count, one.name))
    return Coverage(
        events,
        sum(one.count for one in events),
        sum(one.count for one in events if one.planned),
        sum(one.violations for one in events),
    )


def violations(installation: Installation, project: Project, days: int) -> list[Found]:
    """Return what was not as planned today and in the days before it, the most frequent first."""
    calendar = projects.calendar_of(project)
    names = [day.isoformat() for day in days_until(calendar, installation.clock(), days)]
    with installation.catalog.read() as db:
        kept = plans.violations(db, project.id, names[0])
        muted = {(one.source, one.event, one.property, one.code): one for one in plans.mutes(db, project.id)}
    found: dict[tuple[str, str, str, str], Found] = {}
    for one in sorted(kept, key=lambda held: held.day, reverse=True):
        key = (one.source, one.event, one.property, one.code)
        held = found.setdefault(key, Found(*key, [0] * days))
        held.count += one.count
        held.blocked += one.blocked
        held.first_at, held.last_at = min(held.first_at, one.first_at), max(held.last_at, one.last_at)
        held.samples += [sample for sample in one.samples if sample not in held.samples][
            : 3 - len(held.samples)
        ]
        held.mute = muted.get(key) or muted.get(("", *key[1:]))
        if one.day in names:
            held.daily[names.index(one.day)] += one.count
    return sorted(found.values(), key=lambda one: (-one.count, one.event, one.property, one.code, one.source))


def days_until(calendar: Calendar, now: int, days: int) -> list[Any]:
    """Return the dates of today and the days before it, today last."""
    today = calendar.local(now).date()
    return [today - timedelta(days=back) for back in range(days - 1, -1, -1)]


def _place(starts: list[int], moment: int) -> int:
    return sum(start <= moment for start in starts) - 1


def _muted(one: PlanViolation, muted: set[tuple[str, str, str, str]]) -> bool:
    key = (one.event, one.property, one.code)
    return (one.source, *key) in muted or ("", *key) in muted
