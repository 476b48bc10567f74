"""Reading properties and items: JSON values become the five kinds of ``core.events``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from math import isfinite
from typing import Any, Final, TypeAlias

from tidewheel.collect.problems import Refused
from tidewheel.collect.times import read_moment

MOST_PROPERTIES: Final = 200
MOST_ITEMS: Final = 500
LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 8192  # bytes of UTF-8
_SHORT_TEXT: Final = LONGEST_TEXT // 4  # signs: no longer in bytes than the longest
EXACT: Final = 2**53
_text_of: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
MOST_CLEAN: Final = 4_096
_CLEAN: Final[set[str]] = set()
"""Names that were looked at and are fine: nearly all events have the same ones."""

Tell: TypeAlias = Callable[[str, str, Any], None]
"""Takes the code of a note, the field and what was sent."""

MONEY: Final = frozenset(
    {"value", "price", "tax", "shipping", "discount", "refund_value", "gross_value", "platform_fee"}
)
SHOP_EVENTS: Final = frozenset({
    "view_item", "view_item_list", "select_item", "add_to_cart", "remove_from_cart", "add_to_wishlist", "view_cart",
    "begin_checkout", "add_shipping_info", "add_payment_info", "purchase", "refund", "coupon_redeem",
})  # fmt: skip


def read_properties(raw: Mapping[str, Any], path: str, tell: Tell) -> dict[str, Any]:
    """Return the properties by name: null is absent, one level of objects becomes dotted names."""
    if _stays(raw):
        return dict(raw)
    out: dict[str, Any] = {}
    for name, value in raw.items():
        kind = type(value)
        if name not in _CLEAN:
            name = _known(name, path)  # noqa: PLW2901
        if kind is dict:
            for inner, part in value.items():
                key = f"{name}.{_checked(inner, path)}"
                if part is None:
                    continue
                if key in out:
                    tell("name_collision", f"{path}.{key}", part)
                out[key] = _read(part, f"{path}.{key}", tell, nested=True)
            continue
        if value is None:
            continue
        if name in out:
            tell("name_collision", f"{path}.{name}", value)
        if kind is str:
            length = len(value)
            if 16 < length < 41 and value[4] == "-":
                out[name] = read_moment(value) or value
            elif length > _SHORT_TEXT:
                out[name] = cut(value, f"{path}.{name}", tell)
            else:
                out[name] = value
        elif kind is bool:
            out[name] = value
        else:
            out[name] = _read(value, f"{path}.{name}", tell, nested=False)
    if len(out) > MOST_PROPERTIES:
        raise Refused("too_many_properties", path, len(out), MOST_PROPERTIES)
    return out


def _stays(raw: Mapping[str, Any]) -> bool:
    """Tell whether properties are kept just as they were sent, as nearly all are; False where it takes a closer look."""
    if len(raw) > MOST_PROPERTIES or not _CLEAN.issuperset(raw):
        return False
    for value in raw.values():
        kind = type(value)
        if kind is str:
            if len(value) > 16 and (value[4] == "-" or len(value) > _SHORT_TEXT):
                return False
        elif kind is not bool and not ((kind is int or kind is float) and -EXACT <= value <= EXACT):
            return False
    return True


def read_items(raw: list[dict[str, Any]], tell: Tell) -> list[dict[str, Any]]:
    """Return the goods of an event; lists inside an item become JSON text. Amounts are not looked at yet."""
    if len(raw) > MOST_ITEMS:
        raise Refused("too_many_items", "items", len(raw), MOST_ITEMS)
    out = []
    for index, item in enumerate(raw):
        path = f"items[{index}]"
        read = read_properties(item, path, tell)
        if list in map(type, read.values()):
            for name, value in read.items():
                if type(value) is list:
                    tell("deep_property", f"{path}.{name}", value)
                    read[name] = cut(json_text(value), f"{path}.{name}", tell)
        if read:
            out.append(read)
        else:
            tell("empty_item", path, None)
    return out


def check_money(read: dict[str, Any], path: str) -> None:
    """Refuse amounts that are not whole fen, or beyond 2⁵³; ``29950.0`` is made whole in place."""
    for name in MONEY.intersection(read):
        value = read[name]
        if type(value) is float and value.is_integer() and abs(value) <= EXACT:
            read[name] = int(value)
        elif type(value) is float and abs(value) <= EXACT:
            raise Refused(
                "money_not_whole", f"{path}.{name}", value, "integer", suggestion=round(value * 100)
            )
        elif type(value) is not int:
            raise Refused("money_not_number", f"{path}.{name}", shown(value), "integer")


def cut(text: str, path: str, tell: Tell) -> str:
    """Return at most 8 KB of a text."""
    raw = text.encode()
    if len(raw) <= LONGEST_TEXT:
        return text
    tell("text_cut", path, text)
    return raw[:LONGEST_TEXT].decode("utf-8", "ignore")


def json_text(value: Any) -> str:
    """Return a JSON value as compact text."""
    return _text_of(value)


def shown(value: Any) -> Any:
    """Return a small JSON value that shows what was sent."""
    if value is None or type(value) in (str, bool):
        return value
    if type(value) is int or (type(value) is float and isfinite(value)):
        return value if abs(value) <= EXACT else str(value)
    try:
        return json_text(value)[:200]
    except (TypeError, ValueError, RecursionError):
        return str(type(value).__name__)


def _known(name: str, path: str) -> str:
    clean = _checked(name, path)
    if clean == name and len(_CLEAN) < MOST_CLEAN:
        _CLEAN.add(name)
    return clean


def _checked(name: str, path: str) -> str:
    trimmed = name.strip()
    if not trimmed or len(trimmed) > LONGEST_NAME:
        raise Refused("bad_property_name", f"{path}.{name[:40]}", name[:LONGEST_NAME])
    return trimmed


def _read(value: Any, path: str, tell: Tell, *, nested: bool) -> Any:
    kind = type(value)
    if kind is str:
        return read_moment(value) or cut(value, path, tell)
    if kind is bool:
        return value
    if kind is int:
        if -EXACT <= value <= EXACT:
            return value
        tell("number_as_text", path, str(value))
        return str(value)
    if kind is float:
        return value if isfinite(value) else str(value)
    if kind is list and not nested:
        return [_member(part, path, tell) for part in value if part is not None]
    if isinstance(value, datetime):
        return value
    tell("deep_property", path, None)
    return cut(json_text(value), path, tell)


def _member(value: Any, path: str, tell: Tell) -> str:
    if type(value) is str:
        return cut(value, path, tell)
    if type(value) in (dict, list):
        tell("deep_property", path, None)
    return cut(json_text(value), path, tell)
