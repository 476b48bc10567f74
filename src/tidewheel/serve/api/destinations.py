"""Destinations: named places that messages are sent to. What is secret of them is never shown again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Request
from pydantic import Field, StringConstraints

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.model import parse_alert
from tidewheel.serve import destinations as places
from tidewheel.serve import queries
from tidewheel.serve.access import Editor, Here, Viewer
from tidewheel.serve.api.fields import Body, Done, Moment, Reply, Title
from tidewheel.serve.errors import language_of
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import Destination, Session, alerts, destinations

router = Router(prefix="/projects/{project}/destinations", tags=["alerts"])

ChannelName = Annotated[str, StringConstraints(max_length=32)]


class NewDestination(Body):
    """Where messages shall go. A secret field that is left out, or null, keeps what it has."""

    channel: ChannelName
    target: Annotated[dict[str, Any], Field(max_length=20)]
    language: Literal["en", "zh"] = "zh"


class DestinationReply(Reply):
    """Where messages go. ``target`` has what is not secret, ``secrets`` names what is kept besides."""

    name: str
    channel: str
    channel_title: Title
    place: str
    target: dict[str, Any]
    secrets: list[str]
    language: Literal["en", "zh"]
    used: list[str]
    by: str
    updated_at: Moment


class ChannelReply(Reply):
    """A way to send; ``target`` is the JSON schema of what it needs."""

    name: str
    title: Title
    target: dict[str, Any]
    secrets: list[str]
    ready: bool


class DestinationList(Reply):
    """A project's destinations by name, and the channels there are."""

    destinations: list[DestinationReply]
    channels: list[ChannelReply]


class Outcome(Reply):
    """What became of a test message."""

    sent: bool
    error: str | None


@router.get("")
def list_destinations(place: Viewer, installation: Here) -> DestinationList:
    """List where messages can go."""
    with installation.catalog.read() as db:
        found = destinations.listed(db, place.project.id)
        channels = [
            ChannelReply(
                name=channel.name,
                title=Title(en=channel.title.en, zh=channel.title.zh),
                target=channel.Target.model_json_schema(),
                secrets=sorted(places.secrets_of(channel)),
                ready=channel.ready(installation.settings),
            )
            for channel in places.CHANNELS.all().values()
        ]
        return DestinationList(destinations=[_describe(db, one) for one in found], channels=channels)


@router.put("/{name}")
def save_destination(name: str, body: NewDestination, place: Editor, installation: Here) -> DestinationReply:
    """Add a destination, or let it lead somewhere else."""
    with installation.catalog.write() as db:
        before = destinations.find(db, place.project.id, name)
        target = places.read(name, body.channel, body.target, before)
        found = destinations.put(
            db,
            project_id=place.project.id,
            name=name,
            channel=body.channel,
            target=target,
            language=body.language,
            by=place.asker.name,
            now=installation.clock(),
        )
        place.asker.note(db, installation.clock(), "destination_saved", name, place.project.id)
        return _describe(db, found)


@router.delete("/{name}")
def remove_destination(name: str, place: Editor, installation: Here) -> Done:
    """Remove a destination that no alert uses."""
    with installation.catalog.write() as db:
        found = destinations.get(db, place.project.id, name)
        used = _users(db, place.project.id, name)
        if used:
            raise BadInput(
                "destination_used",
                Text("{name} is used: {by}.", "{name} 正在使用：{by}。"),
                got=name,
                hint=Text("Take it out there first.", "请先在那里去掉它。"),
                name=name,
                by=", ".join(used),
            )
        db.delete(found)
        place.asker.note(db, installation.clock(), "destination_removed", name, place.project.id)
    return Done()


@router.post("/{name}/test")
async def test_destination(name: str, request: Request, place: Editor) -> Outcome:
    """Send a greeting there now."""
    with place.installation.catalog.read() as db:
        found = destinations.get(db, place.project.id, name)

    def work(_: queries.Query) -> Outcome:
        error = places.greet(place.installation, place.project, found, language_of(request.headers))
        return Outcome(sent=error is None, error=error)

    return await place.installation.queries.run(request, place.project.id, None, work, limited=False)


def _users(db: Session, project: str, name: str) -> list[str]:
    found = alerts.listed(db, project)
    return [one.name for one in found if name in parse_alert(one.name, one.definition).to]


def _describe(db: Session, one: Destination) -> DestinationReply:
    shown = places.shown(one)
    return DestinationReply(
        name=one.name,
        channel=one.channel,
        channel_title=Title(en=shown.title.en, zh=shown.title.zh),
        place=shown.place,
        target=shown.target,
        secrets=shown.secrets,
        language="zh" if one.language == "zh" else "en",
        used=_users(db, one.project_id, one.name),
        by=one.by,
        updated_at=one.updated_at,
    )
