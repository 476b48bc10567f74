"""Sensors Analytics' clients (神策): web, mini programs, mobile and servers.

A form field ``data`` or ``data_list`` holds base64 of JSON, gzipped or not; it comes in a form, in text/plain or,
from images, in the address. Clients from 2021 on send all identifiers they know (``identities``), older ones
one at a time (``distinct_id``, and whether it is a login). An unbinding is kept as an event of its own that
names what was unbound and links nothing.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar, Final

import numpy as np

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.calls import add_identifier, name_in, object_in, read_each
from tidewheel.collect.contract import Arrival, Client, Decoded, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.identifiers import is_anonymous, read_who
from tidewheel.collect.packing.form import Entries, is_form, read_field, read_form
from tidewheel.collect.problems import Note, Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, WirePerson
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Language, Text

_GIF: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_PEOPLE: Final = {"profile_set": "set", "profile_set_once": "set_once", "profile_increment": "add",
                  "profile_append": "append", "profile_unset": "unset"}  # fmt: skip
_ITEMS: Final = ("item_set", "item_delete")
_TYPES: Final = (
    "track",
    "track_signup",
    "track_id_bind",
    "track_id_unbind",
    *_PEOPLE,
    "profile_delete",
    *_ITEMS,
)
_SCOPED: Final = re.compile(
    r"\$identity_(?:mp|official_account|mini_program)_(?P<app>[^_]+)_(?P<kind>openid|unionid)"
)
_ANONYMOUS: Final = "$identity_anonymous_id"
_CLIENTS: Final = (
    "js",
    "MiniProgram",
    "AlipayMini",
    "BaiduMini",
    "BytedanceMini",
    "QQMini",
    "Android",
    "iOS",
    "HarmonyOS",
)
_CHECKED: Final = 256 * 1024
"""Longer texts are not worth the time a check takes."""
_STRETCH: Final = 400
"""Signs hashed at once: of longer arrays numpy lets go of the interpreter, and waits to have it back."""
_POWERS: Final = np.array([pow(31, place, 2**32) for place in range(_STRETCH - 1, -1, -1)], np.int64)
_SCENES: Final = frozenset({"$scene", "$latest_scene"})
_LIB: Final = ("$lib", "$lib_version", "$lib_method", "$app_version")
_NOT_FACTS: Final = frozenset({"$is_login_id", "$lib_detail"})


class Sensors(Protocol):
    """One event or a list of them, under ``data`` or ``data_list``."""

    name: ClassVar[str] = "sensors"
    title: ClassVar[Text] = Text("Sensors Analytics", "神策分析")
    routes: ClassVar[tuple[Route, ...]] = tuple(
        Route(method, path) for path in ("/sa", "/sa.gif", "/debug") for method in ("POST", "GET")
    )
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("sensors")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(Text("Web", "网页"), "sensors.init({ server_url: '{address}/sa?project=default' });"),
        Client(
            Text("Mini program", "小程序"), "sensors.setPara({ server_url: '{address}/sa?project=default' });"
        ),
        Client(
            Text("Android", "Android"),
            'SAConfigOptions options = new SAConfigOptions("{address}/sa?project=default");',
        ),
        Client(
            Text("iOS", "iOS"),
            'SAConfigOptions *options = [[SAConfigOptions alloc] initWithServerURL:@"{address}/sa?project=default"'
            " launchOptions:launchOptions];",
        ),
        Client(
            Text("Python", "Python"),
            'SensorsAnalytics(BatchConsumer("{address}/sa?project=default"))',
        ),
        Client(Text("Node", "Node"), "sa.submitTo('{address}/sa?project=default');"),
    )

    def read(self, request: Request, limit: int) -> list[Any]:
        """Return what was under ``data`` or ``data_list``."""
        fields = dict(request.query)
        if request.method == "POST":
            body = unpack(request.body, limit)
            if body.strip() and not is_form(body):
                return _listed(read_json(body))
            fields |= read_form(body)
        packed = fields.get("data_list") or fields.get("data") or ""
        if fields.get("gzip") == "9":
            raise BadInput(
                "encrypted_body",
                Text(
                    "The client encrypted its events; this server has no key.",
                    "客户端加密了事件，服务端没有密钥。",
                ),
                field="gzip",
                got="9",
                hint=Text("Switch encryption off in the client.", "请在客户端关闭加密。"),
            )
        if not packed:
            raise BadInput(
                "no_events",
                Text("The body holds no list of events.", "请求体中没有事件列表。"),
                field="data",
                expected="data=…&gzip=1",
                hint=Text(
                    "Send base64 of JSON as data or data_list.",
                    "请把 JSON 的 base64 放在 data 或 data_list 中。",
                ),
            )
        return Entries(_listed(read_field(packed, limit)), fields)

    def keys(self, request: Request, sent: Any) -> Iterable[str]:
        """Return tokens, then projects: of the address, then of the events."""
        for name in ("token", "project"):
            named = [
                request.query.get(name), *(one.get(name) for one in sent if isinstance(one, dict))
            ]  # fmt: skip
            yield from dict.fromkeys(key for key in named if isinstance(key, str) and key)

    def decode(self, sent: list[Any], request: Request, arrival: Arrival) -> Decoded:
        """Return the events; item records become goods. A dry run is judged and not kept."""
        goods = [_good(one) for one in sent if isinstance(one, dict) and one.get("type") in _ITEMS]
        events = [one for one in sent if not (isinstance(one, dict) and one.get("type") in _ITEMS)]
        flushed = [one.get("_flush_time") for one in events if isinstance(one, dict)]
        words = arrival.vocabulary or self.vocabulary
        return Decoded(
            read_each(events, partial(_event, words=words)),
            max((at for at in flushed if type(at) is int), default=None),
            _checked(sent.fields) if isinstance(sent, Entries) else [],
            goods,
            dry=request.path == "/debug" and request.headers.get("dry-run", "").lower() == "true",
        )

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:
        """Answer with an image of nothing; a client that debugs is told what is wrong with its events."""
        if request.path == "/debug" and taken.rejected:
            told = {"rejected": [one.describe(language) for one in taken.rejected]}
            return Reply(400, json.dumps(told, ensure_ascii=False, default=str).encode())
        return Reply(200, _GIF, "image/gif")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _checked(fields: dict[str, str]) -> list[Note]:
    """Compare the checksum, Java's hash of the text, where the client sent one."""
    given = fields.get("crc") or fields.get("ext", "").partition("crc=")[2]
    packed = (fields.get("data_list") or fields.get("data") or "").replace(" ", "+")
    if not given or len(packed) > _CHECKED:
        return []
    found = _java_hash(packed)
    return [] if given == str(found) else [Note(None, "bad_checksum", "crc", given, expected=found)]


def _java_hash(text: str) -> int:
    """Return ``String.hashCode()``: the sum of units times 31 to the power of their place from the end, signed 32 bits."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")
    found = 0
    for start in range(0, len(units), _STRETCH):
        part = units[start : start + _STRETCH]
        own = int(np.dot(part.astype(np.int64), _POWERS[_STRETCH - len(part) :]))
        found = (found * pow(31, len(part), 2**32) + own) & 0xFFFF_FFFF
    return found - ((found & 0x8000_0000) << 1)


def _event(sent: dict[str, Any], words: Vocabulary) -> WireEvent:
    kind = sent.get("type")
    if kind not in _TYPES:
        raise Refused("unknown_call", "type", kind, _TYPES)
    properties = object_in(sent, "properties")
    who = _who(sent, kind, properties, words.identifiers)
    lib = object_in(sent, "lib")
    facts = {name: value for name, value in properties.items() if name not in _NOT_FACTS}
    time, number = sent.get("time"), _id(sent)
    if kind in _PEOPLE:
        return WireEvent(None, time, number, who, person=_person(_PEOPLE[kind], facts))
    facts = {name: lib[name] for name in _LIB if name in lib} | facts
    for name in _SCENES.intersection(facts):
        facts[name] = str(facts[name]).removeprefix("wx-")
    if kind == "profile_delete":
        return WireEvent("profile_delete", time, number, who, facts)
    if kind == "track_id_unbind":
        facts["identifiers"] = read_who(who, lambda *_: None)
        who = _first(who)
    return WireEvent(name_in(sent, "event"), time, number, who, facts)


def _person(change: str, facts: dict[str, Any]) -> WirePerson:
    person = WirePerson()
    setattr(person, change, list(facts) if change == "unset" else facts)
    return person


def _who(
    sent: dict[str, Any], kind: str, properties: dict[str, Any], types: dict[str, str]
) -> dict[str, Any]:
    """Return all identifiers of the sender."""
    who: dict[str, Any] = {}
    login, distinct = sent.get("login_id"), sent.get("distinct_id")
    anonymous = [sent.get("anonymous_id"), sent.get("original_id")]
    identities = object_in(sent, "identities")
    if isinstance(distinct, str) and distinct.startswith("$identity_"):
        named, _, distinct = distinct.partition("+")
        identities = {named: distinct} | identities
    for named, value in identities.items():
        if named == _ANONYMOUS:
            anonymous.append(value)
        else:
            _add(who, named, value, types)
    add_identifier(who, "user", login)
    if not _named(who, distinct):
        if _is_login(sent, kind, properties):
            add_identifier(who, "user", distinct)
        else:
            anonymous.append(distinct)
    for value in anonymous:
        if not _named(who, value):
            add_identifier(who, "device", value)
    return who


def _is_login(sent: dict[str, Any], kind: str, properties: dict[str, Any]) -> bool:
    """Tell whether ``distinct_id`` is a login: where a server does not say, ids that no client made up are."""
    said = properties.get("$is_login_id")
    if kind == "track_signup" or isinstance(said, bool):
        return kind == "track_signup" or said is True
    lib = sent.get("lib")
    if sent.get("login_id") or (isinstance(lib, dict) and lib.get("$lib") in _CLIENTS):
        return False
    return not is_anonymous(str(sent.get("distinct_id")))


def _add(who: dict[str, Any], named: str, value: Any, types: dict[str, str]) -> None:
    """Add an identity; an openid belongs to its mini program or account, an unknown one to its own name."""
    if named in types:
        add_identifier(who, types[named], value)
        return
    scoped = _SCOPED.fullmatch(named)
    if scoped and scoped["kind"] == "unionid":
        add_identifier(who, "unionid", value)
    elif scoped:
        add_identifier(who, "openid", f"{scoped['app']}/{value}")
    elif value not in (None, ""):
        add_identifier(who, "external_userid", f"{named.removeprefix('$identity_')}/{value}")


def _named(who: dict[str, Any], value: Any) -> bool:
    """Tell whether there is no value, or it is there already under a type that says more."""
    if value in (None, ""):
        return True
    for part in who.values():
        for one in part if isinstance(part, list) else (part,):
            if one == value or str(one).rpartition("/")[2] == value:
                return True
    return False


def _first(who: dict[str, Any]) -> dict[str, Any]:
    """Return one identifier, so that nothing is linked by an event that parts some."""
    kind, value = next(iter(who.items()), ("device", None))
    return {kind: value[0] if isinstance(value, list) else value}


def _id(sent: dict[str, Any]) -> str | None:
    """Return what tells an event from every other; server clients number nothing, so there content counts."""
    number = sent.get("_track_id")
    if number in (None, ""):
        return None
    return f"{sent.get('type')}/{sent.get('event', '')}/{number}"


def _good(sent: dict[str, Any]) -> dict[str, Any]:
    properties = sent.get("properties")
    row = {"item_id": sent.get("item_id"), "item_kind": sent.get("item_type")}
    if sent.get("type") == "item_delete":
        row["deleted"] = True
    own = properties if isinstance(properties, dict) else {}
    return row | {name: value for name, value in own.items() if name not in _NOT_FACTS}
