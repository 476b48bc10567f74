"""Dropping events that are older than a project wants to keep them.

What people have said of themselves, their properties and consents, stays as long as they do.
"""

from __future__ import annotations

from tidewheel.core.period import DAY, Calendar
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import Project, audit, projects
from tidewheel.store.project import ProjectStore

MOST_DAYS = 31
"""Of how many days the events go in one night at most, once a first night has passed."""


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


def _believed(now: int, store: ProjectStore) -> int:
    """Return the moment to go by. It is at most some days after the last one.

    A clock that is wrong by years must not cost years of events: whoever sees the first night's notice can mend it.
    """
    last = store.turn("expire")
    if last is not None:
        now = min(now, (last + MOST_DAYS) * DAY)
    store.claim("expire", now // DAY, reach=0)
    return now


def expire(installation: Installation, project: Project) -> int:
    """Drop a project's events that are older than it has decided to keep them; returns how many."""
    policy = installation.policy(project.id)
    calendar = projects.calendar_of(project)
    store = installation.store(project.id)
    now = _believed(installation.clock(), store)
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
