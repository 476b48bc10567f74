"""Volcano Engine's clients (火山引擎 DataRangers): web, mini programs and servers.

Browsers and mini programs send lists of batches to ``/list``, their changes of persons to ``/profile/list``; servers
one batch at a time to ``/sdk/log``, which says that it is gzip and is not. A batch has one sender and one head for all
its events; ``params`` is an object or JSON text. Changes of persons and of the catalogue are events of reserved names.

Browsers and mini programs send again what was not answered and number nothing they send again: an event is told by
what it says. Servers never send anything twice, so that two equal events of theirs are two.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.calls import add_identifier, flatten, name_in, object_in
from tidewheel.collect.contract import Arrival, Client, Decoded, Entry, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.intake import canonical
from tidewheel.collect.problems import Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, WirePerson, what
from tidewheel.core.errors import BadInput, TidewheelError
from tidewheel.core.ids import key64
from tidewheel.core.text import Language, Text

_SERVERS: Final = "/sdk/log"
_PEOPLE: Final = {"__profile_set": "set", "__profile_set_once": "set_once", "__profile_increment": "add",
                  "__profile_append": "append", "__profile_unset": "unset"}  # fmt: skip
_GOODS: Final = ("__item_set", "__item_delete")
_RESERVED: Final = "__"
_UNIQUE: Final = "user_unique_id"
_MADE_UP: Final = ("web_id", "device_id", "openudid", "vendor_id", "clientudid")
"""Ids of devices; ``user_unique_id`` is the same as one of them while nobody has signed in."""
_NOBODY: Final = ("", "0", "1")
"""Device ids of servers that name none."""
_OPENID: Final = "wechat_openid"
_WECHAT: Final = (_OPENID, "wechat_unionid")
_APP: Final = "miniprogram_appid"
_TOLD: Final = ("custom", "timezone", "aid", "_sdk_version", "_sdk_name", _UNIQUE, *_MADE_UP, *_WECHAT)
"""Parts of a head that are said elsewhere."""
_FIRST_WEB_ID: Final = 10**18


class DataRangers(Protocol):
    """A batch or a list of them."""

    name: ClassVar[str] = "datarangers"
    title: ClassVar[Text] = Text("Volcano Engine DataRangers", "火山引擎增长分析")
    routes: ClassVar[tuple[Route, ...]] = (
        *(Route("POST", path) for path in (_SERVERS, "/list", "/list/", "/profile/list", "/profile/list/")),
        *(Route("POST", path, asks=True) for path in ("/webid", "/webid/", "/service/2/abtest_config/")),
    )
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("datarangers")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(
            Text("Web", "网页"),
            "SDK.init({ app_id: <app_id>, channel_domain: '{address}', disable_sdk_monitor: true });",
        ),
        Client(
            Text("Mini program", "小程序"), "$$SDK.init({ app_id: <app_id>, channel_domain: '{address}' });"
        ),
        Client(Text("Python", "Python"), 'EventCollector.init({"domain": "{address}", "save": False})'),
    )

    def read(self, request: Request, limit: int) -> list[Any]:
        """Return the batches in the body."""
        found = read_json(unpack(request.body, limit))
        return found if isinstance(found, list) else [found]

    def keys(self, request: Request, sent: Any) -> Iterable[str]:  # noqa: ARG002
        """Return the numbers of the apps."""
        for one in sent or ():
            batch = one if isinstance(one, dict) else {}
            head = batch.get("header")
            for part in (batch, head if isinstance(head, dict) else {}):
                for name in ("app_id", "aid"):
                    if isinstance(part.get(name), int | str):
                        yield str(part[name])

    def decode(self, sent: list[Any], request: Request, arrival: Arrival) -> Decoded:
        """Return the events of all batches in their order; records of the catalogue become goods."""
        types = (arrival.vocabulary or self.vocabulary).identifiers
        equals: Counter[int] | None = None if request.path == _SERVERS else Counter()
        events: list[WireEvent | Entry] = []
        goods: list[dict[str, Any]] = []
        left: list[int] = []
        for one in sent:
            try:
                batch = _Batch(one, types)
            except Refused as problem:
                events.append(Entry(problem, one))
                continue
            for call in batch.calls:
                try:
                    if isinstance(call, dict) and call.get("event") in _GOODS:
                        goods.append(_good(call))
                    else:
                        events.append(batch.event(call, equals))
                except Refused as problem:
                    events.append(Entry(problem, call))
            if type(one.get("local_time")) is int:
                left.append(one["local_time"])
        return Decoded(events, max(left, default=None), goods=goods)

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:  # noqa: ARG002
        """Return what servers (``message``) and browsers (``e``) take for success."""
        return Reply(200, b'{"e":0,"message":"success"}')

    def refuse(self, error: TidewheelError, language: Language = "en") -> Reply:
        """Tell with ``e`` and ``message``, as the clients read them."""
        told = error.describe(language)
        body = {"e": error.status, "message": told["message"], "error": told}
        return Reply(error.status, json.dumps(body, ensure_ascii=False, default=str).encode())

    def answer(self, request: Request, key: str) -> Reply:  # noqa: ARG002
        """Give a new browser its number; say that there are no experiments of the vendor here."""
        if request.path.startswith("/webid"):
            number = _FIRST_WEB_ID + secrets.randbelow(8 * _FIRST_WEB_ID)
            return Reply(200, f'{{"e":0,"web_id":"{number}"}}'.encode())
        return Reply(200, b'{"message":"success","data":{}}')


class _Batch:
    """What all events of a batch share: who sent them, and what the head says."""

    def __init__(self, sent: Any, types: Mapping[str, str]) -> None:
        if not isinstance(sent, dict):
            raise Refused("not_an_object", None, what(sent), "{…}")
        calls = sent.get("events", sent.get("event_v3", []))
        if not isinstance(calls, list):
            raise Refused("wrong_type", "events", what(calls), "[…]")
        head, user = object_in(sent, "header"), object_in(sent, "user")
        custom = _parsed(head, "custom", "header.custom")
        self.calls: list[Any] = calls
        self.who = _who([user, sent, head], custom, types)
        self.facts = flatten(
            {name: value for name, value in (user | head).items() if name not in _TOLD} | custom
        )

    def event(self, sent: Any, equals: Counter[int] | None) -> WireEvent:
        """Return one event; ``equals`` counts equal ones, None where none is sent twice."""
        if not isinstance(sent, dict):
            raise Refused("not_an_object", None, what(sent), "{…}")
        name, params, time = (
            name_in(sent, "event"),
            _parsed(sent, "params", "params"),
            sent.get("local_time_ms"),
        )
        number = sent.get("event_id")
        if number in (None, "") and equals is not None:
            said = key64(canonical([self.who, sent]))
            equals[said] += 1
            number = f"{said}/{equals[said]}"
        change = _PEOPLE.get(name.lower())
        if change is not None:
            person = WirePerson()
            setattr(person, change, list(params) if change == "unset" else params)
            return WireEvent(None, time, number, self.who, person=person)
        if name.startswith(_RESERVED):
            raise Refused("unknown_call", "event", name, (*_PEOPLE, *_GOODS))
        items = _items(params.pop("__items", None))
        facts = self.facts | {part: sent[part] for part in ("session_id", "ab_sdk_version") if part in sent}
        facts = {part: value for part, value in (facts | flatten(params)).items() if value != ""}
        if type(scene := facts.get("scene")) is int:  # a name, as other clients send it
            facts["scene"] = str(scene)
        return WireEvent(name, time, number, self.who, facts, items)


def _who(parts: list[dict[str, Any]], custom: dict[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """Return all identifiers of the sender; an openid belongs to its mini program."""
    who: dict[str, Any] = {}
    told = {name: part[name] for part in reversed(parts) for name in part if part[name] not in (None, "")}
    app = custom.get(_APP)
    for name in _WECHAT:
        value = told.get(name)
        if name in types and value is not None:
            add_identifier(who, types[name], f"{app}/{value}" if name == _OPENID and app else value)
    devices = {name: str(told[name]) for name in _MADE_UP if name in told and str(told[name]) not in _NOBODY}
    unique = told.get(_UNIQUE)
    if unique not in (None, told.get(_OPENID)) and str(unique) not in devices.values():
        add_identifier(who, types.get(_UNIQUE, "user"), unique)
    for name, value in devices.items():
        add_identifier(who, types.get(name, "device"), value)
    return who


def _parsed(sent: dict[str, Any], name: str, place: str) -> dict[str, Any]:
    """Return an object that may be JSON text; {} where there is none."""
    value = sent.get(name)
    if isinstance(value, str) and value:
        try:
            value = read_json(value)
        except BadInput:
            raise Refused("wrong_type", place, what(value), "{…}") from None
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise Refused("wrong_type", place, what(value), "{…}")
    return dict(value)


def _items(sent: Any) -> list[dict[str, Any]] | None:
    """Return the goods of an event: lists of ids by the kind of thing."""
    if sent is None:
        return None
    found = [
        {"item_id": one["id"], "item_kind": kind}
        for group in (sent if isinstance(sent, list) else ())
        for kind, ones in (group.items() if isinstance(group, dict) else ())
        for one in (ones if isinstance(ones, list) else ())
        if isinstance(one, dict) and "id" in one
    ]
    if not found:
        raise Refused("wrong_type", "params.__items", what(sent), '[{"…": [{"id": …}]}]')
    return found


def _good(sent: dict[str, Any]) -> dict[str, Any]:
    row = _parsed(sent, "params", "params")
    row["item_kind"] = row.pop("item_name", None)
    if sent["event"] == "__item_delete":
        row["deleted"] = True
    return row
