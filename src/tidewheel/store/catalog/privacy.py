"""What projects have decided about personal data, and whom they must not know again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.store.catalog.tables import PrivacyPolicy, Suppression


def policy(db: Session, project_id: str) -> PrivacyPolicy | None:
    """Return a project's decisions; None: it has made none yet."""
    return db.get(PrivacyPolicy, project_id)


def policies(db: Session) -> list[PrivacyPolicy]:
    """Return the decisions of all projects."""
    return list(db.scalars(select(PrivacyPolicy)))


def decide(db: Session, *, project_id: str, policy: dict[str, Any], by: str, now: int) -> None:
    """Put decisions in force."""
    found = db.get(PrivacyPolicy, project_id)
    if found is None:
        db.add(PrivacyPolicy(project_id=project_id, policy=policy, by=by, updated_at=now))
        return
    found.policy, found.by, found.updated_at = policy, by, now


def suppress(db: Session, project_id: str, marks: Iterable[str], erasure_id: str, now: int) -> None:
    """Remember that some are not to be known again."""
    for mark in marks:
        if db.get(Suppression, (project_id, mark)) is None:
            db.add(Suppression(project_id=project_id, mark=mark, erasure_id=erasure_id, time=now))


def know_again(db: Session, project_id: str, marks: Iterable[str], erasure_id: str) -> None:
    """Undo :func:`suppress` for what turned out to be others' too."""
    for mark in marks:
        found = db.get(Suppression, (project_id, mark))
        if found is not None and found.erasure_id == erasure_id:
            db.delete(found)


def suppressed(db: Session) -> dict[str, set[str]]:
    """Return the marks of those not to be known again, by project."""
    found: dict[str, set[str]] = {}
    for one in db.scalars(select(Suppression)):
        found.setdefault(one.project_id, set()).add(one.mark)
    return found
