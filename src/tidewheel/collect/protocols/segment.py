"""Segment's and RudderStack's clients: six calls, one at a time or in batches.

Both speak the same calls over the same addresses; they differ in where the key stands and in what they ask
before they start. Their Python clients read ``code`` and ``message`` of every error, and try again without.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.consent import chosen
from tidewheel.collect.contract import Arrival, Client, Decoded, Entry, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.problems import Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, WirePerson, what
from tidewheel.core.errors import BadInput, TidewheelError
from tidewheel.core.text import Language, Text

_SHORT: Final = {"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias"}
_CALLS: Final = tuple(_SHORT.values())

_EMPTY: Final[tuple[Any, ...]] = ("", {}, [])
_CHOSEN: Final = "Segment Consent Preference Updated"
_CHOSEN_RUDDER: Final = "Consent Management Interaction"
_IN_TRAITS: Final = {"email": "email", "phone": "phone"}


class Segment(Protocol):
    """One call, or a list of them under ``batch``."""

    name: ClassVar[str] = "segment"
    title: ClassVar[Text] = Text("Segment · RudderStack", "Segment · RudderStack")
    routes: ClassVar[tuple[Route, ...]] = (
        *(Route("POST", f"/v1/{call}") for call in ("batch", "b", "import", *_SHORT, *_CALLS)),
        Route("GET", "/v1/projects/{key}/settings", asks=True),
        Route("GET", "/sourceConfig", asks=True),
        Route("GET", "/sourceConfig/", asks=True),
        Route("POST", "/v1/m", asks=True),
    )
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("segment")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(
            Text("Segment in the browser", "Segment 网页"),
            "AnalyticsBrowser.load(\n"
            "  { writeKey: '{key}', cdnURL: '{address}' },\n"
            "  { integrations: { 'Segment.io': { apiHost: '{address}/v1'.replace('https://', '') } } },\n"
            ");",
        ),
        Client(
            Text("Segment for Node", "Segment Node"),
            "new Analytics({ writeKey: '{key}', host: '{address}' });",
        ),
        Client(
            Text("Segment for Python", "Segment Python"),
            'analytics.write_key = "{key}"\nanalytics.host = "{address}"',
        ),
        Client(
            Text("RudderStack in the browser", "RudderStack 网页"),
            "rudderanalytics.load('{key}', '{address}', { configUrl: '{address}' });",
        ),
        Client(
            Text("RudderStack for Python", "RudderStack Python"),
            'rudder_analytics.write_key = "{key}"\nrudder_analytics.dataPlaneUrl = "{address}"',
        ),
    )

    def read(self, request: Request, limit: int) -> Any:
        """Return the JSON of the body."""
        return read_json(unpack(request.body, limit))

    def keys(self, request: Request, sent: Any) -> Iterable[str]:
        """Return the write key in the body, the address or the query."""
        inside = sent.get("writeKey") if isinstance(sent, dict) else None
        for key in (inside, request.marks.get("key"), request.query.get("writeKey")):
            if isinstance(key, str) and key:
                yield key

    def decode(self, sent: Any, request: Request, arrival: Arrival) -> Decoded:  # noqa: ARG002
        """Return an event for each call."""
        if not isinstance(sent, dict):
            raise _wrong(sent)
        last = request.path.rpartition("/")[2]
        call = _SHORT.get(last, last)
        if call in _CALLS:
            return Decoded([_each(sent, call)], sent.get("sentAt"))
        batch = sent.get("batch")
        if not isinstance(batch, list):
            raise _wrong(batch)
        return Decoded([_each(one, None) for one in batch], sent.get("sentAt"))

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:  # noqa: ARG002
        """Say that it is kept; what was refused is kept apart and would be refused again."""
        return Reply(200, b'{"success":true}')

    def refuse(self, error: TidewheelError, language: Language = "en") -> Reply:
        """Tell with ``code`` and ``message``; a body that is no good must not be sent again."""
        told = error.describe(language)
        body = {"success": False, "code": told["code"], "message": told["message"], "error": told}
        return Reply(400 if error.status == 422 else error.status, json.dumps(body, default=str).encode())

    def answer(self, request: Request, key: str) -> Reply:
        """Answer with the settings that let a client in the browser start, and send here."""
        if request.path == "/v1/m":
            return Reply(200, b'{"success":true}')
        if request.path.startswith("/sourceConfig"):
            told: dict[str, Any] = {
                "source": {
                    "id": key[:12], "name": "Tidewheel", "writeKey": key, "enabled": True, "workspaceId": "tidewheel",
                    "config": {"statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}},
                    "destinations": [], "connections": [], "dataplanes": {},
                },
                "updatedAt": "2026-01-01T00:00:00.000Z",
            }  # fmt: skip
        else:
            host = request.host.partition("://")[2]
            told = {
                "integrations": {"Segment.io": {"apiKey": key, "apiHost": f"{host}/v1", "retryQueue": True}},
                "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
                "edgeFunction": {},
                "analyticsNextEnabled": True,
                "middlewareSettings": {},
                "enabledMiddleware": {},
                "metrics": {"sampleRate": 0},
                "legacyVideoPluginsEnabled": False,
                "remotePlugins": [],
            }
        return Reply(200, json.dumps(told).encode())


def _each(sent: Any, call: str | None) -> WireEvent | Entry:
    if not isinstance(sent, dict):
        return Entry(Refused("not_an_object", None, what(sent)), sent)
    try:
        return _event(sent, call or str(sent.get("type")))
    except Refused as problem:
        return Entry(problem, sent)


def _event(sent: dict[str, Any], call: str) -> WireEvent:
    if call not in _CALLS:
        raise Refused("unknown_call", "type", call, _CALLS)
    context = _object(sent, "context")
    traits = _object(sent, "traits") or _object(context, "traits", "context.traits")
    who = {"device": sent.get("anonymousId"), "user": sent.get("userId")}
    time, number = sent.get("originalTimestamp") or sent.get("timestamp"), sent.get("messageId")
    if call == "alias":
        who |= {"device": sent.get("previousId") or who["device"]}
        return WireEvent(None, time, number, who, person=WirePerson())
    if call == "identify":
        who |= {ours: traits[theirs] for theirs, ours in _IN_TRAITS.items() if traits.get(theirs)}
        return WireEvent(None, time, number, who, person=WirePerson(set=traits))
    properties = {**_flat(context), **_object(sent, "properties")}
    if call == "track":
        name = sent.get("event")
        if not isinstance(name, str):
            raise Refused("missing_name", "event", name)
        return WireEvent(name, time, number, who, properties, consent=_consents(name, context))
    if call == "group":
        properties |= {"group_id": sent.get("groupId")} | {
            f"group_{name}": value for name, value in traits.items()
        }
        return WireEvent("group", time, number, who, properties)
    more = {"page_name": sent.get("name"), "page_category": sent.get("category")}
    properties |= {name: value for name, value in more.items() if value}
    return WireEvent("page_view" if call == "page" else "screen_view", time, number, who, properties)


def _consents(name: str, context: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return what a person has chosen; clients tell with every call, and by an event of its own once it changes."""
    if name == _CHOSEN_RUDDER:
        found = _object(context, "consentManagement", "context.consentManagement")
        return chosen(_ids(found.get("allowedConsentIds")), _ids(found.get("deniedConsentIds"))) or None
    if name != _CHOSEN:
        return None
    said = _object(_object(context, "consent"), "categoryPreferences", "context.consent.categoryPreferences")
    return chosen(
        (name for name, agreed in said.items() if agreed is True),
        (name for name, agreed in said.items() if agreed is False),
    )


def _ids(sent: Any) -> list[str]:
    """Return purposes by their ids: a list, or with OneTrust an object of their titles."""
    return [one for one in sent if isinstance(one, str)] if isinstance(sent, list | dict) else []


def _object(sent: dict[str, Any], name: str, field: str = "") -> dict[str, Any]:
    found = sent.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refused("wrong_type", field or name, what(found), "{…}")
    return found


def _flat(context: dict[str, Any]) -> dict[str, Any]:
    """Return what surrounded the call by dotted names; traits belong to the person."""
    out: dict[str, Any] = {}
    for name, value in context.items():
        if name == "traits":
            continue
        if isinstance(value, dict):
            out |= {f"context.{name}.{inner}": part for inner, part in value.items() if part not in _EMPTY}
        elif value not in ("", [], None):
            out[f"context.{name}"] = value
    return out


def _wrong(sent: Any) -> TidewheelError:
    return BadInput(
        "no_events",
        Text("The body holds no list of events.", "请求体中没有事件列表。"),
        field="batch",
        got=type(sent).__name__,
        expected='{"batch": […]}',
    )
