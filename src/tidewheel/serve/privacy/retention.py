"""Dropping events that are older than a project wants to keep them.

What people have said of themselves, their properties and consents, stays as long as they do.
"""

from __future__ import annotations

from tidewheel.core.period import Calendar
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import Project, audit


def months_before(calendar: Calendar, now: int, months: int) -> int:
    """Return the moment (UTC ms) at which the day began that was so many months before today, or that month's last."""
    today = calendar.local(now).date()
    count = today.year * 12 + today.month - 1 - months
    year, month = divmod(count, 12)
    day = today.day
    while True:
        try:
            return calendar.at(today.replace(year=year, month=month + 1, day=day))
        except ValueError:
            day -= 1  # the month is shorter


def expire(installation: Installation, project: Project) -> int:
    """Drop a project's events that are older than it has decided to keep them; returns how many."""
    policy = installation.policy(project.id)
    calendar = Calendar(zone=project.time_zone, week_start=project.week_start)
    now, store = installation.clock(), installation.store(project.id)
    gone = 0
    if policy.keep_months is not None:
        gone += store.expire(months_before(calendar, now, policy.keep_months))
    for source, months in sorted(policy.keep_months_by_source.items()):
        gone += store.expire(months_before(calendar, now, months), source)
    if gone:
        with installation.catalog.write() as db:
            audit.note(
                db,
                now=now,
                actor="nightly",
                action="events_expired",
                subject=project.id,
                project_id=project.id,
                events=gone,
            )
    return gone
