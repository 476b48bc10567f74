"""How a project's identifiers make persons, every version of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tidewheel.core.errors import Conflict
from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import IdentityRulesVersion


def history(db: Session, project_id: str) -> list[IdentityRulesVersion]:
    """Return every version, newest first; none: the defaults hold."""
    query = select(IdentityRulesVersion).where(IdentityRulesVersion.project_id == project_id)
    return list(db.scalars(query.order_by(IdentityRulesVersion.version.desc())))


def newest(db: Session, project_id: str) -> int:
    """Return the number of the version in force; 0: the defaults hold."""
    query = select(func.max(IdentityRulesVersion.version)).where(
        IdentityRulesVersion.project_id == project_id
    )
    return db.scalar(query) or 0


def current(db: Session, project_id: str) -> IdentityRulesVersion | None:
    """Return the version in force; None: the defaults hold."""
    return db.get(IdentityRulesVersion, (project_id, newest(db, project_id)))


def put(
    db: Session,
    *,
    project_id: str,
    definition: dict[str, Any],
    by: str,
    why: str,
    now: int,
    based_on: int | None = None,
) -> IdentityRulesVersion:
    """Bring rules into force as a new version, unless they are in force already.

    Raises Conflict when ``based_on`` is given and somebody else has changed the rules since that version.
    """
    number = newest(db, project_id)
    if based_on is not None and based_on != number:
        raise Conflict(
            "rules_changed",
            Text("Somebody has changed the rules meanwhile.", "规则已被他人修改。"),
            field="based_on",
            got=based_on,
            expected=number,
            hint=Text("Load them again and repeat your change.", "请重新载入后再修改。"),
        )
    before = current(db, project_id)
    if before is not None and before.definition == definition:
        return before
    version = IdentityRulesVersion(
        project_id=project_id, version=number + 1, definition=definition, by=by, why=why, time=now
    )
    db.add(version)
    db.flush()
    return version
