"""Segments: people kept by a rule or as a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import Request
from pydantic import Field, StringConstraints

from tidewheel.analyse.run import segment_people
from tidewheel.analyse.segments import Members, Rule
from tidewheel.core.errors import BadInput, unknown
from tidewheel.core.text import Text
from tidewheel.identify import people
from tidewheel.serve import queries
from tidewheel.serve.access import Editor, Here, Place, Viewer
from tidewheel.serve.api.analyses import asking_of
from tidewheel.serve.api.fields import Body, Done, Limit, Moment, Name, Offset, Reply
from tidewheel.serve.api.people import PeoplePage, shown
from tidewheel.serve.routes import Router
from tidewheel.serve.segments import Identifiers, frozen, read_identifiers, settled, trial, usable
from tidewheel.store.catalog import SavedSegment, segments

router = Router(prefix="/projects/{project}/segments", tags=["segments"])

_Line = Annotated[str, StringConstraints(max_length=400)]


class Cell(Body):
    """A figure of an answer: the analysis, its parameters, the cell, and which comparison."""

    kind: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    params: dict[str, Any]
    cell: dict[str, Any]
    comparison: Annotated[int, Field(ge=0, le=3)] | None = None


class SegmentPeople(Body):
    """Who: the people behind a figure, or those who have one of these identifiers.

    A ``rule`` keeps the question and is worked out whenever it is used; a ``list`` keeps who they are now.
    ``identifiers`` are lines of ``type:value``, or values of ``identifier_type``.
    """

    kind: Literal["rule", "list"]
    answer: Cell | None = None
    identifiers: Annotated[list[_Line], Field(max_length=2_000_000)] | None = None
    identifier_type: Annotated[str, StringConstraints(max_length=64)] | None = None


class NewSegment(SegmentPeople):
    """A segment to keep."""

    name: Name


class SegmentChanges(Body):
    """What shall be different: the name, or who they are."""

    name: Name | None = None
    people: SegmentPeople | None = None


class Use(Reply):
    """Something that names a segment."""

    kind: Literal["board", "goal", "question", "segment"]
    id: str
    name: str


class SegmentReply(Reply):
    """One segment. ``size`` is the number of identifiers of a list; ``answer`` what it was saved from."""

    id: str
    name: str
    kind: Literal["rule", "list"]
    answer: Cell | None
    size: int | None
    version: int
    by: str
    created_at: Moment
    updated_at: Moment
    used: list[Use]


class SegmentList(Reply):
    """A project's segments by name."""

    segments: list[SegmentReply]


class SegmentCount(Reply):
    """How many people they are now. ``left_out`` counts lines that are no identifiers; ``examples`` are some."""

    count: int
    left_out: int = 0
    examples: list[str] = Field(default_factory=list)


class SavedReply(SegmentReply, SegmentCount):
    """A segment that was just saved, and how many people are in it."""


@router.get("")
def list_segments(place: Viewer, installation: Here) -> SegmentList:
    """List the project's segments."""
    with installation.catalog.read() as db:
        uses = segments.uses(db, place.project.id)
        return SegmentList(segments=[_describe(one, uses) for one in segments.listed(db, place.project.id)])


@router.post("", status_code=201)
async def save_segment(body: NewSegment, request: Request, place: Editor) -> SavedReply:
    """Save people as a segment."""

    def work(query: queries.Query) -> SavedReply:
        rule, read, count = _found(body, place, query)
        with place.installation.catalog.write() as db:
            saved = segments.add(
                db,
                project_id=place.project.id,
                name=body.name,
                kind=body.kind,
                definition=_kept(rule),
                members=read.actors if body.kind == "list" else None,
                by=place.asker.name,
                now=place.installation.clock(),
            )
            return _saved(saved, [], read, count)

    return await _run(request, place, work)


@router.post("/preview")
async def preview_segment(body: SegmentPeople, request: Request, place: Viewer) -> SegmentCount:
    """Say how many people a segment would have, without saving it."""

    def work(query: queries.Query) -> SegmentCount:
        _, read, count = _found(body, place, query)
        return SegmentCount(count=count, left_out=read.left_out, examples=read.examples)

    return await _run(request, place, work)


@router.get("/{segment}")
def get_segment(segment: str, place: Viewer, installation: Here) -> SegmentReply:
    """Return one segment, by id or name."""
    with installation.catalog.read() as db:
        found = segments.get(db, place.project.id, segment)
        return _describe(found, segments.uses(db, place.project.id))


@router.patch("/{segment}")
async def change_segment(segment: str, body: SegmentChanges, request: Request, place: Editor) -> SavedReply:
    """Rename a segment, or give it other people; its kind stays."""

    def work(query: queries.Query) -> SavedReply:
        with place.installation.catalog.read() as db:
            before = usable(segments.get(db, place.project.id, segment))
        found = _found(body.people, place, query, before.id) if body.people else None
        with place.installation.catalog.write() as db:
            saved = segments.get(db, place.project.id, before.id)
            if body.name is not None:
                segments.rename(db, saved, body.name)
            if found and body.people:
                _same_kind(saved, body.people)
                members = found[1].actors if saved.kind == "list" else None
                segments.redefine(saved, _kept(found[0]), members)
            saved.by = place.asker.name
            saved.updated_at = max(place.installation.clock(), saved.updated_at + 1)
            db.flush()
            now = usable(saved)
            reply = _describe(saved, segments.uses(db, place.project.id))
        _, persons = segment_people(place.store, now, asking_of(place, query))
        read = found[1] if found else Identifiers()
        return SavedReply(
            **reply.model_dump(), count=len(persons), left_out=read.left_out, examples=read.examples
        )

    return await _run(request, place, work)


@router.delete("/{segment}")
def remove_segment(segment: str, place: Editor, installation: Here) -> Done:
    """Remove a segment; for a week it can be brought back."""
    with installation.catalog.write() as db:
        found = segments.get(db, place.project.id, segment)
        found.removed_at = installation.clock()
        place.asker.note(db, installation.clock(), "segment_removed", found.name, place.project.id)
    return Done()


@router.post("/{segment}/restore")
def restore_segment(segment: str, place: Editor, installation: Here) -> SegmentReply:
    """Bring a removed segment back, by its id."""
    with installation.catalog.write() as db:
        found = segments.get(db, place.project.id, segment, removed=True)
        segments.restore(db, found)
        return _describe(found, segments.uses(db, place.project.id))


@router.get("/{segment}/count")
async def count_segment(segment: str, request: Request, place: Viewer) -> SegmentCount:
    """Say how many people are in a segment now."""
    return await _run(
        request, place, lambda query: SegmentCount(count=len(_persons(segment, place, query)[1]), examples=[])
    )


@router.get("/{segment}/people")
async def list_segment_people(
    segment: str, request: Request, place: Viewer, offset: Offset = 0, limit: Limit = 50
) -> PeoplePage:
    """Return the people who are in a segment now, those seen last first."""

    def work(query: queries.Query) -> PeoplePage:
        snapshot, persons = _persons(segment, place, query)
        return shown(people.page(snapshot, persons, offset, limit))

    return await _run(request, place, work)


def _persons(reference: str, place: Place, query: queries.Query) -> tuple[Any, Any]:
    asking = asking_of(place, query)
    return segment_people(place.store, asking.segment(reference), asking)


def _found(
    body: SegmentPeople, place: Place, query: queries.Query, own_id: str | None = None
) -> tuple[Rule | None, Identifiers, int]:
    """Return the rule, the identifiers and how many people they are now."""
    asking = asking_of(place, query)
    if body.answer is None and (body.kind == "rule" or body.identifiers is None):
        raise _nothing(body.kind)
    rule, ranks = None, place.store.view.rules.ranks
    if body.answer is not None:
        rule = settled(
            Rule(body.answer.kind, body.answer.params, body.answer.cell, body.answer.comparison), asking
        )
    if body.kind == "rule":
        assert rule is not None
        segment, read = trial(rule), Identifiers()
    else:
        read = (
            read_identifiers(
                body.identifiers,
                _identifier_type(body.identifier_type, ranks),
                place.installation.guard(place.project.id),
                ranks,
            )
            if body.identifiers is not None
            else Identifiers(frozen(place.store, rule, asking) if rule else [])
        )
        segment = trial(Members(tuple(read.actors)))
    if own_id is not None and isinstance(segment.people, Rule):
        segment = type(segment)(own_id, segment.id, 0, segment.people)
    _, persons = segment_people(place.store, segment, asking)
    return rule, read, len(persons)


def _identifier_type(name: str | None, ranks: Mapping[str, int]) -> str | None:
    if name is not None and name not in ranks:
        raise unknown(Text("type of identifier", "标识类型"), name, ranks, field="identifier_type")
    return name


def _nothing(kind: str) -> BadInput:
    return BadInput(
        "segment_of_nothing",
        Text("Say who is in the segment.", "请说明人群里有谁。"),
        field="answer",
        expected="answer" if kind == "rule" else "answer | identifiers",
        hint=Text("Send the figure of an answer as answer.", "请在 answer 里给出分析结果中的一个数字。"),
    )


def _same_kind(saved: SavedSegment, body: SegmentPeople) -> None:
    if saved.kind != body.kind:
        raise BadInput(
            "segment_kind_stays",
            Text("A {kind} stays a {kind}.", "人群的类型不能更改。"),
            field="people.kind",
            got=body.kind,
            expected=saved.kind,
            hint=Text("Save it under another name.", "请另存为新的人群。"),
            kind=saved.kind,
        )


def _kept(rule: Rule | None) -> dict[str, Any] | None:
    if rule is None:
        return None
    return {"kind": rule.kind, "params": rule.params, "cell": rule.cell, "comparison": rule.comparison}


def _describe(saved: SavedSegment, uses: list[tuple[str, str, str, set[str]]]) -> SegmentReply:
    return SegmentReply.model_validate(
        {
            "id": saved.id,
            "name": saved.name,
            "kind": saved.kind,
            "answer": saved.definition,
            "size": saved.size,
            "version": saved.version,
            "by": saved.by,
            "created_at": saved.created_at,
            "updated_at": saved.updated_at,
            "used": [
                {"kind": kind, "id": id_, "name": name}
                for kind, id_, name, named in uses
                if (saved.id in named or saved.name in named) and id_ != saved.id
            ],
        }
    )


def _saved(
    saved: SavedSegment, uses: list[tuple[str, str, str, set[str]]], read: Identifiers, count: int
) -> SavedReply:
    told = _describe(saved, uses).model_dump()
    return SavedReply(**told, count=count, left_out=read.left_out, examples=read.examples)


async def _run(request: Request, place: Place, work: Callable[[queries.Query], queries.T]) -> queries.T:
    with place.installation.metrics.asking("segment"):
        return await place.installation.queries.run(request, place.project.id, None, work)
