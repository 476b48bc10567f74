"""Amplitude's clients: events with people's changes among them, and revenue.

Older forms (``/httpapi``, ``/identify``, ``/groupidentify``) carry their JSON in a field of a form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Final

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.contract import Arrival, Client, Decoded, Entry, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.packing.form import is_form, read_field, read_form
from tidewheel.collect.problems import Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, WirePerson, what
from tidewheel.core.errors import BadInput, TidewheelError
from tidewheel.core.text import Language, Text

_FORMS: Final = {"event": "", "e": "", "identification": "$identify"}
_ENVELOPE: Final = frozenset({
    "event_type", "event_properties", "user_properties", "groups", "group_properties", "user_id", "device_id", "time",
    "insert_id", "event_id", "session_id", "api_key",
})  # fmt: skip
_EMPTY: Final = "EMPTY"
"""What the browser client sends where there is nothing."""
_REVENUE: Final = frozenset({"revenue_amount", "$revenue"})


class Amplitude(Protocol):
    """``{"api_key": …, "events": […]}``."""

    name: ClassVar[str] = "amplitude"
    title: ClassVar[Text] = Text("Amplitude", "Amplitude")
    routes: ClassVar[tuple[Route, ...]] = tuple(
        Route("POST", path) for path in ("/2/httpapi", "/httpapi", "/batch", "/identify", "/groupidentify")
    )
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("amplitude")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(
            Text("Web", "网页"),
            "amplitude.init('{key}', { serverUrl: '{address}/2/httpapi', remoteConfig: { fetchRemoteConfig: false } });",
        ),
        Client(Text("Node", "Node"), "init('{key}', { serverUrl: '{address}/2/httpapi' });"),
        Client(
            Text("Python", "Python"),
            'client = Amplitude("{key}")\nclient.configuration.server_url = "{address}/2/httpapi"',
        ),
        Client(
            Text("Android and iOS", "Android 与 iOS"),
            'Configuration(apiKey = "{key}", serverUrl = "{address}/2/httpapi")',
        ),
    )

    def read(self, request: Request, limit: int) -> Any:
        """Return the JSON of the body; a form becomes what the newer clients send."""
        body = unpack(request.body, limit)
        if not is_form(body):
            return read_json(body)
        form = read_form(body)
        for name, kind in _FORMS.items():
            if name in form:
                found = read_field(form[name], limit)
                events = found if isinstance(found, list) else [found]
                if kind:
                    kind = "$groupidentify" if request.path == "/groupidentify" else kind  # noqa: PLW2901
                    events = [{"event_type": kind, **one} if isinstance(one, dict) else one for one in events]
                return {"api_key": form.get("api_key") or form.get("client"), "events": events}
        return {"api_key": form.get("api_key")}

    def speaks(self, request: Request, sent: Any) -> bool:  # noqa: ARG002
        """Tell by the list's name: at ``/batch`` PostHog's clients send theirs."""
        return isinstance(sent, dict) and "events" in sent

    def keys(self, request: Request, sent: Any) -> Iterable[str]:  # noqa: ARG002
        """Return the project's key."""
        key = sent.get("api_key") if isinstance(sent, dict) else None
        if isinstance(key, str) and key:
            yield key

    def decode(self, sent: Any, request: Request, arrival: Arrival) -> Decoded:  # noqa: ARG002
        """Return an event for each."""
        events = sent.get("events") if isinstance(sent, dict) else None
        if not isinstance(events, list):
            raise BadInput(
                "no_events",
                Text("The body holds no list of events.", "请求体中没有事件列表。"),
                field="events",
                got=type(events).__name__,
                expected='{"api_key": "…", "events": […]}',
            )
        types = (arrival.vocabulary or self.vocabulary).identifiers
        return Decoded([_each(one, types) for one in events], sent.get("client_upload_time"))

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:  # noqa: ARG002
        """Count what is kept; what was refused is kept apart and would be refused again."""
        said = {
            "code": 200,
            "events_ingested": taken.accepted + len(taken.rejected),
            "payload_size_bytes": len(request.body),
            "server_upload_time": taken.events[0].received if taken.events else 0,
        }
        return Reply(200, json.dumps(said).encode())

    def refuse(self, error: TidewheelError, language: Language = "en") -> Reply:
        """Tell in Amplitude's words; a body that is no good must not be sent again."""
        told = error.describe(language)
        status = 400 if error.status == 422 else error.status
        said = {"code": status, "error": told["message"], "missing_field": told.get("field"), "detail": told}
        return Reply(status, json.dumps(said, default=str).encode())


def _each(sent: Any, types: dict[str, str]) -> WireEvent | Entry:
    if not isinstance(sent, dict):
        return Entry(Refused("not_an_object", None, what(sent)), sent)
    try:
        return _event(sent, types)
    except Refused as problem:
        return Entry(problem, sent)


def _event(sent: dict[str, Any], types: dict[str, str]) -> WireEvent:
    name = sent.get("event_type")
    if not isinstance(name, str):
        raise Refused("missing_name", "event_type", name)
    who: dict[str, Any] = {
        types[field]: sent[field] for field in ("device_id", "user_id") if sent.get(field) and field in types
    }
    time, number = sent.get("time"), sent.get("insert_id")
    person, found = _person(_object(sent, "user_properties"), types)
    groups = {f"group_{kind}": key for kind, key in _object(sent, "groups").items()}
    if name == "$identify":
        if groups:
            person.set = {**(person.set or {}), **groups}
        gone = sent["user_properties"].get("$remove") if sent.get("user_properties") else None
        if isinstance(gone, dict):  # nobody can take a value out of a list here: it stays an event
            return WireEvent("profile_remove", time, number, {**found, **who}, dict(gone), person=person)
        return WireEvent(None, time, number, {**found, **who}, person=person)
    if name == "$groupidentify":
        return _group(sent, who, time, number)
    properties = {key: value for key, value in sent.items() if key not in _ENVELOPE and value != "$remote"}
    if sent.get("session_id") not in (None, -1):
        properties["session_id"] = str(sent["session_id"])
    properties |= groups
    properties |= {key: value for key, value in _object(sent, "event_properties").items() if value != _EMPTY}
    if name in _REVENUE:
        name = _with_revenue(properties)
    some = person if sent.get("user_properties") and person != WirePerson() else None
    return WireEvent(name, time, number, {**found, **who}, properties, person=some)


def _person(said: dict[str, Any], types: dict[str, str]) -> tuple[WirePerson, dict[str, Any]]:
    """Return changes to a person, and identifiers told among them. Plain names mean the same as in ``$set``."""
    if not said:
        return WirePerson(), {}
    plain = {name: value for name, value in said.items() if not name.startswith("$") and value != _EMPTY}

    def part(*names: str) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        for name in names:
            found |= {key: value for key, value in _object(said, name).items() if value != _EMPTY}
        return found or None

    fixed = {**plain, **(part("$set") or {})}
    gone = [*_object(said, "$unset"), *_object(said, "$clear")] or None
    append = part("$append", "$prepend", "$preInsert", "$postInsert")
    found = {kind: fixed[told] for told, kind in types.items() if fixed.get(told)}
    return WirePerson(fixed or None, part("$setOnce"), part("$add"), append, gone), found


def _group(sent: dict[str, Any], who: dict[str, Any], time: Any, number: Any) -> WireEvent:
    """Return what is said of a group; one that names no person stands for itself."""
    kind, key = next(iter(_object(sent, "groups").items()), (None, None))
    said, found = _person(_object(sent, "group_properties"), {})
    told = {f"group_{name}": value for name, value in {**(said.set_once or {}), **(said.set or {})}.items()}
    properties = {"group_type": kind, "group_id": key, **told}
    return WireEvent(
        "group", time, number, {**found, **who} or {"external_userid": f"{kind}/{key}"}, properties
    )


def _with_revenue(properties: dict[str, Any]) -> str:
    """Add the sum of a revenue event to its properties; return its name: money that goes back is a refund."""
    amount = _decimal(properties.get("$revenue"))
    price, count = _decimal(properties.get("$price")), _decimal(properties.get("$quantity", 1))
    if amount is None and price is not None and count is not None:
        amount = price * count
    if amount is None:
        return "revenue_amount"
    back = amount < 0 or "refund" in str(properties.get("$revenueType", "")).lower()
    properties["$revenue"] = str(abs(amount))
    if back:
        properties["$price"] = str(abs(price)) if price is not None else None
    return "refund_amount" if back else "revenue_amount"


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**15 else None


def _object(sent: dict[str, Any], name: str) -> dict[str, Any]:
    found = sent.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refused("wrong_type", name, what(found), "{…}")
    return found
