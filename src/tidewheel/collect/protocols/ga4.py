"""GA4's Measurement Protocol: events that servers send to Google Analytics.

Its names are ours already; amounts come in yuan or dollars. Nothing numbers the events, so that one sent twice is
one only where it says when it happened (``timestamp_micros``). Google answers 204 whatever was sent; so do we where
something was kept, and the debug address tells what is wrong and keeps nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.calls import name_in, object_in, page_in, read_each
from tidewheel.collect.consent import chosen
from tidewheel.collect.contract import Arrival, Client, Decoded, Entry, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.problems import Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, WirePerson, what
from tidewheel.core.errors import BadInput, TidewheelError
from tidewheel.core.text import Language, Text

_DEBUG = "/debug/mp/collect"


class GA4(Protocol):
    """One person's events under ``events``, and what is known of them under ``user_properties``."""

    name: ClassVar[str] = "ga4"
    title: ClassVar[Text] = Text("GA4 Measurement Protocol", "GA4 Measurement Protocol")
    routes: ClassVar[tuple[Route, ...]] = (Route("POST", "/mp/collect"), Route("POST", _DEBUG))
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("ga4")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(
            Text("Any server", "任意服务端"),
            "POST {address}/mp/collect?measurement_id=G-XXXX&api_secret=<secret>",
        ),
        Client(Text("ga4mp for Python", "ga4mp（Python）"), 'ga._base_domain = "{address}/mp/collect"'),
    )

    def read(self, request: Request, limit: int) -> Any:
        """Return the JSON of the body."""
        return read_json(unpack(request.body, limit))

    def keys(self, request: Request, sent: Any) -> Iterable[str]:  # noqa: ARG002
        """Return the secret, then the stream the events are for."""
        for name in ("api_secret", "measurement_id", "firebase_app_id"):
            yield request.query.get(name, "")

    def decode(self, sent: Any, request: Request, arrival: Arrival) -> Decoded:
        """Return the events; what is said of the person becomes a change of theirs."""
        events = sent.get("events") if isinstance(sent, dict) else None
        if isinstance(events, dict):
            events = [events]
        if not isinstance(events, list):
            raise BadInput(
                "no_events",
                Text("The body holds no list of events.", "请求体中没有事件列表。"),
                field="events",
                got=what(events).en,
                expected='{"client_id": …, "events": […]}',
                hint=Text("Send a list of events under events.", "请把事件列表放在 events 中。"),
            )
        types = (arrival.vocabulary or self.vocabulary).identifiers
        who = {ours: sent.get(theirs) for theirs, ours in types.items() if sent.get(theirs)}
        time = sent.get("timestamp_micros")
        read = read_each(events, partial(_event, who=who, time=time))
        return Decoded(
            [*read, *_person(sent, who, time), *_consent(sent, who, time)], dry=request.path == _DEBUG
        )

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:
        """Return 204; where the client debugs, what is wrong with its events."""
        if request.path != _DEBUG:
            return Reply(204, b"")
        told = [one.describe(language) for one in taken.rejected] + [
            one.describe(language) for one in taken.notes
        ]
        return _validation(
            [
                {
                    "fieldPath": f"events[{one['index']}]" + (f".{one['field']}" if one["field"] else ""),
                    "description": f"{one['message']} {one['hint']}",
                    "validationCode": one["code"].upper(),
                }
                for one in told
            ]
        )

    def refuse(self, error: TidewheelError, language: Language = "en") -> Reply | None:
        """Return the shape of the debug address, which says more than Google's 204."""
        told = error.describe(language)
        message = {
            "fieldPath": told.get("field") or "", "description": told["message"], "validationCode": error.code.upper()
        }  # fmt: skip
        return _validation([message], error.status, told)


def _validation(messages: list[dict[str, Any]], status: int = 200, error: Any = None) -> Reply:
    body: dict[str, Any] = {"validationMessages": messages}
    if error is not None:
        body["error"] = error
    return Reply(status, json.dumps(body, ensure_ascii=False, default=str).encode())


def _event(sent: dict[str, Any], who: dict[str, Any], time: Any) -> WireEvent:
    own, params = sent.get("timestamp_micros") or time, object_in(sent, "params")
    return WireEvent(name_in(sent, "name"), own, None, who, page_in(params.get("page_location")) | params)


def _person(sent: dict[str, Any], who: dict[str, Any], time: Any) -> list[WireEvent | Entry]:
    """Return the change of the person's properties, each of which is an object with a value."""
    properties = sent.get("user_properties")
    if not properties:
        return []
    if not isinstance(properties, dict):
        return [Entry(Refused("wrong_type", "user_properties", what(properties), "{…}"), sent)]
    values = {
        name: value.get("value") if isinstance(value, dict) else value for name, value in properties.items()
    }
    gone = [name for name, value in values.items() if value is None]
    return [WireEvent(None, time, None, who, person=WirePerson(set=values, unset=gone or None))]


def _consent(sent: dict[str, Any], who: dict[str, Any], time: Any) -> list[WireEvent | Entry]:
    """Return what the person agreed to, which stands beside the events; what is left unspecified says nothing."""
    said = sent.get("consent")
    if not said:
        return []
    if not isinstance(said, dict):
        return [Entry(Refused("wrong_type", "consent", what(said), "{…}"), sent)]
    told = chosen(
        (name for name, state in said.items() if state == "GRANTED"),
        (name for name, state in said.items() if state == "DENIED"),
    )
    return [WireEvent(None, time, None, who, consent=told)] if told else []
