"""Projects: one brand each."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, shorten
from tidewheel.core.period import Calendar
from tidewheel.core.text import Text
from tidewheel.core.working_days import USUAL
from tidewheel.store.catalog.tables import Project

_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


def listed(db: Session) -> list[Project]:
    """Return all projects, oldest first."""
    return list(db.scalars(select(Project).order_by(Project.created_at, Project.id)))


def get(db: Session, project_id: str) -> Project:
    """Return one project."""
    project = None if "\0" in project_id else db.get(Project, project_id)
    if project is None:
        raise absent_project(project_id)
    return project


def absent_project(project_id: str, *, field: str | None = None) -> NotFound:
    """Make the error for a project that is not there, or not to be seen by who asks."""
    return NotFound(
        "no_such_project",
        Text("There is no such project.", "没有这个项目。"),
        field=field,
        got=shorten(project_id, 60),
        hint=Text("List the projects you can see.", "请先查看你有权限的项目。"),
    )


def add(
    db: Session,
    *,
    name: str,
    time_zone: str,
    currency: str,
    week_start: int,
    now: int,
    holidays: str | None = None,
    wanted: str = "",
) -> Project:
    """Add a project; its id is made from ``wanted`` or the name and never changes."""
    project = Project(
        id=free_slug(wanted or name, "project", lambda slug: db.get(Project, slug) is not None),
        name=name,
        time_zone=time_zone,
        currency=currency,
        week_start=week_start,
        holidays=USUAL.get(time_zone, "") if holidays is None else holidays,
        created_at=now,
    )
    db.add(project)
    db.flush()
    return project


def calendar_of(project: Project) -> Calendar:
    """Return how a project cuts time."""
    return Calendar(zone=project.time_zone, week_start=project.week_start, holidays=project.holidays)


def free_slug(name: str, fallback: str, taken: Callable[[str], bool]) -> str:
    """Return a short lower-case id like ``name`` that is not taken; ``fallback`` when nothing is left of it."""
    stem = _NOT_IN_SLUG.sub("-", name.lower()).strip("-")[:40].strip("-") or fallback
    slug, number = stem, 1
    while taken(slug):
        number += 1
        slug = f"{stem}-{number}"
    return slug
