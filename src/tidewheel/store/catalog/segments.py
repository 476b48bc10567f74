"""Segments: definitions of people worth asking about again. Who is in them is worked out elsewhere."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Final, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tidewheel.core.errors import Conflict, NotFound, nearest, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog import goals
from tidewheel.store.catalog.secret import new_id
from tidewheel.store.catalog.tables import Board, SavedQuestion, SavedSegment

UNDO_DAYS: Final = 7
"""How long a segment that was removed can be brought back."""


def listed(db: Session, project_id: str) -> list[SavedSegment]:
    """Return a project's segments by name."""
    query = select(SavedSegment).where(
        SavedSegment.project_id == project_id, SavedSegment.removed_at.is_(None)
    )
    return list(db.scalars(query.order_by(SavedSegment.name, SavedSegment.id)))


def find(db: Session, project_id: str, reference: str) -> SavedSegment | None:
    """Return a segment by id or name."""
    if "\0" in reference:
        return None
    found = db.get(SavedSegment, reference)
    if found is not None and found.project_id == project_id and found.removed_at is None:
        return found
    return next((one for one in listed(db, project_id) if one.name == reference), None)


def get(db: Session, project_id: str, reference: str, *, removed: bool = False) -> SavedSegment:
    """Return a segment by id or name; with ``removed`` one that can be brought back, by id."""
    if removed:
        found = None if "\0" in reference else db.get(SavedSegment, reference)
        found = found if found is not None and found.project_id == project_id else None
    else:
        found = find(db, project_id, reference)
    if found is None:
        near = nearest(reference, [one.name for one in listed(db, project_id)])
        raise NotFound(
            "no_such_segment",
            Text("There is no segment {reference}.", "没有人群 {reference}。"),
            got=shorten(reference, 60),
            hint=Text("Did you mean {near}?", "是不是想找「{near}」？") if near else None,
            reference=shorten(reference, 60),
            near=near,
        )
    return found


def add(
    db: Session,
    *,
    project_id: str,
    name: str,
    kind: Literal["rule", "list"],
    definition: dict[str, Any] | None,
    members: list[str] | None,
    by: str,
    now: int,
) -> SavedSegment:
    """Add a segment; those removed long ago are forgotten."""
    _free(db, project_id, name, None)
    long_ago = now - UNDO_DAYS * 86_400_000
    db.execute(delete(SavedSegment).where(SavedSegment.removed_at < long_ago))
    segment = SavedSegment(
        id=new_id(),
        project_id=project_id,
        name=name,
        kind=kind,
        definition=definition,
        members=pack(members),
        size=None if members is None else len(members),
        version=1,
        by=by,
        created_at=now,
        updated_at=now,
        removed_at=None,
    )
    db.add(segment)
    db.flush()
    return segment


def rename(db: Session, segment: SavedSegment, name: str) -> None:
    """Give a segment another name."""
    _free(db, segment.project_id, name, segment.id)
    segment.name = name


def redefine(segment: SavedSegment, definition: dict[str, Any] | None, members: list[str] | None) -> None:
    """Give a segment other people; its version grows."""
    segment.definition, segment.members = definition, pack(members)
    segment.size = None if members is None else len(members)
    segment.version += 1


def restore(db: Session, segment: SavedSegment) -> None:
    """Bring a removed segment back."""
    _free(db, segment.project_id, segment.name, segment.id)
    segment.removed_at = None


def pack(members: list[str] | None) -> bytes | None:
    """Return identifiers as they are kept: one a line, compressed."""
    return None if members is None else zlib.compress("\n".join(members).encode())


def unpack(members: bytes | None) -> list[str]:
    """Undo :func:`pack`."""
    text = zlib.decompress(members).decode() if members else ""
    return text.split("\n") if text else []


def uses(db: Session, project_id: str) -> list[tuple[str, str, str, set[str]]]:
    """Return what names segments: (``board``, ``goal``, ``question`` or ``segment``, id, name, references)."""
    boards = db.scalars(select(Board).where(Board.project_id == project_id))
    questions = db.scalars(select(SavedQuestion).where(SavedQuestion.project_id == project_id))
    found = [("board", board.id, board.name, set(_named(board.tiles))) for board in boards]
    found += [("question", one.id, one.name, set(_named(one.params))) for one in questions]
    found += [
        ("segment", one.id, one.name, set(_named(one.definition)))
        for one in listed(db, project_id)
        if one.kind == "rule"
    ]
    found += [
        ("goal", one.name, one.name, set(_named(one.definition))) for one in goals.listed(db, project_id)
    ]
    return [one for one in found if one[3]]


def _named(value: Any) -> Iterator[str]:
    """Yield the segments that questions within a JSON value name."""
    if isinstance(value, list):
        for one in value:
            yield from _named(one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in {"segments", "not_segments"} and isinstance(inner, list):
                yield from (one for one in inner if isinstance(one, str))
            elif name == "segment" and isinstance(inner, str):
                yield inner
            else:
                yield from _named(inner)


def _free(db: Session, project_id: str, name: str, but: str | None) -> None:
    if any(one.name == name and one.id != but for one in listed(db, project_id)):
        raise Conflict(
            "segment_name_taken",
            Text("There is a segment named {name} already.", "已有名为「{name}」的人群。"),
            field="name",
            got=name,
            hint=Text("Choose another name.", "请换一个名称。"),
            name=name,
        )
