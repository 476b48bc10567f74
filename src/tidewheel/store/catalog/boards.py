"""Boards and saved questions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.secret import new_id
from tidewheel.store.catalog.tables import Board, SavedQuestion


def listed(db: Session, project_id: str) -> list[Board]:
    """Return a project's boards by name."""
    return list(
        db.scalars(select(Board).where(Board.project_id == project_id).order_by(Board.name, Board.id))
    )


def get(db: Session, project_id: str, board_id: str) -> Board:
    """Return one board of the project."""
    board = None if "\0" in board_id else db.get(Board, board_id)
    if board is None or board.project_id != project_id:
        raise NotFound(
            "no_such_board", Text("There is no such board.", "没有这个看板。"), got=shorten(board_id, 60)
        )
    return board


def add(db: Session, *, project_id: str, name: str, tiles: list[Any], by: str | None, now: int) -> Board:
    """Add a board."""
    board = Board(
        id=new_id(),
        project_id=project_id,
        name=name,
        tiles=tiles,
        created_at=now,
        updated_at=now,
        updated_by=by,
    )
    db.add(board)
    db.flush()
    return board


def questions(db: Session, project_id: str) -> list[SavedQuestion]:
    """Return a project's saved questions by name."""
    query = select(SavedQuestion).where(SavedQuestion.project_id == project_id)
    return list(db.scalars(query.order_by(SavedQuestion.name, SavedQuestion.id)))


def question(db: Session, project_id: str, question_id: str) -> SavedQuestion:
    """Return one saved question of the project."""
    found = None if "\0" in question_id else db.get(SavedQuestion, question_id)
    if found is None or found.project_id != project_id:
        raise NotFound(
            "no_such_question",
            Text("There is no such saved question.", "没有这个已存分析。"),
            got=shorten(question_id, 60),
        )
    return found


def save_question(
    db: Session, *, project_id: str, name: str, kind: str, params: dict[str, Any], by: str | None, now: int
) -> SavedQuestion:
    """Save a question."""
    saved = SavedQuestion(
        id=new_id(),
        project_id=project_id,
        name=name,
        kind=kind,
        params=params,
        created_at=now,
        updated_at=now,
        updated_by=by,
    )
    db.add(saved)
    db.flush()
    return saved
