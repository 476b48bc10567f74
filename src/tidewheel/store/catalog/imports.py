"""The history of files that were loaded."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.store.catalog.secret import new_id
from tidewheel.store.catalog.tables import ImportRun


def listed(db: Session, project_id: str, limit: int = 200) -> list[ImportRun]:
    """Return a project's imports, newest first."""
    query = select(ImportRun).where(ImportRun.project_id == project_id)
    return list(db.scalars(query.order_by(ImportRun.started_at.desc(), ImportRun.id).limit(limit)))


def start(
    db: Session, *, project_id: str, kind: str, file: str, mapping: dict[str, Any], by: str, now: int
) -> ImportRun:
    """Note that an import begins."""
    run = ImportRun(
        id=new_id(),
        project_id=project_id,
        kind=kind,
        file=file[:300],
        started_at=now,
        finished_at=None,
        by=by,
        mapping=mapping,
        summary={},
    )
    db.add(run)
    db.flush()
    return run


def finish(db: Session, run_id: str, summary: dict[str, Any], now: int) -> None:
    """Note how an import ended."""
    run = db.get(ImportRun, run_id)
    if run:
        run.summary, run.finished_at = summary, now
