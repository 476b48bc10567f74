"""The queue of people to be erased. Who they are stands in it only as long as it takes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.secret import new_id
from tidewheel.store.catalog.tables import Erasure


def listed(db: Session, project_id: str) -> list[Erasure]:
    """Return a project's erasures, the latest first."""
    query = select(Erasure).where(Erasure.project_id == project_id)
    return list(db.scalars(query.order_by(Erasure.created_at.desc(), Erasure.id)))


def get(db: Session, project_id: str, erasure_id: str) -> Erasure:
    """Return one erasure."""
    found = None if "\0" in erasure_id else db.get(Erasure, erasure_id)
    if found is None or found.project_id != project_id:
        raise NotFound(
            "no_such_erasure",
            Text("There is no such erasure.", "没有这个删除请求。"),
            got=shorten(erasure_id, 60),
            hint=Text("Settings → Privacy lists them.", "可在「设置 → 隐私」中查看。"),
        )
    return found


def ask(
    db: Session,
    *,
    project_id: str,
    subject: dict[str, Any],
    suppress: bool,
    reason: str,
    by: str,
    now: int,
    worker: str | None = None,
) -> Erasure:
    """Put people into the queue."""
    found = Erasure(
        id=new_id(), project_id=project_id, state="waiting", subject=subject, suppress=suppress,
        reason=reason, by=by, created_at=now, finished_at=None, tries=0, steps={}, certificate=None, error=None,
        worker=worker,
    )  # fmt: skip
    db.add(found)
    db.flush()
    return found


def open_ones(db: Session, project_id: str | None = None) -> list[Erasure]:
    """Return what is not done yet, the earliest first; of one project or of all."""
    query = select(Erasure).where(Erasure.state != "done")
    if project_id is not None:
        query = query.where(Erasure.project_id == project_id)
    return list(db.scalars(query.order_by(Erasure.created_at, Erasure.id)))
