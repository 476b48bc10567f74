"""Destinations: named places that messages are sent to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, nearest, shorten
from tidewheel.core.text import Language, Text
from tidewheel.store.catalog.tables import Destination


def listed(db: Session, project_id: str) -> list[Destination]:
    """Return a project's destinations by name."""
    query = select(Destination).where(Destination.project_id == project_id)
    return list(db.scalars(query.order_by(Destination.name)))


def find(db: Session, project_id: str, name: str) -> Destination | None:
    """Return a destination by name."""
    return None if "\0" in name else db.get(Destination, (project_id, name))


def get(db: Session, project_id: str, name: str) -> Destination:
    """Return a destination by name, or say which one may be meant."""
    found = find(db, project_id, name)
    if found is None:
        near = nearest(name, [one.name for one in listed(db, project_id)])
        raise NotFound(
            "no_such_destination",
            Text("There is no destination {name}.", "没有接收方 {name}。"),
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
    channel: str,
    target: dict[str, Any],
    language: Language,
    by: str,
    now: int,
) -> Destination:
    """Add a destination, or let it lead somewhere else."""
    found = find(db, project_id, name)
    if found is None:
        found = Destination(project_id=project_id, name=name)
        db.add(found)
    found.channel, found.target, found.language = channel, target, language
    found.by, found.updated_at = by, now
    db.flush()
    return found
