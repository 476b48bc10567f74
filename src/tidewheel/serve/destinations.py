"""Where messages go: read from requests, shown without secrets, tried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from tidewheel.act.contract import CHANNELS, Message, Sending, Undelivered, secrets_of
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Language, Text
from tidewheel.core.validation import why
from tidewheel.model.alerts import DestinationName
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import Destination, Project
from tidewheel.store.catalog.secret import new_id

__all__ = ["CHANNELS", "Shown", "greet", "read", "secrets_of", "shown"]


class _Named(BaseModel):
    name: DestinationName


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be seen of a destination."""

    title: Text
    place: str
    target: dict[str, Any]
    secrets: list[str]


def read(name: str, channel: str, raw: dict[str, Any], before: Destination | None) -> dict[str, Any]:
    """Return a target as it is kept; secrets that are not given are taken from the one before.

    What was typed into a secret field is not repeated in errors.
    """
    found = CHANNELS.get(channel, field="channel")
    secret = secrets_of(found)
    given = {key: value for key, value in raw.items() if key not in secret or value not in {None, ""}}
    if before is not None and before.channel == channel:
        kept = {key: value for key, value in before.target.items() if key in secret}
        given = {**kept, **given}
    try:
        _Named.model_validate({"name": name})
        return found.Target.model_validate(given).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(map(str, first["loc"]))
        hidden = first["loc"][0] in secret or isinstance(first["input"], dict)
        raise BadInput(
            "bad_destination",
            Text("{path} cannot be used: {why}.", "{path} 无效：{why}。"),
            field=path,
            got=None if hidden else str(first["input"])[:200],
            path=path,
            why=why(first),
        ) from None


def shown(one: Destination) -> Shown:
    """Return what may be seen of a destination."""
    channel = CHANNELS.get(one.channel)
    secret = secrets_of(channel)
    return Shown(
        channel.title,
        channel().place(channel.Target.model_validate(one.target)),
        {key: value for key, value in one.target.items() if key not in secret},
        sorted(key for key in secret if one.target.get(key)),
    )


def greet(installation: Installation, project: Project, one: Destination, asker: Language) -> str | None:
    """Send a greeting; returns what went wrong, in the language of who asked for it."""
    language: Language = "zh" if one.language == "zh" else "en"
    title = Text("Messages of {name} arrive here", "{name} 的预警消息会发到这里")
    said = Message(
        "test",
        title.say(language, name=project.name),
        ((Text("Destination", "接收方").say(language), one.name),),
        installation.settings.public_url,
        {"project": project.id},
        language,
    )
    channel = CHANNELS.get(one.channel)()
    try:
        where = channel.Target.model_validate(one.target)
        channel.send(where, said, Sending(new_id(), installation.clock(), installation.settings))
    except Undelivered as error:
        return error.say(asker)
    return None
