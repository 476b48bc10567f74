"""The messages in which GrowingIO's mobile and server clients pack events, items and mappings of users.

Made from the tables below at import; field numbers are those clients put on the wire. Numbers that were not
sent are absent from what is returned, and so are fields that are not in the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.message import DecodeError

TYPES: Final = (
    "VISIT", "CUSTOM", "VISITOR_ATTRIBUTES", "LOGIN_USER_ATTRIBUTES", "CONVERSION_VARIABLES", "APP_CLOSED",
    "PAGE", "PAGE_ATTRIBUTES", "VIEW_CLICK", "VIEW_CHANGE", "FORM_SUBMIT", "ACTIVATE",
)  # fmt: skip
_TEXT, _WHOLE, _FLOAT, _ENUM, _MESSAGE = (
    descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
    descriptor_pb2.FieldDescriptorProto.TYPE_DOUBLE,
    descriptor_pb2.FieldDescriptorProto.TYPE_ENUM,
    descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE,
)
_EVENT: Final = {
    1: "deviceId", 2: "userId", 3: "gioId", 4: "sessionId", 5: "dataSourceId", 7: "platform", 9: "domain",
    10: "path", 11: "query", 12: "title", 13: "referralPage", 18: "language", 19: "sdkVersion",
    20: "appVersion", 22: "eventName", 26: "protocolType", 27: "textValue", 28: "xpath", 30: "hyperlink",
    31: "urlScheme", 33: "networkState", 34: "appChannel", 35: "pageName", 36: "platformVersion",
    37: "deviceBrand", 38: "deviceModel", 39: "deviceType", 40: "operatingSystem", 42: "appName", 46: "imei",
    47: "androidId", 48: "oaid", 49: "googleAdvertisingId", 50: "idfa", 51: "idfv", 53: "projectKey",
    55: "userKey", 56: "xcontent", 57: "timezoneOffset",
}  # fmt: skip
_NUMBERS: Final = {
    8: "timestamp", 14: "globalSequenceId", 15: "eventSequenceId", 16: "screenHeight", 17: "screenWidth",
    23: "pageShowTimestamp", 29: "index", 54: "sendTime",
}  # fmt: skip
_FLOATS: Final = {44: "latitude", 45: "longitude"}
_MAPS: Final = {21: "extraSdk", 24: "attributes"}
_KINDS: Final = {"/item": "Items", "/user-mapping": "Mappings"}


class BadMessage(ValueError):
    """The bytes are not such messages."""


def read_messages(body: bytes, path: str) -> list[dict[str, Any]]:
    """Return the events, items or mappings of a body; ``path`` tells which."""
    kind = next((kind for ending, kind in _KINDS.items() if path.endswith(ending)), "Events")
    try:
        found = _CLASSES[kind].FromString(body)
        told: dict[str, Any] = json_format.MessageToDict(found, preserving_proto_field_name=True)
    except (DecodeError, UnicodeDecodeError) as error:
        raise BadMessage(str(error)[:200]) from error
    return [_plain(one, kind) for one in told.get("values", [])]


def _plain(told: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return a message as its JSON twin would read: whole numbers as such, the type by its name."""
    for name in _WHOLE_NAMES & told.keys():
        told[name] = int(told[name])
    if kind == "Events":
        number = told.pop("eventType", 0)
        told["eventType"] = TYPES[number] if 0 <= number < len(TYPES) else str(number)
    return told


def _classes() -> Mapping[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(
        name="tidewheel/gio.proto", package="tidewheel.gio", syntax="proto3"
    )
    event = file.message_type.add(name="Event")
    for names, kind in ((_EVENT, _TEXT), (_NUMBERS, _WHOLE), (_FLOATS, _FLOAT)):
        for number, name in names.items():
            _add(event, number, name, kind)
    _add(event, 6, "eventType", descriptor_pb2.FieldDescriptorProto.TYPE_INT32)
    for number, name in _MAPS.items():
        _add_map(event, number, name)
    _add(event, 25, "resourceItem", _MESSAGE, of="Item")
    item = file.message_type.add(name="Item")
    for number, name in {1: "id", 2: "key", 4: "dataSourceId", 5: "projectKey"}.items():
        _add(item, number, name, _TEXT)
    _add_map(item, 3, "attributes")
    mapping = file.message_type.add(name="Mapping")
    _add(mapping, 1, "projectKey", _TEXT)
    _add(mapping, 2, "sendTime", _WHOLE)
    _add_map(mapping, 3, "identifies")
    _add(mapping, 4, "dataSourceId", _TEXT)
    for name, of, number in (("Events", "Event", 1), ("Items", "Item", 2), ("Mappings", "Mapping", 1)):
        _add(file.message_type.add(name=name), number, "values", _MESSAGE, of=of, many=True)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"tidewheel.gio.{name}"))
        for name in ("Events", "Items", "Mappings")
    }


def _add(owner: Any, number: int, name: str, kind: Any, *, of: str = "", many: bool = False) -> None:
    labels = descriptor_pb2.FieldDescriptorProto
    owner.field.add(
        name=name,
        number=number,
        type=kind,
        label=labels.LABEL_REPEATED if many else labels.LABEL_OPTIONAL,
        type_name=f".tidewheel.gio.{of}" if of else None,
    )


def _add_map(owner: Any, number: int, name: str) -> None:
    entry = name[0].upper() + name[1:] + "Entry"
    inner = owner.nested_type.add(name=entry)
    inner.options.map_entry = True
    _add(inner, 1, "key", _TEXT)
    _add(inner, 2, "value", _TEXT)
    _add(owner, number, name, _MESSAGE, of=f"{owner.name}.{entry}", many=True)


_WHOLE_NAMES: Final = frozenset(_NUMBERS.values())
_CLASSES: Final = _classes()
