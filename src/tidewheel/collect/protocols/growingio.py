"""GrowingIO's clients, versions 3 and 4: web, mini programs, mobile and servers.

Bodies come as JSON, as LZ-string in three forms, as snappy, as protobuf, any of them with its bytes XORed by
the low byte of ``stm``; which, stand in ``compress`` and in two headers. A web client sends an event again as
an image unless it is answered exactly 204, so that is what every client gets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar, Final
from urllib.parse import unquote_to_bytes

from tidewheel.collect.body import decode_text, read_json, too_large, unpack
from tidewheel.collect.contract import Arrival, Client, Decoded, Entry, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.packing import gio_protobuf, lz, snappy
from tidewheel.collect.problems import Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, WirePerson, what
from tidewheel.core.errors import BadInput
from tidewheel.core.ids import key64
from tidewheel.core.text import Language, Text

_PLATFORMS: Final = {
    "web": "web", "minp": "mini_program", "alip": "mini_program", "baidup": "mini_program", "bytedance": "mini_program",
    "qq": "mini_program", "kuaishoup": "mini_program", "jdp": "mini_program", "android": "app", "ios": "app",
}  # fmt: skip
_WHO: Final = frozenset({"deviceId", "userId", "userKey", "gioId"})
_PEOPLE: Final = frozenset({"LOGIN_USER_ATTRIBUTES", "VISITOR_ATTRIBUTES"})
_ENVELOPE: Final = frozenset(
    {"eventType", "eventName", "timestamp", "sendTime", "attributes", "dataSourceId", "projectKey", "resourceItem"}
)  # fmt: skip
_APART: Final = _WHO | _ENVELOPE
_SCENE: Final = "scn:"
_NUMBER: Final = re.compile("[0-9]{1,18}")


class GrowingIO(Protocol):
    """One list of events, items or mappings of users."""

    name: ClassVar[str] = "growingio"
    title: ClassVar[Text] = Text("GrowingIO", "GrowingIO")
    routes: ClassVar[tuple[Route, ...]] = (
        Route("POST", "/v3/projects/{account}/collect"),
        Route("GET", "/v3/projects/{account}/collect"),
        Route("POST", "/projects/{account}/collect/item"),
        Route("POST", "/projects/{account}/collect/user-mapping"),
    )
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("growingio")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(
            Text("Web", "网页"),
            "gdp('init', '<accountId>', '<dataSourceId>', { serverUrl: '{address}' });",
        ),
        Client(
            Text("Mini program", "小程序"),
            "gdp('init', '<accountId>', '<dataSourceId>', '<appId>', { serverUrl: '{address}' });",
        ),
        Client(Text("Android", "Android"), '.setDataCollectionServerHost("{address}")'),
        Client(Text("iOS", "iOS"), 'config.dataCollectionServerHost = @"{address}";'),
        Client(
            Text("Python", "Python"),
            'GrowingTracker("<accountId>", "<dataSourceId>", "{address}")',
        ),
    )

    def read(self, request: Request, limit: int) -> list[Any]:
        """Return what was listed in the body, or in the address of an image."""
        try:
            found = _unpacked(request, limit)
        except lz.TooLong:
            raise too_large(limit) from None
        except (lz.BadStream, snappy.BadBlock, gio_protobuf.BadMessage) as error:
            raise BadInput(
                "bad_packing",
                Text("The body cannot be unpacked: {why}.", "请求体无法解包：{why}。"),
                got=request.headers.get("x-compress-codec") or request.query.get("compress"),
                hint=Text("It may have been cut off; send it again.", "可能传输不完整，请重新发送。"),
                why=str(error),
            ) from None
        return found if isinstance(found, list) else [found]

    def keys(self, request: Request, sent: Any) -> Iterable[str]:
        """Return the data sources named by the events, then the account."""
        named = [one.get("dataSourceId") for one in sent or () if isinstance(one, dict)]
        yield from dict.fromkeys(name for name in named if isinstance(name, str) and name)
        yield request.marks.get("account", "")

    def decode(self, sent: Any, request: Request, arrival: Arrival) -> Decoded:
        """Return the events; items become goods, mappings of users become links."""
        sent_at = request.query.get("stm")
        if request.path.endswith("/item"):
            return Decoded([], sent_at, goods=[_good(one) for one in sent if isinstance(one, dict)])
        identifiers = (arrival.vocabulary or self.vocabulary).identifiers
        read = _mapping if request.path.endswith("/user-mapping") else _event
        return Decoded([_each(read, one, identifiers) for one in sent], sent_at)

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:  # noqa: ARG002
        """Return 204: anything else makes web clients send the event once more."""
        return Reply(204, b"")


def _unpacked(request: Request, limit: int) -> Any:
    query, headers = request.query, request.headers
    if request.method == "GET":
        if query.get("compress") == "11":
            return read_json(lz.from_uri(query.get("data", ""), limit))
        return read_json(_raw_data(request.raw_query))
    body = request.body
    if headers.get("x-crypt-codec") == "1":
        sent_at = query.get("stm", "")
        key = int(sent_at) & 0xFF if _NUMBER.fullmatch(sent_at) else 0
        body = body.translate(bytes(byte ^ key for byte in range(256)))
    codec = headers.get("x-compress-codec")
    if codec == "2":
        body = snappy.unpack(body, limit)
    elif codec == "1":
        return read_json(lz.from_utf16(body.decode("utf-8", "replace"), limit))
    elif query.get("compress") == "1":
        return read_json(lz.from_bytes(body, limit))
    body = unpack(body, limit)
    if body[:1] in (b"[", b"{"):
        return read_json(body)
    if "protobuf" in headers.get("content-type", ""):
        return gio_protobuf.read_messages(body, request.path)
    return read_json(body)


def _raw_data(raw_query: str) -> str:
    """Return the JSON that image clients put at the end of the address, with signs that queries escape."""
    return decode_text(unquote_to_bytes(raw_query.partition("data=")[2]))[0]


def _each(read: Any, sent: Any, identifiers: dict[str, str]) -> WireEvent | Entry:
    if not isinstance(sent, dict):
        return Entry(Refused("not_an_object", None, what(sent)), sent)
    try:
        found: WireEvent = read(sent, identifiers)
    except Refused as problem:
        return Entry(problem, sent)
    return found


def _event(sent: dict[str, Any], identifiers: dict[str, str]) -> WireEvent:
    kind = _text(sent, "eventType") or "CUSTOM"
    attributes = sent.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise Refused("wrong_type", "attributes", what(attributes), "{…}")
    attributes = {name: _split(value) for name, value in attributes.items()}
    who = _who(sent, identifiers)
    time = sent.get("timestamp")
    if kind in _PEOPLE:
        return WireEvent(None, time, None, who, person=WirePerson(set=attributes))
    properties = {
        name: value for name, value in sent.items() if name not in _APART and (value or value != "")
    }
    platform = str(properties.get("platform", ""))
    known = _PLATFORMS.get(platform.lower())
    if known is not None:
        properties["platform"] = known
        properties["platform_name"] = platform
    for name in ("referralPage", "appChannel"):
        if name in sent and (came := str(sent[name])).startswith(_SCENE):
            properties["scene"] = came.removeprefix(_SCENE)
    resource = sent.get("resourceItem")
    if isinstance(resource, dict):
        more = resource.get("attributes")
        properties |= {
            f"resource_{name}": value for name, value in (more if isinstance(more, dict) else {}).items()
        }
        properties |= {"resource_type": resource.get("key"), "resource_id": resource.get("id")}
    name = _text(sent, "eventName") if kind == "CUSTOM" else kind
    properties.update(attributes)
    properties.update(_delivery(sent))
    return WireEvent(name, time, _id(sent, kind), who, properties)


def _delivery(sent: dict[str, Any]) -> dict[str, Any]:
    """Return the place in what a device counts of its events; the count is told by a hash of the device."""
    number = sent.get("globalSequenceId") or sent.get("eventSequenceId")
    device = sent.get("deviceId")
    if not device or not isinstance(number, int | str) or not _NUMBER.fullmatch(str(number)):
        return {}
    run = key64(str(sent.get("dataSourceId", "")), str(device))
    return {"delivery_id": f"{run:016x}", "delivery_number": int(number)}


def _mapping(sent: dict[str, Any], identifiers: dict[str, str]) -> WireEvent:
    identifies = sent.get("identifies")
    if not isinstance(identifies, dict):
        raise Refused("wrong_type", "identifies", what(identifies), "{…}")
    who: dict[str, Any] = {}
    for key, value in identifies.items():
        who |= _identifier(key, value, identifiers)
    return WireEvent(None, sent.get("sendTime"), None, who, person=WirePerson())


def _good(sent: dict[str, Any]) -> dict[str, Any]:
    more = sent.get("attributes")
    return {
        "item_id": sent.get("id"),
        "item_kind": sent.get("key"),
        **(more if isinstance(more, dict) else {}),
    }


def _who(sent: dict[str, Any], identifiers: dict[str, str]) -> dict[str, Any]:
    who: dict[str, Any] = {"device": sent["deviceId"]} if sent.get("deviceId") else {}
    if sent.get("userId"):
        return who | _identifier(_text(sent, "userKey"), sent["userId"], identifiers, _text(sent, "domain"))
    return who


def _identifier(key: str, value: Any, identifiers: dict[str, str], domain: str = "") -> dict[str, Any]:
    """Return an identifier by our type; an openid belongs to its mini program, an unknown type to its own name."""
    kind = identifiers.get(key)
    if kind is None:
        return {"external_userid": f"{key}/{value}"}
    if kind == "openid" and domain.startswith("wx") and "/" not in str(value):
        return {"openid": f"{domain}/{value}"}
    return {kind: value}


def _id(sent: dict[str, Any], kind: str) -> str | None:
    """Return what tells an event from every other; server clients number nothing, so there content counts."""
    number = sent.get("eventSequenceId")
    if number in (None, ""):
        return None
    return f"{sent.get('dataSourceId', '')}/{sent.get('sessionId', '')}/{kind}/{number}"


def _split(value: Any) -> Any:
    """Return a list where a client joined one with two bars."""
    return value.split("||") if isinstance(value, str) and "||" in value else value


def _text(sent: dict[str, Any], name: str) -> str:
    value = sent.get(name)
    return value if isinstance(value, str) else "" if value is None else str(value)
