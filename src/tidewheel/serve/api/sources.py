"""Sources: where a project's events come from."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field, StringConstraints

from tidewheel.analyse.answer import Title
from tidewheel.analyse.losses import losses
from tidewheel.collect.contract import PROTOCOLS
from tidewheel.collect.plan import Mode
from tidewheel.collect.vocabulary import Vocabulary
from tidewheel.core.text import Text
from tidewheel.serve import dictionary
from tidewheel.serve.access import Editor, Here, Place, Viewer
from tidewheel.serve.api.fields import Body, Done, Moment, Name, Reply
from tidewheel.serve.dictionary import Seen
from tidewheel.serve.installation import Installation
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import Source, sources

router = Router(prefix="/projects/{project}/sources", tags=["sources"])

SourceKind = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,31}$")]


VendorKey = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=200)]


class NewSource(Body):
    """A source to add. ``kind`` says what sends: web, mini_program, app, store, server, import …"""

    name: Name
    kind: SourceKind = "server"


class SourceChanges(Body):
    """What to change; events of a source that is not enabled are refused. ``new_key`` replaces the write key.

    ``vendor_keys`` are keys that clients of another vendor hold (account, project, token): requests that name
    one belong to this source. ``plan_mode`` is what becomes of events that are not as planned: they are
    counted, the sender is told as well, or they are refused.
    """

    name: Name | None = None
    enabled: bool | None = None
    new_key: bool = False
    vendor_keys: Annotated[list[VendorKey], Field(max_length=50)] | None = None
    plan_mode: Mode | None = None


class SourceReply(Reply):
    """One source. Keys are null for viewers; ``vocabularies`` names the protocols it has words of its own for."""

    id: str
    name: str
    kind: str
    write_key: str | None
    vendor_keys: list[str] | None
    vocabularies: list[str]
    enabled: bool
    plan_mode: Mode
    created_at: Moment
    events_24h: int
    last_event_at: Moment | None


class VocabularyReply(Reply):
    """How names become ours; ``own``: changed by people here, else as it comes with the protocol."""

    own: bool
    words: Vocabulary


class ClientReply(Reply):
    """A client and what to change in it: ``{address}`` is this server with the source's key, ``{key}`` the key."""

    title: Title
    code: str


class ProtocolReply(Reply):
    """A protocol the server speaks; ``addresses`` are the methods and paths it serves."""

    name: str
    title: Title
    addresses: list[str]
    clients: list[ClientReply]


class ProtocolList(Reply):
    """All protocols, by name."""

    protocols: list[ProtocolReply]


class LossDayReply(Reply):
    """A day: how many numbered events came, and how many that the clients had numbered did not."""

    day: date
    arrived: int
    missing: int


class LossReply(Reply):
    """What clients numbered and never came; ``numbered``: whether any client of the source numbers its events.

    ``missing`` is the most that can have been lost: a client that numbers an event anew when it sends it again leaves a
    gap, and so does an event that was refused or left out. ``runs`` are counts that clients kept: a run of a mini
    program, or a device.
    """

    numbered: bool
    runs: int
    arrived: int
    missing: int
    days: list[LossDayReply]


class SourceList(Reply):
    """A project's sources, oldest first."""

    sources: list[SourceReply]


@router.get("")
def list_sources(place: Viewer, installation: Here) -> SourceList:
    """List the project's sources and how much each sends."""
    with installation.catalog.read() as db:
        found = sources.listed(db, place.project.id)
    snapshot = place.snapshot()
    seen = installation.dictionary.contents(snapshot).sources
    lately = dictionary.sources_lately(snapshot, installation.clock())
    return SourceList(
        sources=[_describe(source, place, seen.get(source.id), lately.get(source.id, 0)) for source in found]
    )


@router.get("/protocols")
def list_protocols(place: Viewer) -> ProtocolList:  # noqa: ARG001 - whoever sees the project may know
    """List the protocols the server speaks, and what clients of each have to change."""
    return ProtocolList(
        protocols=[
            ProtocolReply(
                name=name,
                title=_both(spoken.title),
                addresses=[f"{route.method} {route.path}" for route in spoken.routes],
                clients=[
                    ClientReply(title=_both(client.title), code=client.code) for client in spoken.clients
                ],
            )
            for name, spoken in PROTOCOLS.all().items()
        ]
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
        if body.plan_mode is not None:
            source.plan_mode = body.plan_mode
        if body.vendor_keys is not None:
            sources.claim_vendor_keys(db, source, list(dict.fromkeys(body.vendor_keys)))
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
        installation.arrivals.forget(place.project.id, source_id)
        place.asker.note(db, installation.clock(), "source_removed", source_id, place.project.id)
    installation.write_keys.refresh()
    return Done()


@router.get("/{source_id}/losses")
def get_losses(
    source_id: str,
    place: Viewer,
    installation: Here,
    days: Annotated[int, Query(ge=1, le=90, description="Today and the days before it")] = 14,
) -> LossReply:
    """Tell how many events the clients of a source numbered and never delivered, day by day."""
    with installation.catalog.read() as db:
        source = sources.get(db, place.project.id, source_id)
    found = losses(place.snapshot(), source.id, place.calendar, installation.clock(), days)
    return LossReply(
        numbered=found.runs > 0,
        runs=found.runs,
        arrived=sum(day.arrived for day in found.days),
        missing=sum(day.missing for day in found.days),
        days=[LossDayReply(day=day.day, arrived=day.arrived, missing=day.missing) for day in found.days],
    )


@router.get("/{source_id}/vocabularies/{protocol}")
def show_vocabulary(source_id: str, protocol: str, place: Viewer, installation: Here) -> VocabularyReply:
    """Tell how the names that a protocol's clients use become ours at this source."""
    spoken = PROTOCOLS.get(protocol, field="protocol")
    with installation.catalog.read() as db:
        own = sources.get(db, place.project.id, source_id).vocabularies.get(protocol)
    words = spoken.vocabulary if own is None else Vocabulary.model_validate(own)
    return VocabularyReply(own=own is not None, words=words)


@router.put("/{source_id}/vocabularies/{protocol}")
def change_vocabulary(
    source_id: str, protocol: str, words: Vocabulary, place: Editor, installation: Here
) -> VocabularyReply:
    """Let names become ours differently at this source, from now on; facts that are kept stay as they are."""
    PROTOCOLS.get(protocol, field="protocol")
    _set_words(place, installation, source_id, protocol, words.model_dump(mode="json", exclude_defaults=True))
    return VocabularyReply(own=True, words=words)


@router.delete("/{source_id}/vocabularies/{protocol}")
def reset_vocabulary(source_id: str, protocol: str, place: Editor, installation: Here) -> VocabularyReply:
    """Go back to the words that come with the protocol."""
    spoken = PROTOCOLS.get(protocol, field="protocol")
    _set_words(place, installation, source_id, protocol, None)
    return VocabularyReply(own=False, words=spoken.vocabulary)


def _both(text: Text) -> Title:
    return Title(en=text.en, zh=text.zh)


def _set_words(
    place: Place, installation: Installation, source_id: str, protocol: str, own: dict[str, Any] | None
) -> None:
    with installation.catalog.write() as db:
        source = sources.get(db, place.project.id, source_id)
        rest = {name: words for name, words in source.vocabularies.items() if name != protocol}
        source.vocabularies = rest if own is None else {**rest, protocol: own}
        now = installation.clock()
        place.asker.note(db, now, "source_words_changed", source.id, place.project.id, protocol=protocol)
    installation.write_keys.refresh()


def _describe(source: Source, place: Place, seen: Seen | None = None, lately: int = 0) -> SourceReply:
    return SourceReply(
        id=source.id,
        name=source.name,
        kind=source.kind,
        write_key=source.write_key if place.role != "viewer" else None,
        vendor_keys=source.vendor_keys if place.role != "viewer" else None,
        vocabularies=sorted(source.vocabularies),
        enabled=source.enabled,
        plan_mode=source.plan_mode,
        created_at=source.created_at,
        events_24h=lately,
        last_event_at=seen.last if seen else None,
    )
