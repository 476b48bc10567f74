"""Who changed what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tidewheel.store.catalog.tables import AuditEntry


def note(
    db: Session,
    *,
    now: int,
    actor: str,
    action: str,
    subject: str,
    project_id: str | None = None,
    **detail: Any,
) -> None:
    """Write one line into the audit log; ``detail`` must hold no secrets."""
    db.add(
        AuditEntry(
            time=now, actor=actor, project_id=project_id, action=action, subject=subject, detail=detail
        )
    )


def listed(db: Session, project_id: str | None, offset: int, limit: int) -> tuple[int, list[AuditEntry]]:
    """Return how many lines there are and a page of them, newest first; of one project, or of all."""
    wanted = [AuditEntry.project_id == project_id] if project_id else []
    total = db.scalar(select(func.count()).select_from(AuditEntry).where(*wanted)) or 0
    page = select(AuditEntry).where(*wanted).order_by(AuditEntry.id.desc()).offset(offset).limit(limit)
    return total, list(db.scalars(page))
