"""CloudEvents 1.0 over HTTP: structured, in batches, and binary (attributes in headers, data in the body).

``source`` and ``id`` tell an event from every other, ``type`` is its name. Whose it is stands in ``subject`` (one of
our identifiers as ``type:value``, else a user), in extension attributes and in fields of the data, as the
vocabulary lists them. Data are in our words: amounts in fen.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import unquote

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.calls import add_identifier, name_in, read_each
from tidewheel.collect.contract import Arrival, Client, Decoded, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.problems import Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, what
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Language, Text

_HEADER: Final = "ce-"
_ENVELOPE: Final = frozenset(
    {
        "type",
        "id",
        "time",
        "specversion",
        "data",
        "data_base64",
        "datacontenttype",
        "dataschema",
        "subject",
        "source",
    }
)


class CloudEvents(Protocol):
    """One event, a list of them, or one whose attributes are headers."""

    name: ClassVar[str] = "cloudevents"
    title: ClassVar[Text] = Text("CloudEvents", "CloudEvents")
    routes: ClassVar[tuple[Route, ...]] = (Route("POST", "/v1/cloudevents"),)
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("cloudevents")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(
            Text("Any sender", "任意发送方"),
            "POST {address}/v1/cloudevents\nContent-Type: application/cloudevents+json",
        ),
        Client(Text("Node", "Node"), "emitterFor(httpTransport('{address}/v1/cloudevents'));"),
    )

    def read(self, request: Request, limit: int) -> list[Any]:
        """Return the events; a binary one is put together from its headers and its body."""
        body = unpack(request.body, limit)
        attributes = {
            name.removeprefix(_HEADER): unquote(value)
            for name, value in request.headers.items()
            if name.startswith(_HEADER)
        }
        if "specversion" in attributes:
            return [{**attributes, "data": read_json(body) if body.strip() else {}}]
        found = read_json(body)
        return found if isinstance(found, list) else [found]

    def decode(self, sent: list[Any], request: Request, arrival: Arrival) -> Decoded:  # noqa: ARG002
        """Return an event for each."""
        return Decoded(
            read_each(
                sent,
                partial(
                    _event, types=(arrival.vocabulary or self.vocabulary).identifiers, ranks=arrival.ranks
                ),
            )
        )

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:  # noqa: ARG002
        """Say how many were kept and, for each that was not, why."""
        said = {
            "accepted": taken.accepted,
            "rejected": [rejection.describe(language) for rejection in taken.rejected],
            "notes": [note.describe(language) for note in taken.notes],
        }
        return Reply(
            200 if taken.accepted or not taken.rejected else 422,
            json.dumps(said, ensure_ascii=False, default=str).encode(),
        )


def _event(sent: dict[str, Any], types: dict[str, str], ranks: Mapping[str, int]) -> WireEvent:
    name, number = name_in(sent, "type"), sent.get("id")
    if not isinstance(number, str) or not number:
        raise Refused("missing_id", "id")
    data = _data(sent)
    items = data.pop("items", None)
    who: dict[str, Any] = {}
    _add_subject(who, sent.get("subject"), ranks)
    extensions = {part: value for part, value in sent.items() if part not in _ENVELOPE}
    for facts in (extensions, data):
        for theirs, ours in types.items():
            if isinstance(facts.get(theirs), str | int):
                add_identifier(who, ours, facts.pop(theirs))
    facts = {"source": sent.get("source")} | extensions | data
    if items is not None and not (isinstance(items, list) and all(isinstance(one, dict) for one in items)):
        raise Refused("wrong_type", "data.items", what(items), Text("a list of objects", "对象列表"))
    return WireEvent(name, sent.get("time"), f"{sent.get('source', '')}/{number}", who, facts, items)


def _data(sent: dict[str, Any]) -> dict[str, Any]:
    data = sent.get("data")
    if data is None and isinstance(sent.get("data_base64"), str):
        try:
            data = read_json(base64.b64decode(sent["data_base64"], validate=True))
        except (binascii.Error, ValueError, BadInput):
            raise Refused("wrong_type", "data_base64", Text("text", "文本"), "base64 (JSON)") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        return {"data": data}
    return dict(data)


def _add_subject(who: dict[str, Any], subject: Any, ranks: Mapping[str, int]) -> None:
    if not isinstance(subject, str) or not subject:
        return
    kind, colon, value = subject.partition(":")
    if colon and kind in ranks:
        add_identifier(who, kind, value)
    else:
        add_identifier(who, "user", subject)
