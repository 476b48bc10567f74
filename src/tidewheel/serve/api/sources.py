"""Sources: where a project's events come from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints

from tidewheel.serve import dictionary
from tidewheel.serve.access import Editor, Here, Place, Viewer
from tidewheel.serve.api.fields import Body, Done, Moment, Name, Reply
from tidewheel.serve.dictionary import Seen
from tidewheel.store.catalog import Source, sources

router = APIRouter(prefix="/projects/{project}/sources", tags=["sources"])

SourceKind = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,31}$")]


class NewSource(Body):
    """A source to add. ``kind`` says what sends: web, mini_program, app, store, server, import …"""

    name: Name
    kind: SourceKind = "server"


class SourceChanges(Body):
    """What to change; events of a source that is not enabled are refused. ``new_key`` replaces the write key."""

    name: Name | None = None
    enabled: bool | None = None
    new_key: bool = False


class SourceReply(Reply):
    """One source. ``write_key`` is null for viewers."""

    id: str
    name: str
    kind: str
    write_key: str | None
    enabled: bool
    created_at: Moment
    events_24h: int
    last_event_at: Moment | None


class SourceList(Reply):
    """A project's sources, oldest first."""

    sources: list[SourceReply]


@router.get("")
def list_sources(place: Viewer, installation: Here) -> SourceList:
    """List the project's sources and how much each sends."""
    with installation.catalog.read() as db:
        found = sources.listed(db, place.project.id)
    snapshot = place.store.snapshot()
    seen = installation.dictionary.contents(snapshot).sources
    lately = dictionary.sources_lately(snapshot, installation.clock())
    return SourceList(
        sources=[_describe(source, place, seen.get(source.id), lately.get(source.id, 0)) for source in found]
    )


@router.post("", status_code=201)
def add_source(body: NewSource, place: Editor, installation: Here) -> SourceReply:
    """Add a source and make its write key."""
    now = installation.clock()
    with installation.catalog.write() as db:
        source = sources.add(db, project_id=place.project.id, name=body.name, kind=body.kind, now=now)
        place.asker.note(db, now, "source_added", source.id, place.project.id)
    installation.write_keys.refresh()
    return _describe(source, place)


@router.patch("/{source_id}")
def change_source(source_id: str, body: SourceChanges, place: Editor, installation: Here) -> SourceReply:
    """Rename a source, switch it off or on, or give it a new write key."""
    with installation.catalog.write() as db:
        source = sources.get(db, place.project.id, source_id)
        if body.name and body.name != source.name:
            sources.require_free_name(db, place.project.id, body.name)
            source.name = body.name
        if body.enabled is not None:
            source.enabled = body.enabled
        if body.new_key:
            sources.renew_key(source)
        changed = sorted(body.model_fields_set)
        place.asker.note(
            db, installation.clock(), "source_changed", source.id, place.project.id, changed=changed
        )
    installation.write_keys.refresh()
    return _describe(source, place)


@router.delete("/{source_id}")
def remove_source(source_id: str, place: Editor, installation: Here) -> Done:
    """Remove a source; its write key stops working, its events stay."""
    with installation.catalog.write() as db:
        db.delete(sources.get(db, place.project.id, source_id))
        place.asker.note(db, installation.clock(), "source_removed", source_id, place.project.id)
    installation.write_keys.refresh()
    return Done()


def _describe(source: Source, place: Place, seen: Seen | None = None, lately: int = 0) -> SourceReply:
    return SourceReply(
        id=source.id,
        name=source.name,
        kind=source.kind,
        write_key=source.write_key if place.role != "viewer" else None,
        enabled=source.enabled,
        created_at=source.created_at,
        events_24h=lately,
        last_event_at=seen.last if seen else None,
    )
