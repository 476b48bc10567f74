"""The audit log: who changed what."""

from __future__ import annotations

from typing import Any

from tidewheel.serve.access import Admin, Here, Owner
from tidewheel.serve.api.fields import Limit, Moment, Offset, Reply
from tidewheel.serve.installation import Installation
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import audit

router = Router(tags=["audit"])


class AuditLine(Reply):
    """One change. ``actor`` is an e-mail address, or ``local`` for the command line of the machine."""

    id: int
    time: Moment
    actor: str
    project: str | None
    action: str
    subject: str
    detail: dict[str, Any]


class AuditPage(Reply):
    """Part of the log, newest first."""

    total: int
    entries: list[AuditLine]


@router.get("/audit")
def read_audit(asker: Admin, installation: Here, offset: Offset = 0, limit: Limit = 50) -> AuditPage:  # noqa: ARG001
    """Read the log of the whole installation."""
    return _page(installation, None, offset, limit)


@router.get("/projects/{project}/audit")
def read_project_audit(place: Owner, offset: Offset = 0, limit: Limit = 50) -> AuditPage:
    """Read the log of one project."""
    return _page(place.installation, place.project.id, offset, limit)


def _page(installation: Installation, project: str | None, offset: int, limit: int) -> AuditPage:
    with installation.catalog.read() as db:
        total, entries = audit.listed(db, project, offset, limit)
    return AuditPage(
        total=total,
        entries=[
            AuditLine(
                id=entry.id,
                time=entry.time,
                actor=entry.actor,
                project=entry.project_id,
                action=entry.action,
                subject=entry.subject,
                detail=entry.detail,
            )
            for entry in entries
        ],
    )
