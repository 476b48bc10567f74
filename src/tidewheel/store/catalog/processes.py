"""Data folders that share a lake, and when the process of each was seen last."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import Process


def listed(db: Session) -> list[Process]:
    """Return all, those in use first."""
    return list(
        db.scalars(select(Process).order_by(Process.retired_at.is_not(None), Process.host, Process.id))
    )


def get(db: Session, process_id: str) -> Process:
    """Return one."""
    found = None if "\0" in process_id else db.get(Process, process_id)
    if found is None:
        raise NotFound(
            "no_such_process",
            Text("There is no such process.", "没有这个进程。"),
            got=shorten(process_id, 60),
            hint=Text(
                "`tidewheel processes list` names those that share the lake.",
                "可用 `tidewheel processes list` 查看共用数据湖的进程。",
            ),
        )
    return found


def sign_in(
    db: Session, process_id: str, *, host: str, folder: str, role: str, public_key: str, now: int
) -> None:
    """Take note that the process of a data folder has started; one that was thought gone for good is back."""
    found = db.get(Process, process_id)
    if found is None:
        found = Process(id=process_id)
        db.add(found)
    found.host, found.folder, found.role, found.public_key = host[:255], folder[-500:], role, public_key
    found.started_at = found.seen_at = now
    found.retired_at = None
    db.flush()


def seen(db: Session, process_id: str, now: int) -> None:
    """Take note that a process runs."""
    get(db, process_id).seen_at = now
    db.flush()


def retire(db: Session, process_id: str, now: int) -> Process:
    """Take note that a data folder will not come back: nobody waits for it any more."""
    found = get(db, process_id)
    found.retired_at = found.retired_at or now
    return found
