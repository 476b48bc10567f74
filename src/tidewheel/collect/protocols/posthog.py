"""PostHog's clients: browser, Node, Python and other servers; one event or a batch of them.

The browser client sends gzip that nothing announces, and on leaving a page base64 in a form. Flags and
recordings are not kept here: clients are told that there are none, so that they neither wait nor send them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.consent import chosen
from tidewheel.collect.contract import Arrival, Client, Decoded, Entry, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.identifiers import who_of
from tidewheel.collect.packing.form import is_form, read_field, read_form
from tidewheel.collect.packing.ph_elements import read_elements
from tidewheel.collect.problems import Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, WirePerson, what
from tidewheel.core.errors import BadInput, TidewheelError
from tidewheel.core.text import Language, Text

_EVENTS: Final = ("/batch", "/e", "/capture", "/i/v0/e", "/track")
_ENVELOPE: Final = frozenset({
    "distinct_id", "token", "$set", "$set_once", "$unset", "$anon_distinct_id", "$user_id", "$insert_id", "$time",
    "$elements", "$elements_chain", "$el_text", "$groups",
})  # fmt: skip
_DIRECT: Final = "$direct"
"""What browser clients call a referrer where there is none."""
_PERSON_ONLY: Final = frozenset({"$identify", "$set", "$create_alias", "$merge_dangerously"})
_PERSON_PARTS: Final = frozenset({"$set", "$set_once", "$unset"})
_CLICKS: Final = frozenset({"$autocapture", "$rageclick", "$dead_click"})
_NO_FLAGS: Final = {"featureFlags": {}, "featureFlagPayloads": {}, "errorsWhileComputingFlags": False}
_CONFIG: Final[dict[str, Any]] = {
    "supportedCompression": ["gzip", "gzip-js"], "hasFeatureFlags": False, "sessionRecording": False,
    "surveys": False, "heatmaps": False, "captureDeadClicks": False, "capturePerformance": False,
    "autocaptureExceptions": False, "autocapture_opt_out": False, "elementsChainAsString": True,
    "analytics": {"endpoint": "/e/"}, "defaultIdentifiedOnly": True, "siteApps": [], "toolbarParams": {},
    "isAuthenticated": False,
}  # fmt: skip


class PostHog(Protocol):
    """``{"api_key": …, "batch": […]}``, a list, or one event."""

    name: ClassVar[str] = "posthog"
    title: ClassVar[Text] = Text("PostHog", "PostHog")
    routes: ClassVar[tuple[Route, ...]] = (
        *(Route("POST", path + end) for path in _EVENTS for end in ("", "/")),
        *(Route("GET", path + end) for path in ("/e", "/i/v0/e") for end in ("", "/")),
        *(Route("POST", path + end, asks=True) for path in ("/s", "/flags", "/decide") for end in ("", "/")),
        Route("GET", "/array/{token}/config", asks=True),
        Route("GET", "/array/{token}/config.js", asks=True),
        Route("GET", "/api/surveys/", asks=True),
    )
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("posthog")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(Text("Web", "网页"), "posthog.init('{key}', { api_host: '{address}' });"),
        Client(Text("Node", "Node"), "new PostHog('{key}', { host: '{address}' });"),
        Client(Text("Python", "Python"), 'Posthog("{key}", host="{address}")'),
        Client(
            Text("Mobile", "移动端"),
            'PostHogConfig(apiKey: "{key}", host: "{address}")  // iOS; Android: PostHogAndroidConfig',
        ),
    )

    def read(self, request: Request, limit: int) -> Any:
        """Return the JSON of the body, of the form's ``data``, or of the address."""
        if request.method == "GET":
            return read_field(request.query.get("data", ""), limit) if "data" in request.query else {}
        body = unpack(request.body, limit)
        if is_form(body):
            form = read_form(body)
            sent = read_field(form.get("data", ""), limit)
            if isinstance(sent, dict) and "api_key" in form:
                sent.setdefault("api_key", form["api_key"])
            return sent
        return read_json(body)

    def keys(self, request: Request, sent: Any) -> Iterable[str]:
        """Return the project's token, wherever a client of any age puts it."""
        parts = [request.marks, request.query, *(sent if isinstance(sent, list) else [sent])[:1]]
        first = next(iter(_events_in(sent)), None)
        if isinstance(first, dict):
            parts += [first, first.get("properties")]
        for part in parts:
            for name in ("api_key", "token", "$token"):
                key = part.get(name) if isinstance(part, dict) else None
                if isinstance(key, str) and key:
                    yield key

    def decode(self, sent: Any, request: Request, arrival: Arrival) -> Decoded:
        """Return an event for each; the moment of sending stands in the body or, in older clients, the query."""
        events = _events_in(sent)
        if not events:
            raise BadInput(
                "no_events",
                Text("The body holds no list of events.", "请求体中没有事件列表。"),
                field="batch",
                got=type(sent).__name__,
                expected='{"api_key": "…", "batch": […]}',
            )
        types = (arrival.vocabulary or self.vocabulary).identifiers
        sent_at = (sent.get("sent_at") if isinstance(sent, dict) else None) or request.query.get("_")
        if isinstance(sent, dict) and sent.get("historical_migration"):
            sent_at = None  # its times are of long ago, and right
        return Decoded([_each(one, types, arrival.received) for one in events], sent_at)

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:  # noqa: ARG002
        """Say that it is kept; what was refused is kept apart and would be refused again."""
        return Reply(200, b'{"status":1}')

    def refuse(self, error: TidewheelError, language: Language = "en") -> Reply:
        """Tell in PostHog's words; a body that is no good must not be sent again."""
        told = error.describe(language)
        said = {
            "type": "validation_error" if error.status in (400, 422) else "authentication_error"
            if error.status in (401, 403) else "server_error",
            "code": told["code"], "detail": told["message"], "attr": told.get("field"), "error": told,
        }  # fmt: skip
        return Reply(400 if error.status == 422 else error.status, json.dumps(said, default=str).encode())

    def answer(self, request: Request, key: str) -> Reply:
        """Answer that there are no flags, no surveys and no recordings here."""
        path = request.path.rstrip("/")
        token = request.marks.get("token", key)
        if path == "/s":  # dropped, and the client told to stop for a while
            told: dict[str, Any] = {"status": 1, "quota_limited": ["recordings"]}
        elif path == "/flags":
            told = {"flags": {}, **_NO_FLAGS, "requestId": None}
        elif path == "/decide":
            listed: dict[str, Any] = {"featureFlags": []} if request.query.get("v", "1") == "1" else {}
            told = {**_CONFIG, **_NO_FLAGS, **listed, "config": {"enable_collect_everything": True}}
        elif path == "/api/surveys":
            told = {"surveys": []}
        else:
            told = {"token": token, **_CONFIG}
        if path.endswith(".js"):
            config = json.dumps({"config": told, "siteApps": []})
            code = f"(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{{}})[{json.dumps(token)}]={config};"
            return Reply(200, code.encode(), "application/javascript")
        return Reply(200, json.dumps(told).encode())


def _events_in(sent: Any) -> list[Any]:
    if isinstance(sent, list):
        return sent
    if not isinstance(sent, dict):
        return []
    batch = sent.get("batch", sent.get("data"))
    if isinstance(batch, list):
        return batch
    return [sent] if "event" in sent else []


def _each(sent: Any, types: dict[str, str], received: int) -> WireEvent | Entry:
    if not isinstance(sent, dict):
        return Entry(Refused("not_an_object", None, what(sent)), sent)
    try:
        return _event(sent, types, received)
    except Refused as problem:
        return Entry(problem, sent)


def _event(sent: dict[str, Any], types: dict[str, str], received: int) -> WireEvent:
    name = sent.get("event")
    if not isinstance(name, str):
        raise Refused("missing_name", "event", name)
    properties = _object(sent, "properties")
    distinct = sent.get("distinct_id") or sent.get("$distinct_id") or properties.get("distinct_id")
    time = sent.get("timestamp") or properties.get("$time")
    if time is None and type(sent.get("offset")) in (int, float):
        time = received - sent["offset"]
    number = sent.get("uuid") or properties.get("$insert_id")
    person = _person(sent, properties)
    if name in _PERSON_ONLY:
        joined = [distinct, *_others(properties)]
        who: dict[str, Any] = who_of(joined, types)
        for told, kind in types.items():
            if name == "$identify" and person.set and told in person.set and told != "distinct_id":
                who.setdefault(kind, []).append(person.set[told])
        return WireEvent(None, time, number, who, person=person)
    if name == "$groupidentify":
        return _group(distinct, time, number, properties, types)
    who = who_of([distinct], types)
    if properties.get("$is_identified") is False or distinct == properties.get("$device_id"):
        who = {types.get("anonymous", "device"): distinct}
    rest = {key: value for key, value in properties.items() if key not in _ENVELOPE and value != _DIRECT}
    if name in _CLICKS:
        rest |= read_elements(properties)
        kind = rest.get("$event_type", "click")
        name = name if kind in ("click", "touch") else f"{name} {kind}"
    groups = properties.get("$groups")
    if isinstance(groups, dict):
        rest |= {f"group_{kind}": key for kind, key in groups.items()}
    some = person.set or person.set_once or person.unset
    agreed = chosen(["opt_in"]) if name == "$opt_in" else None
    return WireEvent(name, time, number, who, rest, person=person if some else None, consent=agreed)


def _person(sent: dict[str, Any], properties: dict[str, Any]) -> WirePerson:
    """Return what is said of the person, beside the properties or among them."""
    if _PERSON_PARTS.isdisjoint(sent) and _PERSON_PARTS.isdisjoint(properties):
        return WirePerson()
    said = {
        part: {
            key: value
            for key, value in {**_object(properties, part), **_object(sent, part)}.items()
            if value != _DIRECT
        }
        for part in ("$set", "$set_once")
    }
    unset = sent.get("$unset") or properties.get("$unset") or None
    gone = [one for one in unset if isinstance(one, str)] if isinstance(unset, list | dict) else None
    return WirePerson(said["$set"] or None, said["$set_once"] or None, unset=gone)


def _others(properties: dict[str, Any]) -> list[Any]:
    """Return who else it is; an alias joins two, whichever way round a client names them."""
    names = [properties.get(name) for name in ("$anon_distinct_id", "alias", "distinct_id")]
    return [name for name in names if name is not None]


def _group(
    distinct: Any, time: Any, number: Any, properties: dict[str, Any], types: dict[str, str]
) -> WireEvent:
    """Return what is said of a group; one that names no person stands for itself."""
    kind, key = properties.get("$group_type"), properties.get("$group_key")
    alone = distinct in (None, "", f"${kind}_{key}")
    who: dict[str, Any] = {"external_userid": f"{kind}/{key}"} if alone else who_of([distinct], types)
    said = {f"group_{name}": value for name, value in _object(properties, "$group_set").items()}
    return WireEvent("group", time, number, who, {"group_type": kind, "group_id": key, **said})


def _object(sent: dict[str, Any], name: str) -> dict[str, Any]:
    found = sent.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refused("wrong_type", name, what(found), "{…}")
    return found
