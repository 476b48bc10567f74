"""Mixpanel's clients: browser, Node, Python and the HTTP API; events, people, groups and imports.

Bodies are forms whose ``data`` is JSON or base64 of it, JSON, or lines of JSON; Node's client puts a single event
into the address. Each wants its own answer: ``1``, ``{"status": 1}``, or the counts of an import.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.consent import chosen
from tidewheel.collect.contract import Arrival, Client, Decoded, Entry, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.identifiers import who_of
from tidewheel.collect.packing.form import is_form, read_field, read_form
from tidewheel.collect.problems import Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, WirePerson, what
from tidewheel.core.errors import TidewheelError
from tidewheel.core.text import Language, Text

_PATHS: Final = ("/track", "/engage", "/groups", "/import")
_ENVELOPE: Final = frozenset({
    "token", "distinct_id", "time", "$insert_id", "$user_id", "$anon_distinct_id", "$identified_id", "alias",
    "$distinct_ids", "mp_sent_by_lib_version", "$groups",
})  # fmt: skip
_PERSON_ONLY: Final = frozenset({"$identify", "$create_alias", "$merge"})
_DIRECT: Final = "$direct"
"""What the browser client calls a referrer where there is none."""
_DEVICE: Final = "$device:"
_CHARGES: Final = "$transactions"
_PIXEL: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


class Mixpanel(Protocol):
    """One record or a list of them."""

    name: ClassVar[str] = "mixpanel"
    title: ClassVar[Text] = Text("Mixpanel", "Mixpanel")
    routes: ClassVar[tuple[Route, ...]] = (
        *(Route(how, path + end) for path in _PATHS for end in ("", "/") for how in ("POST", "GET")),
        *(Route("POST", path, asks=True) for path in ("/record", "/record/")),
        *(Route("GET", path, asks=True) for path in ("/flags", "/flags/", "/settings", "/settings/")),
    )
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("mixpanel")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(Text("Web", "网页"), "mixpanel.init('{key}', { api_host: '{address}' });"),
        Client(
            Text("Node", "Node"),
            "// path leads to this source\nMixpanel.init('{key}', { host: '<host>', path: '/in/{key}', protocol: 'https' });",
        ),
        Client(
            Text("Python", "Python"),
            'Mixpanel("{key}", consumer=Consumer(\n'
            '    events_url="{address}/track", people_url="{address}/engage",\n'
            '    groups_url="{address}/groups", import_url="{address}/import",\n'
            "))",
        ),
    )

    def read(self, request: Request, limit: int) -> Any:
        """Return the list of records in the address, the form or the body."""
        if request.method == "GET":
            found = read_field(request.query["data"], limit) if "data" in request.query else []
        else:
            body = unpack(request.body, limit)
            if is_form(body):
                found = read_field(read_form(body).get("data", ""), limit)
            elif body.lstrip()[:1] == b"{" and b"}\n{" in body.replace(b"\r", b""):
                found = [read_json(line) for line in body.splitlines() if line.strip()]
            else:
                found = read_json(body)
        return found if isinstance(found, list) else [found]

    def speaks(self, request: Request, sent: Any) -> bool:  # noqa: ARG002
        """Tell from the first record: PostHog's oldest clients have the same shape, but say ``$lib``."""
        first = sent[0] if sent else None
        properties = first.get("properties") if isinstance(first, dict) else None
        return not (isinstance(properties, dict) and "$lib" in properties and "mp_lib" not in properties)

    def keys(self, request: Request, sent: Any) -> Iterable[str]:
        """Return the project's token."""
        for one in (sent or ())[:1]:
            properties = one.get("properties") if isinstance(one, dict) else None
            for part, name in ((properties, "token"), (one, "$token")):
                key = part.get(name) if isinstance(part, dict) else None
                if isinstance(key, str) and key:
                    yield key
        key = request.query.get("token") or request.query.get("project_id", "")
        if key:
            yield key

    def decode(self, sent: Any, request: Request, arrival: Arrival) -> Decoded:
        """Return an event for each record; browsers put the moment of sending into the query."""
        types = (arrival.vocabulary or self.vocabulary).identifiers
        which = request.path.strip("/")
        read = {"engage": _people, "groups": _group}.get(which, _event)
        sent_at = request.query.get("_") if which == "track" else None
        return Decoded([_each(read, one, types) for one in sent], sent_at)

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:
        """Answer as this client reads it: JSON when it asked for words, else ``1``, or a pixel."""
        query = dict(request.query)
        if request.method == "POST" and "verbose" not in query and is_form(request.body):
            query |= {"verbose": "1"} if b"verbose=1" in request.body else {}
        if query.get("img") == "1":
            return Reply(200, _PIXEL, "image/gif")
        if query.get("verbose") == "1":
            return Reply(200, b'{"status":1,"error":null}')
        if request.path.startswith("/import") and "verbose" not in query:
            return Reply(200, _imported(taken, language))
        return Reply(200, b"1", "text/plain")

    def refuse(self, error: TidewheelError, language: Language = "en") -> Reply:
        """Tell in Mixpanel's words; a body that is no good must not be sent again."""
        told = error.describe(language)
        status = 400 if error.status == 422 else error.status
        said = {"code": status, "status": 0, "error": told["message"], "detail": told}
        return Reply(status, json.dumps(said, default=str).encode())

    def answer(self, request: Request, key: str) -> Reply:  # noqa: ARG002
        """Answer that there are no flags, no settings and no recordings here."""
        if request.path.startswith("/record"):  # dropped
            return Reply(200, b'{"code":200,"status":"OK"}')
        if request.path.startswith("/flags"):
            return Reply(200, b'{"flags":{}}')
        return Reply(200, b'{"status":"OK","results":{}}')


def _imported(taken: Taken, language: Language) -> bytes:
    failed = [{"index": one.index, **one.describe(language)} for one in taken.rejected]
    said = {"code": 200, "status": "OK", "num_records_imported": taken.accepted, "failed_records": failed}
    return json.dumps(said, default=str, ensure_ascii=False).encode()


def _each(read: Any, sent: Any, types: dict[str, str]) -> WireEvent | Entry:
    if not isinstance(sent, dict):
        return Entry(Refused("not_an_object", None, what(sent)), sent)
    try:
        found: WireEvent = read(sent, types)
    except Refused as problem:
        return Entry(problem, sent)
    return found


def _event(sent: dict[str, Any], types: dict[str, str]) -> WireEvent:
    name = sent.get("event")
    if not isinstance(name, str):
        raise Refused("missing_name", "event", name)
    properties = _object(sent, "properties")
    time, number = properties.get("time"), properties.get("$insert_id")
    if name in _PERSON_ONLY:
        more = properties.get("$distinct_ids")
        names = [
            properties.get(part) for part in ("distinct_id", "alias", "$identified_id", "$anon_distinct_id")
        ]
        names += more if isinstance(more, list) else []
        return WireEvent(None, time, number, _who(names, properties, types), person=WirePerson())
    rest = {key: value for key, value in properties.items() if key not in _ENVELOPE and value != _DIRECT}
    who = _who([properties.get("distinct_id")], properties, types)
    told = chosen(["opt_in"]) if name == "$opt_in" else None
    return WireEvent(name, time, number, who, rest, consent=told)


def _who(names: list[Any], sent: dict[str, Any], types: dict[str, str]) -> dict[str, Any]:
    """Return who it is: ids of the old kind by their looks, of the new kind by the fields they stand in."""
    device, user = sent.get("$device_id"), sent.get("$user_id")
    if user or (device and all(name in (None, "", device, _DEVICE + str(device)) for name in names)):
        names = [name for name in names if name not in (user, device)]
    kinds = who_of(names, types)
    for kind, told in (("anonymous", device), ("distinct_id", user)):
        if told not in (None, ""):
            kinds.setdefault(types.get(kind, "device" if kind == "anonymous" else "user"), []).append(told)
    return {
        kind: [one.removeprefix(_DEVICE) if isinstance(one, str) else one for one in values]
        for kind, values in kinds.items()
    }


def _people(sent: dict[str, Any], types: dict[str, str]) -> WireEvent:
    """Return a change to a person; a charge is a purchase, and what we cannot undo stays an event of its name."""
    who = _who([sent.get("$distinct_id")], sent, types)
    time = sent.get("$time")
    said = {name: _object(sent, name) for name in ("$set", "$set_once", "$add", "$append", "$union")}
    for told, kind in types.items():
        value = said["$set"].get("$" + told) or said["$set"].get(told)
        if value and told not in ("distinct_id", "anonymous"):
            who.setdefault(kind, []).append(value)
    for part in ("$append", "$set"):
        charge = said[part].pop(_CHARGES, None) if _CHARGES in said[part] else None
        if isinstance(charge, dict):
            return WireEvent(
                _CHARGES, charge.get("$time") or time, None, who, charge, person=_changes(sent, said)
            )
    for name in ("$delete", "$remove"):
        if name in sent:
            more = sent[name] if isinstance(sent[name], dict) else {}
            return WireEvent("profile_" + name.removeprefix("$"), time, None, who, dict(more))
    return WireEvent(None, time, None, who, person=_changes(sent, said) or WirePerson())


def _changes(sent: dict[str, Any], said: dict[str, dict[str, Any]]) -> WirePerson | None:
    unset = sent.get("$unset")
    gone = [one for one in unset if isinstance(one, str)] if isinstance(unset, list) else None
    append = {**said["$append"], **said["$union"]} or None
    changes = WirePerson(said["$set"] or None, said["$set_once"] or None, said["$add"] or None, append, gone)
    return None if changes == WirePerson() else changes


def _group(sent: dict[str, Any], types: dict[str, str]) -> WireEvent:  # noqa: ARG001
    """Return what is said of a group, which stands for itself."""
    kind, key = sent.get("$group_key"), sent.get("$group_id")
    if kind is None or key is None:
        raise Refused("missing_who", "$group_id", key)
    said = {
        f"group_{name}": value
        for name, value in {**_object(sent, "$set_once"), **_object(sent, "$set")}.items()
    }
    who = {"external_userid": f"{kind}/{key}"}
    return WireEvent("group", sent.get("$time"), None, who, {"group_type": kind, "group_id": key, **said})


def _object(sent: dict[str, Any], name: str) -> dict[str, Any]:
    found = sent.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refused("wrong_type", name, what(found), "{…}")
    return {key: value for key, value in found.items() if value != _DIRECT}
