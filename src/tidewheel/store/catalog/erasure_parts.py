"""What each process that shares a lake has to do for an erasure, and how far it is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.store.catalog import envelopes
from tidewheel.store.catalog.tables import Erasure, ErasurePart, Process

OWED: Final = frozenset({"asked", "cleaning", "unanswered"})
"""States in which it is the process that has to do something."""
STATES: Final = frozenset({"asked", "gathered", "cleaning", "cleaned", "unanswered", "late"})
GATHERED: Final = frozenset({"gathered", "cleaning", "cleaned", "unanswered", "late"})
CLEANED: Final = frozenset({"cleaned", "unanswered", "late"})


def ask(db: Session, erasure_id: str) -> None:
    """Ask every process that has ever signed in."""
    for process_id in db.scalars(select(Process.id)):
        db.add(ErasurePart(erasure_id=erasure_id, process_id=process_id, state="asked", counts={}))
    db.flush()


def of(db: Session, erasure_id: str) -> list[tuple[ErasurePart, Process]]:
    """Return an erasure's parts with their processes."""
    query = select(ErasurePart, Process).join(Process, Process.id == ErasurePart.process_id)
    query = query.where(ErasurePart.erasure_id == erasure_id).order_by(Process.host, Process.id)
    return [(part, process) for part, process in db.execute(query)]


def owed_by(db: Session, process_id: str) -> list[tuple[ErasurePart, Erasure]]:
    """Return what a process has to do, the earliest erasure first."""
    query = select(ErasurePart, Erasure).join(Erasure, Erasure.id == ErasurePart.erasure_id)
    query = query.where(ErasurePart.process_id == process_id, ErasurePart.state.in_(OWED))
    return [(part, one) for part, one in db.execute(query.order_by(Erasure.created_at, Erasure.id))]


def clean(db: Session, erasure_id: str) -> None:
    """Ask those who have put into the lake what waited to clean their own files."""
    for part, _ in of(db, erasure_id):
        if part.state == "gathered":
            part.state = "cleaning"
    db.flush()


def give_up(
    db: Session, erasure_id: str, states: Collection[str], subject: dict[str, Any], seen_before: int, own: str
) -> None:
    """Wait no longer for processes in some states that were not seen since a moment; each is left a note whom to erase."""
    for part, process in of(db, erasure_id):
        gone = process.retired_at is not None or process.seen_at < seen_before
        if part.state in states and gone and process.id != own:
            part.state = "unanswered"
            leave_note(part, process, subject)
    db.flush()


def leave_note(part: ErasurePart, process: Process, subject: dict[str, Any]) -> None:
    """Say whom to erase so that only the process can read it."""
    whom = {name: subject.get(name, []) for name in ("actors", "words", "parts")}
    part.note = envelopes.close(process.public_key, whom)


def answer(
    db: Session, erasure_id: str, process_id: str, state: str, counts: dict[str, int], now: int
) -> None:
    """Take note of what a process has done."""
    part = db.get(ErasurePart, (erasure_id, process_id))
    if part is None:  # the project was deleted meanwhile
        return
    added = {name: part.counts.get(name, 0) + count for name, count in counts.items()}
    part.state, part.counts, part.answered_at, part.error = state, {**part.counts, **added}, now, None
    if state in {"cleaned", "late"}:
        part.note = None
    db.flush()


def stumble(db: Session, erasure_id: str, process_id: str, error: str) -> None:
    """Take note of why a process could not do its part the last time."""
    part = db.get(ErasurePart, (erasure_id, process_id))
    if part is not None:
        part.error = error[:300]
