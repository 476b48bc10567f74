"""Events as the judge takes them: the native form of ``POST /v1/events``, and what every protocol turns its input into."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tidewheel.collect.problems import Refused
from tidewheel.core.errors import nearest, shorten
from tidewheel.core.text import Text


class WirePerson(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Changes to the sender's own properties."""

    set: dict[str, Any] | None = None
    set_once: dict[str, Any] | None = None
    add: dict[str, Any] | None = None
    append: dict[str, Any] | None = None
    unset: list[str] | None = None


class WireEvent(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One event. ``time`` and ``id`` are whatever a client sent for them; ``intake`` reads them."""

    event: str | None = None
    time: Any = None
    id: Any = None
    who: dict[str, Any] | None = None
    properties: dict[str, Any] | None = None
    items: list[dict[str, Any]] | None = None
    person: WirePerson | None = None
    consent: list[dict[str, Any]] | None = None


class NativeEvent(WireEvent):
    """One event in the native form, whose shape is checked as it is decoded."""

    time: int | float | str | None = None
    id: int | str | None = None


class WireBatch(msgspec.Struct):
    """Many events and the sender's clock when they left."""

    events: list[NativeEvent]
    sent_at: Any = None


_TEXT, _NUMBER, _OBJECT, _LIST = (
    Text("text", "文本"),
    Text("a number", "数字"),
    Text("an object", "对象"),
    Text("a list", "列表"),
)
_NAMED: Final = {
    str: _TEXT,
    int: _NUMBER,
    float: _NUMBER,
    bool: Text("true or false", "布尔值"),
    dict: _OBJECT,
    list: _LIST,
}
_NOTHING: Final = Text("null", "空值")

_EVENT: Final[dict[str, tuple[tuple[type, ...], Text]]] = {
    "event": ((str,), _TEXT),
    "time": ((int, float, str), Text("a time", "时间")),
    "id": ((int, str), _TEXT),
    "who": ((dict,), _OBJECT),
    "properties": ((dict,), _OBJECT),
    "items": ((list,), Text("a list of objects", "对象列表")),
    "person": ((dict,), _OBJECT),
    "consent": ((list,), Text("a list of objects", "对象列表")),
}
_PERSON: Final[dict[str, tuple[tuple[type, ...], Text]]] = {
    "set": ((dict,), _OBJECT),
    "set_once": ((dict,), _OBJECT),
    "add": ((dict,), _OBJECT),
    "append": ((dict,), _OBJECT),
    "unset": ((list,), Text("a list of names", "名称列表")),
}


def what(value: Any) -> Text:
    """Return what a person calls a JSON value of this type."""
    return _NAMED.get(type(value), _NOTHING)


def to_wire(value: Any) -> WireEvent:
    """Return a JSON value as an event, or refuse it with the field that is wrong."""
    if type(value) is not dict:
        raise Refused("not_an_object", None, what(value), _OBJECT)
    _check(value, _EVENT, "")
    for index, item in enumerate(value.get("items") or ()):
        if type(item) is not dict:
            raise Refused("wrong_type", f"items[{index}]", what(item), _OBJECT)
    for index, part in enumerate(value.get("consent") or ()):
        if type(part) is not dict:
            raise Refused("wrong_type", f"consent[{index}]", what(part), _OBJECT)
    person = value.get("person")
    if person is not None:
        _check(person, _PERSON, "person.")
        for index, name in enumerate(person.get("unset") or ()):
            if type(name) is not str:
                raise Refused("wrong_type", f"person.unset[{index}]", what(name), _TEXT)
        value = value | {"person": WirePerson(**person)}
    return WireEvent(**value)


def _check(value: dict[str, Any], known: dict[str, tuple[tuple[type, ...], Text]], path: str) -> None:
    unknown = next((name for name in value if name not in known), None)
    if unknown is not None:
        near = nearest(unknown, known)
        raise Refused(
            "unknown_field",
            shorten(path + unknown, 60),
            unknown,
            sorted(known),
            suggestion_en=f" Did you mean {path}{near}?" if near else "",
            suggestion_zh=f"是不是想写 {path}{near}？" if near else "",
        )
    for name, (types, expected) in known.items():
        part = value.get(name)
        if part is not None and type(part) not in types:
            raise Refused("wrong_type", path + name, what(part), expected)
