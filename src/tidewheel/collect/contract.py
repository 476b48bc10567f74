"""The contract of a protocol: one file in ``protocols/`` that turns one vendor's requests into events.

A protocol translates and nothing else. What is a good event, which clock is right, what is a duplicate and
where events go is decided once, in ``intake``. A body that cannot be read at all is an error
(``core.errors``); one bad event among good ones is a :class:`Rejection` in its place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tidewheel.collect.problems import Note, Refused, Rejection
from tidewheel.collect.wire import WireEvent
from tidewheel.core.events import Event
from tidewheel.core.plugins import Registry
from tidewheel.core.text import Language, Text


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, with ``{name}`` marks as in OpenAPI."""

    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came. ``body`` is what was sent, still packed."""

    body: bytes
    method: str = "POST"
    path: str = "/v1/events"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where and when a request came in, and what is allowed there."""

    source: str
    received: int
    zone: str = "Asia/Shanghai"
    max_bytes: int = 10 * 2**20
    max_events: int = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that could not be translated: why, and the JSON value that was sent."""

    problem: Refused
    sent: Any


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a request holds: events in their order, the sender's clock when they left (any form), notes."""

    events: Sequence[WireEvent | Entry]
    sent_at: Any = None
    notes: Sequence[Note] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome of a request. ``accepted`` counts events as sent; each may have become several facts."""

    events: list[Event]
    accepted: int
    rejected: list[Rejection]
    notes: list[Note]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a client of the protocol expects back."""

    status: int
    body: bytes
    content_type: str = "application/json"


class Protocol(ABC):
    """One vendor's way to send events."""

    name: ClassVar[str]
    title: ClassVar[Text]
    routes: ClassVar[tuple[Route, ...]]

    @abstractmethod
    def decode(self, request: Request, arrival: Arrival) -> Decoded:
        """Return the events of a request; raise a ``TidewheelError`` when the body cannot be read at all."""

    @abstractmethod
    def reply(self, taken: Taken, language: Language = "en") -> Reply:
        """Return what the client must see so that it neither loses nor repeats what was taken."""


PROTOCOLS: Registry[Protocol] = Registry(
    Protocol,  # type: ignore[type-abstract]
    "tidewheel.collect.protocols",
    "tidewheel.protocols",
    Text("protocol", "协议"),
)
