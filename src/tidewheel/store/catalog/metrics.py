"""Metrics: named definitions whose every version is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, nearest, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import Board, MetricVersion


def listed(db: Session, project_id: str) -> list[MetricVersion]:
    """Return the version in force of each metric, by name."""
    return [one for one in _latest(db, project_id).values() if one.definition is not None]


def history(db: Session, project_id: str, name: str) -> list[MetricVersion]:
    """Return every version of a metric, newest first, removed or not; none: there never was one."""
    query = select(MetricVersion).where(MetricVersion.project_id == project_id, MetricVersion.name == name)
    return [] if "\0" in name else list(db.scalars(query.order_by(MetricVersion.version.desc())))


def get(db: Session, project_id: str, name: str) -> MetricVersion:
    """Return the version of a metric that is in force."""
    found = next(iter(history(db, project_id, name)), None)
    if found is None or found.definition is None:
        near = nearest(name, [one.name for one in listed(db, project_id)])
        raise NotFound(
            "no_such_metric",
            Text("There is no metric {name}.", "没有指标 {name}。"),
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
) -> tuple[MetricVersion, bool]:
    """Bring a definition (None: removal) into force; returns its version and whether it is a new one."""
    before = next(iter(history(db, project_id, name)), None)
    if before is not None and before.definition == definition:
        return before, False
    version = MetricVersion(
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


def tiles(db: Session, project_id: str) -> list[tuple[str, str, set[str]]]:
    """Return (id, name, metrics) of each board that shows metrics."""
    found = []
    for board in db.scalars(select(Board).where(Board.project_id == project_id).order_by(Board.name)):
        shown = {
            tile["params"].get("metric")
            for tile in board.tiles
            if isinstance(tile, dict) and tile.get("kind") == "metric"
        }
        found += [(board.id, board.name, {one for one in shown if isinstance(one, str)})] if shown else []
    return found


def _latest(db: Session, project_id: str) -> dict[str, MetricVersion]:
    query = select(MetricVersion).where(MetricVersion.project_id == project_id)
    return {one.name: one for one in db.scalars(query.order_by(MetricVersion.name, MetricVersion.version))}
