"""Reading vendors' lists of calls: each becomes an event, or stands in its place with the reason why not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from tidewheel.collect.contract import Entry
from tidewheel.collect.problems import Refused
from tidewheel.collect.wire import WireEvent, what

_COMMON: Final = 500
"""Longest address that is kept for the next event with it."""
Reader: TypeAlias = Callable[[dict[str, Any]], WireEvent]
"""Returns the event that a call is, or raises ``Refused``."""


def read_each(calls: Iterable[Any], read: Reader) -> list[WireEvent | Entry]:
    """Return an event or a refused entry for each call, in order."""
    return [_each(call, read) for call in calls]


def _each(call: Any, read: Reader) -> WireEvent | Entry:
    if not isinstance(call, dict):
        return Entry(Refused("not_an_object", None, what(call), "{…}"), call)
    try:
        return read(call)
    except Refused as problem:
        return Entry(problem, call)


def object_in(call: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object inside a call; {} where there is none."""
    found = call.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refused("wrong_type", name, what(found), "{…}")
    return found


def name_in(call: dict[str, Any], field: str) -> str:
    """Return the name of the event in a call."""
    name = call.get(field)
    if not isinstance(name, str):
        raise Refused("missing_name", field, name)
    return name


def page_in(url: Any) -> dict[str, Any]:
    """Return the parts of a page's address, for clients that send it whole; {} where it is none."""
    if not isinstance(url, str):
        return {}
    return dict(_page(url) if len(url) <= _COMMON else _page.__wrapped__(url))


@lru_cache(4_096)
def _page(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return {}
    if not parts.netloc:
        return {}
    said = {"page_path": parts.path or "/", "page_host": parts.netloc, "page_query": parts.query}
    return {name: value for name, value in said.items() if value}


def flatten(value: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return objects inside objects by dotted names; lists of objects become JSON text."""
    out: dict[str, Any] = {}
    _flatten(value, prefix, out)
    return out


def _flatten(value: dict[str, Any], prefix: str, out: dict[str, Any]) -> None:
    for name, part in value.items():
        if isinstance(part, dict):
            _flatten(part, f"{prefix}{name}.", out)
        elif isinstance(part, list) and any(isinstance(one, dict | list) for one in part):
            out[prefix + name] = json.dumps(part, ensure_ascii=False, separators=(",", ":"))
        else:
            out[prefix + name] = part


def add_identifier(who: dict[str, Any], kind: str, value: Any) -> None:
    """Add an identifier to those of a sender: several of one type become a list, none is named twice."""
    if value in (None, ""):
        return
    known = who.get(kind)
    if known is None:
        who[kind] = value
    elif isinstance(known, list):
        if value not in known:
            known.append(value)
    elif value != known:
        who[kind] = [known, value]
