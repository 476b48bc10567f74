"""Notes on the time axis: what happened, so that nobody asks twice why a line jumped."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Final

from fastapi import Query
from pydantic import AfterValidator, Field, StringConstraints

from tidewheel.core.errors import BadInput, Unfit
from tidewheel.core.period import FIRST_DAY, LAST_DAY, Day
from tidewheel.core.text import Text
from tidewheel.serve.access import Editor, Here, Viewer
from tidewheel.serve.api.fields import Body, Done, Limit, Moment, Name, Reply
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import Note, notes

router = Router(prefix="/projects/{project}/notes", tags=["notes"])

_FORM: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?", re.ASCII)


def _known(text: str) -> str:
    said = text.replace(" ", "T")
    try:
        when = datetime.fromisoformat(said) if _FORM.fullmatch(said) else None
    except ValueError:
        when = None
    if when is None or not FIRST_DAY <= when.date() <= LAST_DAY:
        raise Unfit(
            Text(
                "it must be a day such as 2026-11-11 or a moment such as 2026-11-11T15:00",
                "应为日期（如 2026-11-11）或时刻（如 2026-11-11T15:00）",
            )
        )
    return said


When = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=32),
    AfterValidator(_known),
    Field(description="A day, 2026-11-11, or a moment, 2026-11-11T15:00, by the project's clock"),
]


class NewNote(Body):
    """What happened, when; ``to`` is the last day or moment of what lasted."""

    text: Name
    on: When
    to: When | None = None


class NoteChanges(Body):
    """What shall be otherwise; ``to`` null: it is of one day or moment."""

    text: Name | None = None
    on: When | None = None
    to: When | None = None


class NoteReply(Reply):
    """One note: what happened, when, and who says so."""

    id: str
    text: str
    on: str
    to: str | None
    by: str
    created_at: Moment


class NoteList(Reply):
    """A project's notes, the latest first."""

    notes: list[NoteReply]


@router.get("")
def list_notes(
    place: Viewer,
    installation: Here,
    first: Annotated[
        Day | None, Query(alias="from", description="Only those that touch this day or later ones")
    ] = None,
    last: Annotated[
        Day | None, Query(alias="to", description="Only those that touch this day or earlier ones")
    ] = None,
    limit: Limit = 1_000,
) -> NoteList:
    """List the project's notes on the time axis, the latest first."""
    since, until = (day.isoformat() if day else None for day in (first, last))
    with installation.catalog.read() as db:
        found = notes.listed(db, place.project.id, since, until, limit)
        return NoteList(notes=[_describe(one) for one in found])


@router.post("", status_code=201)
def add_note(body: NewNote, place: Editor, installation: Here) -> NoteReply:
    """Add a note to a day or a moment."""
    start, end = _span(body.on, body.to)
    with installation.catalog.write() as db:
        now, project = installation.clock(), place.project.id
        note = notes.add(
            db, project_id=project, start=start, end=end, text=body.text, by=place.asker.name, now=now
        )
        place.asker.note(db, now, "note_added", note.text, project, id=note.id, on=start)
        return _describe(note)


@router.patch("/{note_id}")
def change_note(note_id: str, body: NoteChanges, place: Editor, installation: Here) -> NoteReply:
    """Change what a note says, or when; what is not sent stays."""
    with installation.catalog.write() as db:
        note = notes.get(db, place.project.id, note_id)
        until = body.to if "to" in body.model_fields_set else note.end
        note.start, note.end = _span(body.on or note.start, until)
        note.text = body.text or note.text
        changed = sorted(body.model_fields_set)
        place.asker.note(
            db, installation.clock(), "note_changed", note.text, place.project.id, id=note.id, changed=changed
        )
        return _describe(note)


@router.delete("/{note_id}")
def remove_note(note_id: str, place: Editor, installation: Here) -> Done:
    """Remove a note."""
    with installation.catalog.write() as db:
        note = notes.get(db, place.project.id, note_id)
        place.asker.note(
            db, installation.clock(), "note_removed", note.text, place.project.id, id=note.id, on=note.start
        )
        db.delete(note)
    return Done()


def _span(start: str, end: str | None) -> tuple[str, str | None]:
    """Return start and end; an end that says no more than the start is none."""
    if end is None or end == start:
        return start, None
    both = min(len(start), len(end))
    if end[:both] < start[:both]:
        raise BadInput(
            "note_ends_early",
            Text("The note ends before it begins.", "标注的结束早于开始。"),
            field="to",
            got=end,
            expected=f"≥ {start}",
            hint=Text("Give a later end, or none.", "请填写更晚的结束，或不填结束。"),
        )
    return start, end


def _describe(note: Note) -> NoteReply:
    return NoteReply(
        id=note.id, text=note.text, on=note.start, to=note.end, by=note.by, created_at=note.created_at
    )
