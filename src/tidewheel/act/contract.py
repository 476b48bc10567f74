"""The contract of a channel: one way a message goes out.

A channel translates and sends once. When to send, to whom, how often to try again and what is kept of it
is decided once, around all channels.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict

from tidewheel.core.plugins import Registry
from tidewheel.core.settings import Settings
from tidewheel.core.text import Language, Text

SECRET: Final = {"secret": True}
"""``json_schema_extra`` of a field that is kept but never shown again."""


class Target(BaseModel):
    """Where a channel sends to; base of each channel's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: a sentence, facts as (name, value), and where to look; ``data`` is for programs."""

    kind: Literal["fired", "recovered", "test"]
    title: str
    facts: tuple[tuple[str, str], ...]
    link: str | None
    data: Mapping[str, Any]
    language: Language


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt: ``id`` is the same at every attempt, so that a receiver can tell repeats; ``now`` in ms."""

    id: str
    now: int
    settings: Settings


class Undelivered(Exception):
    """The other side did not take a message. ``again`` says that a later attempt may succeed.

    ``why`` and the values of its marks are kept and shown; they hold no secret.
    """

    def __init__(self, why: Text, *, again: bool, **values: object) -> None:
        self.why, self.again, self._values = why, again, values
        super().__init__(self.say("en"))

    def say(self, language: Language) -> str:
        """Return why in a language, in 300 letters at most."""
        return self.why.say(language, **self._values)[:300]


class Channel(ABC):
    """One way a message goes out. Safe to use from several threads."""

    name: ClassVar[str]
    title: ClassVar[Text]
    Target: ClassVar[type[Target]]

    @classmethod
    def ready(cls, settings: Settings) -> bool:  # noqa: ARG003 - most need no setting
        """Say whether the settings are there without which nothing can be sent."""
        return True

    @abstractmethod
    def place(self, target: Any) -> str:
        """Return where a target leads without its secrets, to tell destinations apart."""

    @abstractmethod
    def send(self, target: Any, message: Message, sending: Sending) -> None:
        """Send once, or raise Undelivered."""


CHANNELS: Registry[Channel] = Registry(
    Channel,  # type: ignore[type-abstract]
    "tidewheel.act.channels",
    "tidewheel.channels",
    Text("channel", "通知方式"),
)


def secrets_of(channel: type[Channel]) -> set[str]:
    """Return the names of a target's fields that are never shown."""
    return {
        name
        for name, field in channel.Target.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("secret")
    }
