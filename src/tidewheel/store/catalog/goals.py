"""Goals: named definitions whose every version is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, nearest, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import GoalVersion


def listed(db: Session, project_id: str) -> list[GoalVersion]:
    """Return the version in force of each goal, by name."""
    return [one for one in _latest(db, project_id).values() if one.definition is not None]


def history(db: Session, project_id: str, name: str) -> list[GoalVersion]:
    """Return every version of a goal, newest first, removed or not; none: there never was one."""
    query = select(GoalVersion).where(GoalVersion.project_id == project_id, GoalVersion.name == name)
    return [] if "\0" in name else list(db.scalars(query.order_by(GoalVersion.version.desc())))


def get(db: Session, project_id: str, name: str) -> GoalVersion:
    """Return the version of a goal that is in force."""
    found = next(iter(history(db, project_id, name)), None)
    if found is None or found.definition is None:
        near = nearest(name, [one.name for one in listed(db, project_id)])
        raise NotFound(
            "no_such_goal",
            Text("There is no goal {name}.", "没有目标 {name}。"),
            got=shorten(name, 64),
            hint=Text("Did you mean {near}?", "是不是想写 {near}？") if near else None,
            name=shorten(name, 64),
            near=near,
        )
    return found


def put(
    db: Session,
    *,
    project_id: str,
    name: str,
    definition: dict[str, Any] | None,
    by: str,
    why: str,
    now: int,
) -> tuple[GoalVersion, bool]:
    """Bring a definition (None: removal) into force; returns its version and whether it is a new one."""
    before = next(iter(history(db, project_id, name)), None)
    if before is not None and before.definition == definition:
        return before, False
    version = GoalVersion(
        project_id=project_id,
        name=name,
        version=before.version + 1 if before else 1,
        definition=definition,
        by=by,
        why=why,
        time=now,
    )
    db.add(version)
    db.flush()
    return version, True


def _latest(db: Session, project_id: str) -> dict[str, GoalVersion]:
    query = select(GoalVersion).where(GoalVersion.project_id == project_id)
    return {one.name: one for one in db.scalars(query.order_by(GoalVersion.name, GoalVersion.version))}
