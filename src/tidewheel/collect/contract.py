"""The contract of a protocol: one file in ``protocols/`` that turns one vendor's requests into events.

A protocol translates and nothing else. What is a good event, which clock is right, what is a duplicate and
where events go is decided once, in ``intake``; a vendor's names become ours in ``vocabulary``, which is data
that people edit. A body that cannot be read at all is an error (``core.errors``); one bad event among good
ones is a :class:`Rejection` in its place.

Headers are hints: what real clients say of type and encoding is often wrong, so bodies are told by their bytes.
"""

from __future__ import annotations

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tidewheel.collect.body import unpack
from tidewheel.collect.guard import Guard
from tidewheel.collect.identifiers import RANKED
from tidewheel.collect.plan.rules import SourcePlan, Violation
from tidewheel.collect.problems import Note, Refused, Rejection
from tidewheel.collect.regions import Regions
from tidewheel.collect.vocabulary import NOTHING, Vocabulary
from tidewheel.collect.wire import WireEvent
from tidewheel.core.errors import TidewheelError
from tidewheel.core.events import Event
from tidewheel.core.plugins import Registry
from tidewheel.core.text import Language, Text


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, with ``{name}`` marks as in OpenAPI.

    ``asks``: the client wants to know something there (settings, flags); ``Protocol.answer`` tells it.
    """

    method: str
    path: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came. ``body`` is what was sent, still packed; header names are small letters.

    ``marks`` are the parts of the path that stand where the route has ``{name}``. ``raw_query`` is for
    clients that put unescaped JSON into it. ``address`` is the client's.
    """

    body: bytes
    method: str = "POST"
    path: str = "/v1/events"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    raw_query: str = ""
    host: str = ""
    address: str = ""

    def with_body(self, body: bytes) -> Request:
        """Return the same request with a body."""
        return Request(
            body, self.method, self.path, self.query, self.headers, self.marks, self.raw_query, self.host,
            self.address,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where and when a request came in, and what is allowed there.

    ``vocabulary`` is the source's own; None: the protocol's. ``agent`` and ``address`` are those of the client that made
    the request, ``regions`` says where addresses are. ``plan`` None: nothing is planned. ``guard`` hashes and refuses
    identifiers; None: all are kept as they are.
    """

    source: str
    received: int
    zone: str = "Asia/Shanghai"
    max_bytes: int = 10 * 2**20
    max_events: int = 5_000
    vocabulary: Vocabulary | None = None
    ranks: Mapping[str, int] = field(default_factory=lambda: RANKED)
    """The types of identifiers the project knows; 0 is the strongest."""
    agent: str = ""
    address: str = ""
    regions: Regions | None = None
    plan: SourcePlan | None = None
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that could not be translated: why, and the JSON value that was sent."""

    problem: Refused
    sent: Any


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a request holds: events in their order, the sender's clock when they left (any form), notes.

    ``goods`` are rows of the catalogue, each with ``item_id``. ``dry``: the client only asks what is wrong with
    its events; they are judged and not kept.
    """

    events: Sequence[WireEvent | Entry]
    sent_at: Any = None
    notes: Sequence[Note] = ()
    goods: Sequence[Mapping[str, Any]] = ()
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome of a request. ``accepted`` counts events as sent; each may have become several facts.

    ``violations`` are what is wrong by the plan with events that were kept, ``blocked`` with those that were
    refused for it.
    ``dry``: nothing of it is to be kept.
    """

    events: list[Event]
    accepted: int
    rejected: list[Rejection]
    notes: list[Note]
    goods: list[dict[str, Any]] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    blocked: list[Violation] = field(default_factory=list)
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What a client of the protocol expects back."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Client:
    """One client of a vendor and what to change in it.

    In ``code``, ``{address}`` stands for this server and the source's write key, ``{key}`` for the key alone.
    """

    title: Text
    code: str


class Protocol(ABC):
    """One vendor's way to send events.

    A request goes through ``read``, ``speaks`` (where several protocols share the address), ``keys`` (when the
    address and the headers do not tell whose it is), ``decode`` and ``reply``.
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    routes: ClassVar[tuple[Route, ...]]
    vocabulary: ClassVar[Vocabulary] = NOTHING
    """How its words become ours, unless the source says otherwise."""
    clients: ClassVar[tuple[Client, ...]] = ()
    """What people who use the vendor's clients have to change."""

    def __init_subclass__(cls) -> None:
        """See that a protocol with routes that ask has an answer, and none has one that nobody asks for."""
        asked = any(route.asks for route in getattr(cls, "routes", ()))
        if asked is not (cls.answer is not Protocol.answer):
            raise TypeError(f"{cls.__name__}: routes that ask and answer() go together")

    def read(self, request: Request, limit: int) -> Any:
        """Return what the request carries, unpacked and parsed as far as the whole body is concerned."""
        return unpack(request.body, limit)

    def keys(self, request: Request, sent: Any) -> Iterable[str]:  # noqa: ARG002
        """Return the vendor's own keys in a request, the most telling first; people tell us whose they are."""
        return ()

    def speaks(self, request: Request, sent: Any) -> bool:  # noqa: ARG002
        """Tell whether what came to an address that several vendors use is this one's; the last is not asked."""
        return True

    @abstractmethod
    def decode(self, sent: Any, request: Request, arrival: Arrival) -> Decoded:
        """Return the events in what ``read`` gave; raise a ``TidewheelError`` when none of it is of use."""

    @abstractmethod
    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:
        """Return what the client must see so that it neither loses nor repeats what was taken."""

    def refuse(self, error: TidewheelError, language: Language = "en") -> Reply | None:  # noqa: ARG002
        """Return what the client must see of an error; None: the one shape of errors serves it."""
        return None

    def answer(self, request: Request, key: str) -> Reply:
        """Answer a route that asks; ``key`` is the write key of the source. Only protocols with such routes have it."""
        raise AssertionError(f"{self.name} is not asked at {request.path} (key of {len(key)} signs)")


def explicit_key(request: Request) -> str:
    """Return the write key in headers or query: bearer, user of basic, ``X-Write-Key``, ``key``; empty: none."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return secret.strip()
    if scheme.lower() == "basic":
        try:
            user = base64.b64decode(secret.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            user = ""
        if user:
            return user
    return request.headers.get("x-write-key", "") or request.query.get("key", "")


PROTOCOLS: Registry[Protocol] = Registry(
    Protocol,  # type: ignore[type-abstract]
    "tidewheel.collect.protocols",
    "tidewheel.protocols",
    Text("protocol", "协议"),
)
