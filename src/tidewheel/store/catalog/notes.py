"""Notes on the time axis: what happened on a day or at a moment of the project's own clock."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tidewheel.core.errors import NotFound, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.secret import new_id
from tidewheel.store.catalog.tables import Base


class Note(Base):
    """A short text at a day (``2026-11-11``) or a moment (``2026-11-11T15:00``) of the project's clock.

    ``end``, a day or a moment too, is the last that it holds for; without it, it is of ``start`` alone.
    """

    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    start: Mapped[str] = mapped_column(String(16))
    end: Mapped[str | None] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index(None, "project_id", "start"),)


def listed(
    db: Session, project_id: str, first: str | None = None, last: str | None = None, limit: int = 1000
) -> list[Note]:
    """Return the notes that touch the days from ``first`` to ``last``, the latest first."""
    query = select(Note).where(Note.project_id == project_id)
    if first is not None:
        query = query.where(func.substr(func.coalesce(Note.end, Note.start), 1, 10) >= first)
    if last is not None:
        query = query.where(func.substr(Note.start, 1, 10) <= last)
    return list(db.scalars(query.order_by(Note.start.desc(), Note.created_at.desc(), Note.id).limit(limit)))


def get(db: Session, project_id: str, note_id: str) -> Note:
    """Return one note of the project."""
    note = None if "\0" in note_id else db.get(Note, note_id)
    if note is None or note.project_id != project_id:
        raise NotFound(
            "no_such_note",
            Text("There is no such note.", "没有这条标注。"),
            got=shorten(note_id, 60),
            hint=Text("List the notes of the project.", "请先查看该项目的标注。"),
        )
    return note


def add(db: Session, *, project_id: str, start: str, end: str | None, text: str, by: str, now: int) -> Note:
    """Add a note."""
    note = Note(id=new_id(), project_id=project_id, start=start, end=end, text=text, by=by, created_at=now)
    db.add(note)
    db.flush()
    return note
