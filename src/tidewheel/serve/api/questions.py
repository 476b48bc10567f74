"""Saved questions: worth asking again."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from tidewheel.serve.access import Editor, Here, Viewer
from tidewheel.serve.api.fields import Body, Done, Moment, Name, Reply
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import SavedQuestion, boards

router = Router(prefix="/projects/{project}/questions", tags=["questions"])


class NewQuestion(Body):
    """A question to keep."""

    name: Name
    kind: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    params: dict[str, Any]


class QuestionReply(Reply):
    """A saved question."""

    id: str
    name: str
    kind: str
    params: dict[str, Any]
    updated_at: Moment


class QuestionList(Reply):
    """A project's saved questions by name."""

    questions: list[QuestionReply]


@router.get("")
def list_questions(place: Viewer, installation: Here) -> QuestionList:
    """List the project's saved questions."""
    with installation.catalog.read() as db:
        found = boards.questions(db, place.project.id)
    return QuestionList(questions=[_describe(question) for question in found])


@router.post("", status_code=201)
def save_question(body: NewQuestion, place: Editor, installation: Here) -> QuestionReply:
    """Save a question."""
    with installation.catalog.write() as db:
        saved = boards.save_question(
            db,
            project_id=place.project.id,
            name=body.name,
            kind=body.kind,
            params=body.params,
            by=place.asker.user_id(),
            now=installation.clock(),
        )
        return _describe(saved)


@router.put("/{question_id}")
def replace_question(question_id: str, body: NewQuestion, place: Editor, installation: Here) -> QuestionReply:
    """Replace a saved question."""
    with installation.catalog.write() as db:
        saved = boards.question(db, place.project.id, question_id)
        saved.name, saved.kind, saved.params = body.name, body.kind, body.params
        saved.updated_at, saved.updated_by = installation.clock(), place.asker.user_id()
        return _describe(saved)


@router.delete("/{question_id}")
def remove_question(question_id: str, place: Editor, installation: Here) -> Done:
    """Remove a saved question."""
    with installation.catalog.write() as db:
        db.delete(boards.question(db, place.project.id, question_id))
    return Done()


def _describe(question: SavedQuestion) -> QuestionReply:
    return QuestionReply(
        id=question.id,
        name=question.name,
        kind=question.kind,
        params=question.params,
        updated_at=question.updated_at,
    )
